from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gennaker.spec.naming import dag_id, slug, task_ids

AIRFLOW_KEY = re.compile(r"[A-Za-z0-9_.-]{1,250}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Deploy to PROD!", "deploy-to-prod"),
        ("  --a__b--  ", "a-b"),
        ("Déploiement été", "deploiement-ete"),
        ("部署流程", ""),
        ("部署 v2", "v2"),
        ("", ""),
        ("x" * 200, "x" * 80),
        ("a" * 79 + "-b", "a" * 79),
    ],
)
def test_slug(text, expected):
    assert slug(text) == expected


@given(st.text())
def test_a_slug_is_plain_and_slugging_it_again_changes_nothing(text):
    found = slug(text)
    assert re.fullmatch(r"|[a-z0-9]+(-[a-z0-9]+)*", found)
    assert len(found) <= 80
    assert slug(found) == found


def test_dag_id_of_a_name_without_letters_uses_the_uuid():
    assert dag_id("shop", "部署", uid="DEADBEEF-0000") == "shop.p-deadbeef"


def test_dag_id_of_a_name_without_letters_is_stable_without_a_uuid():
    assert dag_id("shop", "部署") == dag_id("shop", "部署") != dag_id("shop", "回滚")


def test_a_taken_dag_id_is_numbered():
    taken = {"shop.deploy", "shop.deploy-2"}
    assert dag_id("Shop", "Deploy", taken=taken) == "shop.deploy-3"


@given(st.text(), st.text())
def test_a_dag_id_is_one_that_airflow_accepts(application, name):
    assert AIRFLOW_KEY.fullmatch(dag_id(application, name))


def test_task_ids_keep_what_airflow_accepts():
    assert task_ids(["1", "wait_2", "a-b", "B"]) == {
        "1": "stage-1",
        "wait_2": "stage-wait_2",
        "a-b": "stage-a-b",
        "B": "stage-B",
    }


def test_ties_are_numbered_in_list_order():
    assert task_ids(["a b", "a/b", "a.b"]) == {"a b": "stage-a-b", "a/b": "stage-a-b-2", "a.b": "stage-a-b-3"}


def test_a_tie_never_takes_a_name_that_is_another_stages_own():
    assert task_ids(["a b", "a/b", "a-b", "a-b-2"]) == {
        "a b": "stage-a-b-3",
        "a/b": "stage-a-b-4",
        "a-b": "stage-a-b",
        "a-b-2": "stage-a-b-2",
    }


@given(st.lists(st.text(max_size=300), unique=True, max_size=30))
def test_task_ids_are_unique_deterministic_and_valid(ref_ids):
    found = task_ids(ref_ids)
    assert list(found) == ref_ids
    assert len(set(found.values())) == len(ref_ids)
    assert all(AIRFLOW_KEY.fullmatch(task_id) for task_id in found.values())
    assert task_ids(ref_ids) == found


@given(st.lists(st.text(alphabet="ab-./ 2", min_size=1, max_size=4), unique=True, max_size=20))
def test_many_ties_stay_unique(ref_ids):
    found = task_ids(ref_ids)
    assert len(set(found.values())) == len(ref_ids)
