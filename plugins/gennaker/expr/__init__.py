"""
Evaluate Spinnaker's pipeline expressions, ``${ }``, in a sandbox.

Everything an expression can reach is data, or an entry of this room's own tables: helper functions,
methods and types. Cost is bounded by :class:`Limits`. See docs/expressions.md for the language.

Names are loaded when they are first asked for: every task of every DAG imports this room, and few of
them need the parser.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gennaker.expr.functions import function_names
    from gennaker.expr.limits import DEFAULT_LIMITS, Limits
    from gennaker.expr.nodes import Node
    from gennaker.expr.parser import parse
    from gennaker.expr.root import StageContext
    from gennaker.expr.services import Services
    from gennaker.expr.template import Expression, Literal, Part, has_expression, parse_template
    from gennaker.expr.templates import (
        Evaluation,
        ExpressionProblem,
        evaluate,
        evaluate_expression,
        evaluate_with_problems,
    )
    from gennaker.expr.usage import References, references, references_in_expression

__all__ = [
    "DEFAULT_LIMITS",
    "Evaluation",
    "Expression",
    "ExpressionProblem",
    "Limits",
    "Literal",
    "Node",
    "Part",
    "References",
    "Services",
    "StageContext",
    "evaluate",
    "evaluate_expression",
    "evaluate_with_problems",
    "function_names",
    "has_expression",
    "parse",
    "parse_template",
    "references",
    "references_in_expression",
]

_HOMES = {
    "functions": ("function_names",),
    "limits": ("DEFAULT_LIMITS", "Limits"),
    "nodes": ("Node",),
    "parser": ("parse",),
    "root": ("StageContext",),
    "services": ("Services",),
    "template": ("Expression", "Literal", "Part", "has_expression", "parse_template"),
    "templates": (
        "Evaluation",
        "ExpressionProblem",
        "evaluate",
        "evaluate_expression",
        "evaluate_with_problems",
    ),
    "usage": ("References", "references", "references_in_expression"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    module = _HOME_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value
