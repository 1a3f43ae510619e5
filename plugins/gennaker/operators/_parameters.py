"""The parameters of a run: what was supplied over what the pipeline declares; secrets resolved on use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gennaker.errors import StageFailed


class Parameters(Mapping[str, Any]):
    """
    Give the value of each parameter of a run.

    A supplied value counts if its key is there at all, else the declared default; undeclared values are kept.
    The value of a `secret` parameter is a reference (``conn:<id>`` for a connection's password, ``var:<key>``
    for a variable), which is fetched, and masked in every log, when somebody reads it.

    :param declared: the pipeline's ``parameterConfig``.
    :param supplied: the run's conf.
    """

    def __init__(self, declared: Sequence[Mapping[str, Any]], supplied: Mapping[str, Any]) -> None:
        defaults = {p["name"]: p.get("default") for p in declared if isinstance(p.get("name"), str)}
        self._values = {name: "" if value is None else value for name, value in defaults.items()} | dict(
            supplied
        )
        self._secret = {p.get("name") for p in declared if str(p.get("type")).lower() == "secret"}
        self._resolved: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return the value; resolve it where the parameter is secret."""
        if name not in self._secret:
            return self._values[name]
        if name not in self._resolved:
            self._resolved[name] = resolve_secret(self._values[name], name=name)
        return self._resolved[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def secrets(self) -> tuple[str, ...]:
        """Return the secret values that were read so far; they must not be shown."""
        return tuple(value for value in self._resolved.values() if value)

    def published(self) -> dict[str, Any]:
        """Return the values as they may be shown: a secret stays a reference."""
        return dict(self._values)


def resolve_secret(reference: Any, *, name: str) -> str:
    """Return what a secret reference stands for, and have it masked from now on."""
    from airflow.sdk import Connection, Variable
    from airflow.sdk.log import mask_secret

    kind, _, key = str(reference).partition(":")
    if kind == "conn" and key:
        value = Connection.get(key).password or ""
    elif kind == "var" and key:
        value = Variable.get(key)
    else:
        raise StageFailed(
            f"parameter {name!r} is secret, and its value is not a reference",
            hint="give conn:<connection id> or var:<variable key>",
        )
    mask_secret(value)
    return str(value)
