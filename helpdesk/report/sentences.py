"""The ledger in sentences: each event of a case as a person would tell it.

People are called by their names, severities as the policy calls them, moments on the desk's own clock. Every class of
event has a sentence; what a newer version wrote is told by its type and facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from helpdesk.core.clocks.timeline import waited_for
from helpdesk.core.words import events as told
from helpdesk.core.words.case import DESK
from helpdesk.phrases import moment, span
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from helpdesk.core.words.events import Event
    from helpdesk.offering.policy import Policy


@dataclass(frozen=True, slots=True)
class LedgerWords:
    """How a case's people, severities and moments are called. `called` gives the name of an address."""

    policy: Policy
    zone: str
    called: Callable[[str], str]

    def sentence(self, event: Event) -> str:
        """What an event says, as one sentence without its time."""
        groups = (self._of_customer, self._of_agent, self._of_status, self._of_people, self._of_desk, self._of_others)
        said = next(filter(None, (group(event) for group in groups)), "") or _unknown(event)
        begins_with_address = "@" in said.partition(" ")[0]
        way = event.other_facts.get("way")  # of what came by no mail
        by = f", by the {way}" if way and event.by != DESK else ""
        return f"{said if begins_with_address else said[:1].upper() + said[1:]}{by}."

    def asked(self, keys: Collection[str]) -> str:
        """What the policy asks for under these keys, as it says it, without its examples."""
        return ", ".join(field.label.partition(" (")[0] for field in self.policy.intake if field.key in keys)

    # --- what customers do

    def _of_customer(self, event: Event) -> str:  # noqa: PLR0911 - a line an event
        who = self._who(event.by)
        match event:
            case told.CaseOpened():
                return self._opened(event)
            case told.CustomerWrote():
                return f"{who} wrote{_because(event.because)}"
            case told.DetailsGiven():
                missing = f"; still missing: {self.asked(event.missing)}" if event.missing else ""
                return f"{who} gave details: {self.asked(event.intake) or 'none that were asked for'}{missing}"
            case told.CustomerThanked():
                return f"{who} said thanks{', and that it works' if event.confirms else ''}"
            case told.CustomerRated():
                said = f": {' '.join(event.comment.split())}" if event.comment else ""
                return f"{who} rated the answer {event.grade}{said}"
            case told.MergedWrote():
                return f"{who}, of {event.case}, wrote"
            case told.EscalationRequested():
                return f"{who} asked for escalation{_because(event.because)}"
            case told.SentAgain():
                return f"{who} sent it again{_because(event.because)}"
        return ""

    def _opened(self, event: told.CaseOpened) -> str:
        who = event.requester_name or self.called(event.requester) or "somebody without an address"
        by = f" by {self.called(event.for_by)}" if event.for_by else ""
        split = f", split off {event.split_from}" if event.split_from else ""
        follows = f", following {event.linked}" if event.linked else ""
        missing = f"; not given: {self.asked(event.missing)}" if event.missing else ""
        return f"opened{by} for {who} at {event.mailbox}{split}{follows}{missing}"

    # --- what agents do

    def _of_agent(self, event: Event) -> str:  # noqa: C901, PLR0911 - a line an event
        who = self._who(event.by)
        match event:
            case told.AgentAnswered():
                unseen = f", without having seen {plural(len(event.unseen), 'mail')}" if event.unseen else ""
                return f"{who} answered the customer{_on(event.on)}{unseen}"
            case told.AgentNoted():
                return f"{who} wrote a note{_because(event.because)}"
            case told.ThirdPartyAsked():
                return f"{who} asked {event.name or event.address}"
            case told.OrderConfirmed():
                return f"{who} confirmed orders that had been refused"
            case told.OpeningConfirmed():
                return f"it is confirmed that an agent opened the case{_because(event.because)}"
            case told.SeveritySet():
                was = f", was {self._severity(event.was)}" if event.was else ""
                initially = ", from the start" if event.initially else ""
                why = f": {event.reason}" if event.reason else ""
                return f"{who} set the severity to {self._severity(event.severity)}{was}{initially}{why}"
            case told.KindSet():
                was = f", was {event.was}" if event.was else ""
                return f"{who} set the kind to {event.named or event.kind}{was}"
            case told.AreaSet():
                return f"{who} set the area to {event.area or 'none'}{f', was {event.was}' if event.was else ''}"
            case told.PageAcknowledged():
                return f"{who} acknowledged the call{_on(event.on)}{_because(event.because)}"
            case told.CallNotNeeded():
                return f"{who} said that the call was not worth waking for{_on(event.on)}"
            case told.AgentMailReturned():
                return f"{who}: {self._returned(event)}"
            case told.KeptOpen():
                kept, unseen = ", ".join(event.orders), plural(len(event.unseen), "newer mail")
                return f"kept open in spite of {kept}, because of {unseen} that {who} had not seen"
        return ""

    def _returned(self, event: told.AgentMailReturned) -> str:
        if event.notice:
            return "a mail came back, because it reads as an absence notice"
        if event.answer:
            return "an answer came back, because a colleague had answered meanwhile"
        mistakes = "; ".join(f"{one['line']} (expected {one['expected']})" for one in event.mistakes)
        return f"nothing was done of what was written{f': {mistakes}' if mistakes else ''}"

    # --- how it stands

    def _of_status(self, event: Event) -> str:  # noqa: C901, PLR0911 - a line an event
        who = self._who(event.by)
        match event:
            case told.WaitingSet():
                whom = "the customer" if waited_for(event) == "customer" else "a third party"
                so_long = f" for {span(timedelta(seconds=event.seconds))}" if event.seconds else ""
                why = f": {event.reason}" if event.reason else ""
                return f"{who} set it to wait for {whom}{so_long}{_on(event.on)}{why}"
            case told.CaseSnoozed():
                return f"{who} asked to be reminded {self._moment(event.until)}"
            case told.SnoozeOver():
                return "the reminder was due"
            case told.MilestoneReached():
                due = f", due on {event.due_on}" if event.due_on else ""
                return f"{who} said: {event.milestone}{due}{f': {event.says}' if event.says else ''}{_on(event.on)}"
            case told.DateAgreed():
                names = ", ".join(map(self._promise, event.promises))
                return f"{who} agreed {self._moment(event.until)} for {names}"
            case told.CaseResolved():
                return f"{who} resolved it{_on(event.on)}{_because(event.because)}"
            case told.CaseClosed():
                return f"{who} closed it{_on(event.on)}{_because(event.because)}"
            case told.CaseReopened():
                return f"{who} opened it again{_on(event.on)}{_because(event.because)}"
            case told.CaseExempted():
                return f"{who} exempted it from its promises: {event.because}"
            case told.ExclusionLifted():
                return f"{who} put its promises in force again"
            case told.PolicyChanged():
                return f"moved to version {event.now} of its policy"
        return ""

    # --- who is on it, and what belongs to it

    def _of_people(self, event: Event) -> str:  # noqa: C901, PLR0911 - a line an event
        who = self._who(event.by)
        match event:
            case told.CaseAssigned():
                return f"{who} gave it to {self.called(event.agent)}{_on(event.on)}{_because(event.because)}"
            case told.TeamSet():
                return f"{who} gave it to the team {event.team}, it was with {event.was}"
            case told.LabelsChanged():
                changes = (("tagged it", event.added), ("took away the tags", event.removed))
                return f"{who} " + " and ".join(f"{what} {', '.join(tags)}" for what, tags in changes if tags)
            case told.ParticipantAdded():
                return f"{who} put {event.name or self.called(event.address)} on the case"
            case told.ParticipantRemoved():
                return f"{who} took {self.called(event.address)} off the case"
            case told.RequesterSet():
                return f"{who} made it the case of {event.name or event.address}, it was {event.was['address']}'s"
            case told.CaseLinked():
                return f"{who} linked {event.to}"
            case told.SplitOff():
                return f"{who} made {event.into} of a mail of this case"
            case told.CaseMerged():
                return f"{who} merged {', '.join(event.cases)} into this case"
            case told.MergedInto():
                return f"{who} merged it into {event.into}"
            case told.CaseRedacted():
                return f"{who} had its content erased ({_counts(event.erased)})"
            case told.CasePurged():
                return f"its content was erased because of its age ({_counts(event.erased)})"
        return ""

    # --- what the desk does

    def _of_desk(self, event: Event) -> str:  # noqa: C901, PLR0911, PLR0912 - a line an event
        match event:
            case told.SeverityAssessed():
                review = ", to be reviewed" if event.review else ""
                return f"the desk found severity {self._severity(event.severity)}{review}"
            case told.RankOneSuspected():
                return f"it may be {self._severity(event.severity)} ({event.probability:.0%})"
            case told.AcknowledgmentDecided():
                return "acknowledged" if event.sent else f"not acknowledged{_because(event.because)}"
            case told.AnswerLost():
                return f"an answer reached nobody{_because(event.because)}"
            case told.AnswerArrived():
                return f"the answer went to {self.called(event.recipient)} after all"
            case told.CaseFlagged():
                return f"noted: {event.tag}"
            case told.CaseUnflagged():
                return f"no longer noted: {event.tag}"
            case told.StepTaken():
                whom = self._all(event.to) if event.to else "nobody, who was told of a later step"
                again = f", time {event.turn + 1}" if event.turn else ""
                at = f" ({event.step})" if event.step not in {"", event.kind} else ""
                return f"{event.kind or 'step'} of {self._promise(event.target)}{at}{again}: told {whom}"
            case told.CalledAgain():
                return f"people on call are called {'anew' if event.anew else 'on'}{_because(event.because)}"
            case told.ClockBreached():
                return f"{self._promise(event.target)} is late"
            case told.BreachWithdrawn():
                promise = self._promise(event.clock.partition("/")[0])
                return f"the breach of {promise} is taken back{_because(event.because)}"
            case told.CustomerReminded():
                return "the customer was reminded"
            case told.DowngradeProposed():
                return f"proposed to the agent: severity {self._severity(event.to)}"
            case told.ExclusionProposed():
                return f"proposed to the agent: {event.key}{_because(event.because)}"
        return ""

    # --- what others do

    def _of_others(self, event: Event) -> str:  # noqa: PLR0911 - a line an event
        who = self._who(event.by)
        match event:
            case told.OutsiderWrote():
                return f"{who} wrote, who is not known on this case{_on(event.on)}{_because(event.because)}"
            case told.OrderRefused():
                return f"orders in the name of {self.called(event.agent)} were not obeyed: nothing proves them theirs"
            case told.ThirdPartyWrote():
                return f"{who}, who had been asked, answered"
            case told.AnsweredElsewhere():
                return f"{who} wrote, which became {event.case or 'a case of its own'}{_on(event.on)}"
            case told.RobotWrote():
                return f"a program wrote from {event.by}{_because(event.because)}"
            case told.MonitorReported():
                return f"the monitor {event.by} reported: {event.state}"
            case told.MailBounced():
                server = f": {event.server}" if event.server else ""
                return f"the mail “{event.kind}” to {self.called(event.recipient)} came back ({event.reason}){server}"
        return ""

    # --- words

    def _who(self, address: str) -> str:
        return "the desk" if address == DESK else self.called(address) or "somebody"

    def _all(self, addresses: Collection[str]) -> str:
        return ", ".join(self.called(address) for address in addresses)

    def _severity(self, key: str) -> str:
        return next((level.name for level in self.policy.severity.levels if level.key == key), key or "none")

    def _promise(self, key: str) -> str:
        return next((kind.name for kind in self.policy.kinds if kind.key == key), key or "a promise")

    def _moment(self, iso: str) -> str:
        return moment(datetime.fromisoformat(iso), self.zone)


def _because(why: str) -> str:
    return f" ({why})" if why else ""


def _on(ref: str) -> str:
    return f" on {ref}" if ref else ""


def _counts(erased: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {what}" for what, number in erased.items() if number) or "nothing was left"


def _unknown(event: Event) -> str:
    facts = (f"{key} {value}" for key, value in told.to_facts(event).items() if isinstance(value, str | int) and value)
    return f"{event.type.replace('_', ' ')} by {event.by or 'nobody'}: {', '.join(facts)}"
