"""Name the server groups that the execution deployed."""

from __future__ import annotations

from typing import Any

from gennaker.expr.functions import function
from gennaker.expr.scope import Scope
from gennaker.expr.server_groups import deployed_server_groups
from gennaker.expr.values import ListValue


@function("deployedServerGroups")
def deployed(scope: Scope, *names: Any) -> ListValue:
    """Return the server groups that the named stages, or all, deployed."""
    return deployed_server_groups(scope.execution.stages, *names)
