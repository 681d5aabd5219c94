"""The process of one call beyond mail: a job comes in on standard input, what became of it goes out on standard output.

It alone imports Apprise. Every name is looked up once, by `Resolution`, and connected to at the addresses that were
looked at: a name that means another address a moment later (DNS rebinding) leads nowhere else. Redirects are off. It
reads nothing of the desk, prints nothing else, and ends: by itself, or by the limits of time and memory that it sets.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests
    from apprise.plugins.base import NotifyBase

_MEMORY = 1 << 30  # octets, which an endless answer would fill
_CONNECT, _READ = 5.0, 10.0  # seconds


class _Late(BaseException):
    """The time is over. No `Exception`, which Apprise would take for the service's."""


class _NoConnection(OSError):
    """Raised in place of connecting, where an address is only tried."""


def _is_public(address: Any) -> bool:
    """Whether an address is one of the Internet, also where an IPv4 one stands inside of it."""
    from apprise.utils.http import is_public_ip_address  # noqa: PLC0415

    return bool(is_public_ip_address(str(address).partition("%")[0]))  # type: ignore[no-untyped-call]


class Resolution:
    """Stands in for `socket.getaddrinfo`: no address that may not be connected to, and none where we only look."""

    def __init__(self, *, private: bool, connects: bool) -> None:
        self._find = socket.getaddrinfo
        self._private = private
        self._connects = connects
        self.found = ""  # private, unknown, or public
        socket.getaddrinfo = self

    def close(self) -> None:
        """Let names be looked up as ever."""
        socket.getaddrinfo = self._find

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The addresses of a host. Raises OSError."""
        try:
            addresses = self._find(*args, **options)
        except OSError:
            self.found = "unknown"
            raise
        if not self._private and not all(_is_public(place[0]) for *_, place in addresses):
            self.found = "private"
            raise _NoConnection
        self.found = self.found or "public"
        if not self._connects:
            raise _NoConnection
        return addresses


def main() -> None:
    """Do the job, and say of each target whether it was taken, what was answered, and why not."""
    job = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)  # whatever prints, prints no URL
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.signal(signal.SIGALRM, _end)
    signal.alarm(job["within"])
    heard = _listen()
    json.dump([_done(target, job, heard) for target in job["targets"]], out)
    out.flush()
    os._exit(0)


def _end(*_: object) -> None:
    raise _Late


@dataclass
class Heard:
    """What a service answered, each status as soon as it is there: Apprise says only whether all went well."""

    statuses: list[int] = field(default_factory=list)
    problem: str = ""  # unbelieved, late, unreached, broken


def _listen() -> Heard:
    """Hear whatever Apprise is answered from now on."""
    import requests  # noqa: PLC0415

    heard = Heard()
    send = requests.Session.send

    def listening(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        request.hooks["response"].append(lambda answer, *_args, **_options: heard.statuses.append(answer.status_code))
        try:
            return send(session, request, **options)
        except requests.RequestException as problem:
            heard.problem = _why_unanswered(problem, answered=bool(heard.statuses))
            raise

    requests.Session.send = listening  # type: ignore[method-assign, assignment]
    return heard


def _why_unanswered(problem: requests.RequestException, *, answered: bool) -> str:
    """Why there is no answer. Whose certificate is not believed, and who is not reached, gets nothing.

    `answered`: one has begun, so that TLS broke in the midst of it, as it does where memory ends.
    """
    import requests  # noqa: PLC0415
    from urllib3.exceptions import NewConnectionError  # noqa: PLC0415

    match problem:
        case requests.exceptions.SSLError():
            return "broken" if answered else "unbelieved"
        case requests.ReadTimeout():
            return "late"
        case requests.ConnectTimeout():
            return "unreached"
    reason = getattr(problem.args[0], "reason", None) if problem.args else None
    return "unreached" if isinstance(reason, NewConnectionError) else "broken"


def _done(target: Mapping[str, Any], job: Mapping[str, Any], heard: Heard) -> dict[str, Any]:
    """Notify one target, and say how it went."""
    call = job["call"]
    resolution = Resolution(private=job["private"], connects=call is not None)
    heard.statuses, heard.problem = [], ""
    taken, why = False, ""
    try:
        service = _service(target)
        taken = service is not None and service.notify(**(call or _NOTHING))
    except _Late:
        why = "late"
    except MemoryError:
        why = "large"
    except Exception:  # noqa: BLE001, S110 - what Apprise makes of an answer, or of a URL
        pass
    finally:
        resolution.close()
    return {"taken": taken, "answered": heard.statuses, "why": "" if taken else why or _why(resolution, heard)}


_NOTHING = {"title": "", "body": "nothing"}


def _why(resolution: Resolution, heard: Heard) -> str:
    if resolution.found in {"private", "unknown"}:
        return resolution.found
    if not resolution.found:
        return "malformed"  # nobody was to be connected to
    return heard.problem


def _service(target: Mapping[str, Any]) -> NotifyBase | None:
    """What Apprise makes of the URL; None where that is nothing, or where it finds options that are not to be there."""
    from apprise.asset import AppriseAsset  # noqa: PLC0415

    module, _, name = target["plugin"].partition(".")
    plugin: Any = getattr(import_module(f"apprise.plugins.{module}"), name)
    told = plugin.parse_url(target["url"])
    if not told or not set(told["qsd"]).issubset(target["options"]):
        return None
    # No redirects, no pictures from elsewhere, and nothing of Apprise's own.
    told["asset"] = AppriseAsset(
        http_redirects=False, image_url_mask="", app_id="helpdesk", app_url="", service_timeout=0
    )
    service: NotifyBase = plugin(**told)
    service.socket_connect_timeout, service.socket_read_timeout = _CONNECT, _READ
    return service


if __name__ == "__main__":
    main()
