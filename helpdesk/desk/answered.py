"""What was acknowledged lately, to this address and to all: what `core.receive.acknowledgment` decides by."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.receive.acknowledgment import EVERYBODY, LONG_MEMORY, MEMORY
from helpdesk.core.words.alert import AlertText, OperatorAlert
from helpdesk.core.words.decision import Answered
from helpdesk.operators import WITHHELD_FROM_ALL, raise_alert
from helpdesk.store import cases as case_store
from helpdesk.store import outbox, undeliverable

if TYPE_CHECKING:
    from helpdesk.core.words.addressee import Addressee
    from helpdesk.core.words.events import AcknowledgmentDecided
    from helpdesk.core.words.message import Message
    from helpdesk.unit import Unit

_HOUR, _DAY, _MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
_COMPARED = 400  # characters: a machine's words differ in their numbers, if at all
_TOO_SHORT = 24  # letters that two people may well write alike


def answered(unit: Unit, message: Message, addressee: Addressee) -> Answered:
    """Count what went to the address that a mail which may open a case is answered at, for any author."""
    address = addressee.address
    if not address:
        return Answered()
    acknowledged = outbox.acknowledged(unit.connection, address, since=unit.now - LONG_MEMORY)
    times = [at for at, _ in acknowledged]
    cases = [case for _, case in acknowledged if case is not None]
    unanswered = case_store.never_answered(unit.connection, cases)
    return Answered(
        hour=sum(at > unit.now - _HOUR for at in times),
        day=sum(at > unit.now - _DAY for at in times),
        memory=sum(at > unit.now - MEMORY for at in times),
        unanswered=len(unanswered),
        alike=_alike(unit, message, unanswered),
        newest=max(times, default=None),
        everywhere=outbox.acknowledged_everywhere(unit.connection, since=unit.now - _MINUTE),
        complained=undeliverable.complained(unit.connection, address),
    )


def _alike(unit: Unit, message: Message, cases: list[int]) -> int:
    words = _letters(message.reply)
    if len(words) < _TOO_SHORT:
        return 0
    return sum(_letters(text) == words for text in case_store.first_words(unit.connection, cases))


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text[:_COMPARED]).lower()


def raise_alarm(unit: Unit, acknowledged: AcknowledgmentDecided, *, to: str, mailbox: str) -> None:
    """Tell the operators that acknowledgments are withheld, if that is a reason.

    To one address: once a day. To all that are unknown: as one condition, with its count and its end.
    """
    alarm = acknowledged.alarm
    if not alarm:
        return
    because = acknowledged.because
    text = AlertText(
        headline=f"no more acknowledgments to {to} for now",
        what=f"{because[0].upper()}{because[1:]}: it may be another machine that answers ours, or a flood. "
        "Its mails still open cases.",
        details=(("Address", to), ("Mailbox", mailbox)),
        todo="If it is a machine, have its mail go to a mailbox of the channel `ignore`, or tell its operator.",
    )
    kind = WITHHELD_FROM_ALL if alarm == EVERYBODY else "acknowledgments"
    key = f"acknowledgments/{to}/{unit.now:%Y-%m-%d}"
    raise_alert(unit, OperatorAlert(kind=kind, key=key, mailbox=mailbox, text=text))
