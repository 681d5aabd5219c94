"""What a token server gives for a form, an access token above all (RFC 6749), and no wait without an end.

The time limit is for the whole answer (`deadline`). What it says of an error is told (section 5.2), without the secrets
that it was sent and may repeat.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from helpdesk.errors import Unavailable
from helpdesk.plain_text import on_one_line, printable
from helpdesk.wires.deadline import deadline, in_words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PATIENCE = timedelta(seconds=20)
_LARGEST = 64 * 1024  # octets of an answer; tokens have one or two thousand
_LONGEST = 300  # characters of what it says
_CODE = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]{1,60}")  # RFC 6749 section 5.2
_FORM_SECRETS = ("refresh_token", "client_secret", "code", "code_verifier", "device_code")


class TokenRefused(Unavailable):
    """The server answered with an error. `code` is RFC 6749's, such as `invalid_grant`, or `""`."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Grant:
    """What the server gave. `refresh_token` is to be used from now on in place of the one that was sent, if any."""

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)


def ask(url: str, form: Mapping[str, str], *, patience: timedelta = PATIENCE) -> Grant:
    """Send the form; raises TokenRefused, or Unavailable where there is no answer that makes sense."""
    given = post(url, form, patience=patience)
    token, renewed = given.get("access_token"), given.get("refresh_token")
    if not isinstance(token, str) or not token:
        raise Unavailable("the token server answered without an access token")
    return Grant(token, renewed if isinstance(renewed, str) else "")


def post(url: str, form: Mapping[str, str], *, patience: timedelta = PATIENCE) -> dict[str, Any]:
    """The JSON that the server gives for the form; raises as `ask` does."""
    secrets = [form[name] for name in _FORM_SECRETS if form.get(name)]
    seconds = patience.total_seconds()
    request = urllib.request.Request(  # noqa: S310 - the operator's own URL
        url,
        data=urllib.parse.urlencode(form).encode(),
        headers={"Accept": "application/json", "Connection": "close"},
        method="POST",
    )
    with deadline(seconds) as line:
        try:
            status, body = _exchange(line.opener(), request, seconds)
        except (OSError, ValueError, http.client.HTTPException) as problem:
            if line.cut.is_set():
                raise Unavailable(f"the token server gave no whole answer within {seconds:g} seconds") from None
            raise Unavailable(f"the token server gave no answer: {in_words(problem)}") from None
    if line.cut.is_set():
        raise Unavailable(f"the token server gave no whole answer within {seconds:g} seconds")
    return _given(status, body, secrets)


def _exchange(
    opener: urllib.request.OpenerDirector, request: urllib.request.Request, seconds: float
) -> tuple[int, bytes]:
    try:
        with opener.open(request, timeout=seconds) as answer:
            return answer.status, answer.read(_LARGEST)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read(_LARGEST)


def _given(status: int, body: bytes, secrets: Collection[str]) -> dict[str, Any]:
    said = _json(body)
    code = said.get("error")
    if isinstance(code, str) and _CODE.fullmatch(code):
        description = said.get("error_description")
        more = one_line(description, secrets) if isinstance(description, str) else ""
        raise TokenRefused(code, f"the token server refused: {one_line(code, secrets)}{f' ({more})' if more else ''}")
    if 200 <= status < 300:
        return said
    raise TokenRefused("", f"the token server answered {status} without a reason")


def _json(body: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError, RecursionError):
        said = json.loads(body)
        if isinstance(said, dict):
            return said
    return {}


def one_line(text: str, secrets: Collection[str] = ()) -> str:
    """What the server says, fit for one line, without what it was sent: as it is, and as a form or JSON spells it."""
    for secret in secrets:
        for form in (secret, urllib.parse.quote_plus(secret), urllib.parse.quote(secret), json.dumps(secret)[1:-1]):
            text = text.replace(form, "***")
    line = on_one_line(printable(text))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
