"""Are the parameters well declared, and is no secret in sight?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from gennaker.spec.checks.subject import Subject
from gennaker.spec.parameter import Parameter, ParameterType
from gennaker.spec.problems import SpecProblem, problem
from gennaker.spec.strict import typed_default, value_schema
from gennaker.spec.types import has_expression

# Expressions reach any other name only as parameters['odd name']; forms and the REST API suffer too.
_NAME = re.compile(r"[\w.-]+")
_REFERENCE = re.compile(r"(conn|var):[\w.:/-]+")


def check(subject: Subject) -> Iterator[SpecProblem]:
    """Find parameters that cannot work as declared."""
    seen: set[str] = set()
    for index, parameter in enumerate(subject.pipeline.parameter_config):
        for code, key, message in _faults(parameter):
            yield problem(code, path=subject.path("parameterConfig", index, key), message=message)
        if parameter.name in seen:
            path = subject.path("parameterConfig", index, "name")
            message = f"'{parameter.name}' is declared twice; the later default counts"
            yield problem("duplicate-parameter", path=path, message=message)
        seen.add(parameter.name)


def _faults(parameter: Parameter) -> Iterator[tuple[str, str, str]]:
    if not _NAME.fullmatch(parameter.name) and not has_expression(parameter.name):
        yield "bad-parameter-name", "name", f"'{parameter.name}' is not a good name"
    if parameter.type and parameter.kind is None:
        yield "unknown-parameter-type", "type", f"no parameter type is called '{parameter.type}'"
    yield from _bad_default(parameter)


def _bad_default(parameter: Parameter) -> Iterator[tuple[str, str, str]]:
    default = parameter.default
    if parameter.kind is ParameterType.SECRET:
        yield from _clear_secrets(parameter)
        return
    if default is None or default == "" or has_expression(default):
        return
    options = [option.value for option in parameter.options]
    if (parameter.has_options is True or parameter.kind is ParameterType.CHOICE) and options:
        if str(default) not in map(str, options):
            yield "default-not-an-option", "default", f"'{default}' is not among the options"
    elif parameter.kind and not _fits(parameter):
        yield "invalid-default", "default", f"'{default}' is not of type {parameter.kind}"


def _clear_secrets(parameter: Parameter) -> Iterator[tuple[str, str, str]]:
    """Name the place, never the value: problems are shown and logged."""
    message = f"the secret '{parameter.name}' has a clear value"
    if parameter.default not in (None, "") and not is_secret_reference(parameter.default):
        yield "secret-in-clear", "default", message
    if any(
        option.value not in (None, "") and not is_secret_reference(option.value)
        for option in parameter.options
    ):
        yield "secret-in-clear", "options", message


def is_secret_reference(value: Any) -> bool:
    """Return whether a secret parameter's value is a reference: ``conn:<id>`` or ``var:<key>``."""
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


def _fits(parameter: Parameter) -> bool:
    """Return whether a start with the default would be accepted."""
    from jsonschema import Draft202012Validator

    if parameter.kind is ParameterType.JSON:
        return not isinstance(parameter.default, str) or _is_json(parameter.default)
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(value_schema(parameter), format_checker=checker).is_valid(
        typed_default(parameter)
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
