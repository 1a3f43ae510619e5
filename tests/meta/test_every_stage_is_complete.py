"""A stage type is a model with a description of each field, a docstring that is its page, and a test."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from gennaker import catalog
from gennaker.spec.stage import StageEnvelope

TESTS = Path(__file__).parents[1] / "stages"
MODELS = sorted(
    {*catalog.stage_models().values(), catalog.fallback_model()},
    key=lambda model: (model.KIND, model.__name__),
)


def each(test):
    return pytest.mark.parametrize("model", MODELS, ids=lambda model: model.KIND)(test)


@each
def test_it_has_a_page(model):
    documentation = model.__dict__.get("__doc__")
    assert documentation, f"stage {model.KIND!r} has no docstring"
    assert inspect.cleandoc(documentation).partition("\n")[0].endswith("."), (
        f"{model.KIND!r}: end with a full stop"
    )


@each
def test_each_of_its_fields_is_described(model):
    own = {
        name: field for name, field in model.model_fields.items() if name not in StageEnvelope.model_fields
    }
    bare = [name for name, field in own.items() if not field.description]
    assert bare == [], f"stage {model.KIND!r}: fields without a description"


@each
def test_it_has_a_test(model):
    module = model.__module__.rpartition(".")[2]
    if not model.__module__.startswith("gennaker.stages."):
        pytest.skip("it comes from another package")
    assert (TESTS / f"test_{module}.py").exists(), (
        f"stage {model.KIND!r} has no test: add tests/stages/test_{module}.py"
    )


@each
def test_it_names_an_operator_and_how_faithful_it_is(model):
    package, _, name = model.OPERATOR.partition(":")
    assert package.startswith("gennaker.") or "." in package
    assert name
    assert model.SUPPORT == "exact" or model.NOTES, f"stage {model.KIND!r}: say in NOTES where it differs"
