"""Where the desk will listen: whether the address can be had, and whether the certificate is good."""

from __future__ import annotations

import errno
import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helpdesk.config import names_loopback
from helpdesk.diagnosis.examined import Examined, expiry
from helpdesk.errors import Unavailable
from helpdesk.store.claims import WorkLock
from helpdesk.store.engine import Database
from helpdesk.wires.certificate import first_of, server_context

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.config import Configuration

_LISTENING = "0A"  # in /proc/net/tcp


def smtp_listener(configuration: Configuration, now: datetime) -> Examined:
    """The listener for mail. Raises ConfigurationError, Unavailable."""
    table = configuration.file.smtp_in
    found = _bindable(configuration, "smtp_in", table.listen.removeprefix("lmtp:"))
    certificate, key = configuration.place(table.tls_cert), configuration.place(table.tls_key)
    if certificate is None or server_context(certificate, key) is None:
        return found
    renew = "renew it, put it there and start the desk anew"
    return replace(found, warnings=expiry(f"the certificate {certificate}", first_of(certificate), now, renew=renew))


def console(configuration: Configuration) -> Examined:
    """The console. Raises Unavailable."""
    found = _bindable(configuration, "web", configuration.file.web.listen)
    public = urlsplit(configuration.file.desk.public_url)
    here = names_loopback(public.hostname or "")
    if public.scheme == "http" and not here:
        return replace(found, warnings=(_READABLE,))
    if here and not configuration.file.smtp_out.url.startswith("maildir:"):
        return replace(found, warnings=(_HERE_ALONE,))
    return found


_HERE_ALONE = (
    "desk.public_url names this host: the links in mails to agents elsewhere lead nowhere; name it as they reach it"
)
_READABLE = (
    "desk.public_url is http: who signs in can be read and impersonated on the way; put TLS in front of the console "
    "and make it https"
)


def _bindable(configuration: Configuration, table: str, listen: str) -> Examined:
    """The address, with who is there. Raises Unavailable that says what to do."""
    host, _, port = listen.rpartition(":")
    host = "" if host == "*" else host.strip("[]")
    try:
        family = socket.getaddrinfo(host or None, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        socket.create_server((host, int(port)), family=family).close()
    except OSError as problem:
        if problem.errno != errno.EADDRINUSE or (running := _is_running(configuration, int(port))) is False:
            raise Unavailable(f"cannot listen on {listen}: {_remedy(problem, table, int(port))}") from None
        if running is None:
            return Examined(listen, notes=(f"{listen} is taken: by a daemon of this desk, if one runs",))
        return Examined(f"{listen}, where this desk is running")
    return Examined(listen)


def _remedy(problem: OSError, table: str, port: int) -> str:
    match problem.errno:
        case errno.EADDRINUSE:
            other = f"find it with: ss -ltnp 'sport = :{port}', and stop it, or give [{table}] listen another port"
            return f"another program has this port; {other}"
        case errno.EACCES:
            return f"ports below 1024 are not for this user; give [{table}] listen a higher one"
        case errno.EADDRNOTAVAIL:
            return f"this host has no such address; give [{table}] listen one that it has, or 127.0.0.1"
        case _ if isinstance(problem, socket.gaierror):
            return f"there is no host of this name; give [{table}] listen an address"
        case _:
            return problem.strerror or type(problem).__name__


def _is_running(configuration: Configuration, port: int) -> bool | None:
    """Whether a daemon works this desk's database now, and has that port; None where nobody here knows."""
    database = Database(configuration.database_url)
    try:
        lock = WorkLock(database)
        taken, process = lock.is_taken(), lock.holder()
    finally:
        database.close()
    if not taken or process is None:
        return taken
    return _listens(process, port) is not False


def _listens(process: int, port: int) -> bool | None:
    """Whether a process has a listening socket at a port, as Linux tells it; None where it does not."""
    sockets: set[str] = set()
    try:
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
                _, local, _, state, *others = line.split()
                if state == _LISTENING and int(local.rpartition(":")[2], 16) == port:
                    sockets.add(f"socket:[{others[5]}]")
        return any(str(file.readlink()) in sockets for file in Path(f"/proc/{process}/fd").iterdir())
    except OSError:
        return None
