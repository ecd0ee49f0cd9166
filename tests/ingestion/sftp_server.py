"""A real SFTP server on loopback over a folder, for the tests; it can break off as real ones do."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from pathlib import Path

import paramiko


class SftpServer:
    """Serves `folder` at `/` to the one user `export` with the one key `client_key`.

    `cut_at` breaks the connection off in the middle of a file of that name, `cuts` times. `refused`
    is what cannot be opened or listed: the end of its path -> errno. With `states_no_times` or
    `states_no_modes` its answers lack these.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host_key = paramiko.RSAKey.generate(2048)
        self.client_key = paramiko.RSAKey.generate(2048)
        self.cut_at, self.cuts = "", 0
        self.refused: dict[str, int] = {}
        self.states_no_times = self.states_no_modes = False
        self.opened: list[str] = []
        self._transports: list[paramiko.Transport] = []
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(8)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str = "/42") -> str:
        """The address of an account that reads it."""
        return f"sftp://export@127.0.0.1:{self.port}{path}"

    def settings(self, folder: Path, account_id: str = "cafe") -> dict[str, str]:
        """What the environment says so that the account is let in; its key is put in `folder`."""
        key_file = folder / "key"
        self.client_key.write_private_key_file(str(key_file))
        name = f"TILLHOUSE_{account_id.upper()}_SFTP"
        return {
            f"{name}_KEY_FILE": str(key_file),
            f"{name}_HOST_KEY": known_line(self.host_key),
            "TILLHOUSE_MIRRORS": str(folder / "mirrors"),
        }

    def close(self) -> None:
        """End it, with all that is open."""
        self._socket.close()
        for transport in self._transports:
            transport.close()

    def attributes(self, stat: os.stat_result, name: str = "") -> paramiko.SFTPAttributes:
        """What it states of a file."""
        stated = paramiko.SFTPAttributes.from_stat(stat, name)
        if self.states_no_times:
            stated.st_mtime = stated.st_atime = None
            stated._flags &= ~stated.FLAG_AMTIME
        if self.states_no_modes:
            stated.st_mode = None
            stated._flags &= ~stated.FLAG_PERMISSIONS
        return stated

    def refuse(self, path: str) -> None:
        """Raise OSError for what is refused."""
        for end, number in self.refused.items():
            if path.endswith(end):
                raise OSError(number, os.strerror(number))

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            self._transports.append(transport)
            transport.add_server_key(self.host_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder, self, transport)
            with suppress(paramiko.SSHException, EOFError):
                transport.start_server(server=_Door(self.client_key))


def known_line(key: paramiko.PKey) -> str:
    """A server's key as `ssh-keyscan` prints it."""
    return f"127.0.0.1 {key.get_name()} {key.get_base64()}"


class _Door(paramiko.ServerInterface):
    def __init__(self, key: paramiko.PKey) -> None:
        self._key = key

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        is_known = username == "export" and key.asbytes() == self._key.asbytes()
        return paramiko.AUTH_SUCCESSFUL if is_known else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _File(paramiko.SFTPHandle):
    def __init__(self, server: SftpServer, transport: paramiko.Transport, path: Path) -> None:
        super().__init__()
        self._server, self._transport, self._path = server, transport, path
        self.readfile = path.open("rb")

    def stat(self) -> paramiko.SFTPAttributes:
        return self._server.attributes(os.stat(self._path))

    def read(self, offset: int, length: int) -> bytes | int:
        server = self._server
        is_cut = server.cuts and self._path.name == server.cut_at and offset
        if is_cut and self._transport.is_active():
            server.cuts -= 1
            self._transport.close()
        return super().read(offset, length)


class _Folder(paramiko.SFTPServerInterface):
    def __init__(self, door: object, server: SftpServer, transport: paramiko.Transport) -> None:
        super().__init__(door)
        self._server, self._transport = server, transport

    def _real(self, path: str) -> Path:
        return self._server.folder / self.canonicalize(path).lstrip("/")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        try:
            self._server.refuse(path)
            entries = list(os.scandir(self._real(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return [self._server.attributes(e.stat(), e.name) for e in entries]

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return self._server.attributes(os.stat(self._real(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def open(self, path: str, flags: int, attr: object) -> _File | int:
        self._server.opened.append(path)
        try:
            self._server.refuse(path)
            return _File(self._server, self._transport, self._real(path))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
