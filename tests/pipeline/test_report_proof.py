"""The badge of the report claims no more than was checked."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from scripts.report.proof import Build, badge, keep_results, read_build
from tests.pipeline.report_tables import checked, write_results


def test_a_difference_says_where_and_how_much():
    bad = checked(
        status="differs",
        fact_rows=43209,
        raw_amount=Decimal("100.00"),
        fact_amount=Decimal("98.765"),
        difference_amount=Decimal("1.235"),
    )
    shown = badge([checked(), bad], Build())
    assert (shown.state, shown.title) == ("differs", "The totals differ in 1 place")
    assert "AmberPOS, sale lines" in shown.details[0]
    assert "the till says 100.00, this page 98.765; days differ by 1.235" in shown.details[0]
    assert "43,210 in raw" in shown.details[0] and "43,209 in fact" in shown.details[0]


def test_nothing_checked_is_not_called_proved():
    assert badge([], Build()).state == "unchecked"


def test_tables_that_were_skipped_are_named_as_old():
    shown = badge([checked()], Build(skipped=("fct_sales",)))
    assert shown.state == "unproved" and "fct_sales" in shown.details[0]


def test_without_the_results_of_a_build_nothing_is_called_proved(tmp_path):
    (tmp_path / "manifest.json").write_text('{"nodes": {}}')
    for left in ("{", "{}", '{"args": {"which": "generate"}, "results": []}'):
        (tmp_path / "run_results.json").write_text(left)
        shown = badge([checked()], read_build(tmp_path))
        assert (shown.state, shown.title) == ("unproved", "Not proved: no build left its results")
        assert "make build" in shown.details[0]


@pytest.mark.parametrize("other", ["generate", "show", "compile"])
def test_docs_and_the_like_do_not_hide_how_the_last_build_ended(tmp_path, other):
    (tmp_path / "manifest.json").write_text('{"nodes": {}}')
    write_results(tmp_path, "build", {"unique_id": "test.x", "status": "fail"})
    keep_results(tmp_path)
    write_results(tmp_path, other, {"unique_id": "model.x", "status": "success"})
    assert [failure.name for failure in read_build(tmp_path).failures] == ["test.x"]
    keep_results(tmp_path)
    assert not read_build(tmp_path).ok, "what is no build is not kept as one"
    write_results(tmp_path, "test", {"unique_id": "test.x", "status": "pass"})
    assert read_build(tmp_path).ok, "a later build or test wins"


def test_a_warning_is_no_failure_and_a_skipped_model_is_named(tmp_path):
    results = [
        {"unique_id": "test.warns", "status": "warn", "message": ""},
        {"unique_id": "model.late", "status": "skipped", "message": None},
        {"unique_id": "unit_test.money", "status": "error", "message": "boom"},
    ]
    nodes = {"model.late": {"name": "late", "resource_type": "model"}}
    write_results(tmp_path, "run", *results)
    (tmp_path / "manifest.json").write_text(
        json.dumps({"nodes": nodes, "unit_tests": {"unit_test.money": {"name": "money"}}})
    )
    build = read_build(tmp_path)
    assert build.skipped == ("late",)
    assert [failure.name for failure in build.failures] == ["money"]
