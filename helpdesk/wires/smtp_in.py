"""Mail in by SMTP and LMTP: a listener that says 250 only once somebody else has the mail durable.

It knows nothing of cases. It is given `accept`, which takes the bytes exactly as they came (no Received line
is added: from whom stands in the envelope beside them), and `knows`, which says for whom we take mail.
Whatever goes wrong on our side is a 451, so that the sender tries again.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import socket
from typing import TYPE_CHECKING

from helpdesk.errors import ConfigurationError, Unavailable
from helpdesk.wires.smtp_reception import Limits, Network, Reception, Untallied
from helpdesk.wires.smtp_session import SmtpSession

if TYPE_CHECKING:
    import concurrent.futures
    import ssl
    from collections.abc import Callable, Collection

    from helpdesk.core.words.message import Envelope
    from helpdesk.wires.smtp_reception import DoorTally

__all__ = ["Limits", "SmtpListener"]

# Connections the kernel may hold for us: a flood is to be turned away, not to be left waiting.
_BACKLOG = 1024
# asyncio takes its `backlog` also for how often it tries to accept before it looks up, and without a free descriptor
# each of those tries fails, is logged, and is repeated a second later by a timer of its own: it spins.
_AT_ONCE = 1
_LAST_WORDS = 2.0  # seconds for sessions that were cut off to close


def _log_fault(error: Exception) -> None:
    # Not its text, which may hold a password or somebody's mail.
    logging.getLogger(__name__).error("answered 451 because of %s", type(error).__name__)


class SmtpListener:
    """Listens on one address, from `start` to `stop`. Callbacks are called on the event loop that started it.

    `listen` is `"127.0.0.1:2525"`, `"[::1]:25"`, `"*:25"` or `"lmtp:127.0.0.1:2424"`; port 0 is any free one.

    `accept(raw, envelope)` returns at once; its future resolves with the queue id when the mail is durable.
    `knows(address)` answers from memory; the address is plain ASCII, spelled as the peer spelled it. Where
    either raises, the peer gets a 451 and `on_fault` the exception.

    `trusted_relays` (addresses or networks) are our own mail servers: all mail comes from them, so they are
    exempt from `max_per_address`. `free_space` says how many octets are left where mail is stored. `tally` hears of
    every mail that got its 250, and of everybody who was told to come back for a reason of ours.

    Raises `ConfigurationError` for an address that cannot be understood.
    """

    def __init__(  # noqa: PLR0913  (a listener is its settings)
        self,
        *,
        listen: str,
        accept: Callable[[bytes, Envelope], concurrent.futures.Future[str]],
        knows: Callable[[str], bool],
        hostname: str | None = None,
        limits: Limits = Limits(),  # noqa: B008  (frozen)
        tls: ssl.SSLContext | None = None,
        require_tls: bool = False,
        trusted_relays: Collection[str] = (),
        free_space: Callable[[], int] | None = None,
        on_fault: Callable[[Exception], None] = _log_fault,
        tally: DoorTally | None = None,
    ) -> None:
        if require_tls and tls is None:
            raise ConfigurationError(["smtp_in: require_tls: needs tls_cert and tls_key"])
        self._listen = listen
        self._host, self._port = _host_and_port(listen.removeprefix("lmtp:"))
        self._server: asyncio.Server | None = None
        self._reception = Reception(
            accept=accept,
            knows=knows,
            on_fault=on_fault,
            hostname=hostname or socket.gethostname(),
            limits=limits,
            tls=tls,
            require_tls=require_tls,
            lmtp=listen.startswith("lmtp:"),
            trusted_relays=_networks("trusted_relays", trusted_relays),
            free_space=free_space,
            tally=tally or Untallied(),
        )

    async def start(self) -> None:
        """Listen. Raises `Unavailable`, naming the address, where that is not possible."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: SmtpSession(self._reception), self._host, self._port, backlog=_AT_ONCE
            )
            for listening in self._server.sockets:
                with listening.dup() as same:
                    same.listen(_BACKLOG)
        except OSError as error:
            raise Unavailable(f"smtp_in: cannot listen on {self._listen}: {_in_words(error)}") from error

    @property
    def port(self) -> int:
        """The port listened on; raises `Unavailable` before `start`."""
        if self._server is None or not self._server.sockets:
            raise Unavailable(f"smtp_in: not listening on {self._listen}")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self, grace: float = 30) -> None:
        """Take nobody new, let mails that are coming in finish for `grace` seconds, end all else with 421."""
        if self._server is None:
            return
        self._server.close()
        last = f"421 4.3.2 {self._reception.hostname} Shutting down, please come back"
        for session in tuple(self._reception.sessions):
            session.dismiss(last)
        await self._emptied(within=grace)
        for session in tuple(self._reception.sessions):
            session.hang_up(last)
        await self._emptied(within=_LAST_WORDS)

    async def _emptied(self, *, within: float) -> None:
        tasks = [session.task() for session in self._reception.sessions]
        if tasks:
            await asyncio.wait(tasks, timeout=within)


def _host_and_port(address: str) -> tuple[str | None, int]:
    """Return host (None for every interface) and port of `host:port` or `[v6]:port`."""
    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isdecimal() and int(port) < 2**16):
        raise ConfigurationError([f"smtp_in: listen: expected HOST:PORT or lmtp:HOST:PORT, not {address!r}"])
    return None if host == "*" else host.strip("[]"), int(port)


def _networks(key: str, entries: Collection[str]) -> tuple[Network, ...]:
    problems, networks = [], []
    for entry in entries:
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            problems.append(f"smtp_in: {key}: expected an address or a network, not {entry!r}")
    if problems:
        raise ConfigurationError(problems)
    return tuple(networks)


def _in_words(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is taken; is another daemon running?"
    if error.errno == errno.EACCES:
        return "not permitted; ports below 1024 are for root"
    return error.strerror or str(error)
