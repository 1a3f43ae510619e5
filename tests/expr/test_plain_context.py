"""A caller may hand over a plain map, as `airflow gennaker eval --context` does."""

from gennaker.expr import Services, evaluate

SERVICES = Services(pipeline_id=lambda name, application: f"{application}/{name}")


def test_an_execution_in_the_context_brings_its_trigger() -> None:
    artifact = {"type": "docker/image", "name": "shop"}
    trigger = {"resolvedExpectedArtifacts": [{"boundArtifact": artifact}]}

    template = "${#triggerResolvedArtifact('shop')}"
    assert evaluate(template, {"execution": {"trigger": trigger, "stages": []}}) == artifact


def test_pipelines_are_looked_up_in_the_application_of_the_context() -> None:
    template = "${#pipelineId('deploy')}"

    assert evaluate(template, {"application": "shop"}, services=SERVICES) == "shop/deploy"
    assert evaluate(template, {"execution": {"application": "shop"}}, services=SERVICES) == "shop/deploy"


def test_without_an_application_the_lookup_is_told_none() -> None:
    assert evaluate("${#pipelineIdOrNull('deploy')}", {}, services=SERVICES) == "None/deploy"
