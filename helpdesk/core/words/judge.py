"""What the case engine asks of the room that finds severities. `severity.Classifier` is that for a desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpdesk.core.words.message import Message
    from helpdesk.core.words.verdict import Reason, Verdict
    from helpdesk.offering.severities import Degree, Kind, SeverityTerms, StatedSeverity


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a mail is judged under: a policy's terms, its way in, expected languages, the customer's products.

    `mailbox` is the severity that the mailbox states which it came to.
    """

    severity: SeverityTerms
    channel: str
    languages: tuple[str, ...]
    products: tuple[str, ...]
    mailbox: StatedSeverity | None = None


class Judge(Protocol):
    """Finds a severity by a mail's words, and reads what a customer states of it. Deterministic; never raises."""

    @property
    def version(self) -> str:
        """The version of the model that it judges by."""

    def judge(self, message: Message, fields: Mapping[str, str], under: Criteria, *, others: str = "") -> Verdict:
        """Judge one mail. `fields` are known intake answers, `others` words in it that are not its author's."""

    def bind_kind(self, degree: Degree, *, kind: Kind, terms: SeverityTerms) -> tuple[Degree, tuple[Reason, ...]]:
        """Lower a degree as far as the policy's rules about this kind of case want it."""

    def stated_words(self, text: str, terms: SeverityTerms) -> str | None:
        """The raw words of a priority stated in a text, or None."""

    def stated_degree(self, words: str, terms: SeverityTerms) -> Degree | None:
        """How bad stated words are under a policy."""

    def area_of(self, text: str, terms: SeverityTerms) -> str | None:
        """The application area that a text is about, or None."""
