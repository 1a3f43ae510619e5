"""
Who may read the secrets of a pipeline, and what a mask that comes back means.

Secrets should stand in connections, but pipelines from elsewhere carry them in clear. Whoever may change a
pipeline sees it as it is; other readers see ``***`` in the place of secrets, in specs and in comparisons, and
cannot take the secrets away in a copy. A mask that is sent back is refused with its path: kept, it would
overwrite the secret, and filled in, it could move the secret to a place that its author may read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gennaker.errors import Denied, SpecError
from gennaker.security.redact import MASK, is_secret_name, redact
from gennaker.spec.problems import json_path

_KUBERNETES = ("data", "stringData")


def has_secrets(spec: Mapping[str, Any]) -> bool:
    """Tell whether a pipeline's JSON holds something that not everybody may read."""
    return bool(redact(spec) != spec)


def refuse_copy_of_secrets(spec: Mapping[str, Any]) -> None:
    """
    Refuse to copy what may be read only in part.

    :raises Denied: it holds secrets.
    """
    if has_secrets(spec):
        raise Denied(
            "the pipeline holds secrets, and you may not read them",
            hint="let somebody who may change it make the copy, or move the secrets into a connection",
        )


def refuse_masks(spec: Any, base: Callable[[], Any] = lambda: None) -> None:
    """
    Refuse a spec in which a mask stands for a secret.

    A text with three stars in it is fine, unless it is what masking makes of a text of the base.

    :param base: returns the spec that was edited; only called where there are stars at all.
    :raises SpecError: with the path of the first one.
    """
    suspects = [found for found in _texts(spec, "$", "", kubernetes=False) if MASK in found[2]]
    masked = set(_masked_texts(base())) if suspects else set()
    for path, key, value in suspects:
        if (value == MASK and is_secret_name(key)) or value in masked:
            raise SpecError(
                f"{MASK} stands for a secret that was hidden; saved, it would overwrite the secret",
                path=path,
                hint="put the value in, or a reference to a connection",
            )


def _texts(value: Any, path: str, key: str, *, kubernetes: bool) -> Iterator[tuple[str, str, str]]:
    """Yield path, key and text of every text; below a Kubernetes secret's data, a key that tells so."""
    if isinstance(value, str):
        yield path, "secret" if kubernetes else key, value
    elif isinstance(value, Mapping):
        secret = value.get("kind") == "Secret"
        for name, inner in value.items():
            hidden = kubernetes or (secret and name in _KUBERNETES)
            yield from _texts(inner, json_path(path, str(name)), str(name), kubernetes=hidden)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _texts(inner, json_path(path, index), key, kubernetes=kubernetes)


def _masked_texts(base: Any) -> Iterator[str]:
    """Yield what masking makes of each text of a document that holds a secret inside."""
    for _, _, value in _texts(base, "$", "", kubernetes=False):
        masked = redact(value)
        if masked != value:
            yield masked
