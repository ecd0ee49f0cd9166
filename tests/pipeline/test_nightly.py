"""A whole night as a person starts it: what it delivers, and what it says when something fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion import lock
from ingestion.accounts import PROJECT_DIR
from ingestion.demo import write_demo
from scripts import nightly

GOOD = {"source": "files", "mapping": "amberpos", "account_id": "amber", "till_name": "AmberPOS"}
BAD = {"account_id": "gone", "till_name": "Gone"}


@pytest.fixture
def night(tmp_path, monkeypatch, make_warehouse, shop):
    """A function that runs a night of a small shop; one of its two tills has lost its folder."""
    write_demo(tmp_path / "demo", sales=600, seed=3)
    make_warehouse("duckdb")
    seeds = shop(
        GOOD | {"path": tmp_path / "demo" / "amber"}, BAD | {"path": tmp_path / "no_such_folder"}
    )
    monkeypatch.setenv("TILLHOUSE_OUT", str(tmp_path / "out"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    if not (PROJECT_DIR / "profiles.yml").exists():
        shutil.copy(PROJECT_DIR / "profiles.yml.example", tmp_path / "profiles.yml")
        monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path))

    def run(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "scripts.nightly", *arguments]
        return subprocess.run(
            command, cwd=PROJECT_DIR, capture_output=True, text=True, check=False, env=os.environ
        )

    run.seeds = seeds
    return run


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_night_goes_on_without_a_till_and_without_proof_and_says_both(night, tmp_path):
    out, before = tmp_path / "out", contents(night.seeds)

    first = night("--timings", str(tmp_path / "timings.json"))
    assert first.returncode == 1, first.stdout + first.stderr
    assert "gone." in first.stdout and "no_such_folder" in first.stdout
    assert "AmberPOS" in (out / "daily_sales_summary.csv").read_text(encoding="utf-8-sig")
    page = (out / "sales_report.html").read_text(encoding="utf-8")
    assert "Every total agrees to the cent" in page and "Not proved" not in page
    timings = json.loads((tmp_path / "timings.json").read_text())
    assert {"load", "build", "export", "report", "all"} <= set(timings["seconds"])
    assert all("gone" in problem for problem in timings["problems"])
    (kept,) = (out / "artifacts").iterdir()
    assert {p.name for p in kept.iterdir()} == {"manifest.json", "run_results.json"}
    assert contents(night.seeds) == before

    again = night("--skip-load")
    assert again.returncode == 0, "nothing is left that went wrong"
    assert "tests run" not in again.stdout and "as they were" in again.stdout
    page = (out / "sales_report.html").read_text(encoding="utf-8")
    assert "Every total agrees to the cent" in page

    tenders = night.seeds / "mapping" / "tenders.csv"
    tenders.write_text(tenders.read_text() + "beads,barter,\nbeads,barter,\n")
    second = night("--skip-load")
    assert second.returncode == 1
    assert "primary_key_tenders_tender_name" in second.stdout
    page = (out / "sales_report.html").read_text(encoding="utf-8")
    assert "Not proved" in page and "primary_key_tenders_tender_name" in page
    assert "Every total agrees" not in page
    third = night("--skip-load")
    assert third.returncode == 1, "what failed is tried again, not forgotten"
    assert "primary_key_tenders_tender_name" in third.stdout


def test_a_held_warehouse_stops_the_night_and_names_the_holder(make_warehouse, monkeypatch, capsys):
    warehouse = make_warehouse("duckdb")
    monkeypatch.setattr(nightly, "open_warehouse", lambda target: warehouse)
    real_hold = lock.hold
    monkeypatch.setattr(
        nightly.lock, "hold", lambda w, command: real_hold(w, command, wait_seconds=0)
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(warehouse.duckdb_path)],
        cwd=PROJECT_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "held\n"
        assert nightly.main([]) == 1
    finally:
        holder.communicate("let go\n")
    said = capsys.readouterr().err
    assert "did not start" in said and "somebody's load" in said and str(holder.pid) in said


HOLD = """
import sys
from ingestion import lock
from ingestion.destinations import Warehouse
warehouse = Warehouse("duckdb", {"type": "duckdb", "path": sys.argv[1]})
with lock.hold(warehouse, "somebody's load"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_results_are_kept_under_the_time_of_the_night(tmp_path, monkeypatch):
    monkeypatch.setenv("TILLHOUSE_OUT", str(tmp_path / "out"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text('{"é": 1}', encoding="utf-8")
    copies = nightly.keep_artifacts(datetime(2024, 7, 2, 3, 4, 5, tzinfo=UTC))
    assert copies == [tmp_path / "out" / "artifacts" / "20240702T030405Z" / "manifest.json"]
    assert copies[0].read_text(encoding="utf-8") == '{"é": 1}'
