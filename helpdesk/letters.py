"""Drafts into mail: who it is from, which thread it belongs to, what it says, down to the last byte.

A draft says what its mail tells; letters put it into words and add what every mail has (`templates.words`). What a
customer is told is built by `_customer_words` alone, which has no note, no agent's address and no reason of a severity
to give away (threats P01, P02). What agents are told is built by `_agent_words`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from helpdesk.core.clocks.turn import TURN_NAMES, turn_of
from helpdesk.core.receive.orders.table import ORDERS
from helpdesk.core.words import rating
from helpdesk.core.words.addressee import plain_reply, readers, unheard
from helpdesk.core.words.addresses import unwritable
from helpdesk.core.words.case import DESK, ERASED
from helpdesk.core.words.desk_mail import AlertMail, MaintenanceMail
from helpdesk.core.words.drafts import (
    AckMail,
    ClosedMail,
    CustomerReminderMail,
    OrderRefusedMail,
    OutOfScopeMail,
    PassedOnMail,
    ProgressMail,
    RelayMail,
    StepMail,
    SuspicionMail,
    ToAgent,
)
from helpdesk.core.words.events import CalledAgain, RankOneSuspected, SeverityAssessed, SeveritySet
from helpdesk.core.words.people import written_to_in
from helpdesk.core.words.subjects import topic
from helpdesk.core.words.verdict import MAY_BE_WORSE
from helpdesk.mail.proof.address import NO_CASE
from helpdesk.mail.read.salutation import is_greeted, is_signed, unsaid
from helpdesk.mail.write.compose import Letter, compose
from helpdesk.offering.cell import says
from helpdesk.offering.intake import without_hint
from helpdesk.offering.policy import Promise
from helpdesk.openhours.relative_time import zone_of
from helpdesk.person import Person
from helpdesk.phrases import amount, brief, day_words, erased, language_names, moment, no_subject, open_span, span
from helpdesk.store.outbox import Queued
from helpdesk.templates import SnippetWords
from helpdesk.templates.words import (
    AckWords,
    AgentWords,
    ClosedWords,
    CustomerWords,
    DueWords,
    OrderLink,
    ProblemWords,
    PromisedWords,
    RatingLinks,
    ReminderWords,
    StepMailWords,
    StepWords,
    SuspicionMailWords,
    SuspicionWords,
    ThirdPartyWords,
    as_names,
)
from helpdesk.wordings import said_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from helpdesk.core.receive.orders.command import Verb
    from helpdesk.core.words.alert import AlertText
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.decision import Draft
    from helpdesk.core.words.desk_mail import DeskContent
    from helpdesk.core.words.drafts import KnownProblem, TakenStep
    from helpdesk.core.words.owed import Owed, RunningClock, ToldPromise
    from helpdesk.core.words.people import Agent, Mailbox
    from helpdesk.core.words.terms import Terms
    from helpdesk.mail.proof.address import Purpose, Signer
    from helpdesk.offering.declared import MaintenanceWindow
    from helpdesk.offering.policy import Doubt, Policy
    from helpdesk.templates import Rendered, Snippets, Templates
    from helpdesk.templates.words import CaseWords

_SUBJECT = 60  # characters of a subject that a phone shows; what is cut off stands in the mail
_TO_OPERATORS = ("digest", "echo")  # kinds of mail to one of us that belong to no case and say all below once more
_CUES = 3  # of what speaks for a suspicion, each with words of its own
_TOPIC = 100  # characters of what a case is called in a line of facts
_SAID_PLAINLY = {
    "stated priority": "the mail states this priority",
    "mailbox": "the mailbox it came to states it",
    "automatic mail": "a program wrote it, and nobody waits for an answer",
    "monitoring alert": "a monitor reports it",
    "monitoring channel": "it came from the monitoring",
    "no cue": "the mail says nothing of how bad it is",
    "no clear words": "the mail has no clear words for how bad it is",
}
_MOMENT = timedelta(minutes=1)
_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a letter belongs in its reader's mail program. Message-IDs with angle brackets."""

    in_reply_to: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskLetter:
    """What a mail that belongs to no case says. `key` and the recipient make it unique among its kind.

    `operator`: its reader is one, and may order by answering it.
    """

    content: DeskContent
    key: str
    operator: bool = False
    thread: Thread = Thread()
    language: str = "en"


class Letters:
    """Writes the desk's mail."""

    def __init__(self, *, templates: Templates, signer: Signer, desk: str, public_url: str = "") -> None:
        self.templates = templates
        self._signer = signer
        self._desk = desk
        self._public_url = public_url.rstrip("/")

    def write(self, draft: Draft, case: Case, terms: Terms, *, thread: Thread, now: datetime) -> Queued:
        """One draft of a stored case into one mail of the outbox."""
        language = _spoken(case, terms) if draft.audience == "customer" else "en"
        names = as_names(*self._words(draft, case, terms, now))
        words = self.templates.render(draft.content.template, language, names)
        key = f"{case.number}/{draft.key}/{draft.kind}/{draft.to.address}"
        return self._queued(key, draft, words, case.number, terms.mailbox, thread, now)

    def alert(self, to: Person, *, mailbox: Mailbox, key: str, text: AlertText, now: datetime) -> Queued:
        """A mail to an operator about the desk itself."""
        content = AlertMail(
            desk=self._desk,
            headline=text.headline,
            what=text.what,
            details=text.details,
            todo=text.todo,
        )
        return self.desk_letter(DeskLetter(content, key, operator=True), to, mailbox=mailbox, now=now)

    def notice(
        self,
        to: Person,
        *,
        mailbox: Mailbox,
        window: MaintenanceWindow,
        number: int,
        zone: str,
        now: datetime,
        language: str = "en",
    ) -> Queued:
        """A mail to a customer's contact about planned maintenance, in their zone and our first language (LGT-9)."""
        content = MaintenanceMail(
            desk=mailbox.name or self._desk,
            name=window.name,
            sector=window.sector,
            begins=moment(window.begins_at, zone, language),
            begins_brief=brief(window.begins_at, zone, language, now=now),
            ends=moment(window.ends_at, zone, language),
            signature=said_in(mailbox.signature, language) or mailbox.name or self._desk,
        )
        return self.desk_letter(DeskLetter(content, str(number), language=language), to, mailbox=mailbox, now=now)

    def desk_letter(self, desk_mail: DeskLetter, to: Person, *, mailbox: Mailbox, now: datetime) -> Queued:
        """A mail that belongs to no case."""
        kind = desk_mail.content.kind
        words = self.templates.render(desk_mail.content.template, desk_mail.language, as_names(desk_mail.content))
        unique = f"{kind}/{desk_mail.key}/{to.address}"
        letter = Letter(
            from_=Person(mailbox.address, mailbox.name or self._desk),
            to=to,
            reply_to=self._address(mailbox, NO_CASE, to, "operator") if desk_mail.operator else "",
            subject=_shortened(words.subject, _SUBJECT) if kind in _TO_OPERATORS else words.subject,
            message_id=self._signer.message_id(case=NO_CASE, nonce=unique, domain=mailbox.address.rpartition("@")[2]),
            date=now,
            in_reply_to=desk_mail.thread.in_reply_to,
            references=desk_mail.thread.references,
            automatic=True,
            text=words.text,
            html=words.html,
        )
        # The null sender: a report that it could not be delivered must not come back as mail.
        raw = compose(letter)
        return Queued(unique, None, kind, to.address, "", letter.message_id, raw, subject=letter.subject)

    def _queued(
        self,
        key: str,
        draft: Draft,
        words: Rendered,
        number: int,
        mailbox: Mailbox,
        thread: Thread,
        now: datetime,
    ) -> Queued:
        wrong = unwritable(draft.to.address)
        letter = Letter(
            from_=Person(mailbox.address, self._from_name(draft, mailbox)),
            to=Person("", draft.to.shown) if wrong else _reader(draft),
            reply_to=self._reply_to(draft, mailbox, number),
            subject=_shortened(words.subject, _SUBJECT) if draft.audience == "agent" else words.subject,
            message_id=self._signer.message_id(case=number, nonce=key, domain=mailbox.address.rpartition("@")[2]),
            date=now,
            in_reply_to=thread.in_reply_to,
            references=thread.references,
            automatic=draft.kind != "relay" and (draft.audience == "agent" or not draft.text),
            text=words.text,
            html=words.html,
        )
        sender = self._address(mailbox, number, draft.to, "bounce")
        files = tuple((file.mail, file.part) for file in draft.enclosures)
        return Queued(
            key,
            number,
            draft.kind,
            draft.to.address,
            sender,
            letter.message_id,
            compose(letter),
            files,
            subject=letter.subject,
            unwritable=wrong,
            shows=draft.shows,
            also=draft.content.also,
            first=draft.kind == "ack" or (draft.audience == "agent" and not thread.references),
        )

    def _reply_to(self, draft: Draft, mailbox: Mailbox, number: int) -> str:
        content = draft.content
        if isinstance(content, OrderRefusedMail):
            return self._address(mailbox, number, Person(f"{draft.to.address}/{content.order}"), "confirm")
        return self._address(mailbox, number, draft.to, "note" if content.stays else draft.audience)

    def _address(self, mailbox: Mailbox, number: int, person: Person, purpose: Purpose) -> str:
        return self._signer.reply_address(mailbox.address, case=number, person=person.address, purpose=purpose)

    def _from_name(self, draft: Draft, mailbox: Mailbox) -> str:
        name = mailbox.name or self._desk
        return f"{draft.author} ({name})" if draft.author else name

    # --- what templates may say

    def _words(
        self, draft: Draft, case: Case, terms: Terms, now: datetime
    ) -> tuple[object, CaseWords | ThirdPartyWords]:
        """What is told by this mail alone, and what every mail of its audience has; the second wins."""
        if draft.audience == "customer":
            return self._told_to_customer(draft, case, terms), self._customer_words(draft, case, terms)
        if draft.audience == "third-party":
            return draft.content, self._third_party_words(draft, case, terms)
        return _told_to_agent(draft, case, terms, now), self._agent_words(draft, case, terms, now)

    def _told_to_customer(self, draft: Draft, case: Case, terms: Terms) -> object:
        """The content of a draft, or what stands for it in a template (`words.INSTEAD_OF`)."""
        policy, language = terms.policy, _spoken(case, terms)
        match content := draft.content:
            case AckMail():
                return _ack_words(content, _owed(draft), case, terms)
            case ClosedMail():
                asked = rating.is_asked(case, draft.to, terms)
                links = self._rating_links(draft.to, case, terms) if asked else None
                return ClosedWords(
                    rate=links, unanswered=content.unanswered, reopens_until=_reopens_until(draft, case, terms)
                )
            case ProgressMail():
                return replace(content, severity_was=policy.said(content.severity_was, language))
            case PassedOnMail():
                return replace(content, declined=policy.said(content.declined, language))
            case CustomerReminderMail():
                closes_at = content.closes_at
                return ReminderWords(
                    closes=moment(closes_at, _zone(case, terms), language) if closes_at else "",
                    asked=_without_staff(content.question, terms),
                    waited=content.waited,
                )
        return content

    def _rating_links(self, person: Person, case: Case, terms: Terms) -> RatingLinks:
        """For each grade a link that writes the whole mail."""
        language = _spoken(case, terms)
        links: dict[str, str] = {}
        for grade in rating.GRADES:
            said = rating.prefilled(grade, case.ref, language)
            address = self._address(terms.mailbox, case.number, person, grade)
            links[grade] = f"{_mailto(address, said.removesuffix('.'))}{_saying(said)}"
        return RatingLinks(**links)

    def _order_links(self, draft: Draft, case: Case, terms: Terms, *, unheard: bool) -> Iterator[OrderLink]:
        """The orders that are given most, each as a mail that only has to be sent."""
        links: dict[Purpose, str] = {}
        for label, verb, argument in _one_click_orders(case, unheard=unheard):
            # What a mail program adds below an order, such as a signature, must not go to the customer.
            purpose: Purpose = "agent" if ORDERS[verb].to_customer else "note"
            if purpose not in links:
                address = self._address(terms.mailbox, case.number, draft.to, purpose)
                links[purpose] = _mailto(address, f"Re: [{case.ref}] ")
            order = f"#{verb} {argument}".rstrip()
            yield OrderLink(label, order, f"{links[purpose]}{_ordering(order)}")

    def _customer_words(self, draft: Draft, case: Case, terms: Terms) -> CustomerWords:
        policy, content, language = terms.policy, draft.content, _spoken(case, terms)
        owed, zone = _owed(draft), _zone(case, terms)
        first, following = owed.first, owed.next_word
        promised = isinstance(first.promise, Promise) and first.due_at is not None
        agent, signed = terms.team.agent(case.assignee), is_signed(draft.text, draft.author)
        return CustomerWords(
            desk=terms.mailbox.name or self._desk,
            ref=case.ref,
            subject=_subject(case, language),
            text=_without_staff(draft.text, terms),
            author=draft.author,
            status=case.status,
            to=draft.to,
            name=draft.to.name,
            known=_is_known(draft),
            policy=policy.name,
            severity=policy.said(policy.level(case.severity).name, language),
            promise=amount(first.promise.within, language) if isinstance(first.promise, Promise) else "",
            due=moment(first.due_at, zone, language) if promised and first.due_at else "",
            missing=tuple(policy.said(field.label, language) for field in policy.intake if field.key in case.missing),
            because=_because(content.because, policy, language) if isinstance(content, OutOfScopeMail) else "",
            answered_in=_answered_in(case, policy, language),
            assured=first.warranted,
            not_owed=tuple(_doubt_words(doubt, policy, language) for doubt in owed.not_owed),
            next_due=moment(_due_at(following), zone, language) if following else "",
            next_assured=bool(following and following.warranted),
            agent=agent.name if agent else "",
            others=_others(draft, case),
            greeted=is_greeted(draft.text, draft.to.name, draft.to.address),
            signed=signed,
            signature=self._signature(draft, terms, language, signed=signed),
        )

    def _signature(self, draft: Draft, terms: Terms, language: str, *, signed: bool) -> str:
        """Who writes: the agent whose words they are, and the mailbox, without what stands below these already."""
        author = draft.author
        box = said_in(terms.mailbox.signature, language) or terms.mailbox.name or self._desk
        agent = next((one for one in terms.team.members if author and one.name == author), None)
        own = said_in(agent.signature, language) if agent else ""
        above = unsaid(own or ("" if signed else author), draft.text, author)
        return "\n".join(filter(None, (above, unsaid(box, draft.text, ""))))

    def _third_party_words(self, draft: Draft, case: Case, terms: Terms) -> ThirdPartyWords:
        return ThirdPartyWords(
            desk=terms.mailbox.name or self._desk,
            ref=case.ref,
            text=_without_staff(draft.text, terms),
            author=draft.author,
            to=draft.to,
        )

    def _agent_words(self, draft: Draft, case: Case, terms: Terms, now: datetime) -> AgentWords:
        policy, content = terms.policy, draft.content
        if not isinstance(content, ToAgent):
            raise TypeError(f"{content} is for no agent")
        acts, nobody_reads = terms.team.agent(draft.to.address) is not None, unheard(case, terms)
        stays, zone = content.stays or nobody_reads, readers_zone(draft.to, case, terms)
        due = tuple(_due(one, zone, now) for one in _owed(draft).running)
        return AgentWords(
            desk=terms.mailbox.name or self._desk,
            ref=case.ref,
            subject=case.subject or "(no subject)",
            text=draft.text,
            author=draft.author,
            status=case.status,
            to=draft.to,
            requester=case.requester.shown,
            customer=terms.customer.name if terms.customer else "unknown",
            policy=policy.name,
            plan=policy.plan(case.plan).name,
            severity=policy.level(case.severity).name,
            severity_why=_why(case, terms),
            severities=", ".join(level.key for level in policy.levels_of(case.plan)),
            review=case.review,
            topic=_shortened(case.subject or "(no subject)", _TOPIC),
            acts=acts,
            stays=stays,
            reply=plain_reply(case, terms, stays=stays),
            unheard=nobody_reads,
            links=case.links,
            merged=tuple(f"HD-{number}" for number in case.merged),
            merged_into=case.merged_into,
            attached=content.attached,
            tags=(*case.tags, *case.labels),
            missing=tuple(without_hint(field.label) for field in policy.intake if field.key in case.missing),
            assignee=_name_of(terms.team.agent(case.assignee)),
            turn=turn_words(case, zone) if case.active and turn_of(case).whose != "desk" else "",
            due=due,
            promised=tuple(_promised_words(one, "", policy) for one in _owed(draft).promised),
            first_due=due[0] if due else None,
            opened=moment(case.opened_at, zone),
            others=tuple(
                f"HD-{one.number} {_shortened(one.subject, _TOPIC)} ({one.requester})" for one in draft.others
            ),
            orders=tuple(self._order_links(draft, case, terms, unheard=nobody_reads)) if acts else (),
            link=f"{self._public_url}/cases/{case.ref}" if self._public_url else "",
            delayed=span(_whole_minutes(content.delayed)) if content.delayed >= _MOMENT else "",
            instead=content.instead,
        )


def snippet(known: Snippets, name: str, case: Case, terms: Terms, agent: Agent) -> str:
    """What a snippet says to the people of a case, in the language that they are written to in."""
    language = _spoken(case, terms)
    words = SnippetWords(
        ref=case.ref,
        subject=_subject(case, language),
        name=case.addressee.name,
        customer=terms.customer.name if terms.customer else "",
        agent=agent.name,
        desk=terms.mailbox.name or terms.desk,
        plan=terms.policy.said(terms.policy.plan(case.plan).name, language),
        severity=terms.policy.said(terms.policy.level(case.severity).name, language),
        opened=moment(case.opened_at, _zone(case, terms), language),
    )
    return known.text(name, team=terms.team.name, language=language, words=words)


def _mailto(address: str, subject: str) -> str:
    """The beginning of a link that writes a mail, down to its subject, or the beginning of that (RFC 6068)."""
    # Some programs read a plain `+` as a space.
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject, safe='')}"


def _saying(body: str) -> str:
    """The end of such a link, so that the mail only has to be sent."""
    return f"&body={quote(body, safe='')}%0D%0A"


@cache
def _ordering(order: str) -> str:
    """The end of a link that gives an order, from the order in its subject on."""
    return f"{quote(order.removeprefix('#'), safe='')}{_saying(order)}"


def _told_to_agent(draft: Draft, case: Case, terms: Terms, now: datetime) -> object:
    """The content of a draft, or what stands for it in a template."""
    match content := draft.content:
        case StepMail():
            step = _step_words(content.step, case, readers_zone(draft.to, case, terms), now)
            return StepMailWords(step=step, missed=content.missed, given=content.given)
        case SuspicionMail():
            suspicion = _suspicion_words(content, case, terms, readers_zone(draft.to, case, terms))
            return SuspicionMailWords(suspicion=suspicion, current=case.severity, given=content.given)
    return content


def _owed(draft: Draft) -> Owed:
    if draft.owed is None:
        raise ValueError(f"a draft with what is owed was expected, not {draft.kind}")
    return draft.owed


def _ack_words(content: AckMail, owed: Owed, case: Case, terms: Terms) -> AckWords:
    zone, language = _zone(case, terms), _spoken(case, terms)
    return AckWords(
        promised=tuple(_promised_words(one, language, terms.policy) for one in owed.promised),
        declared=tuple(_problem_words(entry, zone, language) for entry in content.declared),
        channel_says=terms.policy.said(terms.policy.told_of(case.channel, case.down), language),
        escalated=content.escalated,
        follows=content.follows,
        chosen=tuple(map(": ".join, _choices(case, terms, proven=True))) if content.known else (),
        wished=tuple(map(" ".join, _choices(case, terms, proven=False))) if content.known else (),
    )


def _choices(case: Case, terms: Terms, *, proven: bool) -> Iterator[tuple[str, str]]:
    """What the customer chose for this case, in the policy's words, or would choose if they might."""
    given = {key: said for key, said in case.intake if said}
    for field in (one for one in terms.policy.intake if one.key in given):
        value = next((one for one in terms.policy.values_of(field.key) if says(given[field.key], one)), "")
        if value and (field.key in case.unproven) is not proven:
            yield without_hint(terms.policy.said(field.label, _spoken(case, terms))), value


def _promised_words(told: ToldPromise, language: str, policy: Policy) -> PromisedWords:
    within, said = amount(told.within, language) if told.within else "", policy.said(told.kind.name, language)
    name = f"{said[:1].upper()}{said[1:]}"
    return PromisedWords(name=name, own=told.kind.own, within=within, each_time=told.kind.renews, said=told.said)


def _zone(case: Case, terms: Terms) -> str:
    """The zone of a customer."""
    return (terms.customer.timezone if terms.customer else "") or desk_zone(case, terms.policy)


def _subject(case: Case, language: str) -> str:
    """What a case is called to a customer."""
    called = topic(case.subject)  # the letter adds its own "Re:" and its own number
    return erased(language) if called == ERASED else called or no_subject(language)


def _problem_words(problem: KnownProblem, zone: str, language: str) -> ProblemWords:
    until = moment(problem.until, zone, language) if problem.until else ""
    return ProblemWords(kind="maintenance" if problem.until else "incident", name=problem.name, until=until)


def _reopens_until(draft: Draft, case: Case, terms: Terms) -> str:
    until = _owed(draft).reopens_until
    return moment(until, _zone(case, terms), _spoken(case, terms)) if until else ""


def _spoken(case: Case, terms: Terms) -> str:
    """The language in which a customer is written to."""
    return written_to_in(terms.policy, terms.customer, case.language)


def _others(draft: Draft, case: Case) -> tuple[str, ...]:
    """Who else gets the same mail, or the answers to what is acknowledged; none of a case that went into this one."""
    if not (isinstance(draft.content, AckMail | RelayMail | ClosedMail | ProgressMail) and _is_known(draft)):
        return ()
    reading = (one for one in readers(case) if not (case.monitor and one == case.requester))
    away = {draft.to.address, *case.shared}
    return tuple(one.name_or_address for one in reading if one.address not in away)


def _doubt_words(doubt: Doubt, policy: Policy, language: str) -> Doubt:
    if doubt.about == "beginning":
        return replace(doubt, name=day_words(date.fromisoformat(doubt.name), language))
    instead = tuple(policy.said(one, language) for one in doubt.instead)
    return replace(doubt, name=policy.said(doubt.name, language), instead=instead)


def _because(reason: str, policy: Policy, language: str) -> str:
    """Why a case is excluded: in the policy's words, and behind them in those of the agent."""
    why = next((one.why for one in policy.exclusions if reason.startswith(one.why)), "")
    return f"{policy.said(why, language)}{reason.removeprefix(why)}"


def _answered_in(case: Case, policy: Policy, language: str) -> str:
    """The languages we answer in, where the customer wrote in another (LAI-13)."""
    return "" if case.language in policy.languages else language_names(policy.languages, language)


def _is_known(draft: Draft) -> bool:
    return draft.content.known if isinstance(draft.content, AckMail) else True


def _reader(draft: Draft) -> Person:
    """Whom a letter is to. An address that we do not know may be forged, and its name be the message (threat L05)."""
    return draft.to if _is_known(draft) else Person(draft.to.address)


def _without_staff(text: str, terms: Terms) -> str:
    """What an agent wrote, with the desk's address for anybody's own: customers write to the desk (threat P02)."""
    if "@" not in text:
        return text
    people = {address for agent in terms.team.members for address in agent.addresses}
    people |= {operator.address for operator in terms.operators}
    own = "|".join(re.escape(address) for address in sorted(people, key=len, reverse=True))
    return re.sub(rf"(?<![\w.+-])(?:{own})(?![\w-])", terms.mailbox.address, text, flags=re.IGNORECASE) if own else text


def desk_zone(case: Case, policy: Policy) -> str:
    """The zone in which the desk serves a case."""
    return policy.desk_timezone(case.region)


def readers_zone(reader: Person, case: Case, terms: Terms) -> str:
    """The zone in which one of us reads of a case: their own where they have one, else the desk's."""
    agent = terms.team.agent(reader.address)
    return zone_of(agent.timezone if agent else "", desk_zone(case, terms.policy))


def turn_words(case: Case, zone: str) -> str:
    """`the customer's since Tue 26 May 2026, 16:00 CEST`."""
    turn = turn_of(case)
    return f"{TURN_NAMES[turn.whose]} since {moment(turn.since, zone)}"


def _due_at(clock: Clock) -> datetime:
    if clock.due_at is None:
        raise ValueError("a clock that is due was expected")
    return clock.due_at


def _due(running: RunningClock, zone: str, now: datetime) -> DueWords:
    clock, due_at = running.clock, running.due_at
    late = clock.breached_at(now) is not None
    now_due = _due_at(clock) if _due_at(clock) > max(due_at, now) else None
    return DueWords(
        target=clock.kind.name,
        asks=clock.kind.asks or clock.kind.name,
        of=running.ref,
        at=moment(due_at, zone),
        brief=brief(due_at, zone, now=now),
        by=f"{'was due' if late else 'by'} {brief(due_at, zone, now=now)}",
        left=_left(due_at, clock.told_late_from, zone, now),
        now_due=f"{moment(now_due, zone)}, in {span(now_due - now)}" if now_due else "",
        promise=str(clock.promise.within) if isinstance(clock.promise, Promise) else "",
        applies=", ".join(clock.promise.applies) if isinstance(clock.promise, Promise) else "",
    )


def _one_click_orders(case: Case, *, unheard: bool) -> Iterator[tuple[str, Verb, str]]:
    """Label, order and what stands behind its word, of what is ordered most on a case as it stands."""
    if not case.active:
        yield "Open it again", "reopen", ""
        return
    yield "I have it", "ack", ""
    if case.status == "open" and not unheard:
        yield "Wait for the customer", "wait", ""
    yield "Remind me tomorrow", "snooze", "1d"
    yield "Note to the team", "note", ""
    yield "Resolve", "resolve", ""


def _shortened(text: str, most: int) -> str:
    """On one line, and cut at a word where it is longer."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1].rpartition(" ")[0]
    return f"{cut if len(cut) > most // 2 else line[: most - 1]}".rstrip(" ·,;:-(") + "…"


def _whole_minutes(amount: timedelta) -> timedelta:
    return timedelta(minutes=round(amount / _MOMENT))


def _left(due_at: datetime, late_from: datetime | None, zone: str, now: datetime) -> str:
    """How long that is still, or has been; a due time on a closing is late only from the next opening on."""
    left = due_at - now
    if abs(left) < _MOMENT:
        return "now"
    if left > _NOTHING:
        return f"in {span(left)}"
    return f"late from {moment(late_from, zone)}" if late_from and late_from > now else f"{span(left)} late"


def _step_words(step: TakenStep, case: Case, zone: str, now: datetime) -> StepWords:
    due_at = step.due_at
    return StepWords(
        target=step.target,
        asks=step.asks,
        owes=step.owes,
        orders=step.orders,
        due=moment(due_at, zone) if due_at else "",
        due_brief=brief(due_at, zone, now=now) if due_at else "",
        left=_left(due_at, step.late_from, zone, now) if due_at else "",
        late=step.late_from is not None and step.late_from <= now,
        percent=round(step.share * 100),
        after=open_span(step.after) if step.after else "",
        acknowledge=step.acknowledge,
        unheard_for=span(step.unheard_for) if step.unheard_for else "",
        again=step.turn > 0,
        cause=_cause(case, step.reached_at),
        until=" or ".join(step.until),
        open_for=span(step.open_for) if step.open_for else "",
    )


def _cause(case: Case, begun: datetime) -> str:
    """What a call that began then began with: a customer's word, a raise, its being given on, or "", the opening."""
    for event in case.of_type(CalledAgain, SeveritySet):
        if event.at == begun:
            return "raised" if isinstance(event, SeveritySet) else "given" if event.whom else "written"
    return ""


def _name_of(agent: Agent | None) -> str:
    """Whom our people know a case to be with; a lead may have an address alone."""
    return agent.name_or_address if agent else "nobody"


def _why(case: Case, terms: Terms) -> str:
    """As one would say it: who set the severity last and why, or what of the mail made it so."""
    found = case.of_type(SeverityAssessed, SeveritySet)
    if not found:
        return ""
    last = found[-1]
    if isinstance(last, SeveritySet) and last.by == DESK:
        return f"of this: {last.reason}" if last.reason else "the desk set it"
    if isinstance(last, SeveritySet):
        agent = terms.team.agent(last.by)
        by = f"{_name_of(agent) if agent else last.by} set it"
        return f"{by}: {last.reason.rstrip('. ')}" if last.reason else by
    caps = {cap.name for cap in terms.policy.severity.caps}
    worse = [reason for reason in last.reasons if reason["rule"] == MAY_BE_WORSE]
    others = [reason for reason in last.reasons if reason["rule"] != MAY_BE_WORSE]
    bound = [reason["rule"] for reason in others[:1] if reason["rule"] in caps]  # the policy's own name for it says why
    return "; ".join(filter(None, [*(bound or map(_reason_words, others[:1])), *map(_reason_words, worse)]))


def _reason_words(reason: Mapping[str, Any]) -> str:
    """What made the severity so, and the words of the mail that say it."""
    if reason["rule"] == MAY_BE_WORSE:
        return f"{MAY_BE_WORSE}: {reason['effect']}"
    evidence = reason["evidence"].rstrip(".,:; ")
    said = _SAID_PLAINLY.get(reason["rule"]) or reason["effect"].rpartition(": ")[0] or reason["effect"]
    plain = f"{said[:1].lower()}{said[1:]}" if said[1:2].islower() else said
    return f'{plain} ("{evidence}")' if evidence else plain


def _suspicion_words(content: SuspicionMail, case: Case, terms: Terms, zone: str) -> SuspicionWords:
    """What the alarm about a possible rank 1 says."""
    raised = case.of_type(RankOneSuspected)[-1]
    level = terms.policy.severity.at_rank(1)
    first = {reason["evidence"]: reason for reason in reversed(raised.reasons) if reason["evidence"]}
    cues = [reason for reason in raised.reasons if first.get(reason["evidence"]) is reason][:_CUES]
    return SuspicionWords(
        level=level.name,
        key=level.key,
        percent=round(content.probability * 100),
        again=content.again,
        since=moment(raised.at, zone),
        due=moment(content.due_at, zone) if content.due_at else "",
        why="; ".join(map(_reason_words, cues)),
    )


def thread_of(message_ids: Sequence[str]) -> Thread:
    """The thread behind these Message-IDs, oldest first."""
    ids = tuple(dict.fromkeys(filter(None, message_ids)))
    return Thread(ids[-1], ids) if ids else Thread()
