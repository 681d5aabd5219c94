# ruff: noqa: E501 - tables of patterns and words are read by the line
"""A mail as the classifier sees it: who wrote it, and what it says about its effect.

The order of the signals: a robot's mail is nobody's problem; a monitoring alert is parsed; only then the
customer's own new words are read, without the priority they state, which is kept apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helpdesk.languages import language_of
from helpdesk.severity import alerts, features, stated
from helpdesk.severity.effects import Effects, effects, effects_of_told, without_remarks
from helpdesk.severity.features import POLICY_CUES
from helpdesk.severity.phrase_model import lean
from helpdesk.severity.reading import read
from helpdesk.severity.text import MAX_SUBJECT, own_subject, own_words_of_tidy, tidy
from helpdesk.severity.voices import is_expected, voices
from helpdesk.severity.words import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from helpdesk.offering.severities import Degree, SeverityTerms, StatedSeverity
    from helpdesk.severity.alerts import MonitoringAlert
    from helpdesk.severity.segment import Segment

# Robots whose sender waits for no answer from us. A monitor's mail is known before, however it came.
SILENT_ROBOTS = frozenset({"auto-reply", "vacation", "bounce-permanent", "bounce-temporary", "own-mail", "reaction"})

_AWAY = re.compile(
    r"\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|antwort)|out of (?:the )?office|automatische antwort|"
    r"abwesenheit|ich bin (?:abwesend|im urlaub)|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina)",
    re.IGNORECASE,
)
# An address on the writer's own machine, or with a label that names another environment: `shop.test.acme.example`.
_TEST_HOST = re.compile(
    r"\b(?:localhost|127\.0\.0\.1)\b|(?<![\w.@-])(?:[\w-]{1,40}\.){0,4}[\w-]{0,30}"
    r"(?:\b|[_-])(?:test|dev|staging|stage|uat|qa|sandbox|preprod|demo)\d{0,3}\.[\w-]{2,40}\.",
    re.IGNORECASE,
)
# What every such address has, in small letters: quickly found, where the other pattern is tried at each word. And what
# every one but `localhost` has: found at once.
_OF_TEST_HOST = re.compile(
    r"localhost|127\.0\.0\.1|(?:test|dev|staging|stage|uat|qa|sandbox|preprod|demo)\d{0,3}\.[\w-]{2,40}\."
)
_BETWEEN_DOTS = re.compile(r"\.[\w-]{2,40}\.|\.0\.0\.1")


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen in a mail. `values` are the features; nothing is read of robots and alerts."""

    subject: str
    text: str
    values: Mapping[str, float]
    language: str  # ISO 639-1
    segments: tuple[Segment, ...] = ()
    quoted: tuple[Segment, ...] = ()  # what a machine says in it
    heard: tuple[Segment, ...] = ()  # whose words lean to a rank: all but remarks
    seen: Effects = field(default_factory=Effects)
    alert: MonitoringAlert | None = None
    robot: str | None = None
    stated: str | None = None
    said: Degree | None = None  # how bad that is
    also_said: Degree | None = None  # by other words of the same mail, where impact and urgency state it
    told: frozenset[str] = frozenset()  # effects that a field states
    written: str = ""  # the whole mail, with what stands below its closing and older mails

    @property
    def length(self) -> int:
        """How many words lean to a rank, with the mark at the end of each sentence."""
        return sum(len(segment.words) + 1 for segment in self.heard)


@dataclass(frozen=True, slots=True)
class Stating:
    """What is stated beside the text: the raw words of a priority, intake answers, and what the mailbox states."""

    words: str | None
    fields: Mapping[str, str]
    mailbox: StatedSeverity | None = None


def observe(
    *,
    subject: str,
    text: str,
    terms: SeverityTerms,
    stating: Stating,
    robot: str | None,
    expected: Sequence[str],
) -> Observation:
    """Look at a mail; the same mail is always seen the same way."""
    whole = tidy(text)
    head, body = own_subject(subject[:MAX_SUBJECT]), own_words_of_tidy(whole)
    alert = alerts.parse(subject[:MAX_SUBJECT], whole[: alerts.LONGEST])
    if alert is not None:
        return Observation(head, body, features.of_alert(alert), expected[0], alert=alert)
    if robot in SILENT_ROBOTS or _AWAY.match(subject):
        return Observation(head, body, features.of_robot(), expected[0], robot=robot or "auto-reply")
    words, said, also_said = _statements(subject, body, stating, terms)
    without = stated.without_statement(body)
    language = language_of(f"{head}\n{without}", expected=expected)
    apart = voices(without)
    segments = read(head, apart.own, languages=language.likely)
    quoted = read("", apart.machine, languages=language.likely)
    without_remark = without_remarks([one for one in segments if not is_expected(one.text, without)])
    seen = effects_of_told(without_remark)
    told = _told_environment(stating.fields, seen, language.likely)
    evidence = said if terms.stated in {"evidence", "fitting"} else None
    if not evidence and stating.mailbox and not stating.mailbox.binds:
        evidence = terms.degree(stating.mailbox.severity)
    heard = (*quoted, *without_remark)
    values = features.of_person(
        seen,
        quoted=effects(quoted),
        stated=evidence[0] if evidence else None,
        lean=lean(heard),
        has_body=any(not segment.subject for segment in segments),
    )
    values.update(_policy_cues(f"{head}\n{body}", terms))
    if _names_a_test_host(without):
        values["test-host"] = 1.0
    return Observation(
        head,
        body,
        values,
        language.code,
        segments=segments,
        quoted=quoted,
        heard=heard,
        seen=seen,
        stated=words,
        said=said,
        also_said=also_said,
        told=told,
        written=whole,
    )


def _statements(
    subject: str, text: str, stating: Stating, terms: SeverityTerms
) -> tuple[str | None, Degree | None, Degree | None]:
    """What is stated, how bad that is, and how bad other words say it is. Impact and urgency go before a priority."""
    words = stating.words or stated.stated_words(subject, text, terms.matrix.labels if terms.matrix else ())
    said = stated.stated_degree(words, terms) if words else None
    computed = terms.computed(stating.fields)
    return (computed.words, terms.degree(computed.severity), said) if computed else (words, said, None)


def _told_environment(fields: Mapping[str, str], seen: Effects, languages: tuple[str, ...]) -> frozenset[str]:
    """An intake field that names the environment settles it; what it states."""
    told: set[str] = set()
    for key, value in fields.items():
        if "environ" in key.casefold() or key.casefold() in {"stage", "tier", "instance"}:
            segments = read("", value, languages=languages)
            real = next((segment for segment in segments if segment.has("prod")), None)
            other = next((segment for segment in segments if segment.has("nonprod")), None)
            if real:  # `production, and staging as well`
                seen.found.pop("non-production", None)
                seen.add("production", real)
                told.add("production")
            elif other:
                seen.add("non-production", other)
                told.add("non-production")
    return frozenset(told)


def _names_a_test_host(text: str) -> bool:
    plain = text.lower()
    may = (_BETWEEN_DOTS.search(plain) or "localhost" in plain) and _OF_TEST_HOST.search(plain)
    return bool(may and _TEST_HOST.search(text))


def _policy_cues(text: str, terms: SeverityTerms) -> dict[str, float]:
    """The phrases of the policy's own definitions and examples that the mail uses."""
    plain = fold(text)
    return {
        POLICY_CUES[level.rank - 1]: 1.0 for level in terms.levels for cue in level.cues if cue and fold(cue) in plain
    }
