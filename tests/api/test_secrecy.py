from __future__ import annotations

from typing import Any

import pytest

from gennaker.api.secrecy import has_secrets, refuse_copy_of_secrets, refuse_masks
from gennaker.errors import Denied, SpecError
from gennaker.security.redact import redact

SECRET = {
    "stages": [
        {"refId": "1", "type": "webhook", "url": "https://ann:hunter2@example.com/x", "password": "hunter2"},
        {"refId": "2", "manifest": {"kind": "Secret", "data": {"a": "c2VjcmV0"}}},
        {"refId": "3", "comments": "*** really ***"},
    ]
}
PLAIN = {"stages": [{"refId": "1", "type": "wait", "name": "*** wait ***", "secretName": "x"}]}


def test_what_holds_secrets_is_not_copied_by_readers() -> None:
    assert has_secrets(SECRET)
    assert not has_secrets(PLAIN)
    refuse_copy_of_secrets(PLAIN)
    with pytest.raises(Denied, match="holds secrets"):
        refuse_copy_of_secrets(SECRET)


@pytest.mark.parametrize(
    ("stage", "key", "path"),
    [
        (0, "password", "$.stages[0].password"),
        (0, "url", "$.stages[0].url"),
        (1, "manifest", "$.stages[1].manifest.data"),
    ],
)
def test_a_mask_that_comes_back_is_refused_where_it_stands(stage: int, key: str, path: str) -> None:
    sent: dict[str, Any] = {"stages": [dict(found) for found in SECRET["stages"]]}
    sent["stages"][stage][key] = redact(SECRET)["stages"][stage][key]

    with pytest.raises(SpecError) as caught:
        refuse_masks(sent, lambda: SECRET)

    assert caught.value.path == path


def test_a_moved_mask_is_refused_too() -> None:
    sent = {"stages": [{"refId": "9", "headers": {"x": redact(SECRET)["stages"][0]["url"]}}]}

    with pytest.raises(SpecError, match="overwrite"):
        refuse_masks(sent, lambda: SECRET)


def test_stars_that_hide_nothing_may_stay() -> None:
    refuse_masks(SECRET, lambda: SECRET)
    refuse_masks(PLAIN)


def test_the_base_is_only_read_where_there_are_stars() -> None:
    refuse_masks({"stages": [{"refId": "1", "name": "x"}]}, lambda: pytest.fail("read"))
