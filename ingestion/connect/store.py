"""Tokens on disk: one file per account in `data/connections`, for its owner's eyes only.

State and times stand in the file as they are, so that `status` needs no key; the tokens are
encrypted (Fernet) with `TILLHOUSE_SECRET_KEY`, or with a key of the system's keyring. A file is
replaced as a whole and is on the disk when `write` returns.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import filelock

from ingestion.accounts import PROJECT_DIR
from ingestion.contract import SourceError
from ingestion.redact import remember_secret

KEYRING = ("tillhouse", "secret_key")
LOCK_SECONDS = 120.0
NEW_KEY = (
    "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
)

State = Literal["connected", "disconnected", "refresh_failed"]


@dataclass(frozen=True)
class Grant:
    """What a till gave: tokens, and until when. Times are seconds since 1970; None: not told.

    A `disconnected` account keeps no tokens. `reason` is for a person and holds no secret.
    """

    access_token: str = ""
    refresh_token: str = ""
    obtained_at: float = 0.0
    expires_at: float | None = None
    refresh_expires_at: float | None = None
    state: State = "connected"
    reason: str = ""
    changed_at: float = 0.0

    def disconnected(self, reason: str, now: float) -> Grant:
        """The same account without its tokens, until somebody connects it again."""
        return Grant(state="disconnected", reason=reason, changed_at=now)

    def refresh_failed(self, reason: str, now: float) -> Grant:
        """The same tokens; renewing them did not go well this time."""
        return replace(self, state="refresh_failed", reason=reason, changed_at=now)


SEALED = ("access_token", "refresh_token")


class Store:
    """The file of one account."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id
        self.path = connections_folder() / f"{account_id}.json"

    def peek(self) -> Grant | None:
        """State and times alone, without tokens and without a key; None: never connected."""
        told = self._read()
        if told is None:
            return None
        return Grant(**{name: value for name, value in told.items() if name != "sealed"})

    def read(self) -> Grant | None:
        """Everything; None when the account was never connected.

        Raises SourceError when there is no key, or when it is not the one that sealed the file.
        """
        told = self._read()
        if told is None:
            return None
        tokens = self._open(told.pop("sealed", ""))
        remember_secret(*tokens.values())
        return Grant(**told, **tokens)

    def write(self, grant: Grant) -> None:
        """Replace the file; it is on the disk when this returns."""
        remember_secret(grant.access_token, grant.refresh_token)
        told = asdict(grant)
        tokens = {name: told.pop(name) for name in SEALED} | {"account_id": self._account_id}
        sealed = _cipher().encrypt(json.dumps(tokens).encode()).decode()
        _replace_file(self.path, json.dumps(told | {"sealed": sealed}, indent=1))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One process at a time renews; the system lets go when a process dies."""
        _make_folder(self.path.parent)
        try:
            with filelock.FileLock(f"{self.path}.lock", timeout=LOCK_SECONDS):
                yield
        except filelock.Timeout:
            raise SourceError(
                f"account {self._account_id}: another process has been renewing its token for"
                f" {LOCK_SECONDS:.0f} s. Load again when that has ended."
            ) from None

    def _read(self) -> dict[str, Any] | None:
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            return dict(told)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise SourceError(
                f"account {self._account_id}: {self.path} cannot be read ({type(error).__name__})."
                f" {connect_again(self._account_id)}"
            ) from None

    def _open(self, sealed: str) -> dict[str, str]:
        from cryptography.fernet import InvalidToken

        try:
            tokens = json.loads(_cipher().decrypt(sealed.encode()))
        except InvalidToken:
            tokens = {}
        if tokens.pop("account_id", None) != self._account_id:
            raise SourceError(
                f"account {self._account_id}: its tokens were sealed with another key. Set the"
                f" TILLHOUSE_SECRET_KEY of then, or: {connect_again(self._account_id)}"
            )
        return tokens


def connections_folder() -> Path:
    """Where the files lie: `TILLHOUSE_CONNECTIONS`, or `data/connections`."""
    return PROJECT_DIR / os.environ.get("TILLHOUSE_CONNECTIONS", "data/connections")


def connect_again(account_id: str) -> str:
    """What a person does about a lost connection, as a sentence."""
    return f"Run `python -m ingestion connect --account {account_id}`."


def make_key() -> None:
    """Make sure that there is a key: the environment's, the keyring's, or a new one in the keyring.

    Raises SourceError, with what to set, where there is none to be had or it is no key.
    """
    import keyring.errors
    from cryptography.fernet import Fernet

    if os.environ.get("TILLHOUSE_SECRET_KEY") or _key_of_keyring():
        _cipher()
        return
    try:
        keyring.set_password(*KEYRING, Fernet.generate_key().decode())
    except keyring.errors.KeyringError:
        raise _no_key() from None


def _cipher() -> Any:
    from cryptography.fernet import Fernet

    key = os.environ.get("TILLHOUSE_SECRET_KEY") or _key_of_keyring()
    if not key:
        raise _no_key()
    try:
        return Fernet(key)
    except ValueError:
        raise SourceError(f"TILLHOUSE_SECRET_KEY is no key. Make one: {NEW_KEY}") from None


def _key_of_keyring() -> str:
    import keyring
    import keyring.errors

    try:
        key = keyring.get_password(*KEYRING) or ""
    except keyring.errors.KeyringError:
        return ""
    remember_secret(key)
    return key


def _no_key() -> SourceError:
    return SourceError(
        "There is no key to keep tokens with, and this machine's keyring cannot be used. Make a"
        f" key with {NEW_KEY} and set TILLHOUSE_SECRET_KEY to it, in the environment or .env."
    )


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _replace_file(path: Path, text: str) -> None:
    """Write beside, bring it to the disk, then rename: whoever reads sees the old or the new."""
    _make_folder(path.parent)
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
