"""How a customer found it: their word in answer to a closing mail, where one click writes the sentence for them.

It counts once a person and case, the last one; all of them stay on the record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from helpdesk.core.words.events import AgentAnswered, CaseClosed, CaseResolved, CustomerRated

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.terms import Terms
    from helpdesk.person import Person

Grade = Literal["good", "bad"]
GRADES: tuple[Grade, ...] = ("good", "bad")
# What the links fill in, by language; English for the others.
_PREFILLED: dict[str, dict[Grade, str]] = {
    "en": {"good": "I was satisfied with {ref}.", "bad": "I was not satisfied with {ref}."},
    "de": {"good": "Ich war mit {ref} zufrieden.", "bad": "Ich war mit {ref} nicht zufrieden."},
    "fr": {"good": "L'aide reçue pour {ref} m'a convenu.", "bad": "L'aide reçue pour {ref} ne m'a pas convenu."},
    "es": {"good": "La ayuda con {ref} me ha servido.", "bad": "La ayuda con {ref} no me ha servido."},
}


@dataclass(frozen=True, slots=True)
class Rating:
    """What one person says of one case."""

    by: str
    grade: Grade
    at: datetime
    comment: str = ""


def prefilled(grade: Grade, ref: str, language: str) -> str:
    """The sentence that a link writes into the mail."""
    return _PREFILLED.get(language, _PREFILLED["en"])[grade].format(ref=ref)


def comment_in(reply: str, ref: str) -> str:
    """What somebody wrote beside the sentence that was there."""
    for sentences in _PREFILLED.values():
        for sentence in sentences.values():
            words = r"\s+".join(map(re.escape, sentence.format(ref=ref).removesuffix(".").split()))
            reply = re.sub(rf"{words}\.?", "", reply, flags=re.IGNORECASE)
    return reply.strip()


def ratings(case: Case) -> tuple[Rating, ...]:
    """What counts: the last rating of each person, in order of their first."""
    last = {event.by: Rating(event.by, event.grade, event.at, event.comment) for event in case.of_type(CustomerRated)}
    return tuple(last.values())


def is_asked(case: Case, person: Person, terms: Terms) -> bool:
    """Whether a closing mail asks this person: the first after a person's answer, where the policy wants it.

    Who has rated the case is asked no more.
    """
    told = any(rating.by == person.address for rating in ratings(case))
    return terms.policy.lifecycle.ask_rating and not told and _is_first_end(case)


def _is_first_end(case: Case) -> bool:
    """Whether the case has ended once since a person answered it first, be it in the same mail."""
    answers = [isinstance(event, AgentAnswered) for event in case.of_type(AgentAnswered, CaseResolved, CaseClosed)]
    return True in answers and answers[answers.index(True) :].count(False) == 1
