"""Export folders over SFTP: what is new there is copied to a folder of the account's own.

A vendor keeps such files for days only. The copy keeps them for good, unchanged; sources read it
like any folder, so they know nothing of SFTP.
"""

from __future__ import annotations

import filecmp
import logging
import os
import re
import stat
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import paramiko

from ingestion import http
from ingestion.accounts import Account, AccountError
from ingestion.contract import SourceError

PORT = 22
TIMEOUT = 30.0  # seconds without a word from the server
WAITS = (5.0, 30.0, 60.0)  # seconds before the next try after a broken connection
CHUNK = 1 << 15  # what one answer of a server holds
PART = ".part"
logging.getLogger("paramiko").addHandler(logging.NullHandler())  # we say what is wrong
_NAME = re.compile(r"[^./\\\0][^/\\\0]*")  # of a file or folder that is copied


@dataclass(frozen=True)
class Address:
    """`sftp://user@host:port/folder`, in its parts."""

    user: str
    host: str
    port: int
    folder: str


class _BrokenError(Exception):
    """The connection broke: another try may go well."""


class _LeftError(Exception):
    """A file that could not be copied; it concerns none of the others. `passes`: soon it may go."""

    def __init__(self, text: str, passes: bool = False) -> None:
        super().__init__(text)
        self.passes = passes


def address_of(account: Account) -> Address:
    """The account's path as an address. Raises AccountError when it is none."""
    try:
        parts = urlsplit(account.path)
        port = parts.port or PORT
    except ValueError:
        parts, port = urlsplit(""), PORT
    if parts.scheme != "sftp" or not parts.hostname or not parts.username or parts.password:
        raise AccountError(
            f"account {account.account_id}: for transport sftp, path is sftp://user@host/folder,"
            " without a password."
        )
    return Address(unquote(parts.username), parts.hostname, port, unquote(parts.path) or ".")


def mirror(
    account: Account,
    say: Callable[[str], None] = lambda text: None,
    warn: Callable[[str], None] = lambda text: None,
    folder: Path | None = None,
) -> int:
    """Copy files that are new or changed into `folder` (`account.folder`); how many they were.

    A file takes its name only when it is whole, with the size and time that the server states, so
    a copy that was cut off is finished by the next call. What the server no longer has stays. A
    file that the server does not give is told by `warn`, and the others are copied.
    Raises AccountError for settings that are missing, SourceError when the server refuses us, is
    not the one we know, lacks the folder, or breaks off time after time, or the disk is full.
    """
    address = address_of(account)
    work = _Mirror(account, address, folder or account.folder)
    for wait in (*WAITS, None):
        reason = ""
        try:
            with _connected(account, address) as sftp:
                work.go(sftp)
            reason = next((str(error) for error in work.left if error.passes), "")
        except (_BrokenError, paramiko.SSHException, EOFError, OSError) as error:
            reason = _reason(error)
            if wait is None:
                raise SourceError(
                    f"account {account.account_id}: copying from {address.host} failed"
                    f" {len(WAITS) + 1} times ({reason}). {work.copied:,} files came whole and"
                    " stay; the next load goes on from there."
                ) from None
        if not reason or wait is None:
            break
        say(
            f"{account.account_id}: copying from {address.host} failed ({reason});"
            f" tried again in {wait:.0f} s."
        )
        http.PATIENCE.sleep(wait)
    for error in work.left:
        warn(f"{error}: not copied from {address.host}, the next load tries again. Ask the vendor.")
    if not work.found:
        warn(f"{address.host} has no files in {address.folder!r}. Is path the export's folder?")
    return work.copied


# -- the connection ----------------------------------------------------------------------------


@contextmanager
def _connected(account: Account, address: Address) -> Iterator[paramiko.SFTPClient]:
    """A session with the server whose key is the known one, and no other."""
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    known = _known_key(account)
    name = address.host if address.port == PORT else f"[{address.host}]:{address.port}"
    client.get_host_keys().add(name, known.get_name(), known)
    try:
        client.connect(
            address.host,
            address.port,
            address.user,
            pkey=_own_key(account),
            allow_agent=False,
            look_for_keys=False,
            timeout=TIMEOUT,
            banner_timeout=TIMEOUT,
            auth_timeout=TIMEOUT,
            channel_timeout=TIMEOUT,
        )
        sftp = client.open_sftp()
        sftp.get_channel().settimeout(TIMEOUT)
        yield sftp
    except paramiko.BadHostKeyException as error:
        raise _other_key(account, address, error.key) from None
    except paramiko.AuthenticationException:
        raise SourceError(
            f"account {account.account_id}: {address.host} does not take the key of"
            f" {address.user}. Give the vendor its public half, or set"
            f" {_variable(account, 'key_file')} to the one that they know."
        ) from None
    except paramiko.SSHException as error:
        if "known_hosts" in str(error):  # a key of another kind than the known one
            raise _other_key(account, address, None) from None
        raise
    finally:
        client.close()


def _other_key(account: Account, address: Address, key: paramiko.PKey | None) -> SourceError:
    shown = f" It shows {key.get_name()} {key.fingerprint}." if key else ""
    return SourceError(
        f"account {account.account_id}: {address.host} is not the server that we know, so nothing"
        f" was sent to it.{shown} Ask the vendor for its key; if it has a new one, set"
        f" {_variable(account, 'host_key')} to it."
    )


def _variable(account: Account, name: str) -> str:
    return f"TILLHOUSE_{account.account_id}_SFTP_{name}".upper()


def _known_key(account: Account) -> paramiko.PKey:
    """The server's key, from a line as `ssh-keyscan` prints it; the host in front may be there."""
    words = account.secret("sftp_host_key").split()
    kind = next((n for n, word in enumerate(words) if word.startswith(("ssh-", "ecdsa-"))), None)
    try:
        return paramiko.PKey.from_type_string(words[kind], b64decode(words[kind + 1]))
    except (TypeError, IndexError, Base64Error, ValueError, paramiko.SSHException):
        raise AccountError(
            f"account {account.account_id}: {_variable(account, 'host_key')} is no key of a server."
            " It looks like `ssh-ed25519 AAAA...`, as `ssh-keyscan` prints it."
        ) from None


def _own_key(account: Account) -> paramiko.PKey:
    path = Path(os.path.expanduser(account.secret("sftp_key_file")))
    passphrase = os.environ.get(_variable(account, "key_passphrase")) or None
    try:
        return paramiko.PKey.from_path(path, passphrase and passphrase.encode())
    except FileNotFoundError:
        raise AccountError(
            f"account {account.account_id}: there is no file at {_variable(account, 'key_file')}."
        ) from None
    except (OSError, ValueError, TypeError, paramiko.SSHException, paramiko.UnknownKeyType):
        raise AccountError(
            f"account {account.account_id}: the file at {_variable(account, 'key_file')} is no"
            f" private key, or {_variable(account, 'key_passphrase')} does not open it."
        ) from None


def _reason(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__


# -- the files ---------------------------------------------------------------------------------


class _Mirror:
    """The copying of one account: what is `found` on the server, `copied`, and `left` there."""

    def __init__(self, account: Account, address: Address, folder: Path) -> None:
        self.account, self.address, self.folder = account, address, folder
        self.found = self.copied = 0
        self.left: list[_LeftError] = []

    def go(self, sftp: paramiko.SFTPClient) -> None:
        """Copy what we do not have as it is now, by name."""
        self.found, self.left = 0, []
        top = PurePosixPath(self.address.folder)
        for folder, file in self._files(sftp, top):
            self.found += 1
            local = self.folder / folder.relative_to(top) / file.filename
            if not _is_here(local, file):
                with self._leaving():
                    self.copied += self._copy(sftp, str(folder / file.filename), local, file)

    @contextmanager
    def _leaving(self) -> Iterator[None]:
        try:
            yield
        except _LeftError as error:
            self.left.append(error)

    def _files(
        self, sftp: paramiko.SFTPClient, top: PurePosixPath
    ) -> Iterator[tuple[PurePosixPath, paramiko.SFTPAttributes]]:
        """The files of the folder and of its folders, each with where it lies."""
        try:
            entries = _listed(sftp, top)
        except (FileNotFoundError, PermissionError):
            raise SourceError(
                f"account {self.account.account_id}: the server has no folder {str(top)!r} for us."
                " Mend path in pos_accounts.csv; it ends in the number of the export."
            ) from None
        for entry in entries:
            inner = [(top, entry)]
            if _is_folder(sftp, top, entry):
                inner = []
                with self._leaving(), _served(sftp, str(top / entry.filename)):
                    below = top / entry.filename
                    inner = [(below, file) for file in _listed(sftp, below)]
            for folder, file in inner:
                if file.st_mode is None or stat.S_ISREG(file.st_mode):
                    yield folder, file

    def _copy(
        self,
        sftp: paramiko.SFTPClient,
        remote: str,
        local: Path,
        entry: paramiko.SFTPAttributes,
    ) -> bool:
        """Write the file beside its name, and give it its name when every byte is on the disk.

        Whether it has other bytes than ours. Only we may read it: it holds guests' details.
        """
        part = local.with_name(f".{local.name}{PART}")
        try:
            local.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(part, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as target:
                for chunk in _chunks(sftp, remote):
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            with _served(sftp, remote):
                now = sftp.stat(remote)
            for before, after in (
                (entry.st_size, now.st_size),
                (part.stat().st_size, now.st_size),
                (entry.st_mtime, now.st_mtime),
            ):
                if None not in (before, after) and before != after:
                    raise _LeftError(f"{remote} changed while it was copied", passes=True)
            if entry.st_mtime is not None:
                os.utime(part, (entry.st_mtime, entry.st_mtime))
            elif local.exists() and filecmp.cmp(part, local, shallow=False):
                return False
            os.replace(part, local)
            return True
        except OSError as error:
            raise SourceError(
                f"account {self.account.account_id}: {local} cannot be written"
                f" ({_reason(error)}). What is whole stays; the next load goes on from there."
            ) from None
        finally:
            part.unlink(missing_ok=True)


def _listed(sftp: paramiko.SFTPClient, folder: PurePosixPath) -> list[paramiko.SFTPAttributes]:
    kept = [entry for entry in sftp.listdir_attr(str(folder)) if _NAME.fullmatch(entry.filename)]
    return sorted(kept, key=lambda entry: entry.filename)


def _is_folder(
    sftp: paramiko.SFTPClient, top: PurePosixPath, entry: paramiko.SFTPAttributes
) -> bool:
    """By its mode; where a server states none, by whether it can be listed."""
    if entry.st_mode is not None:
        return stat.S_ISDIR(entry.st_mode)
    try:
        with _served(sftp, entry.filename):
            sftp.listdir_attr(str(top / entry.filename))
    except _LeftError:
        return False
    return True


def _is_here(local: Path, entry: paramiko.SFTPAttributes) -> bool:
    """Whether we have it as it is now; never, where a server states no time."""
    try:
        ours = local.stat()
    except FileNotFoundError:
        return False
    return (ours.st_size, int(ours.st_mtime)) == (entry.st_size, entry.st_mtime)


def _chunks(sftp: paramiko.SFTPClient, remote: str) -> Iterator[bytes]:
    with _served(sftp, remote), sftp.open(remote, "rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk


@contextmanager
def _served(sftp: paramiko.SFTPClient, remote: str) -> Iterator[None]:
    """What the server refuses of one file leaves that file; all else is the connection.

    Paramiko gives a refusal without a number where the server just says that it failed.
    """
    try:
        yield
    except (OSError, EOFError) as error:
        is_said = isinstance(error, OSError) and not isinstance(error, TimeoutError)
        is_file = isinstance(error, FileNotFoundError | PermissionError) or (
            is_said and error.errno is None and not sftp.get_channel().closed
        )
        raise (_LeftError if is_file else _BrokenError)(f"{remote} ({_reason(error)})") from None
