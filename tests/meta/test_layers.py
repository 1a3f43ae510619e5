"""A new room cannot be forgotten in the contracts that keep workers off the database."""

from __future__ import annotations

import configparser
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVER_SIDE = {"api", "services", "store", "cli"}


def listed(contract: str, option: str) -> set[str]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return set(parser[f"importlinter:contract:{contract}"][option].split())


def rooms() -> set[str]:
    package = ROOT / "plugins" / "gennaker"
    return {f.parent.name for f in package.glob("*/__init__.py")} - SERVER_SIDE


def test_every_room_of_a_worker_is_kept_off_the_database() -> None:
    assert {f"gennaker.{room}" for room in rooms()} <= listed("worker-no-db", "source_modules")


def test_every_room_of_the_server_is_forbidden_to_workers() -> None:
    package = ROOT / "plugins" / "gennaker"
    there = {room for room in SERVER_SIDE - {"cli"} if (package / room / "__init__.py").exists()}

    assert {f"gennaker.{room}" for room in there} <= listed("worker-no-db", "forbidden_modules")
