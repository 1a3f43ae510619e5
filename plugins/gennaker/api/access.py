"""
What somebody may do: the auth manager is asked twice, and the application's permissions once.

First for the view ``Gennaker Pipelines``, which is where FAB's roles differ, then for the DAG, because the
SimpleAuthManager grants every view to everybody. Running asks for no more than reading of the view: the right
to run is the right to create runs of the DAG. On top of both, an application may keep a right to some roles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, NamedTuple

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import Depends
from sqlalchemy import select
from sqlalchemy.orm import Session

from gennaker.api.auth import ActorDep
from gennaker.api.roles import PIPELINES
from gennaker.errors import Denied, NotFound
from gennaker.services.actor import Actor
from gennaker.store.models import Application, Pipeline


class _Question(NamedTuple):
    view: str
    dag: str
    entity: DagAccessEntity | None
    permission: str


class Right(Enum):
    """What can be asked for, with the methods that the auth manager is asked about."""

    READ = _Question("GET", "GET", None, "READ")
    EDIT = _Question("PUT", "PUT", None, "WRITE")
    CREATE = _Question("POST", "PUT", None, "WRITE")
    DELETE = _Question("DELETE", "DELETE", None, "WRITE")
    RUN = _Question("GET", "POST", DagAccessEntity.RUN, "EXECUTE")

    @property
    def verb(self) -> str:
        """Return it as it stands in a sentence."""
        return self.name.lower()


@dataclass(frozen=True)
class Access:
    """The rights of whoever sent a request."""

    user: BaseUser
    actor: Actor

    def may(self, right: Right, pipeline: Pipeline) -> bool:
        """Tell whether a right on a pipeline is there; every right needs reading."""
        application = pipeline.application
        # Airflow knows no DAG of a pipeline that was never published, so it has no permissions on it either.
        known = bool(pipeline.sequence)
        return all(
            self._allowed(wanted, application, pipeline.dag_id, known=known)
            for wanted in dict.fromkeys((Right.READ, right))
        )

    def may_in(self, right: Right, application: Application) -> bool:
        """Tell whether a right on an application itself, and on what will be in it, is there."""
        return all(
            self._allowed(wanted, application, None, known=False)
            for wanted in dict.fromkeys((Right.READ, right))
        )

    def may_at_all(self, right: Right) -> bool:
        """
        Tell whether a right is there where no application says otherwise.

        Reading is a matter of the view: what is seen then is decided for each DAG.
        """
        return self._view(right) and (right is Right.READ or self._dag(right, None))

    def readable_dag_ids(self, *, session: Session) -> set[str] | None:
        """Return the DAGs of the pipelines that may be seen, in one question; None for all there are."""
        permissions = {
            row.id: row.permissions
            for row in session.execute(select(Application.id, Application.permissions))
        }
        rows = session.execute(select(Pipeline.dag_id, Pipeline.sequence, Pipeline.application_id)).all()
        given = {uid for uid, found in permissions.items() if self._permitted(Right.READ, found)}
        named = {uid for uid in given if self._granted(Right.READ, permissions[uid])}
        seen: set[str] = get_auth_manager().filter_authorized_dag_ids(
            dag_ids={dag_id for dag_id, _, owner in rows if owner in given}, user=self.user, method="GET"
        )
        seen |= {dag_id for dag_id, sequence, owner in rows if not sequence and owner in named}
        return seen if len(seen) < len(rows) else None

    def require(self, right: Right, pipeline: Pipeline) -> None:
        """
        Refuse who lacks a right on a pipeline.

        :raises NotFound: the pipeline may not even be seen.
        :raises Denied: it may be seen, but that is all.
        """
        if not self.may(Right.READ, pipeline):
            if not self._view(Right.READ):
                raise self._denied(right, "pipelines")
            raise NotFound(f"there is no pipeline '{pipeline.id}'")
        if not self.may(right, pipeline):
            raise self._denied(right, f"{pipeline.application.name} / {pipeline.name}")

    def require_in(self, right: Right, application: Application) -> None:
        """Refuse who lacks a right on an application, as :meth:`require` does."""
        if not self.may_in(Right.READ, application):
            if not self._view(Right.READ):
                raise self._denied(right, "applications")
            raise NotFound(f"there is no application '{application.name}'", hint="create it first")
        if not self.may_in(right, application):
            raise self._denied(right, application.name)

    def require_at_all(self, right: Right) -> None:
        """Refuse who has a right nowhere."""
        if not self.may_at_all(right):
            raise self._denied(right, "pipelines")

    def _allowed(self, right: Right, application: Application, dag_id: str | None, *, known: bool) -> bool:
        if not self._view(right) or not self._permitted(right, application.permissions):
            return False
        return self._dag(right, dag_id) or (not known and self._granted(right, application.permissions))

    def _view(self, right: Right) -> bool:
        method: Any = right.value.view
        return bool(
            get_auth_manager().is_authorized_custom_view(
                method=method, resource_name=PIPELINES, user=self.user
            )
        )

    def _dag(self, right: Right, dag_id: str | None) -> bool:
        method: Any = right.value.dag
        details = DagDetails(id=dag_id) if dag_id else None
        return bool(
            get_auth_manager().is_authorized_dag(
                method=method, access_entity=right.value.entity, details=details, user=self.user
            )
        )

    def _permitted(self, right: Right, permissions: Mapping[str, Any]) -> bool:
        """Tell whether an application's permissions leave a right to this actor; who may change may look."""
        wanted = ("READ", "WRITE", "EXECUTE") if right is Right.READ else (right.value.permission,)
        if self.actor.admin or not permissions.get(right.value.permission):
            return True
        return any(not self.actor.roles.isdisjoint(permissions.get(name) or ()) for name in wanted)

    def _granted(self, right: Right, permissions: Mapping[str, Any]) -> bool:
        """
        Tell whether a role was given a right by name, which Airflow does not know as long as there is no DAG.

        The SimpleAuthManager has no rights on single DAGs: what its role may not do, no application gives.
        """
        if isinstance(self.user, SimpleAuthManagerUser):
            return False
        return bool(permissions.get(right.value.permission)) and self._permitted(right, permissions)

    def _denied(self, right: Right, what: str) -> Denied:
        return Denied(
            f"{self.actor.name} may not {right.verb} {what}",
            hint="ask an administrator for a role that may",
        )


def access_of(user: GetUserDep, actor: ActorDep) -> Access:
    """Return the rights of whoever sent the request."""
    return Access(user, actor)


AccessDep = Annotated[Access, Depends(access_of)]
