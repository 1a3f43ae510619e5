from __future__ import annotations

import pytest


def cron(expression, **keys):
    return {"type": "cron", "enabled": True, "cronExpression": expression, **keys}


@pytest.mark.parametrize("expression", ["0 0 12 * * ?", "*/5 * * * *", "H H * * * ?", "${ x }"])
def test_good_cron_expressions(problems, expression):
    assert not problems({"type": "wait"}, triggers=[cron(expression)])


def test_a_cron_expression_that_does_not_parse(problems):
    found = problems({"type": "wait"}, triggers=[cron("0 0 25 * * ?")])["invalid-cron"]
    assert (found.path, found.severity) == ("$.triggers[0].cronExpression", "error")
    assert "hour: 25 is not within 0 to 23" in found.message


def test_a_trigger_that_is_off_only_warns(problems):
    triggers = [cron("nonsense", enabled=False, timezone="Moon/Base")]
    found = problems({"type": "wait"}, triggers=triggers)
    assert {code: problem.severity.value for code, problem in found.items()} == {
        "invalid-cron": "warning",
        "unknown-timezone": "warning",
    }


def test_a_time_zone_that_does_not_exist(problems):
    found = problems({"type": "wait"}, triggers=[cron("0 0 * * *", timezone="Asia/Peking")])
    assert found["unknown-timezone"].severity == "error"
    assert not problems({"type": "wait"}, triggers=[cron("0 0 * * *", timezone="Asia/Shanghai")])


def windowed(**window):
    return {
        "type": "wait",
        "restrictExecutionDuringTimeWindow": True,
        "restrictedExecutionWindow": window,
    }


@pytest.mark.parametrize(
    ("window", "path"),
    [
        ({"days": [1, 8]}, "days[1]"),
        ({"days": [0]}, "days[0]"),
        ({"whitelist": [{"startHour": 24, "endHour": 3}]}, "whitelist[0].startHour"),
        ({"whitelist": [{"startHour": 1, "startMin": 60, "endHour": 3}]}, "whitelist[0].startMin"),
        ({"jitter": {"enabled": True, "minDelay": 9, "maxDelay": 3}}, "jitter"),
    ],
)
def test_a_window_out_of_range(problems, window, path):
    found = problems(windowed(**window))["invalid-window"]
    assert (found.path, found.severity) == (f"$.stages[0].restrictedExecutionWindow.{path}", "error")
    unused = {**windowed(**window), "restrictExecutionDuringTimeWindow": False}
    assert problems(unused)["invalid-window"].severity == "warning"


def test_good_windows(problems):
    hours = [{"startHour": 22, "startMin": 0, "endHour": 4, "endMin": 30}, {"startHour": 0, "endHour": 24}]
    jitter = {"enabled": True, "minDelay": 0, "maxDelay": 600}
    window = {"days": [1, 7], "whitelist": hours, "jitter": jitter, "timezone": "Europe/Berlin"}
    assert not problems(windowed(**window))
    assert not problems(
        windowed(days=["${ parameters.day }"]), spelEvaluator="v4", parameterConfig=[{"name": "day"}]
    )
