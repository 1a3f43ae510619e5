"""
Create the internal connection, the roles and the users: the part of a start that needs Airflow's database.

Run as ``python -m gennaker.cli.up.provision`` with the users as JSON on standard input, so that no password
appears in a list of processes.
"""

from __future__ import annotations

import json
import sys
from typing import TypedDict


class User(TypedDict):
    """One user to create."""

    name: str
    role: str
    password: str


def main() -> int:
    """Do it all in one process, since importing Airflow is most of the time."""
    from gennaker.cli.init.run import initialize
    from gennaker.cli.init.security import open_security_manager

    users: list[User] = json.loads(sys.stdin.read())
    initialize(report=print)
    with open_security_manager() as security:
        for user in users:
            role = security.find_role(user["role"])
            known = security.find_user(username=user["name"])
            if known is None:
                made = security.add_user(
                    user["name"],
                    user["name"],
                    "Gennaker",
                    f"{user['name']}@localhost",
                    role,
                    user["password"],
                )
                if not made:
                    raise SystemExit(f"user {user['name']} could not be created")
            else:
                security.reset_password(known.id, user["password"])
            print(f"user {user['name']}: {user['role']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
