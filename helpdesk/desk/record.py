"""Decisions onto the record: what applies to a case is read, what was decided is written, all in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from helpdesk.core import decide
from helpdesk.core.case import number_of
from helpdesk.core.enclosure import Enclosure
from helpdesk.core.errors import ConfigurationError
from helpdesk.core.people import Terms
from helpdesk.desk import repeated
from helpdesk.desk.neighbours import neighbours
from helpdesk.desk.second_voter import load_second_voter
from helpdesk.letters import Thread, thread_of
from helpdesk.policies import PolicyText, days_from_shape, read_policy, read_whole
from helpdesk.severity import DEFAULT, SHIPPED, Classifier, Model
from helpdesk.store import cases as case_store
from helpdesk.store import declarations, learning, outbox
from helpdesk.store.cases import StoredPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from helpdesk.core.case import Case
    from helpdesk.core.decision import Decision, Draft
    from helpdesk.core.judge import Judge
    from helpdesk.core.people import Mailbox
    from helpdesk.core.policy import Policy
    from helpdesk.desk.rules import Rules
    from helpdesk.store.cases import StoredMessage

_LONGEST = 10  # Message-IDs of a thread
_LAST = 6  # messages; who wants to read more asks for the case
_WHOSE = {"internal": ", a note", "unverified": ", not verified", "rating": ", a rating"}


class Recorder:
    """What the doors share: the rules in force, and how decisions are written down."""

    def __init__(self, rules: Rules, *, holds: bool = False) -> None:
        """`holds`: what is written waits until somebody releases it."""
        self.rules = rules
        self._holds = holds
        self._policies: dict[str, Policy] = {}  # by version, as cases remember them
        self._models: dict[int, Model] = {}  # the version that was used last

    def store_policies(self, connection: sa.Connection, now: datetime) -> None:
        """Keep the texts and holidays of the policies in force, so that their cases can be explained later."""
        for key, source in self.rules.book.texts.items():
            days = source.days.shape() if source.days else None
            case_store.store_policy(connection, StoredPolicy(source.version, key, source.name, source.text, days), now)
        for stored in case_store.policies_without_days(connection):
            _keep_days(connection, stored)

    def policy_of(self, connection: sa.Connection, case: Case) -> Policy:
        """The policy version that a case runs under, with those it was moved from. Raises NotFound."""
        policy = self._version(connection, case.policy, case.policy_version)
        moved_from = [event.facts["was"] for event in case.of_type("policy_changed")]
        if not moved_from:
            return policy
        return replace(
            policy, earlier={version: self._version(connection, case.policy, version) for version in moved_from}
        )

    def _version(self, connection: sa.Connection, key: str, version: str) -> Policy:
        current = self.rules.book.policies.get(key)
        if current is not None and current.version == version:
            return current
        if version not in self._policies:
            self._policies[version] = read_policy(policy_source(case_store.stored_policy(connection, version)))
        return self._policies[version]

    def terms(
        self, connection: sa.Connection, mailbox: Mailbox, *, case: Case | None, sender: str = "", now: datetime
    ) -> Terms:
        """What applies to a case, or to one that this sender is about to open."""
        rules = self.rules
        merged = neighbours(connection, self, case_store.find(connection, case.merged), now) if case else {}
        team = rules.configuration.teams[mailbox.team]
        if case is None:
            policy, customer = rules.book.policy(mailbox.policy), rules.customers.find(sender)
        else:
            policy, customer = self.policy_of(connection, case), rules.customers.by_key.get(case.customer)
        return Terms(
            desk=rules.configuration.file.desk.name,
            policy=policy,
            mailbox=mailbox,
            team=team,
            judge=SHIPPED,
            operators=rules.configuration.operators,
            ours=rules.configuration.addresses,
            customer=customer,
            workloads=case_store.workloads(connection, [agent.address for agent in team.agents]),
            standing=declarations.standing(connection, now),
            merged=tuple(merged.values()),
            second_answer_within=rules.configuration.second_answer_within,
        )

    def terms_after(self, decision: Decision, terms: Terms) -> Terms:
        """What applies once a decision has made a case another customer's."""
        case = decision.case
        if case is None or case.customer == (terms.customer.key if terms.customer else ""):
            return terms
        return replace(terms, customer=self.rules.customers.by_key.get(case.customer))

    def judge(self, connection: sa.Connection) -> Judge:
        """Who finds severities: the model of this desk, with the second voter where it is switched on and installed."""
        second = load_second_voter() if self.rules.configuration.file.desk.second_voter else None
        return Classifier(self._model(connection), second)

    def _model(self, connection: sa.Connection) -> Model:
        """The model in use; a version that was promoted meanwhile is picked up here."""
        version = learning.active_version(connection)
        if version is None:
            return DEFAULT
        if version not in self._models:
            self._models = {version: Model.from_state(learning.state_of(connection, version))}
        return self._models[version]

    def store(self, connection: sa.Connection, decision: Decision, terms: Terms) -> Case:
        """Insert or save a decided case; returns it with its number. Raises StaleCase."""
        case = decision.case
        if case is None:
            raise ValueError("a decision about a case was expected")
        next_at = decide.next_at(case, terms)
        if case.number and decision.outcome != "opened":
            case_store.save(connection, case, new=decision.events, next_at=next_at)
            return case
        return replace(case, number=case_store.insert(connection, case, next_at))

    def write(
        self,
        connection: sa.Connection,
        case: Case,
        drafts: Sequence[Draft],
        terms: Terms,
        now: datetime,
    ) -> None:
        """Queue the letters of a decision; of a case that is not confirmed, none that go outside."""
        drafts = [draft for draft in drafts if draft.audience == "agent" or not case.unconfirmed]
        letters, up_to = self.rules.letters, self.rules.configuration.attachments
        queued = [
            letters.write(told, case, terms, thread=_thread(connection, case, told), now=now)
            for told in (_told(connection, case, draft, up_to) for draft in drafts)
        ]
        outbox.add(connection, queued, now, held=self._holds)

    def alert(
        self,
        connection: sa.Connection,
        *,
        key: str,
        kind: str = "",
        mailbox: str = "",
        facts: dict[str, Any],
        now: datetime,
    ) -> None:
        """Tell the operators of something that went wrong, once for each key; many of a kind are counted instead.

        Without a `kind` it is the key's first word.
        """
        kind = kind or key.partition("/")[0]
        if repeated.is_told(connection, kind=kind, key=key, headline=str(facts["headline"]), now=now):
            self.tell_operators(connection, key=key, mailbox=mailbox, facts=facts, now=now)

    def tell_operators(
        self, connection: sa.Connection, *, key: str, mailbox: str = "", facts: dict[str, Any], now: datetime
    ) -> None:
        """Write to the operators about the desk itself, once for each key."""
        configuration = self.rules.configuration
        queued = [
            self.rules.letters.alert(operator, mailbox=configuration.voice(mailbox), key=key, facts=facts, now=now)
            for operator in configuration.operators
        ]
        outbox.add(connection, queued, now, held=self._holds)


def policy_source(stored: StoredPolicy) -> PolicyText:
    """A stored version as it is read: with its own days, or those of today where none were kept."""
    days = days_from_shape(stored.days) if stored.days else None
    return PolicyText(stored.name, stored.text, days, stored.version)


def _keep_days(connection: sa.Connection, stored: StoredPolicy) -> None:
    """A version from before days were kept takes those of now, the nearest to what it had."""
    try:
        days = read_whole(policy_source(stored))[1].days
    except ConfigurationError:
        return  # of an older format; who asks for it is told what is wrong with it
    if days is not None:
        case_store.keep_days(connection, stored.version, days.shape())


def _told(connection: sa.Connection, case: Case, draft: Draft, up_to: int) -> Draft:
    """Who is to act on a case without having seen it gets what was said: they may have nothing but their mail."""
    if draft.facts.get("repeats"):
        return replace(draft, facts={**draft.facts, "question": _question(connection, case, draft.facts["repeats"])})
    if draft.template == "merged":
        return _quoting(draft, case_store.messages(connection, draft.facts["merged_number"])[-_LAST:])
    unseen = draft.facts.get("handed_over") or (draft.kind == "escalation" and draft.template in {"", "page"})
    if not unseen or draft.text or draft.audience != "agent":
        return draft
    messages = case_store.messages(connection, case.number, *case.merged)[-_LAST:]
    files = _enclosures(messages, up_to) if draft.facts.get("handed_over") else ()
    return replace(_quoting(draft, messages), enclosures=files)


def _quoting(draft: Draft, messages: Sequence[StoredMessage]) -> Draft:
    """The draft with what was said in these mails."""
    said = list(filter(_by_somebody, messages))
    shows = tuple(message.spool_id for message in said if message.spool_id)
    return replace(draft, text="\n\n".join(map(_said, said)), shows=shows)


def _question(connection: sa.Connection, case: Case, answered: Mapping[str, Any]) -> str:
    """What an agent wrote in that answer, as far as it is still there; on the case that this one went into, if so."""
    number = number_of(answered["on"]) if answered.get("on") else case.number
    said = (
        message.reply
        for message in case_store.messages(connection, number)
        if message.role == "agent" and message.visibility == "public"
        if message.message_id and message.message_id == answered.get("message_id")
    )
    return next(said, "")


def _enclosures(messages: Sequence[StoredMessage], up_to: int) -> tuple[Enclosure, ...]:
    """The files of these mails, the newest first, that fit into one."""
    found, used = [], 0
    for message in reversed(messages):
        for part in message.attachments:
            if message.spool_id and not part.get("kept") and used + part["size"] <= up_to:
                found.append(Enclosure(message.spool_id, part["part"]))
                used += part["size"]
    return tuple(found)


def _by_somebody(message: StoredMessage) -> bool:
    return bool(message.reply) and message.visibility != "robot"


def _said(message: StoredMessage) -> str:
    who, whose = message.author_name or message.author, _WHOSE.get(message.visibility, "")
    return f"{who}, {message.at:%Y-%m-%d %H:%M} UTC{whose}:\n{message.reply}"


def _written_by_customers(case: Case) -> list[str]:
    """The newest Message-IDs of what its own people wrote, oldest first: nobody sees those of another case's people.

    Agents' own Message-IDs are left out as well: they name the agents' mail servers (threat P02).
    """
    wrote: list[str] = []
    for event in case.of_type("customer_wrote", "thanked", "rated", "requester_set"):
        # Nothing of before goes to whose case it is now.
        wrote = [] if event.type == "requester_set" else [*wrote, str(event.facts.get("message_id", ""))]
    return list(filter(None, wrote))[-_LONGEST:]


def _thread(connection: sa.Connection, case: Case, draft: Draft) -> Thread:
    """Where a letter belongs in its reader's mail program.

    A customer's thread is what they wrote and what they got; an agent's is what the agent got.
    """
    ours = outbox.message_ids_to(connection, case.number, draft.to.address)
    if draft.audience == "agent":
        return thread_of(ours)
    theirs = _written_by_customers(case)
    if not theirs:
        return thread_of(ours)
    references = tuple(dict.fromkeys((*theirs[:1], *ours, *theirs[1:])))
    return Thread(theirs[-1], references)
