"""Cases of who is not there any more, given to others.

Who is no agent of the team any more is looked for when the desk starts and when its configuration changes; the lead
hears of all of it in one mail. An absence is looked at as it begins: what waits for an answer, and cannot wait until
they are back, is somebody else's from then on. What is given on is on the record in the same transaction as the mails
about it, so that of several daemons one does it, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.staffing import relief
from helpdesk.core.words.desk_mail import DepartedMail
from helpdesk.letters import DeskLetter
from helpdesk.log import logger
from helpdesk.store import cases as case_store
from helpdesk.store import outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Agent, Mailbox, Team
    from helpdesk.openhours.walltime import Period
    from helpdesk.unit import Unit, Units

_SHOWN = 200  # cases of a mail: what does not fit is counted
_log = logger("departed")


def hand_on(units: Units, now: datetime) -> int:
    """Give on what has no agent any more, a transaction a team; returns the number of cases."""
    handed = 0
    for team in units.rules.configuration.teams.values():
        boxes = [box.address for box in units.rules.configuration.mailboxes if box.team == team.name]
        members = [address for agent in team.members for address in agent.addresses]
        with units.read(now) as unit:
            numbers = case_store.of_departed(unit.connection, mailboxes=boxes, agents=members)
        if numbers:
            with units.write(now) as unit:
                handed += _team(unit, team, numbers)
    return handed


def _team(unit: Unit, team: Team, numbers: Sequence[int]) -> int:
    held = case_store.hold(unit.connection, numbers)
    lines = [line for number in held if (line := _case(unit.another(), team, number))]
    if lines:
        _tell(unit, team, lines)
        _log.info("cases of agents who are gone were given on", team=team.name, number=len(lines))
    return len(lines)


def _case(unit: Unit, team: Team, number: int) -> str:
    """Give one case on; what the mail says of it, "" where another daemon was faster or nobody is there to have it."""
    case = case_store.load(unit.connection, number)
    mailbox = unit.rules.configuration.mailbox(case.mailbox)
    if mailbox is None or unit.rules.configuration.team_of(case, mailbox).agent(case.assignee):
        return ""
    after = _handed(unit, case, mailbox)
    if after is None:
        return ""
    agent = team.agent(after.assignee)
    severity = unit.policy_of(after).level(after.severity).name
    to = (agent.name if agent else "") or after.assignee
    return f"{after.ref} {severity}, of {case.assignee}, now of {to}: {after.subject or '(no subject)'}"


def _handed(unit: Unit, case: Case, mailbox: Mailbox) -> Case | None:
    """Write down who has a case instead; the case as it is then, None where it stays."""
    terms = unit.terms(mailbox, case=case)
    decision = relief.hand_on(case, terms, unit.now)
    if not decision.events:
        return None
    after = unit.store(decision, terms)
    for merged, others in decision.also:
        unit.store(merged, others)
    unit.write(after, decision.drafts, terms)
    return after


def _tell(unit: Unit, team: Team, lines: Sequence[str]) -> None:
    """One mail to the lead, however many cases there are; to the operators where there is none."""
    configuration = unit.rules.configuration
    box = next(box for box in configuration.mailboxes if box.team == team.name)
    more = len(lines) - _SHOWN
    rest = [f"and {more} more: helpdesk cases --open"] if more > 0 else []
    mails = []
    for person in [team.lead] if team.lead else configuration.operators:
        operator = configuration.operator(person.address) is not None
        key = f"departed/{team.name}/{unit.now:%Y%m%dT%H%M%SZ}"
        content = DepartedMail(
            desk=configuration.file.desk.name,
            operator=operator,
            team=team.name,
            number=len(lines),
            cases=(*lines[:_SHOWN], *rest),
        )
        desk_mail = DeskLetter(content, key, operator=operator)
        mailbox = configuration.voice(box.address)
        mails.append(unit.rules.letters.desk_letter(desk_mail, person, mailbox=mailbox, now=unit.now))
    outbox.add(unit.connection, mails, unit.now)


class Absences:
    """The absences that have begun, in one process. What it remembers only saves looking: the cases are the truth."""

    def __init__(self, units: Units) -> None:
        self._units = units
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
        teams = self._units.rules.configuration.teams.values()
        return list({agent.address: agent for team in teams for agent in (*team.agents, *team.beside)}.values())

    def _begun(self, now: datetime) -> list[tuple[Agent, Period]]:
        begun = [(agent, one) for agent in self._agents() for one in agent.absences if one.covers(now)]
        return [(agent, one) for agent, one in begun if (agent.address, one) not in self._done]

    def _left_by(self, agent: Agent, now: datetime) -> int:
        """A transaction a case, so that one that cannot be given on keeps none of the others."""
        with self._units.read(now) as unit:
            numbers = case_store.open_of(unit.connection, agent.addresses)
        return sum(self._one(number, agent, now) for number in numbers)

    def _one(self, number: int, agent: Agent, now: datetime) -> bool:
        try:
            with self._units.write(now) as unit:
                case_store.hold(unit.connection, [number])
                case = case_store.load(unit.connection, number)
                mailbox = unit.rules.configuration.mailbox(case.mailbox)
                if mailbox is None or case.assignee not in agent.addresses:
                    return False
                return _handed(unit, case, mailbox) is not None
        except Exception:  # noqa: BLE001 - its ladder, or the next word on it, finds somebody
            _log.exception("a case could not be given on", case=number)
            return False
