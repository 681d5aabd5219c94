"""What of a mail can be found by its bytes and the operator's files alone: it, its secrets, a verdict.

Nothing here decides anything. A verdict is of a mail that seems to open a case, and is asked for again where the case
turns out to be another (`severity.ahead`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.clues import read_clues
from helpdesk.core.receive import scope
from helpdesk.core.words.message import Envelope
from helpdesk.core.words.terms import Terms
from helpdesk.desk.own_words import of_first_mail
from helpdesk.mail.inside.sensitive import look_through, without_secrets
from helpdesk.mail.read.parse import parse
from helpdesk.severity.ahead import JudgedAhead, NotingClassifier

if TYPE_CHECKING:
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Mailbox
    from helpdesk.severity import Classifier
    from helpdesk.unit import Rules


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """A mail that was parsed, what it holds that is not to be repeated, and how bad it is if it opens a case."""

    message: Message
    secrets: tuple[str, ...] | None = None  # None: nobody has looked yet
    judged: JudgedAhead | None = None


def read_ahead(rules: Rules, raw: bytes, mailbox: Mailbox | None, classifier: Classifier | None) -> ReadAhead:
    """Read the bytes of a mail to a mailbox."""
    message = parse(raw)
    secrets = look_through(raw, message)
    judged = _judged(rules, message, secrets, mailbox, classifier) if mailbox and classifier else None
    return ReadAhead(message, secrets, judged)


def _judged(
    rules: Rules, message: Message, secrets: tuple[str, ...], mailbox: Mailbox, classifier: Classifier
) -> JudgedAhead | None:
    sender = message.sender.address if message.sender else ""
    if message.robot or not sender or sender in rules.configuration.staff:
        return None
    clues = read_clues(message, Envelope("", ()), mailbox, rules.signer)
    if clues.case_numbers:
        return None
    words = of_first_mail(message)
    shown = replace(message, reply=words.reply)
    shown = without_secrets(shown) if secrets else shown
    policy = rules.book.policy(mailbox.policy)
    noting = NotingClassifier(classifier.model, call_above=classifier.call_above, policy=(policy.key, policy.version))
    terms = Terms(
        desk=rules.configuration.file.desk.name,
        policy=policy,
        mailbox=mailbox,
        team=rules.configuration.teams[mailbox.team],
        judge=noting,
        customer=rules.customers.find(sender),
    )
    intake = terms.intake_of(shown)
    terms.judged(shown, intake.values, others=words.others, to=mailbox, plan=scope.plan_key(terms))
    return noting.noted[0]
