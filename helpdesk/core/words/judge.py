"""What the case engine asks of the room that finds severities. `severity.Classifier` is that for a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpdesk.core.words.message import Message
    from helpdesk.core.words.verdict import Reason, Verdict
    from helpdesk.offering.severities import Kind, Rank, SeverityTerms


class Judge(Protocol):
    """Finds a severity by a mail's words, and reads what a customer states of it. Deterministic; never raises."""

    @property
    def version(self) -> str:
        """Which model it judges by."""

    def judge(
        self,
        message: Message,
        fields: Mapping[str, str],
        *,
        terms: SeverityTerms,
        channel: str,
        expected: tuple[str, ...],
        bought: tuple[str, ...],
        others: str,
    ) -> Verdict:
        """Judge one mail by its text; `Terms.judged` says what it is given."""

    def bind_kind(self, rank: Rank, *, kind: Kind, terms: SeverityTerms) -> tuple[Rank, tuple[Reason, ...]]:
        """Lower a rank as far as the policy's rules about this kind of case want it."""

    def stated_words(self, text: str) -> str | None:
        """The raw words of a priority stated in a text, or None."""

    def stated_rank(self, words: str, terms: SeverityTerms) -> Rank | None:
        """The rank that stated words mean under a policy."""

    def area_of(self, text: str, terms: SeverityTerms) -> str | None:
        """The application area that a text is about, or None."""
