"""The texts of a stage that are evaluated, and the stages that they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from gennaker.spec.differences import Steps
from gennaker.spec.outline import items_of
from gennaker.spec.types import has_expression

Visit: TypeAlias = Callable[[Steps, str, bool], str]
"""Is told where a text is, the text, and whether it is an expression without ``${ }``; returns the text."""

_RAW_WHERE_SKIPPED = frozenset({"manifest", "manifests", "patchBody"})
_BY_NAME = frozenset({"stage", "stageExists", "judgment", "judgement", "manifestLabelValue"})
_BY_NAMES = frozenset({"deployedServerGroups"})
_BY_NUMBER = frozenset({"stageByRefId"})


def with_texts(stage: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    """Return a copy of a stage in which each text that is evaluated is what ``visit`` returns for it."""
    skipped = _RAW_WHERE_SKIPPED if stage.get("skipExpressionEvaluation") is True else frozenset[str]()
    bare = {*_conditions(stage)}
    return {
        key: value if key in skipped else _visited(value, (key,), visit, bare) for key, value in stage.items()
    }


def _visited(value: Any, steps: Steps, visit: Visit, bare: set[Steps]) -> Any:
    if isinstance(value, str):
        if has_expression(value):
            return visit(steps, value, False)
        return visit(steps, value, True) if steps in bare and value.strip() else value
    if isinstance(value, Mapping):
        return {
            visit((*steps, key), key, False) if has_expression(key) else key: _visited(
                inner, (*steps, key), visit, bare
            )
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_visited(item, (*steps, index), visit, bare) for index, item in enumerate(value)]
    return value


def _conditions(stage: Mapping[str, Any]) -> Iterator[Steps]:
    enabled = stage.get("stageEnabled")
    if isinstance(enabled, Mapping) and enabled.get("type") in (None, "expression"):
        yield "stageEnabled", "expression"
    for index, item in enumerate(items_of(stage.get("preconditions"))):
        if isinstance(item, Mapping) and item.get("type") == "expression":
            yield "preconditions", index, "context", "expression"


def awaited(stage: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
    """Return the stages whose status a stage's preconditions ask for, by name."""
    for index, item in enumerate(items_of(stage.get("preconditions"))):
        context = item.get("context") if isinstance(item, Mapping) else None
        name = context.get("stageName") if isinstance(context, Mapping) else None
        if isinstance(name, str) and name and not has_expression(name):
            yield ("preconditions", index, "context", "stageName"), name


def renamed(stage: Mapping[str, Any], names: Mapping[str, str], ref_ids: Mapping[str, str]) -> dict[str, Any]:
    """
    Return a copy of a stage that calls other stages by their new names and numbers.

    Only literal arguments of the helper functions are rewritten, and the names in preconditions.
    """
    result = with_texts(stage, lambda steps, text, bare: _rewritten(text, bare, names, ref_ids))
    for (first, index, *_), name in awaited(stage):
        context = result[str(first)][index]["context"]
        context["stageName"] = names.get(name, name)
    return result


def _rewritten(text: str, bare: bool, names: Mapping[str, str], ref_ids: Mapping[str, str]) -> str:
    if not any(function in text for function in (*_BY_NAME, *_BY_NAMES, *_BY_NUMBER)):
        return text
    from gennaker.errors import ExpressionError
    from gennaker.expr import Expression, parse_template

    try:
        parts = [(0, text)] if bare else _sources(parse_template(text), Expression)
        edits = [edit for offset, source in parts for edit in _edits(source, offset, names, ref_ids)]
    except ExpressionError:
        # What does not parse is left as it is at run time, too.
        return text
    for start, end, literal in reversed(edits):
        text = text[:start] + literal + text[end:]
    return text


def _sources(parts: Iterable[Any], kind: type[Any]) -> list[tuple[int, str]]:
    return [(part.offset, part.source) for part in parts if isinstance(part, kind)]


def _edits(
    source: str, offset: int, names: Mapping[str, str], ref_ids: Mapping[str, str]
) -> Iterator[tuple[int, int, str]]:
    """Return what to put where: start, end and the new literal, in order."""
    from gennaker.expr.lexer import tokenize

    tokens = tokenize(source)
    for index in range(len(tokens) - 3):
        kinds = [token.kind for token in tokens[index : index + 4]]
        if kinds != ["HASH", "NAME", "LPAR", "STRING"]:
            continue
        function = tokens[index + 1].text
        known = ref_ids if function in _BY_NUMBER else names
        if function not in _BY_NAME | _BY_NAMES | _BY_NUMBER:
            continue
        place = index + 3
        while place < len(tokens) and tokens[place].kind == "STRING":
            token = tokens[place]
            if (new := known.get(_unquoted(token.text))) is not None:
                start = offset + token.position
                yield start, start + len(token.text), _quoted(new, token.text[0])
            more = function in _BY_NAMES and place + 1 < len(tokens) and tokens[place + 1].kind == "COMMA"
            place = place + 2 if more else len(tokens)


def _unquoted(literal: str) -> str:
    quote = literal[0]
    return literal[1:-1].replace(quote * 2, quote)


def _quoted(text: str, quote: str) -> str:
    return f"{quote}{text.replace(quote, quote * 2)}{quote}"
