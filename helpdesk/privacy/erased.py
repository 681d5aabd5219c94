"""What erasing means for a case, decided from values.

The order is on the record with what was erased, the customer is asked to send it again without the data, and where the
policy says so its promises do not apply until they do; then its clocks begin anew. A case that ended long ago is
purged: the same is erased, nobody is told, and all who are not staff get a pseudonym; what happened and when stays, so
that clocks, reports and credit statements say what they said. An answer to it opens a new case.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core.clocks.ladder import unacknowledged
from helpdesk.core.receive.orders.execution import wrapped
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import EchoMail, ResendMail
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentNoted,
    AnsweredElsewhere,
    CaseAssigned,
    CaseExempted,
    CaseFlagged,
    CasePurged,
    CaseRedacted,
    CustomerRated,
    CustomerThanked,
    CustomerWrote,
    EscalationRequested,
    Event,
    MergedWrote,
    MonitorReported,
    OutsiderWrote,
    PageAcknowledged,
    RobotWrote,
)
from helpdesk.core.words.exempted import PERSONAL_DATA
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.terms import Terms
    from helpdesk.person import Person

NOWHERE = "erased.invalid"  # RFC 2606 section 2: nothing is ever delivered there


def redacted(
    case: Case, terms: Terms, *, by: str, erased: Mapping[str, int], agent: Person | None, now: datetime
) -> Decision:
    """Decide what follows from erasing. `erased` counts by what; `agent` is told by mail, if they asked by mail."""
    events: list[Event] = [CaseRedacted(now, now, by, erased=dict(erased))]
    exclusion = next((entry for entry in terms.policy.exclusions if entry.key == PERSONAL_DATA), None)
    if exclusion is not None:
        why = exclusion.why
        events.append(CaseExempted(now, now, by, key=exclusion.key, because=why, out_of_scope=False))
    events.append(CaseFlagged(now, now, by, tag="redacted"))
    key = f"redaction/{len(case.of_type(CaseRedacted)) + 1}"
    drafts = []
    if case.answerable:
        drafts.append(Draft(ResendMail(exempt=exclusion is not None), case.addressee, key))
    if agent is not None:
        if unacknowledged(case):  # an order is an act: who gave it has the case before them (LGT-5)
            events.append(PageAcknowledged(now, now, by, because="an agent wrote"))
        said = _lines(erased, exempt=exclusion.why if exclusion else "", resent=case.answerable)
        drafts.append(Draft(EchoMail(done=("erased for good", *map(wrapped, said))), agent, key))
    return Decision(case.after(*events), tuple(events), tuple(drafts))


def outsiders(case: Case, correspondents: Collection[str], staff: Collection[str]) -> dict[str, str]:
    """The pseudonym of everybody on a case who is not staff, by address.

    `correspondents` wrote or got mail on it; those who acted as agents on it are staff, also after leaving.
    """
    acted = {event.by for event in case.of_type(*_ACTS_OF_AGENTS)}
    given = {str(event.agent) for event in case.of_type(CaseAssigned)}
    there = [*case.removed, *(person.address for person in case.people)]
    there += [event.by for event in case.of_type(*_ACTS_OF_OTHERS)]
    there += [address for tag in case.tags for address in _IN_A_NOTE.findall(tag)]
    people = dict.fromkeys(address for address in (*there, *sorted(correspondents)) if "@" in address)
    strangers = [address for address in people if address not in {*acted, *given, *staff} and not is_pseudonym(address)]
    taken = sum(map(is_pseudonym, people))
    return {
        address: f"person-{number}.hd-{case.number}@{NOWHERE}" for number, address in enumerate(strangers, taken + 1)
    }


_IN_A_NOTE = re.compile(r"[^\s,;()<>]+@[^\s,;()<>]+")  # who was not added, or cannot be written to


def is_pseudonym(address: str) -> bool:
    """Whether an address stands for somebody who was forgotten."""
    return address.endswith(f"@{NOWHERE}")


def purged(by: str, erased: Mapping[str, int], now: datetime) -> tuple[Event, ...]:
    """The record of a purge. `erased` counts by what."""
    return (CasePurged(now, now, by, erased=dict(erased)), CaseFlagged(now, now, by, tag="purged"))


_ACTS_OF_AGENTS = (AgentAnswered, AgentNoted, PageAcknowledged)
_ACTS_OF_OTHERS = (
    CustomerWrote,
    CustomerThanked,
    CustomerRated,
    MergedWrote,
    OutsiderWrote,
    AnsweredElsewhere,
    RobotWrote,
    MonitorReported,
    EscalationRequested,
)

_WHAT = {
    "mails": ("mail as it came", "mails as they came"),
    "texts": ("text with its attachments", "texts with their attachments"),
    "sent": ("copy of what we sent", "copies of what we sent"),
    "unsent": ("mail that was not sent yet, which will not be", "mails that were not sent yet, which will not be"),
    "facts": ("entry of the ledger that quoted the mail", "entries of the ledger that quoted the mail"),
}


def in_words(erased: Mapping[str, int], *, exempt: str, resent: bool) -> str:
    """What was erased, and what follows, in one line."""
    return "; ".join(_lines(erased, exempt=exempt, resent=resent))


def _lines(erased: Mapping[str, int], *, exempt: str, resent: bool) -> list[str]:
    counted = ", ".join(plural(erased[key], *words) for key, words in _WHAT.items() if erased.get(key))
    lines = [f"erased: {counted or 'nothing was left to erase'}"]
    lines += ["the customer is asked to send it again without the data"] if resent else []
    lines += [f"its promises do not apply until then, and begin anew with that mail: {exempt}"] if exempt else []
    lines.append("copies on mail servers and in backups are not the desk's: erase them there")
    return lines
