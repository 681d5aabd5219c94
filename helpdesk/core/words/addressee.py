"""To whom what the desk writes to a customer goes: whom a mail names for it, and who of a case can be written to.

A mail's text names whom we write to, never who they are (design law 23). Who wrote it is the one address of From, and
nobody else: an address out of Reply-To, Sender, a second author or a display name may be answered, and is no agent, no
operator, no known customer and not verified for it.

* Reply-To is where its author wants the answer (RFC 5322 section 3.6.2): the first address of it that is none of ours
  and can be written to.
* Where a customer's mail names an address outside that customer, anybody may have written it. It is answered there if
  the mail is authenticated, or comes from a form that the mailbox declares; else at From, and the agent is told.
  The same holds where From names several, who are believed for nothing: a second author shall lead no answer away.
* Where From names nobody, or several: the first author, else Sender, else Reply-To.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.words.addresses import unwritable
from helpdesk.core.words.message import base_address, is_one_of
from helpdesk.person import Person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Customer
    from helpdesk.core.words.terms import Terms

_MOST = 200  # characters of a From that names nobody


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who wrote a mail, as it is shown, and whom its answers go to.

    `author` has no address where the mail names nobody; `person` is None where nobody can be answered. `not_used` is
    the address of a Reply-To that was not followed.
    """

    author: Person
    person: Person | None = None
    not_used: str = ""

    @property
    def address(self) -> str:
        """Where answers go, "" for nowhere."""
        return self.person.address if self.person else ""


def addressee(
    message: Message,
    *,
    ours: Collection[str],
    mailboxes: Collection[str],
    customer: Customer | None = None,
    forms: Collection[str] = frozenset(),
    authenticated: bool = False,
) -> Addressee:
    """Whom a mail's answers go to. `ours` are our own addresses, `mailboxes` those of them that we receive at.

    `customer` is From's, `forms` are the mailbox's.
    """
    author = next(_authors(message, ours, mailboxes), None)
    wanted = [person for person in message.reply_to if not is_one_of(person.address, ours)]
    asked = next((person for person in wanted if not unwritable(person.address)), next(iter(wanted), None))
    if author is None:
        shown = message.header("From").strip() or message.header("Sender").strip()
        legible = shown[:_MOST] if any(map(str.isalnum, shown)) else ""
        return Addressee(asked or Person("", legible), asked)
    if asked is None or asked.address == author.address:
        return Addressee(author, author)
    if customer is None:  # of several authors each may be a known customer's
        theirs = len(message.senders) <= 1 or asked.address in {person.address for person in message.senders}
    else:
        theirs = customer.includes(asked.address)
    theirs = (theirs or authenticated or author.address in forms) and not unwritable(asked.address)
    return Addressee(author, asked) if theirs else Addressee(author, author, asked.address)


def _authors(message: Message, ours: Collection[str], mailboxes: Collection[str]) -> Iterator[Person]:
    """Who says to have written it, the most believable first. One of us who alone has written is the author."""
    if message.sender and base_address(message.sender.address) not in mailboxes:
        yield message.sender
    others = (*message.senders, *message.written_from, *message.sent_by)
    yield from (person for person in others if not is_one_of(person.address, ours))


def readers(case: Case) -> tuple[Person, ...]:
    """Whom the answers on a case go to and can go to."""
    return tuple(person for person in case.readers if not unwritable(person.address))


def reached(case: Case, terms: Terms) -> tuple[Person, ...]:
    """Whom a plain answer reaches: the people of the case and of those that went into it, each once."""
    return tuple({person.address: person for one in terms.with_merged(case) for person in readers(one)}.values())


@dataclass(frozen=True, slots=True)
class PlainReply:
    """Where a reply to a mail about a case goes that orders nothing: what that mail says in its first line.

    `people` get it, each alone; without any it stays in the team, or comes back where `nobody` is there to write to.
    `instead_of` is the requester who asked to be answered at the first of them.
    """

    people: tuple[Person, ...] = ()
    nobody: bool = False
    instead_of: str = ""


def plain_reply(case: Case, terms: Terms, *, stays: bool) -> PlainReply:
    """Where a plain reply goes; `stays`: one to that mail stays in the team."""
    if stays:
        return PlainReply()
    elsewhere = case.addressee.address != case.requester.address
    return PlainReply(reached(case, terms), nobody(case), case.requester.address if elsewhere else "")


def nobody(case: Case) -> bool:
    """Whether a case has nobody who can be written to. A monitor is somebody: nothing is written to it on purpose."""
    return not case.monitor and not readers(case)


def unheard(case: Case, terms: Terms) -> bool:
    """Whether nobody reads what is written on it: a monitor is alone on it, and on what was merged into it."""
    return all(one.monitor and not one.participants for one in terms.with_merged(case))
