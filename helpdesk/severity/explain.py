"""Why: what the mail says of its trouble, in plain words, each with its piece of the mail.

A reason is given only where the customer's own words show it. What single words lean to moves the verdict too, and is
no reason that a person could check.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from helpdesk.core.words.verdict import Reason
from helpdesk.offering.findings import NO_TROUBLE
from helpdesk.severity.effects import effects
from helpdesk.severity.evidence import EVIDENCE_LENGTH, is_sentence, shown, whole
from helpdesk.severity.features import ASKS, ONE, STOPS, alert_kind
from helpdesk.severity.proof import OF_NOW, proves, segment_of
from helpdesk.severity.quotation import is_of_a_program, quote_of_end, quote_of_trouble
from helpdesk.severity.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from helpdesk.offering.severities import Rank, SeverityTerms
    from helpdesk.severity.observe import Observation
    from helpdesk.severity.rank_table import LikelyFindings

LIKELY = 0.8  # below it a finding is no reason
_MAY_BE_OVER = 0.1  # above it a sign of relief in the text is taken for one
_ELSEWHEN = 0.5  # above it the trouble is over, or has yet to come
_IN_THEIR_WORDS = "the customer writes this"  # what is doubtful is left to who reads it
# What speaks for the ranks behind the second.
_MILD: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "effect": frozenset({"none"}),
        "state": frozenset({"over", "ahead"}),
        "place": frozenset({"other"}),
        "extent": frozenset({"one"}),
        "way": frozenset({"usable"}),
    }
)
_SEVERE = 2
_LAST = 4
_SAYING, _TELLING = 3, 6  # words that say what was found, and that tell of trouble by themselves
_FAILS = ("core-failing", "slow", "failing", "wrong-result")  # effects that tell of something wrong, whatever it is
_INFERRED = "work"  # a finding that nobody says in so many words: it moves the rank, and is no reason
# Effects that speak for a value of a finding, and do not show it by themselves to a strict reader.
_HINTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "effect": frozenset(
            {
                "all-affected",
                "business-idle",
                "docs",
                "edge-thing",
                "fyi",
                "maintenance",
                "thanks",
                "security-paper",
                "failing",
            }
        ),
        "state": frozenset({"maintenance", "supposed-trouble"}),
        "extent": frozenset(
            {
                "business-idle",
                "many",
                "one-named",
                "one-numbered",
                "one-place",
                "only-me",
                "own-account",
                "partial",
                "some-numbered",
            }
        ),
        "way": frozenset({"tried-in-vain"}),
    }
)

# Of each finding's value: how it is said, and the effects of which one shows it.
_SAID: Mapping[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("effect", "stopped"): ("something does not work or cannot be done", (*STOPS, "all-fails")),
    ("effect", "lost"): ("data are lost", ("data-lost",)),
    ("effect", "exposed"): ("data or access may be exposed", ("exposure", "security")),
    ("effect", "degraded"): (
        "it runs slowly, at times or in part",
        ("slow", "intermittent", "partial"),
    ),
    ("effect", "wrong"): ("something comes out wrong", ("wrong-figures", "wrong-result")),
    ("effect", "flawed"): ("something does not do what it should", ("wrong-result",)),
    ("effect", "looks"): ("it is about looks or wording", ("cosmetic", "docs")),
    ("effect", "none"): ("something is asked or wished for", ASKS),
    ("work", "core"): ("it is what they live by", ("core-stopped", "core-failing")),
    ("work", "background"): ("it runs in the background", ("background",)),
    ("work", "side"): ("it is at the edge of their work", ("peripheral", "edge-thing")),
    ("state", "over"): ("it is over", ("taken-back", "added-good", "solved")),
    ("state", "ongoing"): ("it goes on", ("ongoing", "broken-again")),
    ("state", "ahead"): ("it has not happened yet", ("announced", "maintenance", "supposed-trouble")),
    ("place", "production"): ("in production", ("prod-trouble",)),
    ("place", "other"): ("not in production", ("non-production",)),
    ("extent", "all"): ("for everybody", ("nobody-can", "all-affected", "for-everyone", "business-idle")),
    ("extent", "part"): ("for some", ("many-affected", "many", "some-numbered", "one-place", "partial")),
    ("extent", "one"): ("for one person or record", ONE),
    ("way", "none"): ("no way round it", ("no-workaround", "tried-in-vain")),
    ("way", "costly"): ("the way round it is costly", ("costly",)),
    ("way", "usable"): ("there is a way round it", ("workaround", "gets-by")),
}


def reasons_for(
    observed: Observation, findings: LikelyFindings | None, terms: SeverityTerms, *, found: Rank
) -> tuple[Reason, ...]:
    """One sentence that sums it up, and what it rests on; a robot or an alert is one reason of its own."""
    if observed.robot is not None:
        return (Reason("automatic mail", f"nobody waits for an answer: {terms.at_rank(4).name}", observed.robot),)
    if observed.alert is not None:
        alert = observed.alert
        said = alert_kind(alert).replace("-", " ")
        return (Reason("monitoring alert", f"{alert.state}; {said}", shown(alert.evidence)),)
    found_in = tuple(_shown_by(observed, findings or {}, found)) or _told(observed, findings or {}, found)
    name = terms.at_rank(found).name
    if not found_in:
        return (Reason("no clear words", f"reads most like {name}"),)
    claims = [reason for reason in found_in if reason.effect != _IN_THEIR_WORDS] or found_in[-1:]
    sentence = ", ".join(reason.effect for reason in claims)
    return (Reason("found", f"{sentence[0].upper()}{sentence[1:]}: {name}", claims[0].evidence), *found_in)


def _shown_by(observed: Observation, findings: LikelyFindings, found: Rank) -> Iterator[Reason]:
    may_be_over = bool(findings) and _may_be_over(findings, found)
    for name, values in findings.items():
        value, likely = max(values.items(), key=lambda item: item[1])
        if likely < LIKELY or name == _INFERRED or (found <= _SEVERE and value in _MILD.get(name, ())):
            continue
        if value == "degraded" and (
            stop := quote_of_trouble(_plain_stops(observed), observed, may_be_over=may_be_over)
        ):
            yield Reason(name, _IN_THEIR_WORDS, stop)  # no less than the worst that is told
            continue
        evidence = _proof_of(name, value, observed) if _fits(name, value, findings, found) else ""
        if evidence:
            yield Reason(name, _SAID[name, value][0], evidence)
        elif quote := _quoted(name, value, observed, may_be_over=may_be_over):
            yield Reason(name, _IN_THEIR_WORDS, quote)


def _quoted(name: str, value: str, observed: Observation, *, may_be_over: bool) -> str:
    """What the writer says of the trouble, or of its end, where the desk claims nothing; "" of all else."""
    if (name, value) == ("state", "over"):
        return quote_of_end(observed)
    if name != "effect" or value == "none":
        return ""
    showing = [effect for effect in shown_by(name, value) if effect not in _HINTS[name]]
    return quote_of_trouble(showing, observed, may_be_over=may_be_over)


def _told(observed: Observation, findings: LikelyFindings, found: Rank) -> tuple[Reason, ...]:
    """What the writer says goes wrong, or no more, where nothing likely is said so that it could be claimed."""
    effects = findings.get("effect", {})
    value = max(effects, key=lambda one: effects[one], default="none")
    if value in NO_TROUBLE:
        return ()
    if findings["state"]["over"] > _ELSEWHEN:
        end = quote_of_end(observed)
        return (Reason("state", _IN_THEIR_WORDS, end),) if end else ()
    names = () if found == _LAST else (*shown_by("effect", value), *_FAILS)
    may_be_over = _may_be_over(findings, found)
    quote = quote_of_trouble(names, observed, may_be_over=may_be_over, least=_TELLING)
    return (Reason("effect", _IN_THEIR_WORDS, quote),) if quote else ()


def _may_be_over(findings: LikelyFindings, found: Rank) -> bool:
    return findings["state"]["over"] > (_MAY_BE_OVER if found > 1 else _ELSEWHEN)


def _plain_stops(observed: Observation) -> Sequence[str]:
    """What says that something stopped, and not at times or for some in the same sentence."""
    there = [(name, segment_of(name, observed)) for name in STOPS if name in observed.seen]
    return [name for name, segment in there if segment and not segment.has("slow", "intermittent", "partial", "many")]


def _fits(name: str, value: str, findings: LikelyFindings, found: Rank) -> bool:
    """Whether what is told as of now is likely to be so, and fits the rank: trouble of the last is of another place."""
    if name not in OF_NOW or value == "none":
        return True
    state = findings["state"]
    if state["over"] + state["ahead"] > _ELSEWHEN:
        return False
    return found != _LAST or name != "effect" or value in NO_TROUBLE or findings["place"]["other"] > _ELSEWHEN


def evidence_of(observed: Observation, finding: str, value: str) -> str:
    """The piece of the mail that shows it; "" where none does."""
    return _piece([effect for effect in shown_by(finding, value) if effect in observed.seen], observed)


def _proof_of(finding: str, value: str, observed: Observation) -> str:
    """The sentence that shows it to somebody who doubts it; "" where none does."""
    hints = _HINTS.get(finding, frozenset())
    there = [effect for effect in shown_by(finding, value) if effect in observed.seen and effect not in hints]
    for effect in sorted(there, key=lambda effect: _tells_little(effect, observed)):
        if proves(effect, finding, observed):
            sentence = whole(observed.seen.found[effect], observed.text)
            whole_one = is_sentence(sentence, observed.text, least=_fewest(effect, observed))
            if whole_one and not is_of_a_program(sentence) and _still_says(effect, sentence, observed):
                return sentence
    return ""


def _tells_little(effect: str, observed: Observation) -> int:
    """How little its sentence says of whom it hurts, of what and since when: the one that says most is shown."""
    segment = segment_of(effect, observed)
    return -len(_SCOPE & segment.signs) if segment else 0


def _fewest(effect: str, observed: Observation) -> int:
    """How many words make a sentence: `Nobody can ship.` is one, `Workspace offline (503)` is none."""
    segment = segment_of(effect, observed)
    if segment is None:
        return _SAYING + 1
    if segment.has("down") and segment.says(*_THINGS):
        return _SAYING - 1
    return _SAYING if segment.says("nobody", "we") else _SAYING + 1


_THINGS = ("system", "core", "prod", "nonprod")
_SCOPE = frozenset({"nobody", "all", "none", "since", "users", "we", "system", "core", "prod"})


def _still_says(effect: str, sentence: str, observed: Observation) -> bool:
    """Whether an effect is still said where a sentence had to be cut."""
    if " ".join(observed.seen.found[effect].split()) in sentence or not sentence.endswith("…"):
        return True
    return effect in effects(read("", sentence, languages=(observed.language,)))


def _piece(effects: Sequence[str], observed: Observation) -> str:
    """A subject names, a body claims; a piece that is cut may lose what it shows."""
    found, named = observed.seen.found, observed.seen.named
    if not effects:
        return ""
    first = min(effects, key=lambda effect: (effect in named, len(found[effect]) > EVIDENCE_LENGTH))
    return whole(found[first], observed.subject if first in named else observed.text)


def shown_by(finding: str, value: str) -> tuple[str, ...]:
    """The effects of which each shows a value of a finding; none for what is unsaid."""
    return _SAID.get((finding, value), ("", ()))[1]
