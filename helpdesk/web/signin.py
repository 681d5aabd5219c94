"""Signing in by a link in a mail, which says nothing of who is one of us to anybody else.

    /sign-in            asks for an address; every address gets the same answer, as fast: what follows from it is done
                        after the answer is on its way
    /sign-in/LINK       shows one button: who merely fetches a link, as mail scanners do, has used nothing up
    /sign-out

A link is good for ten minutes, once, and in the browser that asked for it, which has a cookie to prove it: who reads
the mail elsewhere gets nowhere. It leads to `desk.public_url` and never to the name that a request came by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.background import BackgroundTask

from helpdesk.core.words.desk_mail import SignInMail
from helpdesk.letters import DeskLetter
from helpdesk.log import logger
from helpdesk.person import Person
from helpdesk.plural import plural
from helpdesk.store import sign_ins
from helpdesk.web.cookies import LASTS
from helpdesk.web.identity import new_secret
from helpdesk.web.page import Page
from helpdesk.web.viewer import viewer_of
from helpdesk.web.visit import own_path

if TYPE_CHECKING:
    from starlette.responses import Response

    from helpdesk.store.sign_ins import SignInLink
    from helpdesk.unit import Unit
    from helpdesk.web.viewer import Viewer
    from helpdesk.web.visit import Visit

_log = logger("console")
_LASTS = plural(int(sign_ins.LASTS.total_seconds()) // 60, "minute")
_OVER = f"This link was used already, or is older than {_LASTS}. Ask for a new one."
_ELSEWHERE = (
    "This link works in the browser in which it was asked for, and this is another one. Open it there, or ask for a "
    "new one here."
)


def asking(visit: Visit) -> Response:
    """The form that asks for an address."""
    return _form(visit, own_path(visit.query.get("to", "")))


def asked(visit: Visit) -> Response:
    """The same answer for every address; the mail, if there is one, is written afterwards."""
    path, address = own_path(visit.form.text("to")), visit.form.text("address").strip().lower()
    response = visit.page("sign-in-sent.html", title="Look into your mail", lasts=_LASTS)
    response.background = BackgroundTask(_send, visit, address, path)
    response.headers["Connection"] = "close"  # else a next request would wait for the mail, and show that there is one
    return response


def _form(visit: Visit, path: str, *, why: str = "", status: int = 200) -> Response:
    return visit.page(
        "sign-in.html",
        title="Sign in",
        status=status,
        to=path,
        why=why,
        mails=bool(visit.views.public_url),
        token=visit.views.has_token,
    )


def _send(visit: Visit, address: str, path: str) -> None:
    """Mail a link to one of us, unless they had too many."""
    viewer = viewer_of(visit.views.units.rules.configuration, address, "link")
    if viewer is None or not visit.views.public_url:
        return
    try:
        with visit.views.units.database.read() as connection:
            enough = sign_ins.has_enough(connection, viewer.address, visit.now)
        if enough:
            _log.warning("too many asked to sign in", address=viewer.address)
            return
        with visit.views.units.write(visit.now) as unit:
            _write(unit, visit, viewer, path)
    except Exception as problem:  # noqa: BLE001 - who asked has their answer, and asks again
        _log.warning("no link was sent", problem=type(problem).__name__)


def _write(unit: Unit, visit: Visit, viewer: Viewer, path: str) -> None:
    """A link, and the mail that carries it."""
    link, own = new_secret(), viewer.address
    if not sign_ins.ask(unit.connection, link=link, address=own, browser=visit.browser, path=path, now=unit.now):
        return
    words = SignInMail(desk=visit.views.name, link=f"{visit.views.public_url}/sign-in/{link}", lasts=_LASTS)
    letter = DeskLetter(words, f"{unit.now:%Y%m%dT%H%M%SZ}/{new_secret()[:8]}")
    to, mailbox = Person(own, viewer.name if viewer.name != own else ""), unit.rules.configuration.voice()
    unit.queue([unit.rules.letters.desk_letter(letter, to, mailbox=mailbox, now=unit.now)])


def opened(visit: Visit) -> Response:
    """One button, for the browser that asked; nothing is used up by looking."""
    with visit.views.units.database.read() as connection:
        link = sign_ins.usable(connection, visit.place["link"], visit.now)
    viewer = _whom(visit, link)
    if link is None or viewer is None or not link.belongs_to(visit.browser):
        return _unusable(visit, link)
    return visit.page("sign-in-now.html", title="Sign in", name=viewer.name)


def entered(visit: Visit) -> Response:
    """Sign in: the link is used up, and this browser has a session."""
    session, secret, now = new_secret(), visit.place["link"], visit.now
    with visit.views.units.database.write() as connection:
        link = sign_ins.usable(connection, secret, now)
        if link is None or _whom(visit, link) is None or not link.belongs_to(visit.browser):
            return _unusable(visit, link)
        if not sign_ins.use(connection, secret, now):
            return _unusable(visit, None)
        sign_ins.end(connection, visit.session)
        sign_ins.begin(connection, session=session, address=link.address, now=now, lasts=LASTS["session"])
    response = visit.go(own_path(link.path))
    visit.cookies.put(response, "session", session)
    return response


def _whom(visit: Visit, link: SignInLink | None) -> Viewer | None:
    """Whom a link signs in; None where that is none of us any more."""
    return viewer_of(visit.views.units.rules.configuration, link.address, "link") if link else None


def _unusable(visit: Visit, link: SignInLink | None) -> Response:
    """Why a link signs nobody in here, and the form for another one."""
    why = _ELSEWHERE if link and not link.belongs_to(visit.browser) else _OVER
    return _form(visit, "/", why=why, status=403)


def left(visit: Visit) -> Response:
    """Answer whoever signs out: their session ends."""
    with visit.views.units.database.write() as connection:
        sign_ins.end(connection, visit.session)
    response = visit.go("/sign-in", "You are signed out.")
    visit.cookies.drop(response, "session")
    return response


PAGES = (
    Page("/sign-in", show=asking, act=asked, sees="anybody", acts="anybody"),
    Page("/sign-in/{link}", show=opened, act=entered, sees="anybody", acts="anybody"),
    Page("/sign-out", act=left, acts="staff"),
)
