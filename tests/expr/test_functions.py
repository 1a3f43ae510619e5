"""Helper functions: texts, documents, addresses, pipelines, references."""

from __future__ import annotations

from typing import Any

import pytest

from gennaker.errors import Denied, ExpressionDenied, Temporary
from gennaker.expr import Services, evaluate, evaluate_expression, function_names
from tests.expr.tables import FAILS, Fails, check

CONTEXT: dict[str, Any] = {
    "replaceMe": "newValue",
    "none": None,
    "team": {"owner": "managed-by-${team}"},
    "m": [{"v1": "k1"}, {"v2": "k2"}],
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("#toInt('7')", 7),
        ("#toInt(7)", 7),
        ("#toInt('-7')", -7),
        ("#toInt('7.5')", Fails("For input string")),
        ("#toInt(null)", FAILS),
        ("#toInt('')", FAILS),
        ("#toFloat('7')", 7.0),
        ("#toFloat('7.1')", 7.1),
        ("#toFloat('16777217')", 16777216.0),
        ("#toFloat('1e60')", float("inf")),
        ("#toFloat('x')", FAILS),
        ("#toBoolean('TRUE')", True),
        ("#toBoolean('yes')", False),
        ("#toBoolean(null)", False),
        ("#toBoolean(true)", True),
        ("#toBase64('Yo Dawg')", "WW8gRGF3Zw=="),
        ("#fromBase64('WW8gRGF3Zw==')", "Yo Dawg"),
        ("#fromBase64('WW8gRGF3Zw')", "Yo Dawg"),
        ("#fromBase64('!')", FAILS),
        ("#alphanumerical('stack-with_hyphens.é')", "stackwithhyphens"),
        ("#toJson(m)", '[{"v1":"k1"},{"v2":"k2"}]'),
        ("#toJson('a')", '"a"'),
        ("#toJson(null)", "null"),
        ("#toJson(team)", Fails("result for toJson cannot contain an expression")),
        ("#toJson(#doNotEval(team))", '{"owner":"managed-by-${team}"}'),
        ("#doNotEval(team)", {"owner": "managed-by-${team}"}),
        ("#readJson('{\"a\": [1, 2]}').a[1]", 2),
        ("#readJson('[1, 2]')", [1, 2]),
        ('#readJson(\'{ "newValue":"two" }\')[#root.replaceMe]', "two"),
        ("#readJson('5')", FAILS),
        ("#readJson('{')", FAILS),
        ("#readJson(null)", FAILS),
        ("#readYaml('a: 1\nb: [x, yes]')", {"a": 1, "b": ["x", True]}),
        ("#readYaml('a: 1\n---\nb: 2')", Fails("readAllYaml")),
        ("#readYaml('')", None),
        ("#readAllYaml('a: 1\n---\nb: 2')", [{"a": 1}, {"b": 2}]),
        ("#readYaml('!!java.io.FileInputStream [/dev/null]')", Fails("Global tag is not allowed")),
        ("#cfServiceKey('x')", Fails("Cloud Foundry")),
        ("#nothing()", Fails("no function")),
        ("#toint('5')", Fails("did you mean toInt?")),
        ("#toInt()", Fails("1 argument")),
        ("#toInt('1', '2')", Fails("1 argument")),
        ("#toInt", None),
    ],
)
def test_functions(expression: str, expected: Any) -> None:
    check(expression, expected, CONTEXT)


def test_an_unknown_function_is_denied() -> None:
    with pytest.raises(ExpressionDenied):
        evaluate_expression("#exec('ls')", {})


PAGES = {
    "http://x/t": "text",
    "http://x/j": '{"a": 1}',
    "http://x/y": "a: 1",
    "http://x/p": "# comment\na=1\nb : two \\\n  three\nc\\=d x\n",
}
WEB = Services(fetch=PAGES.__getitem__)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("#fromUrl('http://x/t')", "text"),
        ("#jsonFromUrl('http://x/j').a", 1),
        ("#yamlFromUrl('http://x/y').a", 1),
        ("#propertiesFromUrl('http://x/p')", {"a": "1", "b": "two three", "c=d": "x"}),
        ("#fromUrl('http://x/missing')", Fails("#fromUrl failed")),
    ],
)
def test_addresses(expression: str, expected: Any) -> None:
    check(expression, expected, services=WEB)


@pytest.mark.parametrize("expression", ["#fromUrl('http://x/')", "#jsonFromUrl('http://x/')"])
def test_without_a_service_a_helper_says_so(expression: str) -> None:
    check(expression, Fails("none is set up here"))


def test_a_refusal_becomes_an_expression_error() -> None:
    def fetch(url: str) -> str:
        raise Denied("this address is not allowed", hint="ask")

    check("#fromUrl('file:///etc/passwd')", Fails("not allowed"), services=Services(fetch=fetch))


def test_a_passing_fault_is_passed_on() -> None:
    def fetch(url: str) -> str:
        raise Temporary("no route")

    with pytest.raises(Temporary):
        evaluate("${#fromUrl('http://x/')}", {}, services=Services(fetch=fetch))


KNOWN = {("my-pipeline", "app"): "id-1", ("other", "elsewhere"): "id-2"}
PIPELINES = Services(pipeline_id=lambda name, application: KNOWN.get((name, application or "")))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("#pipelineId('my-pipeline')", "id-1"),
        ("#pipelineId('nope')", Fails("Pipeline with name 'nope' could not be found on application app")),
        ("#pipelineId('')", Fails("pipelineName must be specified")),
        ("#pipelineIdOrNull('nope')", None),
        ("#pipelineIdInApplication('other', 'elsewhere')", "id-2"),
        ("#pipelineIdInApplication('other', 'app')", None),
        ("#pipelineIdInApplication('other', null)", Fails("applicationName must be specified")),
    ],
)
def test_pipelines(expression: str, expected: Any) -> None:
    check(expression, expected, execution={"application": "app"}, services=PIPELINES)


def test_pipelines_need_a_service() -> None:
    check("#pipelineId('x')", Fails("not available"), execution={"application": "app"})


STORE = Services(fetch_reference={"ref://app/1": "SGVsbG8gd29ybGQ="}.__getitem__)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("#fetchReference('ref://app/1')", "SGVsbG8gd29ybGQ="),
        ("#fromBase64('ref://app/1')", "Hello world"),
        ("#fetchReference('plain')", "plain"),
        ("#fetchReference('ref://app/2')", FAILS),
    ],
)
def test_references(expression: str, expected: Any) -> None:
    check(expression, expected, services=STORE)


def test_a_reference_needs_a_store() -> None:
    check("#fetchReference('ref://app/1')", Fails("artifact store"))


def test_every_function_has_a_name_and_a_docstring() -> None:
    from gennaker.expr.functions import _load

    assert len(function_names()) >= 30
    for name, handler in _load().items():
        assert handler.function.__doc__, name
