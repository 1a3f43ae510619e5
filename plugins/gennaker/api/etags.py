"""Revisions as entity tags: what a change is based on stands in ``If-Match``."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Response

_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')


def tag(response: Response, number: int) -> None:
    """Give an answer the number of what it shows."""
    response.headers["ETag"] = f'"{number}"'


def optional_base(
    if_match: Annotated[
        str | None,
        Header(description="The `ETag` of what the change is based on.", examples=['"12"'], max_length=50),
    ] = None,
) -> int | None:
    """Return the number in ``If-Match``, or None where there is no such header."""
    if if_match is None:
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise HTTPException(400, f'If-Match: got {if_match!r}, expected an ETag like "12"')
    return int(found[1])


def required_base(base: Annotated[int | None, Depends(optional_base)]) -> int:
    """Return the number in ``If-Match``; refuse a change that does not say what it is based on."""
    if base is None:
        raise HTTPException(428, "send If-Match with the ETag of the revision that the change is based on")
    return base


OptionalBase = Annotated[int | None, Depends(optional_base)]
RequiredBase = Annotated[int, Depends(required_base)]
