"""A mail to each mailbox by the way that our mail takes, until the desk has worked it; else, how far it came.

It is signed for its mailbox (`desk.round_trip`), so that no case and no call come of it. A daemon has to run.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.credentials import imap_account, open_outgoing
from helpdesk.diagnosis.examined import Examined
from helpdesk.errors import Unavailable
from helpdesk.mail.proof.address import NO_CASE
from helpdesk.mail.write.compose import Letter, compose
from helpdesk.person import Person
from helpdesk.store import round_trips
from helpdesk.wires.courier import Outgoing, Sent
from helpdesk.wires.imap import lies_there

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.people import Mailbox
    from helpdesk.store.engine import Database
    from helpdesk.unit import Rules
    from helpdesk.wires.courier import Outcome
    from helpdesk.wires.imap import Account

_PATIENCE = 120.0  # seconds, for all of them together
_BETWEEN_LOOKS = 0.5
_TEXT = "This mail only tries the way to the desk (helpdesk check --round-trip). There is nothing to do.\n"


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One mail on its way. `ends`: until when it is waited for, by the steady clock."""

    mailbox: str
    token: str
    sent_at: datetime
    outcome: Outcome
    began: float
    ends: float


def send_round_trips(rules: Rules, now: datetime) -> list[RoundTrip]:
    """Send one to each mailbox. Raises ConfigurationError, Unavailable."""
    courier = open_outgoing(rules.configuration)
    began = time.monotonic()
    ends = began + _PATIENCE
    try:
        trips = []
        for mailbox in rules.configuration.mailboxes:
            mail = _mail(rules, mailbox, now)
            trips.append(RoundTrip(mailbox.address, mail.message_id, now, courier.deliver(mail), began, ends))
        return trips
    finally:
        courier.close()


def returned(rules: Rules, database: Database, trip: RoundTrip) -> Examined:
    """Wait for it to be worked. Raises Unavailable that names the last place that it reached."""
    if not isinstance(trip.outcome, Sent):
        raise Unavailable(f"the smarthost has not taken it: {trip.outcome.reason}")
    while True:
        with database.read() as connection:
            outcomes = round_trips.outcomes(connection, trip.mailbox, trip.token)
        if outcomes:
            return _worked(outcomes[0], trip)
        if time.monotonic() >= trip.ends:
            raise Unavailable(_last_reached(rules, database, trip, trip.outcome))
        time.sleep(_BETWEEN_LOOKS)


def _mail(rules: Rules, mailbox: Mailbox, now: datetime) -> Outgoing:
    address = mailbox.address
    own = Person(address, mailbox.name)
    token = rules.signer.round_trip_id(address, at=int(now.timestamp()), nonce=secrets.token_hex(4))
    subject = "Round trip: a mail that only tries the way"
    raw = compose(Letter(from_=own, to=own, subject=subject, message_id=token, date=now, text=_TEXT))
    sender = rules.signer.reply_address(address, case=NO_CASE, person=address, purpose="bounce")
    return Outgoing(sender, address, rules.signing.signed(raw) if rules.signing else raw, token)


def _worked(outcome: str, trip: RoundTrip) -> Examined:
    if outcome != "ignored":
        raise Unavailable(f"the desk has worked it, but as {outcome}: does the daemon run another version?")
    return Examined(f"sent, accepted and worked within {time.monotonic() - trip.began:.0f} s")


def _last_reached(rules: Rules, database: Database, trip: RoundTrip, sent: Sent) -> str:
    since = trip.sent_at - timedelta(minutes=1)  # clocks differ
    with database.read() as connection:
        state = round_trips.unworked(connection, trip.mailbox, trip.token, since=since)
    if state == "waiting":
        return "the desk has accepted it and not worked it: helpdesk health and the daemon's log say why"
    if state:
        return "the desk has accepted it and set it aside: look at it with helpdesk quarantine list"
    taken = f"the smarthost has taken it ({sent.detail})"
    entry = next(one for one in rules.configuration.file.mailbox if one.address.lower() == trip.mailbox)
    if entry.imap is None:
        listen = rules.configuration.file.smtp_in.listen or "a listener ([smtp_in] is not set)"
        return f"{taken}, the desk has not: does the daemon run, and does your mail server pass it on to {listen}?"
    account = imap_account(rules.configuration, trip.mailbox, entry.imap, max_size=rules.configuration.max_size)
    return _in_folder(trip, account, taken)


def _in_folder(trip: RoundTrip, account: Account, taken: str) -> str:
    place = f"{account.folder} of {account.username} at {account.host}"
    try:
        there = lies_there(account, trip.token)
    except Unavailable as problem:
        return f"{taken}, and {place} cannot be looked at: {problem}"
    if there:
        return f"it lies in {place}, and the desk has not fetched it: does the daemon run?"
    return f"{taken}, and it is not in {place}: look into its folder for junk, and at the smarthost's log"
