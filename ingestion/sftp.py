"""Export folders over SFTP: what is new there is copied to a folder of the account's own.

A vendor keeps such files for days only. The copy keeps them for good, unchanged; sources read it
like any folder, so they know nothing of SFTP.
"""

from __future__ import annotations

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
    """The connection broke or the file changed meanwhile: another try may go well."""


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


def mirror(account: Account, say: Callable[[str], None] = lambda text: None) -> int:
    """Copy files that are new or changed into `account.folder`; how many they were.

    A file takes its name only when it is whole, with the size and time that the server states, so
    a copy that was cut off is finished by the next call. What the server no longer has stays.
    Raises AccountError for settings that are missing, SourceError when the server refuses us, is
    not the one we know, lacks the folder, or breaks off time after time.
    """
    address = address_of(account)
    copied = 0
    for wait in (*WAITS, None):
        try:
            with _connected(account, address) as sftp:
                for remote, local, entry in _wanted(account, address, sftp):
                    _copy(sftp, remote, local, entry)
                    copied += 1
            return copied
        except (_BrokenError, paramiko.SSHException, EOFError, OSError) as error:
            if wait is None:
                raise SourceError(
                    f"account {account.account_id}: copying from {address.host} failed"
                    f" {len(WAITS) + 1} times ({_reason(error)}). {copied:,} files came whole and"
                    " stay; the next load goes on from there."
                ) from None
            say(
                f"{account.account_id}: copying from {address.host} failed ({_reason(error)});"
                f" tried again in {wait:.0f} s."
            )
            http.PATIENCE.sleep(wait)
    raise AssertionError("the last try returns or raises")


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


def _wanted(
    account: Account, address: Address, sftp: paramiko.SFTPClient
) -> Iterator[tuple[str, Path, paramiko.SFTPAttributes]]:
    """Files of the folder and of its folders that we do not have as they are now, by name."""
    top = PurePosixPath(address.folder)
    for entry in _listed(account, sftp, top):
        if stat.S_ISDIR(entry.st_mode or 0):
            inner = [
                (top / entry.filename, f) for f in _listed(account, sftp, top / entry.filename)
            ]
        else:
            inner = [(top, entry)]
        for folder, file in inner:
            local = account.folder / folder.relative_to(top) / file.filename
            if stat.S_ISREG(file.st_mode or 0) and not _is_here(local, file):
                yield str(folder / file.filename), local, file


def _listed(
    account: Account, sftp: paramiko.SFTPClient, folder: PurePosixPath
) -> list[paramiko.SFTPAttributes]:
    try:
        entries = sftp.listdir_attr(str(folder))
    except (FileNotFoundError, PermissionError):
        raise SourceError(
            f"account {account.account_id}: the server has no folder {str(folder)!r} for us. Mend"
            " path in pos_accounts.csv; it ends in the number of the export."
        ) from None
    kept = [entry for entry in entries if _NAME.fullmatch(entry.filename)]
    return sorted(kept, key=lambda entry: entry.filename)


def _is_here(local: Path, entry: paramiko.SFTPAttributes) -> bool:
    try:
        ours = local.stat()
    except FileNotFoundError:
        return False
    return (ours.st_size, int(ours.st_mtime)) == (entry.st_size, entry.st_mtime)


def _copy(
    sftp: paramiko.SFTPClient, remote: str, local: Path, entry: paramiko.SFTPAttributes
) -> None:
    """Write the file beside its name, and give it its name when every byte is on the disk."""
    local.parent.mkdir(parents=True, exist_ok=True)
    part = local.with_name(f".{local.name}{PART}")
    try:
        with sftp.open(remote, "rb") as source, part.open("wb") as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
            now = source.stat()
        size = part.stat().st_size
        if (size, now.st_size, now.st_mtime) != (entry.st_size, entry.st_size, entry.st_mtime):
            raise _BrokenError(f"{remote} changed while it was copied")
        os.utime(part, (entry.st_mtime, entry.st_mtime))
        os.replace(part, local)
    finally:
        part.unlink(missing_ok=True)
