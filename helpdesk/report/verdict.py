"""A mail's severity under a policy, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from helpdesk.core.words.verdict import reasons_of
from helpdesk.errors import Unavailable
from helpdesk.mail.inside.sensitive import look_through, without_secrets
from helpdesk.mail.read.parse import parse
from helpdesk.offering.intake import missing
from helpdesk.offering.intake import read as read_intake
from helpdesk.plain_text import printable
from helpdesk.severity import DEFAULT, Model, assess
from helpdesk.severity.reader import NOTHING_READ

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from helpdesk.core.words.message import Message
    from helpdesk.core.words.verdict import Verdict
    from helpdesk.offering.policy import Policy
    from helpdesk.offering.severities import SeverityTerms
    from helpdesk.severity.reader import AskReader, ReadFindings
    from helpdesk.severity.second import SecondVoter


@dataclass(frozen=True, slots=True)
class Voters:
    """Who judges: the shipped model or what a desk made of it, and the second voter where the desk has one."""

    model: Model = DEFAULT
    second: SecondVoter | None = None
    above: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))  # the desk's, by policy

    def terms(self, policy: Policy) -> SeverityTerms:
        """Those of a policy, with the threshold of calls as it stands on the desk."""
        return replace(policy.severity, call_above=self.above.get(policy.key, policy.severity.call_above))

    @property
    def described(self) -> str:
        """In words, for people."""
        model = "the shipped model" if self.model is DEFAULT else f"the model {self.model.version} of this desk"
        return f"{model} and the second voter" if self.second else model


def verdict_shape(policy: Policy, name: str, raw: bytes, voters: Voters, reader: AskReader | None) -> dict[str, Any]:
    """What `classify --json` prints of one mail; where a `reader` is asked, also as it is with what that reports."""
    message = parse(raw)
    if look_through(raw, message):
        message = without_secrets(message)  # as the desk judges it
    robot = message.robot.kind if message.robot else None
    intake = read_intake(message.reply, policy.intake, subject=message.subject)
    terms = voters.terms(policy)

    def judged(read: ReadFindings = NOTHING_READ) -> Verdict:
        return assess(
            subject=message.subject,
            text=message.reply,
            terms=terms,
            stated=intake.values.get("priority"),
            fields=intake.values,
            robot=robot,
            expected=policy.languages,
            model=voters.model,
            second_voter=voters.second,
            read=read,
        )

    verdict = judged()
    asks = reader is not None and policy.severity.reader and robot is None
    return {
        "file": name,
        "severity": verdict.severity,
        "rank": verdict.rank,
        "found": policy.severity.at_rank(verdict.found).key,
        "stated": verdict.stated,
        "confidence": round(verdict.confidence, 4),
        "probabilities": [round(probability, 4) for probability in verdict.probabilities],
        "review": verdict.review,
        "s1_suspect": verdict.s1_suspect,
        "call_above": terms.call_above,
        "kind": verdict.kind,
        "area": verdict.area,
        "reasons": list(reasons_of(verdict)),
        "intake": dict(intake.values),
        "missing": list(missing(policy.intake, intake.values, verdict.kind)),
        "language": verdict.language,
        "robot": robot,
        "model": voters.model.version,
        **({"reader": _reader_shape(reader, message, judged)} if reader and asks else {}),
    }


def _reader_shape(reader: AskReader, message: Message, judged: Callable[[ReadFindings], Verdict]) -> dict[str, Any]:
    """The verdict beside the first one; where the reader fails, the same one, and `problem` says why."""
    read, problem = NOTHING_READ, ""
    try:
        read = reader(message.subject, message.reply)
    except Unavailable as failure:
        problem = str(failure)
    verdict = judged(read)
    return {
        "severity": verdict.severity,
        "rank": verdict.rank,
        "probabilities": [round(probability, 4) for probability in verdict.probabilities],
        "findings": {name: {"is": one.value, "quote": one.quote} for name, one in read.items()},
        "problem": problem,
    }


def verdict_text(shape: dict[str, Any]) -> str:
    """A verdict's shape in words."""
    doubts = [word for word in ("review", "s1_suspect") if shape[word]]
    head = f"{shape['file']}: {shape['severity']} ({shape['confidence']:.0%}), {shape['kind']}"
    lines = [head + (f"; {', '.join(doubts)}" if doubts else "")]
    for reason in shape["reasons"]:
        evidence = f" ({reason['evidence']})" if reason["evidence"] else ""
        lines.append(f"  {reason['rule']}: {reason['effect']}{evidence}")
    if "reader" in shape:
        lines.append(f"  with the reader: {shape['reader']['severity']}, without: {shape['severity']}")
        found = shape["reader"]["findings"].items()
        lines += [f"    {name}: {one['is']} ({one['quote']})" for name, one in found] or [
            f"    {shape['reader']['problem'] or 'it reported nothing'}"
        ]
    return "\n".join(map(printable, lines))
