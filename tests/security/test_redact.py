from time import process_time

import pytest

from gennaker.security.redact import MASK, is_secret_name, redact, redact_headers, redact_text


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "DB_PASSWORD",
        "dbPasswd",
        "apiKey",
        "api_key",
        "x-api-key",
        "X-Auth-Token",
        "Authorization",
        "Proxy-Authorization",
        "Set-Cookie",
        "clientSecret",
        "AWS_SECRET_ACCESS_KEY",
        "privateKey",
        "X-Hub-Signature-256",
        "accessToken",
        "secret_id",
    ],
)
def test_names_of_secrets(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "credentials",
        "secretName",
        "secretKeyRef",
        "imagePullSecrets",
        "tokenUrl",
        "accessKeyId",
        "pass",
        "passed",
        "author",
        "key",
        "keyboard",
        "signatures_count",
        "",
        "monkey",
        "tokenized",
        "secretary",
    ],
)
def test_names_that_only_look_like_it(name):
    assert not is_secret_name(name)


def test_nested_data_is_masked_and_left_alone():
    data = {
        "user": "ann",
        "login": {"password": "hunter2", "token": None, "rotate": True},
        "env": [{"name": "A", "value": "1"}, {"apiKey": "k", "deep": ({"secret": {"a": 1}},)}],
        "credentials": "k8s-prod",
        "count": 3,
    }
    assert redact(data) == {
        "user": "ann",
        "login": {"password": MASK, "token": None, "rotate": True},
        "env": [{"name": "A", "value": "1"}, {"apiKey": MASK, "deep": [{"secret": MASK}]}],
        "credentials": "k8s-prod",
        "count": 3,
    }
    assert data["login"]["password"] == "hunter2"


def test_a_kubernetes_secret_keeps_only_its_name():
    manifest = {
        "kind": "Secret",
        "metadata": {"name": "db"},
        "data": {"user": "YQ=="},
        "stringData": {"x": "y"},
    }
    assert redact(manifest) == {
        "kind": "Secret",
        "metadata": {"name": "db"},
        "data": MASK,
        "stringData": MASK,
    }


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Bearer abcdefghijklmnop1234", f"Bearer {MASK}"),
        ("curl -H 'Authorization: Basic dXNlcjpwYXNzd29yZA=='", f"curl -H 'Authorization: Basic {MASK}'"),
        ("postgresql://me:hunter2@db/x", f"postgresql://me:{MASK}@db/x"),
        ("https://h/x?sig=abc&y=1", f"https://h/x?sig={MASK}&y=1"),
        ("https://h/x?access_token=abc", f"https://h/x?access_token={MASK}"),
        ("ghp_" + "a" * 36, MASK),
        ("see eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl now", f"see {MASK} now"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", MASK),
        ("basic authentication failed", "basic authentication failed"),
        ("http://host:8080/x@y", "http://host:8080/x@y"),
        ("at 12:30, me@example.com", "at 12:30, me@example.com"),
    ],
)
def test_texts(text, masked):
    assert redact_text(text) == masked


def test_headers():
    headers = {"Content-Type": "application/json", "set-cookie": "a=b", "Location": "https://h/?token=x"}
    assert redact_headers(headers) == {
        "Content-Type": "application/json",
        "set-cookie": MASK,
        "Location": f"https://h/?token={MASK}",
    }


def test_data_without_end_is_cut():
    deep = current = {}
    for _ in range(200):
        current["a"] = {}
        current = current["a"]
    assert MASK in str(redact(deep))


@pytest.mark.parametrize("piece", ["x", "eyJ-", "a://b", "x:y@", "?a.", "token ", "gho_a", "-----BEGIN A"])
def test_a_long_text_is_searched_in_time(piece):
    text = piece * (1_000_000 // len(piece))
    started = process_time()

    assert redact_text(text) == text
    assert process_time() - started < 5


@pytest.mark.parametrize("text", ["eyJhbGciOi.eyJzdWIiOi.c2ln", "token-eyJhbGciOi.eyJzdWIiOi.c2ln"])
def test_a_token_is_masked_with_whatever_stands_before_it(text):
    assert redact_text(f"{text} eyJhbGciOi.x") == text[: text.index("eyJ")] + "*** eyJhbGciOi.x"


def test_a_password_in_an_address_of_any_scheme_is_masked():
    assert redact_text("1git+ssh://u:pw@host and //u:pw@h") == "1git+ssh://u:***@host and //u:pw@h"
