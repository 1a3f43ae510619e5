"""The logins of a local instance: one user for each role, with passwords that are made once."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from gennaker.cli.up.environment import write_private

# Airflow's own Admin is there for connections, variables and users.
ROLES = {
    "viewer": "Viewer",
    "deployer": "Deployer",
    "pipeline-admin": "Pipeline Admin",
    "admin": "Admin",
}


@dataclass(frozen=True)
class Login:
    """One user."""

    name: str
    role: str
    password: str


def load(home: Path) -> list[Login]:
    """Return the logins, made on the first call and kept in a file that only its owner can read."""
    path = home / "logins.json"
    if not path.exists():
        write_private(path, json.dumps({name: secrets.token_urlsafe(12) for name in ROLES}, indent=2))
    passwords = json.loads(path.read_text())
    return [Login(name, role, passwords[name]) for name, role in ROLES.items()]
