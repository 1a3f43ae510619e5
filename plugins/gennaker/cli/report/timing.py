"""
Name what the older expression engine does otherwise (v3, the default where ``spelEvaluator`` is absent).

v3 evaluates the whole pipeline once when a run starts, with nothing but the trigger and the parameters
at hand, and leaves what fails for the start of each stage. Here, as in v4, a stage's expressions wait
for the stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gennaker.cli.report.refusals import walk
from gennaker.cli.report.texts import Found, stage_name, stages
from gennaker.expr import References, nodes, parse, references_in_expression
from gennaker.spec.loader import LoadedPipeline
from gennaker.spec.problems import json_path

#: What v3 knows when a run starts.
_EARLY_ROOTS = frozenset({"parameters", "trigger", "templateVariables", "scmInfo"})
_CHANGING_FUNCTIONS = frozenset({"fromUrl", "jsonFromUrl", "yamlFromUrl", "propertiesFromUrl"})
# fmt: off
_EARLY_FUNCTIONS = _CHANGING_FUNCTIONS | {
    "toInt", "toFloat", "toBoolean", "toBase64", "fromBase64", "alphanumerical", "readJson", "readYaml",
    "readAllYaml", "toJson", "doNotEval",
}
# fmt: on
_CHANGING_STATICS = frozenset({"now", "random", "randomUUID"})

EFFECTS: Mapping[str, str] = {
    "computed-later": (
        "v3 computes it once, when the run starts; here it is computed when the stage starts, "
        "and again when the stage is restarted"
    ),
    "decided-early": "v3 decides it when the run starts, before the value exists; here it sees the value",
    "name": (
        "v3 replaces it when the run starts, and expressions find the stage by the result; "
        "here they find it by the text as it is written, or by its refId"
    ),
    "structure": "v3 evaluates it when the run starts; here it is not evaluated",
    "parameter-text": (
        "v3 evaluates the ${ } in the parameter's own text again; here text from parameters is final"
    ),
    "variable-order": "v3 does not let a variable see an earlier one of the same stage; here it does",
}


def is_older(loaded: LoadedPipeline) -> bool:
    """Return whether Spinnaker would use the older engine."""
    return loaded.spec.get("spelEvaluator") != "v4"


def differences(loaded: LoadedPipeline, found: list[Found]) -> list[dict[str, Any]]:
    """Return the expressions that give something else here, and what."""
    if not is_older(loaded):
        return []
    texts = _templates_in_parameters(loaded)
    told = [
        {
            "path": one.path,
            "stage": one.stage,
            "expression": one.source,
            "kind": kind,
            "effect": EFFECTS[kind],
        }
        for one in found
        if one.stage is not None and not one.bare and not one.refused
        for kind in _kinds(one, texts)
    ]
    return [*told, *_variables(loaded)]


def attempted_early(loaded: LoadedPipeline, found: list[Found], *, different: set[str]) -> int:
    """
    Return how many expressions v3 tries in vain when a run starts; the value in the end is the same.

    :param different: the paths of those whose value is not.
    """
    if not is_older(loaded):
        return 0
    ours = (one for one in found if one.stage is not None and not one.bare and not one.refused)
    later = (one for one in ours if not _early(references_in_expression(one.source)))
    return sum(one.path not in different for one in later)


def _kinds(found: Found, texts: frozenset[str]) -> Iterator[str]:
    uses = references_in_expression(found.source)
    if found.key == "name":
        yield "name"
    elif found.key in ("refId", "requisiteStageRefIds", "type"):
        yield "structure"
    elif _early(uses) and _changes(found.source):
        yield "computed-later"
    elif _asks_root(found.source):
        yield "decided-early"
    if not uses.parameters.isdisjoint(texts):
        yield "parameter-text"


def _early(uses: References) -> bool:
    return uses.roots <= _EARLY_ROOTS and uses.functions <= _EARLY_FUNCTIONS


def _changes(source: str) -> bool:
    """Return whether the value depends on when it is computed."""
    for node in walk(parse(source)):
        if isinstance(node, nodes.Call) and node.name in _CHANGING_FUNCTIONS:
            return True
        if isinstance(node, nodes.Method) and node.name in _CHANGING_STATICS:
            return True
        if isinstance(node, nodes.New) and not node.arguments and node.name.endswith(("Date", "Random")):
            return True
    return False


def _asks_root(source: str) -> bool:
    """Return whether an expression asks the root itself for a name, which gives null instead of failing."""
    for node in walk(parse(source)):
        if isinstance(node, nodes.Path) and node.head == nodes.Variable(node.head.position, "root"):
            match node.steps[0]:
                case nodes.Index(key=nodes.Constant(value=str() as name)) if name not in _EARLY_ROOTS:
                    return True
                case nodes.Method(name="containsKey" | "get" | "getOrDefault"):
                    return True
    return False


def _templates_in_parameters(loaded: LoadedPipeline) -> frozenset[str]:
    """Return the parameters whose own text holds expressions."""
    given = loaded.spec.get("parameterConfig")
    declared = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    return frozenset(
        str(one.get("name"))
        for one in declared
        if "${" in str(one.get("default")) or "${" in str(one.get("options"))
    )


def _variables(loaded: LoadedPipeline) -> Iterator[dict[str, Any]]:
    for path, stage in stages(loaded):
        given = stage.get("variables")
        if stage.get("type") != "evaluateVariables" or not isinstance(given, list):
            continue
        earlier: set[str] = set()
        for index, variable in enumerate(given):
            if not isinstance(variable, Mapping):
                continue
            value = variable.get("value")
            if earlier & _roots(value):
                yield {
                    "path": json_path(path, "variables", index, "value"),
                    "stage": stage_name(stage),
                    "expression": str(value),
                    "kind": "variable-order",
                    "effect": EFFECTS["variable-order"],
                }
            earlier.add(str(variable.get("key")))


def _roots(value: Any) -> frozenset[str]:
    from gennaker.expr import references

    return references(value).roots
