from __future__ import annotations


def test_what_is_absent_at_the_top_is_a_warning(load):
    loaded = load({"stages": [], "name": "  "})
    assert {(found.code, found.path, found.severity.value) for found in loaded.problems} == {
        ("missing-application", "$.application", "warning"),
        ("missing-name", "$.name", "warning"),
        ("no-stages", "$.stages", "warning"),
    }


def test_a_template_needs_no_name(load):
    assert load({"schema": "v2", "pipeline": {"stages": [{"type": "wait"}]}}).problems == ()
