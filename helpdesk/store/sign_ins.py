"""Who asked to sign in to the console, and who is signed in. Secrets are kept as digests: who reads them has none.

A secret has 128 bits that nobody guesses, so that its plain SHA-256 gives nothing away.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.tables import sign_in, web_session

if TYPE_CHECKING:
    from collections.abc import Collection

LASTS = timedelta(minutes=10)  # a link
HOURLY = 5  # links to one address
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A link that can still be used: whom it signs in, in which browser, and where they wanted to go."""

    address: str
    browser: str  # a digest
    path: str

    def belongs_to(self, browser: str) -> bool:
        """Whether that browser asked for it."""
        return self.browser == _digest(browser)


def ask(connection: sa.Connection, *, link: str, address: str, browser: str, path: str, now: datetime) -> bool:
    """Write down that a link was asked for; False where the address has had its number within the hour."""
    connection.execute(sa.delete(sign_in).where(sign_in.c.asked_at <= now - _HOUR))
    if connection.dialect.name != "sqlite":  # which has one writer: nobody else asks for one while we count
        key = sa.func.hashtextextended(f"sign-in\n{address}", 0)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    if has_enough(connection, address, now):
        return False
    row = {"link": _digest(link), "address": address, "browser": _digest(browser), "path": path, "asked_at": now}
    connection.execute(sa.insert(sign_in).values(row))
    return True


def has_enough(connection: sa.Connection, address: str, now: datetime) -> bool:
    """Whether an address has had its number of links within the hour."""
    theirs = sign_in.c.address == address, sign_in.c.asked_at > now - _HOUR
    return connection.execute(sa.select(sa.func.count()).where(*theirs)).scalar_one() >= HOURLY


def usable(connection: sa.Connection, link: str, now: datetime) -> SignInLink | None:
    """What a link is for; None where it was used, has ended, or was never made."""
    row = connection.execute(sa.select(sign_in).where(*_usable(link, now))).first()
    return SignInLink(row.address, row.browser, row.path) if row else None


def use(connection: sa.Connection, link: str, now: datetime) -> bool:
    """Use a link up; False where somebody was faster."""
    return connection.execute(sa.update(sign_in).where(*_usable(link, now)).values(used_at=now)).rowcount == 1


def begin(connection: sa.Connection, *, session: str, address: str, now: datetime, lasts: timedelta) -> None:
    """Somebody is signed in from now on."""
    connection.execute(sa.delete(web_session).where(web_session.c.ends_at <= now))
    row = {"session": _digest(session), "address": address, "began_at": now, "ends_at": now + lasts}
    connection.execute(sa.insert(web_session).values(row))


def holder(connection: sa.Connection, session: str, now: datetime) -> str:
    """Who is signed in by that secret; "" where nobody is."""
    query = sa.select(web_session.c.address).where(
        web_session.c.session == _digest(session), web_session.c.ends_at > now
    )
    return str(connection.execute(query).scalar() or "")


def end(connection: sa.Connection, session: str) -> None:
    """Sign out who is signed in by that secret."""
    connection.execute(sa.delete(web_session).where(web_session.c.session == _digest(session)))


def end_others(connection: sa.Connection, staff: Collection[str]) -> int:
    """Sign out who is none of these any more, and use their links up; returns how many were signed in."""
    connection.execute(sa.delete(sign_in).where(sign_in.c.address.not_in(list(staff))))
    return connection.execute(sa.delete(web_session).where(web_session.c.address.not_in(list(staff)))).rowcount


def _usable(link: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return sign_in.c.link == _digest(link), sign_in.c.used_at.is_(None), sign_in.c.asked_at > now - LASTS


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
