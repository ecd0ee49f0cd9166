"""Set-up on a fresh clone and on one that is in use, without any network."""

import shutil
import subprocess
import threading
import time

import pytest
import requests

from ingestion.accounts import PROJECT_DIR
from ingestion.destinations import open_warehouse
from scripts import setup
from scripts.setup import copy_profile, install_dbt_utils


@pytest.fixture
def clone(tmp_path):
    shutil.copy(PROJECT_DIR / "profiles.yml.example", tmp_path)
    shutil.copytree(PROJECT_DIR / "packages", tmp_path / "packages")
    return tmp_path


def never(*_):
    raise AssertionError("must not be asked")


def installed(clone):
    return sorted(p.name for p in (clone / "dbt_packages/dbt_utils").rglob("*") if p.is_file())


def test_the_profile_is_copied_once_and_then_left_alone(clone):
    assert "copied" in copy_profile(clone)
    (clone / "profiles.yml").write_text("mine")
    assert "stays as it is" in copy_profile(clone)
    assert (clone / "profiles.yml").read_text() == "mine"


def test_the_profile_bounds_the_memory_of_a_build_as_told(clone, monkeypatch):
    copy_profile(clone)
    monkeypatch.setenv("DBT_PROFILES_DIR", str(clone))
    monkeypatch.delenv("TILLHOUSE_MEMORY", raising=False)
    assert open_warehouse("duckdb").settings["settings"]["memory_limit"] == "2GB"
    monkeypatch.setenv("TILLHOUSE_MEMORY", "700MB")
    assert open_warehouse("duckdb").settings["settings"]["memory_limit"] == "700MB"


def test_without_the_hub_the_stand_in_is_copied_and_said(clone):
    said = install_dbt_utils(clone, hub_answers=lambda: False, dbt_deps=never)
    assert "does not answer" in said
    assert {"dbt_project.yml", "generate_surrogate_key.sql"} <= set(installed(clone))


def test_when_dbt_deps_fails_the_stand_in_takes_its_place(clone):
    install_dbt_utils(clone, hub_answers=lambda: True, dbt_deps=lambda project: False)
    assert "date_spine.sql" in installed(clone)


def test_a_stand_in_is_renewed_without_asking_the_hub(clone):
    install_dbt_utils(clone, hub_answers=lambda: False)
    old = clone / "dbt_packages/dbt_utils/macros"
    (old / "gone.sql").write_text("a macro that the clone no longer has")
    (old / "date_spine.sql").write_text("an older one")
    assert "stand-in" in install_dbt_utils(clone, hub_answers=never, dbt_deps=never)
    assert "gone.sql" not in installed(clone)
    assert "an older one" not in (old / "date_spine.sql").read_text()


def test_the_published_package_is_installed_and_stays(clone):
    package = clone / "dbt_packages/dbt_utils"

    def fetch(project):
        package.mkdir(parents=True)
        (package / "dbt_project.yml").write_text("name: dbt_utils")
        (package / "README.md").write_text("the published one")
        return True

    assert "package hub" in install_dbt_utils(clone, hub_answers=lambda: True, dbt_deps=fetch)
    assert "installed" in install_dbt_utils(clone, hub_answers=never, dbt_deps=never)
    assert installed(clone) == ["README.md", "dbt_project.yml"]


def test_a_hub_that_does_not_let_go_is_given_up(monkeypatch):
    released = threading.Event()

    def hang(*_, **__):
        released.wait(10)
        raise requests.Timeout

    monkeypatch.setattr(setup, "HUB_SECONDS", 0.05)
    monkeypatch.setattr(requests, "get", hang)
    began = time.monotonic()
    assert setup._hub_answers() is False
    assert time.monotonic() - began < 5
    released.set()


def test_a_hub_out_of_reach_is_no_error(monkeypatch):
    def refuse(*_, **__):
        raise requests.ConnectionError("no such host")

    monkeypatch.setattr(requests, "get", refuse)
    assert setup._hub_answers() is False


def test_dbt_deps_that_fails_or_hangs_brings_nothing(clone, monkeypatch):
    def hang(*_, timeout, **__):
        raise subprocess.TimeoutExpired("dbt deps", timeout)

    def fail(command, **__):
        return subprocess.CompletedProcess(command, returncode=2)

    for outcome in (hang, fail):
        monkeypatch.setattr(subprocess, "run", outcome)
        assert setup._dbt_deps(clone) is False


def test_seeds_that_a_folder_of_ones_own_lacks_are_copied_the_others_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "PROJECT_DIR", tmp_path)
    mine = tmp_path / "data/seeds"
    for path in (tmp_path / "seeds/mapping", mine / "mapping"):
        path.mkdir(parents=True)
    for name in ("pos_accounts", "mapping/tenders", "mapping/new"):
        (tmp_path / f"seeds/{name}.csv").write_text("shipped")
    (mine / "tenders.csv").write_text("mine")
    assert setup.complete_seeds(mine) == [], "no folder of a shop's seeds: it has no accounts"
    (mine / "pos_accounts.csv").write_text("mine")
    assert setup.complete_seeds(mine) == [
        "data/seeds/mapping/new.csv is new in Tillhouse and was copied."
    ]
    held = {path.name: path.read_text() for path in mine.rglob("*.csv")}
    assert held == {"pos_accounts.csv": "mine", "tenders.csv": "mine", "new.csv": "shipped"}
    assert setup.complete_seeds(mine) == []
