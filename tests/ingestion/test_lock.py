"""One load at a time: the second waits or says who holds the warehouse; a killed holder lets go."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

from ingestion import lock
from ingestion.accounts import PROJECT_DIR
from ingestion.destinations import WarehouseError
from ingestion.load import load
from tests.ingestion.small_till import switch_on

HOLD = """
import sys
from ingestion import lock
from ingestion.destinations import Warehouse
with lock.hold(Warehouse("test", eval(sys.argv[1])), "nightly"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(warehouse):
    """Starts another process that holds the warehouse until its input is closed."""
    started = []

    def start() -> subprocess.Popen:
        command = [sys.executable, "-c", HOLD, repr(warehouse.settings)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=PROJECT_DIR, stdin=pipe, stdout=pipe, text=True)
        started.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_who_holds_it_is_told_at_once_when_not_waiting(warehouse, holder):
    assert lock.holder(warehouse) is None
    process = holder()
    holds = rf"`nightly` \(process {process.pid}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)"
    assert re.fullmatch(holds, lock.holder(warehouse))
    with (
        pytest.raises(WarehouseError, match=f"is in use by {holds}. Waited 0 s"),
        lock.hold(warehouse, "load", wait_seconds=0),
    ):
        pass


def test_the_second_waits_and_goes_on_when_the_first_has_ended(warehouse, holder):
    process = holder()
    said = []

    def say(text: str) -> None:
        said.append(text)
        process.stdin.close()

    with lock.hold(warehouse, "load", wait_seconds=60, say=say):
        assert process.wait(timeout=60) == 0, "it was let in while the first was still there"
    assert len(said) == 1
    assert "in use by `nightly`" in said[0]
    assert lock.holder(warehouse) is None


def test_a_killed_holder_lets_go(warehouse, holder):
    process = holder()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with lock.hold(warehouse, "load", wait_seconds=5):
        assert f"process {os.getpid()}" in lock.holder(warehouse)


def test_it_is_free_inside_the_same_process_and_let_go_after_an_error(warehouse):
    with pytest.raises(KeyError), lock.hold(warehouse, "nightly"):
        with lock.hold(warehouse, "load", wait_seconds=0):
            pass
        assert "`nightly`" in lock.holder(warehouse), "the inner one does not let go"
        raise KeyError
    assert lock.holder(warehouse) is None


def test_one_who_waits_is_not_taken_for_the_holder(warehouse, holder):
    holder()
    waiting = threading.Thread(target=_try, args=(warehouse,))
    waiting.start()
    time.sleep(0.5)
    assert "`nightly`" in lock.holder(warehouse)
    waiting.join()


def _try(warehouse) -> None:
    with pytest.raises(WarehouseError), lock.hold(warehouse, "load", 1.5, say=lambda text: None):
        pass


def test_another_warehouse_is_not_held(make_warehouse, warehouse):
    other = make_warehouse(warehouse.engine)
    with lock.hold(warehouse, "load"):
        assert lock.holder(other) is None


def test_a_load_waits_for_its_turn(warehouse, holder, shop, monkeypatch, capsys):
    till = switch_on(monkeypatch)
    shop({"source": "small_till", "account_id": "shop1"})
    till.gives["shop1", "sales"] = [{"1": {}}]
    process = holder()
    with pytest.raises(WarehouseError, match=f"process {process.pid}"):
        load(warehouse, wait_seconds=0)
    wait = lock._Patience.wait
    monkeypatch.setattr(lock._Patience, "wait", lambda *told: (wait(*told), process.stdin.close()))
    rows = load(warehouse, wait_seconds=60)
    assert {row.status for row in rows} == {"success", "no_change"}
    assert "waiting up to 60 s" in capsys.readouterr().out


def test_a_duckdb_file_that_is_open_in_another_program(make_warehouse):
    warehouse = make_warehouse("duckdb")
    with warehouse.connect() as db:
        db.execute("create table t (a integer)")
    code = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print(1, flush=True); "
    command = [sys.executable, "-c", code + "time.sleep(60)", str(warehouse.duckdb_path)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        program.stdout.readline()
        with pytest.raises(WarehouseError, match="open in another program.*PID") as error:
            load(warehouse)
        assert str(program.pid) in str(error.value)
    finally:
        program.kill()
        program.wait()


def test_a_file_that_is_no_duckdb_file(make_warehouse):
    warehouse = make_warehouse("duckdb")
    warehouse.duckdb_path.write_text("a,b\n1,2\n" * 2000, encoding="utf-8")
    with pytest.raises(WarehouseError, match="cannot be opened"):
        load(warehouse)


def test_a_server_that_is_not_there_is_told_without_the_password(make_warehouse):
    warehouse = make_warehouse("postgres")
    warehouse.settings.update(host="127.0.0.1", port=9, password="hunter2")
    with pytest.raises(WarehouseError, match="Is the server running") as error:
        load(warehouse)
    assert "hunter2" not in str(error.value)
