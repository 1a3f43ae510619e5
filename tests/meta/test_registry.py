"""A room's members are found by being there."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint

import pytest

from gennaker import registry


class Base:
    """What members have in common."""


@pytest.fixture
def room(tmp_path, monkeypatch):
    package = tmp_path / "some_room"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "_base.py").write_text("from gennaker_test_base import Base\n")
    (package / "one.py").write_text("from some_room._base import Base\nclass One(Base):\n    KIND = 'one'\n")
    (package / "heir.py").write_text("from some_room.one import One\nclass Heir(One):\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "gennaker_test_base", sys.modules[__name__])
    yield package
    for name in [name for name in sys.modules if name.startswith("some_room")]:
        del sys.modules[name]


def test_every_module_is_searched_for_classes_with_a_kind_of_their_own(room):
    found = registry.load("some_room", Base)
    assert {kind: member.__name__ for kind, member in found.items()} == {"one": "One"}


def test_two_members_of_one_kind_are_both_named(room):
    (room / "two.py").write_text("from some_room._base import Base\nclass Two(Base):\n    KIND = 'one'\n")
    with pytest.raises(TypeError, match=r"KIND 'one': some_room\.one\.One and some_room\.two\.Two"):
        registry.load("some_room", Base)


def test_other_packages_add_members(room, monkeypatch):
    class Guest(Base):
        KIND = "guest"

    monkeypatch.setattr(EntryPoint, "load", lambda self: Guest)
    points = [EntryPoint("guest", "elsewhere:Guest", "some.group")]
    monkeypatch.setattr(registry, "installed", lambda group: points if group == "some.group" else [])
    assert registry.load("some_room", Base, "some.group")["guest"] is Guest
    assert "guest" not in registry.load("some_room", Base)
