"""The console's server, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from helpdesk.errors import Unavailable
from helpdesk.log import logger
from helpdesk.web.application import application

if TYPE_CHECKING:
    from helpdesk.web.access import Access
    from helpdesk.web.views import Views

_log = logger("console")
_PATIENCE = 5.0  # seconds for requests that are being answered when we stop


class _Server(uvicorn.Server):
    """uvicorn looks ten times a second whether it is to stop, a quarter of an idle daemon; this one is told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._asked = asyncio.Event()
        self._running: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """Stop soon; safe from any thread."""
        self.should_exit = True
        if self._running is not None:
            with suppress(RuntimeError):  # its loop has ended by itself, and is closed
                self._running.call_soon_threadsafe(self._asked.set)

    async def main_loop(self) -> None:
        """Serve until asked to stop; uvicorn would wake each second to date its answers, which `application` does."""
        self._running = asyncio.get_running_loop()
        if not self.should_exit:  # `end` may have come before there was a loop to tell
            await self._asked.wait()


class Console:
    """Serves from `open` to `close`."""

    def __init__(self, *, listen: str, views: Views, access: Access) -> None:
        self._listen = listen
        self._socket: socket.socket | None = None
        self._server = _Server(
            uvicorn.Config(
                application(views, access),
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                proxy_headers=False,
                lifespan="off",
                ws="none",
                limit_concurrency=50,
                timeout_graceful_shutdown=2,
            )
        )
        self._thread = threading.Thread(target=self._run, name="console", daemon=True)

    def open(self) -> None:
        """Listen. Raises Unavailable, naming the address, where that is not possible."""
        host, _, port = self._listen.rpartition(":")
        host = "" if host == "*" else host.strip("[]")
        try:
            family = socket.getaddrinfo(host or None, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
            self._socket = socket.create_server((host, int(port)), family=family)
        except (OSError, OverflowError) as problem:
            raise Unavailable(f"web: cannot listen on {self._listen}: {problem}") from None
        self._thread.start()

    @property
    def port(self) -> int:
        """The port listened on; raises Unavailable before `open`."""
        if self._socket is None:
            raise Unavailable(f"web: not listening on {self._listen}")
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def running(self) -> bool:
        """Whether its thread is there."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Answer what is being asked, then stop."""
        if self._socket is None:
            return
        self._server.end()
        self._thread.join(_PATIENCE)
        self._socket.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket] if self._socket else None)
        except BaseException:  # noqa: BLE001 - uvicorn would leave the process; the daemon sees that we are gone
            _log.exception("failed", part="console")
