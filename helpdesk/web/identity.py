"""Who asks: by a trusted proxy, by the cookie of somebody who signed in, by the token, or on this host."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from helpdesk.store import sign_ins
from helpdesk.web.viewer import NOBODY, READER, viewer_of

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from helpdesk.unit import Units
    from helpdesk.web.access import Access
    from helpdesk.web.viewer import Viewer

CSRF_FIELD = "csrf"


def identified(request: Request, access: Access, units: Units, *, session: str, now: datetime) -> Viewer:
    """Who asks for a page. `session` is the secret of their cookie."""
    configuration = units.rules.configuration
    peer = request.client.host if request.client else ""
    named = request.headers.getlist(access.user_header) if access.user_header else []
    if address := access.vouched(peer, named):
        return viewer_of(configuration, address, "proxy") or NOBODY
    if session:
        with units.database.read() as connection:
            address = sign_ins.holder(connection, session, now)
        if viewer := viewer_of(configuration, address, "link"):
            return viewer
    return READER if access.reads(request.headers.get("authorization", "")) else NOBODY


def new_secret() -> str:
    """128 bits that nobody guesses, for a cookie or a link, which fits into a line of a mail."""
    return secrets.token_hex(16)  # letters and digits: nobody takes its end for the sentence's


def csrf_token(browser: str, address: str) -> str:
    """What every form of this browser and this viewer carries, so that no other site can post it for them."""
    return hmac.new(browser.encode(), f"csrf {address}".encode(), hashlib.sha256).hexdigest()


def is_own_form(browser: str, address: str, token: str) -> bool:
    """Whether a posted form is one that we made for this browser and this viewer."""
    return bool(browser) and hmac.compare_digest(csrf_token(browser, address).encode(), token.encode())
