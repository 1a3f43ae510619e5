"""What expressions refer to, found without evaluating them."""

from __future__ import annotations

from typing import Any

import pytest

from gennaker.expr import References, references, references_in_expression


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("parameters.a", {"a"}),
        ("parameters['a']", {"a"}),
        ("parameters[a]", {"a"}),
        ("parameters?.a", {"a"}),
        ("parameters.get('a')", {"a"}),
        ("parameters.a.b", {"a"}),
        ("trigger.parameters.a", {"a"}),
        ("trigger['parameters']['a']", {"a"}),
        ("execution.trigger.parameters.a", {"a"}),
        ("#root.parameters.a", {"a"}),
        ("#root['parameters'].a", {"a"}),
        ("parameters.a + parameters.b", {"a", "b"}),
        ("x ? parameters.a : {k: parameters.b}", {"a", "b"}),
        ("l.?[parameters == 1]", set()),
        ("l.?[#root.parameters.a == x]", {"a"}),
        ("l[parameters.a]", {"a"}),
        ("parameters[(a)]", set()),
        ("parameters['a' + 'b']", set()),
        ("m.parameters.a", set()),
        ("parameters", set()),
        ("parameters.?[key == 'a']", set()),
    ],
)
def test_parameters(expression: str, names: set[str]) -> None:
    assert references_in_expression(expression).parameters == names


def test_stages_judgments_and_functions() -> None:
    found = references_in_expression(
        "#stage('A').status == 'x' && #stageExists(\"B\") || #stageByRefId('1').x == #judgment('J')"
        " + #judgement('K') + #stage(name) + #manifestLabelValue('M', 'Deployment', 'l')"
        " + #deployedServerGroups('D', 'E')"
    )
    assert found.stages == {"A", "B", "M", "D", "E"}
    assert found.ref_ids == {"1"}
    assert found.judgments == {"J", "K"}
    assert found.functions == {
        "stage", "stageExists", "stageByRefId", "judgment", "judgement", "manifestLabelValue",
        "deployedServerGroups",
    }  # fmt: skip
    assert found.roots == {"name"}


@pytest.mark.parametrize(
    ("expression", "roots"),
    [
        ("a + b.c + ['d']", {"a", "b", "d"}),
        ("#root.e", {"e"}),
        ("#this.f", set()),
        ("l.![name + #root.g]", {"l", "g"}),
        ("{h: i, (j): 1}", {"i", "j"}),
        ("m[key]", {"m"}),
        ("f(x)", {"x"}),
        ("T(Math).max(y, 1)", {"y"}),
        ("new Integer(z)", {"z"}),
        ("'text'.concat(q)", {"q"}),
    ],
)
def test_roots(expression: str, roots: set[str]) -> None:
    assert references_in_expression(expression).roots == roots


def test_templates_and_their_errors() -> None:
    value: dict[str, Any] = {
        "plain": "text",
        "number": 5,
        "list": ["${parameters.a}", {"deep key": "x ${1 +} ${parameters.b}"}],
        "${parameters.c}": "v",
        "open": "ab ${x",
        "bad": "${a.}",
    }
    found = references(value)
    assert found.parameters == {"a", "b", "c"}
    paths = {path: (message, position) for path, message, position in found.syntax_errors}
    assert paths[".list[1]['deep key']"][1] == 7
    assert paths[".open"] == ("The expression that starts here is not closed with }", 3)
    assert paths[".bad"][1] == 4
    assert len(paths) == 3


def test_nothing_to_find() -> None:
    assert references("no expression") == References()
    assert references(None) == References()


def test_a_bare_expression_with_an_error() -> None:
    assert references_in_expression("1 +").syntax_errors == (("", "The expression ends too early", 3),)


def test_deep_data_ends() -> None:
    value: Any = "${a}"
    for _ in range(10_000):
        value = [value]
    assert references(value).roots == frozenset()
