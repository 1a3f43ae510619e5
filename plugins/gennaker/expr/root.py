"""
Answer bare names: what ``${name}`` means inside a stage.

A stage's own keys come first, except for the names that Orca itself sets over them: ``execution``,
``trigger``, ``parameters`` (a Jenkins stage has ``parameters`` of its own, whose expressions mean the
run's) and ``templateVariables``. A key that is found nowhere is looked up in the outputs of the stages
before, nearest first; only the stages on that way are touched, since reading an output may cost a
network call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from gennaker.expr.ancestry import Stages
from gennaker.expr.server_groups import deployed_server_groups
from gennaker.expr.values import is_list, is_map

_NOTHING: Mapping[str, Any] = {}
_MISSING = object()
_MAIN_BRANCHES = frozenset({"master", "develop"})


class StageContext(Mapping[str, Any]):
    """Show a stage's own keys, the execution around it and earlier stages' outputs as one mapping."""

    def __init__(
        self, own: Mapping[str, Any], execution: Mapping[str, Any] | None = None, stage: str | None = None
    ) -> None:
        self._own = own
        self._given = execution
        found = own.get("execution") if execution is None else execution
        self.execution: Mapping[str, Any] | None = found if is_map(found) else None
        self.stages = Stages(self.execution or _NOTHING)
        self.stage = stage

    @cached_property
    def current(self) -> Mapping[str, Any] | None:
        """Return the current stage as the execution holds it."""
        return None if self.stage is None else self.stages.find(self.stage)

    def __getitem__(self, key: str) -> Any:
        special = _SPECIAL.get(key)
        if special is not None and (value := special(self)) is not _MISSING:
            return value
        if key in self._own:
            return self._own[key]
        if self.current is None:
            raise KeyError(key)
        return self.stages.output_before(self.current, key)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            return False
        try:
            self[key]
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        """Yield the visible names, without those of earlier stages: they would have to be loaded."""
        yield from self._own
        for name, special in _SPECIAL.items():
            if name not in self._own and special(self) is not _MISSING:
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"StageContext(stage={self.stage!r}, own={sorted(map(str, self._own))})"

    def _from_execution(self, key: str) -> Any:
        value = self._given.get(key) if self._given is not None else None
        return _MISSING if value is None else value

    def _execution(self) -> Any:
        return _MISSING if self._given is None else self._given

    def _trigger(self) -> Any:
        return self._from_execution("trigger")

    def _parameters(self) -> Any:
        if self._given is None and "parameters" in self._own:
            return _MISSING
        trigger = self.get("trigger")
        declared = trigger.get("parameters") if is_map(trigger) else None
        if not is_map(declared):
            declared = self._from_execution("parameters")
        if is_map(declared):
            return declared
        return _MISSING if "parameters" in self._own else _NOTHING

    def _template_variables(self) -> Any:
        return self._from_execution("templateVariables") or _MISSING

    def _scm_info(self) -> Any:
        commits = self._own.get("scmInfo") or _build_commits(self._own) or _build_commits(self.get("trigger"))
        if not is_list(commits):
            return _MISSING if self._own.get("scmInfo") else None
        others = [
            commit for commit in commits if not (is_map(commit) and commit.get("branch") in _MAIN_BRANCHES)
        ]
        return next(iter(others or commits), None)

    def _deployed_server_groups(self) -> Any:
        if "deployedServerGroups" in self._own or self.execution is None:
            return _MISSING
        return deployed_server_groups(self.stages) or _MISSING


def _build_commits(holder: Any) -> Any:
    build = holder.get("buildInfo") if is_map(holder) else None
    return build.get("scm") if is_map(build) else None


_SPECIAL = {
    "execution": StageContext._execution,
    "trigger": StageContext._trigger,
    "parameters": StageContext._parameters,
    "templateVariables": StageContext._template_variables,
    "scmInfo": StageContext._scm_info,
    "deployedServerGroups": StageContext._deployed_server_groups,
}


def build_root(
    context: Mapping[str, Any], execution: Mapping[str, Any] | None = None, stage: str | None = None
) -> StageContext:
    """Return the root object for an evaluation."""
    if isinstance(context, StageContext) and execution is None and stage is None:
        return context
    return StageContext(context, execution, stage)
