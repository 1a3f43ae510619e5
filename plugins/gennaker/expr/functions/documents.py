"""Parse JSON, YAML and property files, from a text or an address."""

from __future__ import annotations

import json
from typing import Any

from gennaker.expr.convert import to_text
from gennaker.expr.documents import parse_properties, parse_yaml
from gennaker.expr.faults import Fault
from gennaker.expr.functions import function
from gennaker.expr.functions.calls import ask
from gennaker.expr.functions.references import text_argument
from gennaker.expr.scope import Scope


@function("readJson")
def read_json(scope: Scope, text: Any) -> Any:
    """Parse a JSON map or list."""
    source = text_argument(scope, text)
    scope.budget.grow(len(source))
    try:
        value = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise Fault(f"#readJson failed: {error}") from None
    if not isinstance(value, dict | list):
        raise Fault("#readJson failed: the text is neither a map nor a list")
    return value


@function("readYaml")
def read_yaml(scope: Scope, text: Any) -> Any:
    """Parse a YAML document."""
    documents = parse_yaml(text_argument(scope, text), scope.budget)
    if len(documents) > 1:
        raise Fault("#readYaml failed: the text holds several documents", hint="use #readAllYaml")
    return documents[0] if documents else None


@function("readAllYaml")
def read_all_yaml(scope: Scope, text: Any) -> Any:
    """Parse every document of a YAML text."""
    return parse_yaml(text_argument(scope, text), scope.budget)


@function("fromUrl")
def from_url(scope: Scope, url: Any) -> str:
    """Return the text at an address."""
    if scope.services.fetch is None:
        raise Fault("#fromUrl needs access to addresses, and none is set up here")
    text = to_text(ask("#fromUrl", scope.services.fetch, to_text(url, scope.budget)), scope.budget)
    scope.budget.text(len(text))
    return text


@function("jsonFromUrl")
def json_from_url(scope: Scope, url: Any) -> Any:
    """Parse the JSON at an address."""
    return read_json(scope, from_url(scope, url))


@function("yamlFromUrl")
def yaml_from_url(scope: Scope, url: Any) -> Any:
    """Parse the YAML at an address."""
    return read_yaml(scope, from_url(scope, url))


@function("propertiesFromUrl")
def properties_from_url(scope: Scope, url: Any) -> Any:
    """Parse the Java properties at an address."""
    return parse_properties(from_url(scope, url), scope.budget)
