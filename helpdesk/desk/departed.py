"""Cases of who is not there any more, given to others.

Who is no agent of the team any more is looked for when the desk starts and when its configuration changes; the lead
hears of all of it in one mail. An absence is looked at as it begins: what waits for an answer, and cannot wait until
they are back, is somebody else's from then on. What is given on is on the record in the same transaction as the mails
about it, so that of several daemons one does it, once.
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

    from helpdesk.core.case import Case
    from helpdesk.core.people import Agent, Mailbox, Team
    from helpdesk.core.walltime import Period
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
    after = _handed(connection, recorder, case, mailbox, now)
    if after is None:
        return ""
    agent = team.agent(after.assignee)
    severity = recorder.policy_of(connection, after).level(after.severity).name
    to = (agent.name if agent else "") or after.assignee
    return f"{after.ref} {severity}, of {case.assignee}, now of {to}: {after.subject or '(no subject)'}"


def _handed(connection: sa.Connection, recorder: Recorder, case: Case, mailbox: Mailbox, now: datetime) -> Case | None:
    """Write down who has a case instead; the case as it is then, None where it stays."""
    terms = recorder.terms(connection, mailbox, case=case, now=now)
    decision = decide.hand_on(case, terms, now)
    if not decision.events:
        return None
    after = recorder.store(connection, decision, terms)
    for merged, others in decision.also:
        recorder.store(connection, merged, others)
    recorder.write(connection, after, decision.drafts, terms, now)
    return after


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


class Absences:
    """The absences that have begun, in one process. What it remembers only saves looking: the cases are the truth."""

    def __init__(self, database: Database, recorder: Recorder) -> None:
        self._database = database
        self._recorder = recorder
        self._done: set[tuple[str, Period]] = set()

    def go(self, now: datetime) -> int:
        """Give on what waits for those whose absence has begun; returns how many cases."""
        handed = 0
        for agent, absence in self._begun(now):
            handed += self._left_by(agent, now)
            self._done.add((agent.address, absence))
        return handed

    def next_at(self, now: datetime) -> datetime | None:
        """When the next absence begins: now for those that were not looked at yet."""
        coming = [one.begins_at for agent in self._agents() for one in agent.absences if one.begins_at > now]
        return min(coming, default=None) if not self._begun(now) else now

    def _agents(self) -> list[Agent]:
        teams = self._recorder.rules.configuration.teams.values()
        return list({agent.address: agent for team in teams for agent in (*team.agents, *team.beside)}.values())

    def _begun(self, now: datetime) -> list[tuple[Agent, Period]]:
        begun = [(agent, one) for agent in self._agents() for one in agent.absences if one.covers(now)]
        return [(agent, one) for agent, one in begun if (agent.address, one) not in self._done]

    def _left_by(self, agent: Agent, now: datetime) -> int:
        """A transaction a case, so that one that cannot be given on keeps none of the others."""
        with self._database.read() as connection:
            numbers = case_store.open_of(connection, agent.addresses)
        return sum(self._one(number, agent, now) for number in numbers)

    def _one(self, number: int, agent: Agent, now: datetime) -> bool:
        try:
            with self._database.write() as connection:
                case_store.hold(connection, [number])
                case = case_store.load(connection, number)
                mailbox = self._recorder.rules.configuration.mailbox(case.mailbox)
                if mailbox is None or case.assignee not in agent.addresses:
                    return False
                return _handed(connection, self._recorder, case, mailbox, now) is not None
        except Exception:  # noqa: BLE001 - its ladder, or the next word on it, finds somebody
            _log.exception("a case could not be given on", case=number)
            return False
