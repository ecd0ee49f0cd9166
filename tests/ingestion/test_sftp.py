"""Folders copied over SFTP, from a real server on loopback: what breaks off leaves no half file."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from ingestion import sftp
from ingestion.accounts import PROJECT_DIR, Account, AccountError, read_accounts
from ingestion.contract import SourceError
from ingestion.load import load
from tests.ingestion import connect_till
from tests.ingestion.sftp_server import SftpServer, known_line
from tests.pipeline import toast_records
from tests.pipeline.toast_export import Export

BIG = os.urandom(3_000_000)


@pytest.fixture
def server(tmp_path, monkeypatch, slept):
    """A server with an export of two days, and all that the account needs to be let in."""
    served = tmp_path / "served"
    for day in ("20240501", "20240502"):
        (served / "42" / day).mkdir(parents=True)
        (served / "42" / day / "OrderDetails.csv").write_text(f"Order Id\n{day}\n")
    (served / "42" / "20240502" / "Big.csv").write_bytes(BIG)
    running = SftpServer(served)
    for name, value in running.settings(tmp_path).items():
        monkeypatch.setenv(name, value)
    yield running
    running.close()


def account(server: SftpServer, path: str = "/42") -> Account:
    return replace(
        connect_till.account("toast", server.url(path), "cafe"),
        transport="sftp",
    )


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder, hidden files too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def served(server: SftpServer) -> dict[str, bytes]:
    return files(server.folder / "42")


def test_every_file_is_copied_byte_by_byte_and_only_news_the_next_time(server):
    cafe = account(server)
    assert sftp.mirror(cafe) == 3
    assert files(cafe.folder) == served(server)
    assert sftp.mirror(cafe) == 0
    again = server.folder / "42" / "20240501" / "OrderDetails.csv"
    again.write_text("Order Id\n20240509\n")  # as long as before
    os.utime(again, (1, 1))
    assert sftp.mirror(cafe) == 1
    assert files(cafe.folder) == served(server)


def test_what_the_vendor_no_longer_keeps_stays_here(server):
    cafe = account(server)
    sftp.mirror(cafe)
    before = served(server)
    (server.folder / "42" / "20240501" / "OrderDetails.csv").unlink()
    (server.folder / "42" / "20240501").rmdir()
    assert sftp.mirror(cafe) == 0
    assert files(cafe.folder) == before


def test_a_connection_that_breaks_in_the_middle_of_a_file_is_taken_up_again(server, slept):
    server.cut_at, server.cuts = "Big.csv", 1
    cafe = account(server)
    said: list[str] = []
    sftp.mirror(cafe, said.append)
    assert files(cafe.folder) == served(server)
    assert "tried again in 5 s" in said[0]
    assert slept == [5.0]
    opened = [path for path in server.opened if path.endswith("20240501/OrderDetails.csv")]
    assert len(opened) == 1, "what came whole is not asked for again"


def test_one_that_breaks_time_after_time_leaves_whole_files_and_no_half_one(server):
    server.cut_at, server.cuts = "Big.csv", 99
    cafe = account(server)
    with pytest.raises(SourceError, match=r"failed 4 times .*1 files came whole and stay"):
        sftp.mirror(cafe)
    assert set(files(cafe.folder)) == {"20240501/OrderDetails.csv"}
    server.cuts = 0
    assert sftp.mirror(cafe) == 2
    assert files(cafe.folder) == served(server)


def test_killed_in_the_middle_of_a_file_the_next_copy_makes_it_whole(server, tmp_path):
    seeds_account = account(server)
    script = (
        "import os, signal, sys\n"
        "from dataclasses import replace\n"
        "from ingestion import sftp\n"
        "from tests.ingestion import connect_till\n"
        "sftp.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "cafe = connect_till.account('toast', sys.argv[1], 'cafe')\n"
        "sftp.mirror(replace(cafe, transport='sftp'))\n"
    )
    command = [sys.executable, "-c", script, server.url()]
    for _ in range(2):
        done = subprocess.run(command, cwd=PROJECT_DIR, check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL
        names = [Path(name).name for name in files(seeds_account.folder)]
        assert names == [".OrderDetails.csv.part"], "the half file has no name of the export's"
    sftp.mirror(seeds_account)
    assert files(seeds_account.folder) == served(server)


def test_a_file_that_grows_while_it_is_copied_is_copied_again(server, monkeypatch):
    growing = server.folder / "42" / "20240502" / "Big.csv"
    open_now, grown = paramiko.SFTPClient.open, []

    def open_and_grow(self, path, *arguments):
        file = open_now(self, path, *arguments)
        if path.endswith("Big.csv") and not grown:
            grown.append(growing.write_bytes(BIG + b"more"))
            os.utime(growing, (time.time() + 5,) * 2)
        return file

    monkeypatch.setattr(paramiko.SFTPClient, "open", open_and_grow)
    cafe = account(server)
    sftp.mirror(cafe)
    assert files(cafe.folder)["20240502/Big.csv"] == BIG + b"more"


def test_what_the_server_does_not_give_is_told_and_keeps_no_other_file(server, slept):
    server.refused = {"20240501/OrderDetails.csv": errno.EACCES}
    cafe, told = account(server), []
    assert sftp.mirror(cafe, warn=told.append) == 2
    assert set(files(cafe.folder)) == {"20240502/OrderDetails.csv", "20240502/Big.csv"}
    (warning,) = told
    assert "/42/20240501/OrderDetails.csv" in warning
    assert "not copied from 127.0.0.1" in warning
    server.refused = {"20240501/OrderDetails.csv": errno.EIO}
    assert sftp.mirror(cafe, warn=told.append) == 0
    server.refused = {"20240501": errno.EACCES}
    assert sftp.mirror(cafe, warn=told.append) == 0
    assert "/42/20240501 (" in told[-1]
    assert slept == [], "no waits: it is not the connection"
    server.refused = {}
    assert sftp.mirror(cafe) == 1
    assert files(cafe.folder) == served(server)


def test_a_server_that_states_no_times_is_copied_all_the_same(server):
    server.states_no_times = True
    cafe = account(server)
    assert sftp.mirror(cafe) == 3
    assert files(cafe.folder) == served(server)
    assert sftp.mirror(cafe) == 0, "copied again, and they are the same"
    (server.folder / "42" / "20240501" / "OrderDetails.csv").write_text("Order Id\n20240509\n")
    assert sftp.mirror(cafe) == 1


def test_a_server_that_states_no_kinds_is_copied_all_the_same(server):
    server.states_no_modes = True
    (server.folder / "42" / "readme.txt").write_text("hello")
    cafe = account(server)
    assert sftp.mirror(cafe) == 4
    assert files(cafe.folder) == served(server)


def test_a_folder_without_files_is_told(server):
    (server.folder / "43").mkdir()
    told: list[str] = []
    assert sftp.mirror(account(server, "/43"), warn=told.append) == 0
    assert told == ["127.0.0.1 has no files in '/43'. Is path the export's folder?"]


def test_a_full_disk_is_told_at_once_and_is_not_the_connection(server, slept, monkeypatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sftp.os, "fsync", full)
    with pytest.raises(SourceError, match=r"cannot be written \(.*No space left on device"):
        sftp.mirror(account(server))
    assert slept == []


def test_only_we_may_read_what_was_copied(server):
    cafe = account(server)
    sftp.mirror(cafe)
    modes = {path.stat().st_mode & 0o777 for path in cafe.folder.rglob("*.csv")}
    assert modes == {0o600}


def test_a_dry_run_counts_what_the_server_has_and_leaves_nothing(server, shop, make_warehouse):
    shop({"account_id": "cafe", "source": "toast", "transport": "sftp", "path": server.url()})
    warehouse, cafe = make_warehouse("duckdb"), account(server)
    for path in (server.folder / "42").rglob("*.csv"):
        path.unlink()
    made = toast_records.orders(1, 30)[0]
    export = Export()
    for order in made[:20]:
        export.order(order)
    export.write(server.folder / "42")
    rows = {row.entity: row for row in load(warehouse, dry_run=True)}
    assert (rows["orders"].status, rows["orders"].fetched) == ("dry_run", 20)
    assert not cafe.folder.exists()
    load(warehouse)
    before = files(cafe.folder)
    for order in made[20:]:
        export.order(order)
    export.write(server.folder / "42")
    rows = {row.entity: row for row in load(warehouse, dry_run=True)}
    assert rows["orders"].fetched >= 10
    assert files(cafe.folder) == before
    assert warehouse.exists
    assert {row.new for row in load(warehouse) if row.entity == "orders"} == {10}


def test_another_server_gets_nothing_from_us(server, monkeypatch):
    other = paramiko.RSAKey.generate(2048)
    monkeypatch.setenv("TILLHOUSE_CAFE_SFTP_HOST_KEY", known_line(other))
    with pytest.raises(SourceError, match=r"is not the server that we know.*It shows ssh-rsa SHA"):
        sftp.mirror(account(server))
    kind = paramiko.ECDSAKey.generate()
    monkeypatch.setenv("TILLHOUSE_CAFE_SFTP_HOST_KEY", known_line(kind))
    with pytest.raises(SourceError, match="is not the server that we know"):
        sftp.mirror(account(server))
    assert server.opened == []


def test_a_load_copies_first_and_says_why_it_cannot(server, shop, make_warehouse, monkeypatch):
    shop({"account_id": "cafe", "source": "toast", "transport": "sftp", "path": server.url()})
    warehouse = make_warehouse("duckdb")
    monkeypatch.setenv("TILLHOUSE_CAFE_SFTP_HOST_KEY", known_line(paramiko.RSAKey.generate(2048)))
    rows = load(warehouse)
    assert {row.status for row in rows} == {"failed"}
    assert all("is not the server that we know" in row.error for row in rows)
    monkeypatch.setenv("TILLHOUSE_CAFE_SFTP_HOST_KEY", known_line(server.host_key))
    (server.folder / "42" / "20240501" / "OrderDetails.csv").unlink()
    (server.folder / "42" / "20240502" / "OrderDetails.csv").unlink()
    export = Export()
    export.order(toast_records.orders(1, 1)[0][0])
    export.write(server.folder / "42")
    rows = {row.entity: row for row in load(warehouse)}
    assert (rows["orders"].status, rows["orders"].new) == ("success", 1)


def test_what_is_wrong_is_said_with_the_mend(server, monkeypatch, tmp_path):
    with pytest.raises(SourceError, match=r"no folder '/43' for us.*the number of the export"):
        sftp.mirror(account(server, "/43"))
    stranger = tmp_path / "stranger"
    paramiko.RSAKey.generate(2048).write_private_key_file(str(stranger))
    monkeypatch.setenv("TILLHOUSE_CAFE_SFTP_KEY_FILE", str(stranger))
    with pytest.raises(SourceError, match="does not take the key of export"):
        sftp.mirror(account(server))
    stranger.write_text("no key")
    with pytest.raises(AccountError, match="is no private key"):
        sftp.mirror(account(server))
    stranger.unlink()
    with pytest.raises(AccountError, match="there is no file at TILLHOUSE_CAFE_SFTP_KEY_FILE"):
        sftp.mirror(account(server))
    monkeypatch.setenv("TILLHOUSE_CAFE_SFTP_HOST_KEY", "AAAA")
    with pytest.raises(AccountError, match="is no key of a server"):
        sftp.mirror(account(server))
    monkeypatch.delenv("TILLHOUSE_CAFE_SFTP_HOST_KEY")
    with pytest.raises(AccountError, match="Set TILLHOUSE_CAFE_SFTP_HOST_KEY"):
        sftp.mirror(account(server))


def test_a_key_of_ours_may_have_a_passphrase(server, monkeypatch, tmp_path):
    closed = tmp_path / "closed"
    server.client_key.write_private_key_file(str(closed), password="open sesame")
    monkeypatch.setenv("TILLHOUSE_CAFE_SFTP_KEY_FILE", str(closed))
    with pytest.raises(AccountError, match="KEY_PASSPHRASE does not open it"):
        sftp.mirror(account(server))
    monkeypatch.setenv("TILLHOUSE_CAFE_SFTP_KEY_PASSPHRASE", "open sesame")
    assert sftp.mirror(account(server)) == 3


@pytest.mark.parametrize(
    "path", ["sftp://host/1", "sftp://u:secret@host/1", "sftp://u@host", "u@h"]
)
def test_an_address_without_user_or_with_a_password_is_refused(shop, path):
    shop({"account_id": "cafe", "source": "toast", "transport": "sftp", "path": path})
    with pytest.raises(AccountError, match="without a password"):
        read_accounts()
