"""Calls beyond mail: a short text to a push service, a chat or a phone, by Apprise, which runs in a process of its own.

An operator's URL names one of a few services (`SERVICES`), all of which speak HTTPS. It holds secrets, so nothing that
is said here repeats any of it. Each call is one short process (`notify_process`) with an end, a limit of memory and
nothing of ours in it: whatever a service answers, or however slowly, costs that call and nothing else.
"""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from helpdesk.errors import Unavailable
from helpdesk.wires.courier import Failed, Retry, Sent, no_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from email.message import EmailMessage

    from helpdesk.wires.courier import Outcome, Outgoing

MISSING = "expected Apprise beside the desk, by which this goes: pip install 'helpdesk[notify]'"
_WITHIN = 15  # seconds for one call, after which its process ends itself
_GRACE = 5  # seconds more, after which it is ended
_PROCESS = Path(__file__).with_name("notify_process.py")
_SCHEME = re.compile(r"[a-z][a-z0-9]{1,30}(?=://.)")
_AGAIN = frozenset({408, 421, 425, 429})  # of what is refused, what is no fault of the URL


@dataclass(frozen=True, slots=True)
class NotifyService:
    """A service and its class in Apprise (`plugin`, as `module.Class`), with what may stand behind the URL's `?`."""

    name: str
    plugin: str
    options: tuple[str, ...] = ()


# All of them by HTTPS alone. Options that open a file, another URL or another way to the service are left out.
SERVICES: Mapping[str, NotifyService] = {
    "ntfys": NotifyService("ntfy", "ntfy.NotifyNtfy", ("auth", "token", "mode", "priority", "tags")),
    "slack": NotifyService("Slack", "slack.NotifySlack"),
    "workflows": NotifyService("Teams", "workflows.NotifyWorkflows", ("pa", "powerautomate", "ver")),
    "twilio": NotifyService("Twilio", "twilio.NotifyTwilio"),
    "vonage": NotifyService("Vonage", "vonage.NotifyVonage"),
    "msgbird": NotifyService("MessageBird", "messagebird.NotifyMessageBird"),
    "sinch": NotifyService("Sinch", "sinch.NotifySinch", ("region",)),
    "clicksend": NotifyService("ClickSend", "clicksend.NotifyClickSend"),
    "seven": NotifyService("seven", "seven.NotifySeven", ("from",)),
}


def url_problem(url: str) -> str:
    """What is wrong with a URL as it stands, "" where nothing is; the words hold nothing of it but its scheme."""
    found = _SCHEME.match(url)
    if found is None or not url.isprintable() or " " in url:
        return "expected URLs such as ntfys://ntfy.example/TOPIC"
    service = SERVICES.get(found[0])
    if service is None:
        return f"expected one of {', '.join(f'{scheme}://' for scheme in SERVICES)}, not {found[0]}://"
    try:
        given = {name.lower() for name, _ in parse_qsl(url.partition("?")[2], keep_blank_values=True)}
    except ValueError:
        return f"expected a URL of {service.name} as Apprise writes it"
    if not given.issubset(service.options):
        return (
            f"expected no other options of {service.name} than these: {', '.join(service.options) or 'there are none'}"
        )
    return "" if find_spec("apprise") else MISSING


def service_of(url: str) -> NotifyService:
    """The service that a checked URL is of."""
    return SERVICES[url.partition("://")[0]]


@dataclass(frozen=True, slots=True)
class NotifyFault:
    """Why nothing can be sent to a URL. `sure`: it is the URL, and no name server that is away."""

    why: str
    sure: bool


def look(urls: Sequence[str], *, private: bool) -> list[NotifyFault | None]:
    """Try the way to each URL up to the connection, which is not made. Raises Unavailable.

    `private`: hosts of private networks are meant.
    """
    return [_FAULTS.get(one["why"]) for one in _run(urls, private=private)] if urls else []


_FAULTS: Mapping[str, NotifyFault] = {
    "malformed": NotifyFault("Apprise does not read it: something of the URL is missing, or too much", sure=True),
    "private": NotifyFault(
        "its host is at an address that is not public; if that is meant: [desk] notify_private = true", sure=True
    ),
    "unknown": NotifyFault("the name of its host is not known", sure=False),
}


class NotifyCourier:
    """Takes calls to URLs, as other couriers take mails: what stands in the place of an address names the URL."""

    def __init__(self, url_of: Callable[[str], str], private: Callable[[], bool]) -> None:
        """`url_of` gives the URL that a name stands for, "" where there is none any more."""
        self._url_of = url_of
        self._private = private

    def deliver(self, mail: Outgoing, *, before_dot: Callable[[], None] = no_mark) -> Outcome:
        """Send the subject and the text of a mail that is none. Never raises for what a service does."""
        url = self._url_of(mail.recipient)
        if not url:
            return Failed("it is not configured any more")
        message = _read(mail.raw)
        before_dot()
        try:
            (told,) = _run(
                [url],
                private=self._private(),
                call={"title": str(message["Subject"] or ""), "body": "\n".join(message.get_content().splitlines())},
            )
        except Unavailable as problem:
            return Retry(str(problem), uncertain=True)
        return _outcome(told)

    def probe(self) -> None:
        """There is no one far side: `look` tries them all."""

    def close(self) -> None:
        """There is nothing to close."""


def _read(raw: bytes) -> EmailMessage:
    """What we wrote. Python's reader of mail takes a megabyte, and most desks make no call beyond mail."""
    from email import message_from_bytes, policy  # noqa: PLC0415

    return message_from_bytes(raw, policy=policy.default)


def _outcome(told: Mapping[str, Any]) -> Outcome:
    """What the process told, in words without anything of the URL."""
    answered: list[int] = told["answered"]
    refused = [status for status in answered if status >= 300]
    if told["taken"]:
        return Sent(f"answered {answered[-1]}" if answered else "taken")
    if fault := _FAULTS.get(told["why"]):
        return Failed(fault.why) if fault.sure else Retry(fault.why)
    if redirects := [status for status in refused if status < 400]:
        return Failed(f"answered {redirects[0]}: redirects are not followed")
    if final := [status for status in refused if status < 500 and status not in _AGAIN]:
        return Failed(f"answered {final[0]}")
    if refused:
        return Retry(f"answered {refused[0]}")
    # What was sent may have been taken, where nothing was heard of it and where the answer made no sense.
    uncertain = told["why"] not in {"unreached", "unbelieved"}
    return Retry(_SILENCES.get(told["why"], "its answer makes no sense"), uncertain=uncertain)


_SILENCES = {
    "late": "its answer did not come, or did not end, in time",
    "large": "its answer was too large",
    "broken": "the connection ended before its answer",
    "unreached": "its host was not reached",
    "unbelieved": "its certificate is not believed",
}


def _run(urls: Sequence[str], *, private: bool, call: Mapping[str, str] | None = None) -> list[Mapping[str, Any]]:
    """One process, and what it tells of each URL. Raises Unavailable."""
    of = [(url, service_of(url)) for url in urls]
    targets = [{"url": url, "plugin": service.plugin, "options": service.options} for url, service in of]
    job = {"targets": targets, "private": private, "call": call, "within": _WITHIN}
    try:
        done = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-I", str(_PROCESS)],
            input=json.dumps(job).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=_WITHIN + _GRACE,
            check=False,
        )
        found: list[Mapping[str, Any]] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Unavailable(_SILENCES["late"]) from None
    except (OSError, ValueError) as problem:
        raise Unavailable(f"the process that calls ended without a word: {type(problem).__name__}") from None
    return found


def _environment() -> dict[str, str]:
    """Nothing of ours: no proxy that would look names up for itself, no passwords out of ~/.netrc; our certificates."""
    paths = ssl.get_default_verify_paths()
    told = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or paths.cafile
    bundle = {"REQUESTS_CA_BUNDLE": told} if told and Path(told).is_file() else {}
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "NETRC": os.devnull, **bundle}
