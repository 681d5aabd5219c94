"""What is known of a mail before it is placed: the cases it names, the proofs it carries, and what they are worth.

`work` places mail by it; `helpdesk case verify` shows it again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.clues import evidence
from helpdesk.core.receive.orders.reading import begins_with_order
from helpdesk.core.receive.refused import agrees, lines_of
from helpdesk.core.words.placement import place, place_monitor, place_robot
from helpdesk.desk.related_cases import after_merging
from helpdesk.mail.read.quote import before_quote
from helpdesk.severity.alerts import is_unmistakable
from helpdesk.severity.assess import NO_MONITORS
from helpdesk.severity.monitors import watched
from helpdesk.store import cases as case_store
from helpdesk.store import watched as watched_store
from helpdesk.unit import sender_proof

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from helpdesk.clues import Clues
    from helpdesk.config import Configuration
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Mailbox, Team
    from helpdesk.core.words.placement import Evidence, Placement
    from helpdesk.core.words.watched import Watched
    from helpdesk.mail.proof.authenticity import Authenticity
    from helpdesk.store.spool import Spooled
    from helpdesk.unit import Unit

_ANCESTORS = 50  # of one mail that are looked for


@dataclass(frozen=True, slots=True)
class Findings:
    """What a mail shows, and where that places it. `cases` are those that it names and that exist here."""

    placement: Placement
    evidence: Evidence
    proof: Authenticity
    cases: Mapping[int, Case]

    @property
    def case(self) -> Case | None:
        """The case the mail belongs to, None for a new one."""
        return self.cases[self.placement.case] if self.placement.case is not None else None


def look_into(unit: Unit, mail: Spooled, message: Message, mailbox: Mailbox, clues: Clues) -> Findings:
    """Verify all that a mail shows, and place it."""
    configuration = unit.rules.configuration
    known = case_store.with_mails(unit.connection, message.ancestors[:_ANCESTORS])
    found = unit.find({*clues.case_numbers, *known})
    # What is written to the escalation address may be about a case of any mailbox of that offering, and so may all mail
    # where the policy follows a case from one way in to another.
    policy = unit.rules.book.policies.get(mailbox.policy)
    anywhere = mailbox.channel == "escalation" or (policy is not None and "channel" in policy.follows)
    here = {
        number: case
        for number, case in found.items()
        if case.mailbox == mailbox.address or (anywhere and case.policy == mailbox.policy)
    }
    team = answering_team(configuration, mailbox, here.values())
    proof = sender_proof(configuration, mail, message)
    shown = replace(
        evidence(clues, message, cases=here, team=team, signer=unit.rules.signer, operators=configuration.operators),
        known=known,
        bordered=bool(configuration.file.smtp_in.authserv_id),
        authenticated=proof.result == "pass",
        authentication_required=configuration.authentication_required,
        received_at=mail.received_at,
        repeated_on=_repeated_on(unit, here, message.message_id, besides=mail.id),
    )
    answers_us = any(token.genuine for token in shown.tokens) or bool(shown.own_ids)
    placed = _of_another_team(_placed(message, shown, here, team), message, unit)
    placement = replace(placed, answers_us=answers_us, proven=shown.authenticated)
    seen = _seen(message, shown, mailbox) if placement.case is None else None
    if seen is not None:
        told = watched_store.find(unit.connection, seen.wanted)
        placement = place_monitor(placement, shown, seen, told)
        here |= unit.find([placement.case] if placement.case else [])
    return Findings(placement, shown, proof, here)


def answering_team(configuration: Configuration, mailbox: Mailbox, named: Iterable[Case]) -> Team:
    """Who may answer the named cases: the mailbox's team, and those that one of them was given to."""
    team = configuration.teams[mailbox.team]
    others = {case.team for case in named} & configuration.teams.keys() - {team.name}
    beside = [agent for name in sorted(others) for agent in configuration.teams[name].members]
    return replace(team, beside=(*team.beside, *beside)) if beside else team


def _placed(message: Message, shown: Evidence, here: Mapping[int, Case], team: Team) -> Placement:
    """Where a mail belongs; a program's too, whose word counts only where an agent's order stands in it.

    What only reads like a program's may be an agent's own: it is theirs, to come back to them.
    """
    robot = message.robot
    placement = place(shown, here, team)
    if placement.confirms and not agrees(
        before_quote(message.text), lines_of(here[placement.case or 0], placement.confirms)
    ):
        placement = replace(
            placement, role="outsider", because="it says no yes to the order", confirms="", verified=False
        )
    if robot is None or (robot.kind == "reaction" and placement.role == "customer"):
        return placement
    if placement.role != "agent" or not placement.verified:
        return place_robot(shown, here)
    if placement.confirms:
        return place_robot(shown, here)  # a program confirms nothing
    ordered = robot.kind == "auto-reply" and begins_with_order(before_quote(message.text))
    return placement if ordered or not robot.proven else place_robot(shown, here)


def _of_another_team(placement: Placement, message: Message, unit: Unit) -> Placement:
    """An agent of another team who names a case writes about that case, and is no customer of a new one."""
    sender = message.sender.address if message.sender and message.robot is None else ""
    named, agent = placement.linked, unit.rules.configuration.agent(sender)
    if named is None or agent is None or unit.rules.customers.find(sender):
        return placement
    return replace(
        placement, case=named, linked=None, role="outsider", because="an agent of another team names the case"
    )


def _seen(message: Message, shown: Evidence, mailbox: Mailbox) -> Watched | None:
    """What a monitor has seen, in a mail that can open a case: at an address for monitors, or beyond doubt."""
    robot, for_monitors = message.robot, mailbox.channel == "monitoring"
    if robot and (not for_monitors or robot.kind in NO_MONITORS):
        return None
    subject, text = message.subject, message.reply
    seen = watched(subject, text, sender=shown.sender, mailbox=mailbox.address, proven=shown.authenticated)
    return seen if seen and (for_monitors or is_unmistakable(subject, text)) else None


def _repeated_on(unit: Unit, here: Mapping[int, Case], message_id: str, *, besides: int) -> frozenset[int]:
    """Those of these cases on which an agent's mail had that Message-ID before, or on the one they were merged into."""
    after = after_merging(unit, here)
    known = case_store.with_agents_mail(unit.connection, {*here, *after.values()}, message_id, besides=besides)
    return frozenset(number for number in here if {number, after[number]} & known)
