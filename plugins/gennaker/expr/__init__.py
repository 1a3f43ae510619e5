"""
Evaluate Spinnaker's pipeline expressions, ``${ }``, in a sandbox.

Everything an expression can reach is data, or an entry of this room's own tables: helper functions,
methods and types. Cost is bounded by :class:`Limits`. See docs/expressions.md for the language.
"""

from gennaker.expr.functions import function_names
from gennaker.expr.limits import DEFAULT_LIMITS, Limits
from gennaker.expr.nodes import Node
from gennaker.expr.parser import parse
from gennaker.expr.references import References, references, references_in_expression
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
