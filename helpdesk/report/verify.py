"""Why one mail of a case was or was not trusted: what it showed, read once more from its bytes.

What was decided when it came stands in the ledger and is shown as it was; the proofs are computed anew, so a key that
was changed or an agent who has left shows here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpdesk.clues import read_clues
from helpdesk.core.words.events import AgentNoted, CustomerRated, Event, MailEvent
from helpdesk.desk.identify import look_into
from helpdesk.desk.own import attributed
from helpdesk.errors import NotFound
from helpdesk.mail.proof.authenticity import strict_sender
from helpdesk.mail.read.parse import parse
from helpdesk.plural import plural
from helpdesk.report.shapes import instant
from helpdesk.store import cases as case_store
from helpdesk.store import spool
from helpdesk.unit import checked, from_our_border

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.core.words.message import Message
    from helpdesk.core.words.placement import TokenSeen
    from helpdesk.desk.identify import Findings
    from helpdesk.store.cases import MailLocation
    from helpdesk.unit import Unit


def verify_shape(unit: Unit, number: int, nth: int) -> dict[str, Any]:
    """The `nth` mail of a case, from 1, as `case verify --json` prints it. Raises NotFound."""
    case = case_store.load(unit.connection, number)
    kept = case_store.kept(unit.connection, number)
    if not 1 <= nth <= len(kept):
        raise NotFound(f"{case.ref} has {plural(len(kept), 'mail')}, there is no number {nth}")
    found = kept[nth - 1]
    mail = spool.load(unit.connection, found.spool_id)
    parsed = parse(mail.raw)
    mail = checked(unit.rules, mail, parsed)
    mailbox = unit.rules.configuration.mailbox(mail.mailbox)
    if not mail.raw or mailbox is None:
        raise NotFound(f"the bytes of mail {nth} of {case.ref} are gone, or its mailbox is no longer configured")
    message = attributed(unit.rules, mail, parsed)
    clues = read_clues(message, mail.envelope, mailbox, unit.rules.signer)
    relays = unit.rules.configuration.file.smtp_in.trusted_relays
    findings = look_into(unit, mail, message, mailbox, clues)
    return {
        "ref": case.ref,
        "mail": nth,
        "from": message.header("From"),
        "received_at": instant(mail.received_at),
        "then": _then(case.events, found),
        "checks": list(_checks(message, findings, handed_on=from_our_border(mail, relays))),
    }


def _then(events: Iterable[Event], found: MailLocation) -> dict[str, Any]:
    """What was decided of a mail when it came, as JSON."""
    because = next(
        (
            event.because
            for event in events
            if isinstance(event, MailEvent | CustomerRated | AgentNoted)
            and event.message_id == found.message_id
            and event.because
        ),
        "",
    )
    acted = {"agent": "obeyed", "customer": "on the case"}.get(found.role, "obeyed by nobody")
    return {"role": found.role, "visibility": found.visibility, "trusted": acted, "because": because}


def _checks(message: Message, findings: Findings, *, handed_on: bool) -> Iterator[dict[str, Any]]:
    shown = findings.evidence
    plain = strict_sender(message)
    yield _check("sender", bool(shown.sender), shown.sender or "From names nobody, or several")
    if shown.sender and not plain:
        yield _check("plain From", False, "From allows of a second reading, and is never taken as authenticated")
    for token in shown.tokens:
        yield _check("reply token", token.given_to_sender, _token_words(token))
    if not shown.tokens:
        yield _check("reply token", False, "none")
    for number in shown.own_ids:
        yield _check("thread", True, f"answers a mail of ours on HD-{number}: its Message-ID is signed by us")
    for number in shown.subject_numbers:
        yield _check("subject", False, f"names HD-{number}, which proves nothing")
    yield _check("border", handed_on, "handed on by a server of ours" if handed_on else findings.proof.why)
    needed = "asked of agents here" if shown.authentication_required else "not asked for here"
    yield _check("authentication", shown.authenticated, f"{findings.proof.why} ({needed})")
    if message.robot:
        yield _check("person", False, f"{message.robot.kind}: {message.robot.why}")
    role = findings.placement.role
    yield _check("as it would be placed now", role != "outsider", f"{role}: {findings.placement.because}")


def _token_words(token: TokenSeen) -> str:
    what = f"{token.purpose}'s, for HD-{token.case}"
    if token.given_to_sender:
        return f"{what}, given to this sender"
    return f"{what}, given to somebody else" if token.genuine else f"{what}, not signed by us for anybody there"


def _check(name: str, holds: bool, why: str) -> dict[str, Any]:  # noqa: FBT001 - private, read beside its call
    return {"check": name, "holds": holds, "why": why}
