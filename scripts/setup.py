"""Make a fresh clone ready: `python -m scripts.setup`. Safe to run again at any time.

* makes the folder `data` for the warehouse;
* copies seeds that a folder of your own (`TILLHOUSE_SEEDS`) lacks, as after an upgrade;
* copies `profiles.yml.example` to `profiles.yml` when that is absent;
* puts dbt_utils into `dbt_packages`: the published one when dbt's package hub answers, otherwise
  our stand-in from `packages/dbt_utils`, which gives the same warehouse.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from ingestion.accounts import PROJECT_DIR, AccountError, seeds_dir
from ingestion.env_file import read_env_file
from scripts.atomic import DeliveryError, write_whole

HUB = "https://hub.getdbt.com/api/v1/dbt-labs/dbt_utils.json"
HUB_SECONDS = 3
DEPS_SECONDS = 120
STAND_IN_TITLE = "# dbt_utils, a stand-in"


def main() -> int:
    """Set the project up and say what was done. Returns the exit code."""
    (PROJECT_DIR / "data").mkdir(exist_ok=True)  # dbt makes the DuckDB file, but no folder for it
    read_env_file()
    try:
        seeds = complete_seeds(seeds_dir())
    except AccountError as error:
        print(error, file=sys.stderr)
        return 1
    for message in (*seeds, copy_profile(PROJECT_DIR), install_dbt_utils(PROJECT_DIR)):
        print(f"setup: {message}")
    return 0


def complete_seeds(folder: Path) -> list[str]:
    """Copy the project's seeds that `folder` lacks, not the accounts; what was copied, in words.

    A new version of Tillhouse brings new seeds, and a model that reads one does not build without.
    A folder without accounts is left alone. Raises AccountError when the disk refuses.
    """
    mine = {path.name for path in folder.rglob("*.csv")}
    copied = []
    for seed in sorted((PROJECT_DIR / "seeds").rglob("*.csv")):
        if "pos_accounts.csv" not in mine or seed.name in mine:
            continue
        target = folder / seed.relative_to(PROJECT_DIR / "seeds")
        name = target.relative_to(PROJECT_DIR).as_posix()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with write_whole(target, encoding="utf-8") as file:
                file.write(seed.read_text(encoding="utf-8"))
        except (OSError, DeliveryError) as error:
            raise AccountError(f"{name}: cannot be written ({error}).") from error
        copied.append(f"{name} is new in Tillhouse and was copied.")
    return copied


def copy_profile(project: Path) -> str:
    """Give the project a `profiles.yml` unless it has one; returns what was done."""
    profile = project / "profiles.yml"
    if profile.exists():
        return "profiles.yml is yours and stays as it is."
    shutil.copyfile(project / "profiles.yml.example", profile)
    return "profiles.yml copied from profiles.yml.example."


def install_dbt_utils(
    project: Path,
    hub_answers: Callable[[], bool] | None = None,
    dbt_deps: Callable[[Path], bool] | None = None,
) -> str:
    """Put dbt_utils into `dbt_packages`; returns what was done.

    A published package stays; a stand-in is renewed from `packages/dbt_utils`, so that it is
    never older than the clone. `hub_answers` and `dbt_deps` stand in for the network in tests.
    """
    stand_in = project / "packages" / "dbt_utils"
    installed = project / "dbt_packages" / "dbt_utils"
    if _is_installed(installed) and not _is_stand_in(installed):
        return "dbt_utils is installed."
    if _is_installed(installed):
        _copy(stand_in, installed)
        return "dbt_utils is our stand-in; delete dbt_packages to try the hub again."
    if (hub_answers or _hub_answers)() and (dbt_deps or _dbt_deps)(project):
        return "dbt_utils installed from dbt's package hub."
    _copy(stand_in, installed)
    return "dbt's package hub does not answer; our stand-in for dbt_utils is installed instead."


def _is_installed(package: Path) -> bool:
    return (package / "dbt_project.yml").exists()


def _is_stand_in(package: Path) -> bool:
    readme = package / "README.md"
    return readme.exists() and readme.read_text(encoding="utf-8").startswith(STAND_IN_TITLE)


def _copy(stand_in: Path, installed: Path) -> None:
    shutil.rmtree(installed, ignore_errors=True)
    shutil.copytree(stand_in, installed)


def _hub_answers() -> bool:
    """Whether the hub answers within three seconds, name lookup and proxies included."""
    import requests

    answers: list[bool] = []

    def ask() -> None:
        try:
            answers.append(requests.get(HUB, timeout=HUB_SECONDS).ok)
        except requests.RequestException:
            answers.append(False)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(HUB_SECONDS)
    return answers == [True]


def _dbt_deps(project: Path) -> bool:
    """Run `dbt deps`; whether it brought dbt_utils."""
    command = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--quiet", "deps"]
    try:
        done = subprocess.run(command, cwd=project, timeout=DEPS_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and _is_installed(project / "dbt_packages" / "dbt_utils")


if __name__ == "__main__":
    sys.exit(main())
