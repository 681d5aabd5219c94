"""The case engine's `Judge`: a mail's severity under what applies to its case, by one model."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from helpdesk.core.words.verdict import Reason
from helpdesk.severity import caps, stated
from helpdesk.severity.assess import area_of, assess
from helpdesk.severity.model import DEFAULT, Model
from helpdesk.severity.reader import NOTHING_READ

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpdesk.core.words.judge import Criteria
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.verdict import Verdict
    from helpdesk.offering.severities import Degree, Kind, SeverityTerms
    from helpdesk.severity.reader import ReadFindings
    from helpdesk.severity.second import SecondVoter

_WORD = re.compile(r"[^\W_]+")
_COMPONENT = re.compile(r"product|component|module|area|package|app", re.IGNORECASE)
_NAMING = ("product:", "component:")


@dataclass(frozen=True, slots=True)
class Classifier:
    """Judges by the shipped model or what a desk has taught it, and by the second voter where the desk has one.

    `read` is what a reader reported of the one mail that is judged.
    """

    model: Model = DEFAULT
    second_voter: SecondVoter | None = None
    read: ReadFindings = field(default_factory=lambda: NOTHING_READ)
    call_above: float | None = None  # what became of the policy's own value (`threshold`)

    @property
    def version(self) -> str:
        """Which model it judges by."""
        return self.model.version

    def judge(self, message: Message, fields: Mapping[str, str], under: Criteria, *, others: str = "") -> Verdict:
        """Judge one mail. `fields` are the intake answers that are known of the case.

        What a first mail says that others wrote is judged by itself. It is not the customer's word: it lowers nothing,
        and where it is worse than what they say themselves, a person is asked to look, at once if it may be rank 1.
        """
        terms = under.severity if self.call_above is None else replace(under.severity, call_above=self.call_above)

        def assessed(text: str, fields: Mapping[str, str], read: ReadFindings = NOTHING_READ) -> Verdict:
            return assess(
                subject=message.subject,
                text=text,
                terms=terms,
                stated=fields.get("priority"),
                fields=fields,
                products=_products(fields, under),
                robot=message.robot.kind if message.robot else None,
                channel=under.channel,
                expected=under.languages,
                mailbox=under.mailbox,
                model=self.model,
                second_voter=self.second_voter,
                read=read,
            )

        verdict = assessed(message.reply, fields, self.read)
        if not others:
            return verdict
        voice = assessed(others, {})
        if voice.rank >= verdict.rank:
            return verdict
        effect = "asks for a look: what others wrote in it is worse than the customer's own words"
        reasons = (*verdict.reasons, Reason("quoted words", effect))
        return replace(verdict, review=True, s1_suspect=verdict.s1_suspect or voice.rank == 1, reasons=reasons)

    def bind_kind(self, degree: Degree, *, kind: Kind, terms: SeverityTerms) -> tuple[Degree, tuple[Reason, ...]]:
        """Lower a degree as far as the policy's rules about this kind of case want it."""
        return caps.bind_kind(degree, kind=kind, terms=terms)

    def stated_words(self, text: str, terms: SeverityTerms) -> str | None:
        """The raw words of a priority stated in a text, or None."""
        return stated.stated_words("", text, terms.matrix.labels if terms.matrix else ())

    def stated_degree(self, words: str, terms: SeverityTerms) -> Degree | None:
        """How bad stated words are under a policy."""
        return stated.stated_degree(words, terms)

    def area_of(self, text: str, terms: SeverityTerms) -> str | None:
        """The application area that a text is about, or None."""
        return area_of(text, terms)


SHIPPED = Classifier()


def _products(fields: Mapping[str, str], under: Criteria) -> tuple[str, ...]:
    """What a field names as the product or component that the case is about (LAI-4).

    A field for it may say more than the name. What the mail says elsewhere names nothing: it may be a remark; and who
    has bought one product may well write of another.
    """
    capped = [cap.when.partition(":")[2] for cap in under.severity.caps if cap.when.startswith(_NAMING)]
    said = [_spaced(value) for key, value in fields.items() if _COMPONENT.search(key)]
    inside = (name for name in (*under.products, *capped) if any(_spaced(name) in value for value in said))
    return tuple(dict.fromkeys((*inside, *fields.values())))


def _spaced(text: str) -> str:
    """Only words, with a space around each: `beta-app` is `beta app`."""
    return " ".join(("", *_WORD.findall(text.casefold()), ""))
