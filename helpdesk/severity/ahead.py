"""A verdict that was found before it was asked for, elsewhere: it counts only where it would be found again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helpdesk.severity.classifier import Classifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpdesk.core.words.judge import Criteria
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.verdict import Verdict

Asked = tuple[object, ...]  # all that a verdict depends on


def asked(
    classifier: Classifier,
    policy: tuple[str, str],
    message: Message,
    fields: Mapping[str, str],
    under: Criteria,
    others: str,
) -> Asked:
    """What a classifier is asked under the version of a policy, which stands for its terms."""
    mail = (message.subject, message.reply, message.robot.kind if message.robot else "", others, dict(fields))
    return (policy, classifier.version, classifier.call_above, mail, under.channel, *_of_customer(under))


def _of_customer(under: Criteria) -> Asked:
    return (tuple(under.languages), tuple(under.products), under.mailbox)


@dataclass(frozen=True, slots=True)
class JudgedAhead:
    """A verdict, and what was asked for it."""

    asked: Asked
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class NotingClassifier(Classifier):
    """A classifier that notes what it was asked, and its verdict."""

    policy: tuple[str, str] = ("", "")
    noted: list[JudgedAhead] = field(default_factory=list)

    def judge(self, message: Message, fields: Mapping[str, str], under: Criteria, *, others: str = "") -> Verdict:
        """Judge one mail."""
        verdict = Classifier.judge(self, message, fields, under, others=others)
        self.noted.append(JudgedAhead(asked(self, self.policy, message, fields, under, others), verdict))
        return verdict


@dataclass(frozen=True, slots=True)
class RecallingClassifier(Classifier):
    """A classifier that knows one verdict already."""

    policy: tuple[str, str] = ("", "")
    known: JudgedAhead | None = None

    def judge(self, message: Message, fields: Mapping[str, str], under: Criteria, *, others: str = "") -> Verdict:
        """Judge one mail, or recall that it was judged."""
        if self.known and self.known.asked == asked(self, self.policy, message, fields, under, others):
            return self.known.verdict
        return Classifier.judge(self, message, fields, under, others=others)
