"""`python -m ingestion` that kills itself (SIGKILL) at a named point: killed.py POINT load ..."""

from __future__ import annotations

import os
import signal
import sys

from dlt.load.load import Load
from dlt.normalize.normalize import Normalize
from dlt.pipeline.pipeline import Pipeline

from ingestion import account_run, cli, run_log
from ingestion.raw import Landing
from ingestion.windows import Windows


def die(*_: object, **__: object) -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: object, name: str) -> None:
    """Die when the function is called."""
    setattr(owner, name, die)


def after(owner: object, name: str) -> None:
    """Die when the function has done its work."""
    function = getattr(owner, name)

    def then_die(*arguments: object, **named: object) -> None:
        function(*arguments, **named)
        die()

    setattr(owner, name, then_die)


def after_job(*endings: str) -> None:
    """Die when a job of dlt's has done its work in the warehouse and dlt has not noted it yet.

    Jobs on `.parquet` (DuckDB) and `.csv` (PostgreSQL) copy a file to its staging table, those
    on `.sql` merge a raw table.
    """
    create = Load._create_job

    def create_deadly(self: Load, *arguments: object, **named: object) -> tuple:
        job, *rest = create(self, *arguments, **named)
        if job.file_name().endswith(endings):
            after(job, "run")
        return job, *rest

    Load._create_job = create_deadly


POINTS = {
    "when all is read": lambda: before(Landing, "land"),
    "when dlt has taken the records over": lambda: before(Pipeline, "normalize"),
    "in the middle of normalise": lambda: after(Normalize, "map_single"),
    "when the first file is in its staging table": lambda: after_job(".parquet", ".csv"),
    "when the first table is merged": lambda: after_job(".sql"),
    "when all is merged, before it is marked": lambda: before(Load, "complete_package"),
    "when it is marked, before the files are": lambda: before(Landing, "_count"),
    "when the files are, before the run log": lambda: before(run_log, "finish"),
}

DAY_POINTS = {
    "when a part is merged, before its days are done": lambda: before(Windows, "landed"),
    "when the days of a part are done": lambda: after(Windows, "landed"),
}

if __name__ == "__main__":
    (POINTS | DAY_POINTS)[sys.argv[1]]()
    account_run.PART_RECORDS = 25  # of a long history, so that little is one
    sys.exit(cli.main(sys.argv[2:]))
