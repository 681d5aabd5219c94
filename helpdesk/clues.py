"""What a mail shows about where it belongs: reply tokens, our own Message-IDs, case numbers, authentication.

Reads the mail against the desk's signing key; `core.words.placement` decides what the evidence is worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.words.events import OrderRefused
from helpdesk.core.words.message import base_address
from helpdesk.core.words.placement import Evidence, TokenSeen, numbers_in_subject
from helpdesk.mail.proof.address import NO_CASE, ReplyToken, Signer, read_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.message import Envelope, Message
    from helpdesk.core.words.people import Agent, Mailbox, Team
    from helpdesk.person import Person


@dataclass(frozen=True, slots=True)
class Clues:
    """What can be read before any case is: the tokens, and the numbers of every case the mail names."""

    tokens: tuple[ReplyToken, ...]
    own_ids: tuple[int, ...]
    subject_numbers: tuple[int, ...]

    @property
    def case_numbers(self) -> frozenset[int]:
        """Every case to be read before the mail can be placed."""
        return frozenset((*(token.case for token in self.tokens), *self.own_ids, *self.subject_numbers))


NO_CLUES = Clues((), (), ())


def read_clues(message: Message, envelope: Envelope, mailbox: Mailbox, signer: Signer) -> Clues:
    """Collect what the mail names, the envelope's recipients before the headers'."""
    seen = (
        *envelope.rcpt_to,
        *message.delivered_to,
        *(person.address for person in (*message.to, *message.cc)),
    )
    ours = dict.fromkeys(address for address in seen if base_address(address) == mailbox.address)
    tokens = (read_token(address) for address in ours)
    own = (signer.case_of(message_id) for message_id in message.ancestors)
    return Clues(
        tuple(token for token in tokens if token),
        tuple(dict.fromkeys(number for number in own if number)),
        numbers_in_subject(message.subject),
    )


def evidence(
    clues: Clues,
    message: Message,
    *,
    cases: Mapping[int, Case],
    team: Team,
    signer: Signer,
    operators: Iterable[Person] = (),
) -> Evidence:
    """Verify the clues. `cases` are those of `clues.case_numbers` that exist in the mailbox.

    `operators` get mail about cases too, and so their reply addresses name one.
    """
    sender = message.sender.address if message.sender else ""
    agent = team.agent(sender)
    holders = agent.addresses if agent else (sender,)
    return Evidence(
        sender=sender,
        tokens=tuple(
            _confirming(token, cases.get(token.case), agent, signer)
            if token.purpose == "confirm"
            else _seen(token, holders, _people(cases.get(token.case), team, operators), signer)
            for token in clues.tokens
        ),
        own_ids=clues.own_ids,
        subject_numbers=clues.subject_numbers,
        dated_at=message.date,
    )


def holder_of(clues: Clues, operators: Iterable[Person], signer: Signer) -> Person | None:
    """The operator whose reply address the mail came to; None where it came to none of theirs."""
    theirs = [token for token in clues.tokens if token.purpose == "operator" and token.case == NO_CASE]
    return next(
        (person for person in operators for token in theirs if signer.verifies(token, person=person.address)), None
    )


def _seen(token: ReplyToken, holders: Iterable[str], people: Iterable[str], signer: Signer) -> TokenSeen:
    given = any(signer.verifies(token, person=holder) for holder in holders)
    genuine = given or any(signer.verifies(token, person=person) for person in people)
    return TokenSeen(token.case, token.purpose, given_to_sender=given, genuine=genuine)


def _confirming(token: ReplyToken, case: Case | None, agent: Agent | None, signer: Signer) -> TokenSeen:
    """Which order in this agent's name the token says yes to, if any."""
    refused = case.of_type(OrderRefused) if case and agent else ()
    theirs = [event.key for event in refused if agent and event.agent == agent.address]
    order = next((key for key in theirs if agent and signer.verifies(token, person=f"{agent.address}/{key}")), "")
    return TokenSeen(token.case, token.purpose, given_to_sender=bool(order), genuine=bool(order), order=order)


def _people(case: Case | None, team: Team, operators: Iterable[Person]) -> list[str]:
    """Everybody who may have been given a reply address of that case."""
    if case is None:
        return []
    customers = case.people
    return [person.address for person in (*customers, *(agent.person for agent in team.members), *operators)]
