"""The console's cookies: for this host and every path, out of reach of scripts, never sent along from other sites.

Where the desk's public URL is https they are Secure and carry the prefix that keeps others from setting them
(RFC 6265bis, 4.1.3.2). They come back with a link in a mail, which is why they are Lax and not Strict.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

CookieUse = Literal["browser", "session", "said"]
LASTS: dict[CookieUse, timedelta] = {
    "browser": timedelta(days=30),  # which browser this is: forms and links are bound to it
    "session": timedelta(days=7),  # who is signed in
    "said": timedelta(minutes=1),  # what the next page says was done
}


@dataclass(frozen=True, slots=True)
class Cookies:
    """How cookies are written and read at one public URL."""

    secure: bool

    def name(self, use: CookieUse) -> str:
        """What the browser calls it."""
        return f"{'__Host-' if self.secure else ''}helpdesk-{use}"

    def read(self, sent: Mapping[str, str], use: CookieUse) -> str:
        """What was sent; "" where nothing was."""
        return unquote(sent.get(self.name(use), ""))

    def put(self, response: Response, use: CookieUse, value: str) -> None:
        """Have the browser keep that."""
        seconds = int(LASTS[use].total_seconds())
        response.set_cookie(
            self.name(use), quote(value, safe=""), max_age=seconds, secure=self.secure, httponly=True, samesite="lax"
        )

    def drop(self, response: Response, use: CookieUse) -> None:
        """Have the browser forget it."""
        response.delete_cookie(self.name(use), secure=self.secure, httponly=True, samesite="lax")
