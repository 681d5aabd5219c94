"""Cases of who is no agent of their team any more: given to others, and told to the lead in one mail.

Looked for when the desk starts and when its configuration changes. What is given on is on the record in the same
transaction as the mails about it, so that of several daemons one does it, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from helpdesk.core import decide
from helpdesk.letters import Bulletin
from helpdesk.store import cases as case_store
from helpdesk.store import outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from helpdesk.core.people import Team
    from helpdesk.desk.record import Recorder
    from helpdesk.store.engine import Database

_SHOWN = 200  # cases of a mail: what does not fit is counted
_log = structlog.get_logger("departed")


def hand_on(database: Database, recorder: Recorder, now: datetime) -> int:
    """Give on what has no agent any more, a transaction a team; returns the number of cases."""
    handed = 0
    for team in recorder.rules.configuration.teams.values():
        boxes = [box.address for box in recorder.rules.configuration.mailboxes if box.team == team.name]
        members = [address for agent in team.members for address in agent.addresses]
        with database.read() as connection:
            numbers = case_store.of_departed(connection, mailboxes=boxes, agents=members)
        if numbers:
            with database.write() as connection:
                handed += _team(connection, recorder, team, numbers, now)
    return handed


def _team(connection: sa.Connection, recorder: Recorder, team: Team, numbers: Sequence[int], now: datetime) -> int:
    held = case_store.hold(connection, numbers)
    lines = [line for number in held if (line := _case(connection, recorder, team, number, now))]
    if lines:
        _tell(connection, recorder, team, lines, now)
        _log.info("cases of agents who are gone were given on", team=team.name, number=len(lines))
    return len(lines)


def _case(connection: sa.Connection, recorder: Recorder, team: Team, number: int, now: datetime) -> str:
    """Give one case on; what the mail says of it, "" where another daemon was faster or nobody is there to have it."""
    case = case_store.load(connection, number)
    mailbox = recorder.rules.configuration.mailbox(case.mailbox)
    if mailbox is None or team.agent(case.assignee):
        return ""
    terms = recorder.terms(connection, mailbox, case=case, now=now)
    decision = decide.hand_on(case, terms, now)
    if decision.case is None or not decision.events:
        return ""
    after = recorder.store(connection, decision, terms)
    for merged, others in decision.also:
        recorder.store(connection, merged, others)
    recorder.write(connection, after, decision.drafts, terms, now)
    agent = team.agent(after.assignee)
    severity = terms.policy.level(after.severity).name
    to = (agent.name if agent else "") or after.assignee
    return f"{after.ref} {severity}, of {case.assignee}, now of {to}: {after.subject or '(no subject)'}"


def _tell(connection: sa.Connection, recorder: Recorder, team: Team, lines: Sequence[str], now: datetime) -> None:
    """One mail to the lead, however many cases there are; to the operators where there is none."""
    configuration = recorder.rules.configuration
    box = next(box for box in configuration.mailboxes if box.team == team.name)
    more = len(lines) - _SHOWN
    facts: dict[str, Any] = {
        "desk": configuration.file.desk.name,
        "team": team.name,
        "number": len(lines),
        "cases": [*lines[:_SHOWN], *([f"and {more} more: helpdesk cases --open"] if more > 0 else [])],
    }
    mails = []
    for person in [team.lead] if team.lead else configuration.operators:
        operator = configuration.operator(person.address) is not None
        said = {**facts, "operator": operator}
        key = f"departed/{team.name}/{now:%Y%m%dT%H%M%SZ}"
        told = Bulletin("digest", key, said, template="departed", operator=operator)
        mailbox = configuration.voice(box.address)
        mails.append(recorder.rules.letters.bulletin(told, person, mailbox=mailbox, now=now))
    outbox.add(connection, mails, now)
