"""The first refresh token of an account: a person signs in at the provider, and the token server gives it.

By a code that the person types on another device (RFC 8628), or in a browser that is led back to this host, or whose
address line the person pastes where the browser is elsewhere (RFC 6749 section 4.1, with RFC 7636 and RFC 8252). What
is said to the person goes to `tell`.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from helpdesk.errors import Unavailable
from helpdesk.wires import token_server
from helpdesk.wires.token_server import TokenRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from helpdesk.wires.token_server import Grant

_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_INTERVAL, _SLOWER = 5.0, 5.0  # seconds, RFC 8628 sections 3.2 and 3.5
_LONGEST = 30 * 60.0  # seconds that somebody may take
_OVER = {
    "access_denied": "the sign-in was declined",
    "authorization_declined": "the sign-in was declined",  # Microsoft's name of it
    "expired_token": "nobody signed in while the code was good",
}


@dataclass(frozen=True, slots=True)
class Application:
    """Who asks: the application as it is registered, what it may do, and where tokens are given."""

    token_url: str
    client_id: str
    scope: str = ""
    client_secret: str = field(default="", repr=False)

    @property
    def form(self) -> dict[str, str]:
        """The fields that every request has."""
        form = {"client_id": self.client_id}
        return form | {"client_secret": self.client_secret} if self.client_secret else form


@dataclass(frozen=True, slots=True)
class SignInClock:
    """How time passes; a test has its own."""

    monotonic: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


def by_device(
    application: Application, device_url: str, tell: Callable[[str], None], pace: SignInClock | None = None
) -> Grant:
    """Sign in by a code that is typed elsewhere. Raises Unavailable."""
    pace = pace or SignInClock()
    begun = token_server.post(device_url, application.form | _scope(application))
    device, code, url = (str(begun.get(name, "")) for name in ("device_code", "user_code", "verification_uri"))
    if not (device and _is_printable(code) and _is_web(url)):
        raise Unavailable("the token server gave no code to sign in with")
    tell(f"Open {url} in any browser, and type the code {code}")
    form = {"grant_type": _DEVICE, "device_code": device, **application.form}
    ends = pace.monotonic() + min(_seconds(begun.get("expires_in"), _LONGEST), _LONGEST)
    interval = _seconds(begun.get("interval"), _INTERVAL)
    while pace.monotonic() + interval < ends:
        pace.wait(interval)
        try:
            return token_server.ask(application.token_url, form)
        except TokenRefused as refusal:
            interval += _pause_after(refusal)
        except Unavailable:
            interval *= 2  # section 3.5: who times out asks less often
    raise Unavailable(_OVER["expired_token"])


def _pause_after(refusal: TokenRefused) -> float:
    """How much longer to wait from now on; raises what ends it."""
    if refusal.code == "authorization_pending":
        return 0.0
    if refusal.code == "slow_down":
        return _SLOWER
    if refusal.code in _OVER:
        raise Unavailable(_OVER[refusal.code]) from None
    raise refusal


def _seconds(value: object, usual: float) -> float:
    return float(value) if isinstance(value, int | float) and value > 0 else usual


def _is_printable(text: str) -> bool:
    return text.isprintable() and 0 < len(text) < 100


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://")) and " " not in url and url.isprintable()


def _scope(application: Application) -> dict[str, str]:
    return {"scope": application.scope} if application.scope else {}


def by_browser(
    application: Application,
    authorize_url: str,
    redirect: str,
    tell: Callable[[str], None],
    answers: Iterator[str],
) -> Grant:
    """Sign in with a browser. `answers` gives the addresses that it was led to. Raises Unavailable."""
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": application.client_id,
        "redirect_uri": redirect,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **_scope(application),
    }
    tell(f"Open this in a browser:\n\n{_with(authorize_url, asked)}\n")
    code = _code(answers, state)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    return token_server.ask(application.token_url, form | application.form)


def _with(url: str, asked: Mapping[str, str]) -> str:
    """The address with what is asked; what it has already stays (RFC 6749 section 3.1)."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(asked))))))


def _code(answers: Iterator[str], state: str) -> str:
    """The code out of the first answer to our question; others may come to an open port, or out of a clipboard."""
    for answer in answers:
        said = answered(answer)
        if not secrets.compare_digest(said.get("state", "").encode(), state.encode()):
            continue
        if said.get("code"):
            return said["code"]
        if said.get("error") in _OVER:
            raise Unavailable(_OVER[said["error"]])
        why = " ".join(said[name] for name in ("error", "error_description") if name in said)
        raise Unavailable(f"the provider did not sign anybody in: {token_server.one_line(why) or 'it gave no reason'}")
    raise Unavailable("nobody signed in")


def answered(address: str) -> Mapping[str, str]:
    """What the address holds that a browser was led to."""
    try:
        query = urlsplit(address.strip().strip("\"'<>")).query
    except ValueError:
        return {}
    return {name: values[0] for name, values in parse_qs(query).items()}
