# ruff: noqa: E501 - tables and sentences of the report stay on their line
"""Measure the severity classifier.

    python bench/severity.py measure FILE.jsonl...   the shipped model on labelled mails: whole verdicts, as a desk gives them

`severity_fit.py` fits the model, and `severity_report.py` writes `severity.md`; this module holds what they share.

A file holds one JSON object a line: subject, body, label (`S1` to `S4`), and where known lang, trap, domain.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpdesk.offering.severities import Level, SeverityTerms
from helpdesk.severity import assess
from helpdesk.severity.observe import Observation, Stating, observe
from helpdesk.severity.shares import softmax

if TYPE_CHECKING:
    from helpdesk.core.words.verdict import Verdict

TERMS = SeverityTerms(
    levels=(Level("s1", 1, "S1"), Level("s2", 2, "S2"), Level("s3", 3, "S3"), Level("s4", 4, "S4")),
    default="s3",
    stated="evidence",
)
REPORT = Path(__file__).with_suffix(".md")
PICTURE = Path(__file__).with_name("severity-calibration.svg")

# What the definitions of the policies say, before any mail was seen: ranks 1, 2, 3, 4.
PRIOR: dict[str, tuple[float, float, float, float]] = {
    "bias": (-0.5, -0.3, 0.2, 0.6),
    # stopped
    "outage": (0.6, 0.0, -0.7, 0.1),
    "server-error": (0.3, 0.0, -0.1, -0.2),
    "thing-dead": (0.3, 0.0, -0.2, -0.1),
    "dead-now": (1.2, -0.2, -0.4, -0.6),
    "halted": (0.3, 0.5, -0.4, -0.4),
    "none-comes-through": (0.8, 0.1, -0.2, -0.6),
    "core-stopped": (0.3, -0.1, 0.0, -0.3),
    "all-affected": (0.8, -0.3, -0.5, -0.1),
    "nobody-can": (0.7, -0.1, -0.4, -0.2),
    "we-cannot": (0.6, 0.2, -0.3, -0.3),
    "users-cannot": (0.1, 0.6, -0.2, -0.3),
    "business-idle": (1.2, -0.1, -0.6, -0.5),
    "stop": (0.7, 0.0, -0.4, -0.4),
    "stop-strong": (0.7, -0.1, -0.4, -0.2),
    "stop-plain": (0.8, -0.4, -0.1, -0.3),
    "stop-and-milder": (-0.6, 0.7, -0.1, -0.1),
    "stop-and-way": (-1.0, 0.5, 0.5, 0.0),
    "stop-and-edge": (-0.4, 0.0, 0.4, 0.1),
    "stop-and-else-works": (-0.3, 0.2, 0.0, 0.2),
    "stop-but-at-times": (-0.8, 1.0, 0.0, -0.2),
    "slow-at-the-edge": (-0.4, -0.5, 0.8, 0.1),
    "way-but-costly": (-0.4, 1.2, -0.5, -0.3),
    "no-workaround": (1.1, 0.1, -0.6, -0.5),
    # severe, but running
    "slow": (-0.7, 1.3, -0.2, -0.4),
    "intermittent": (-0.7, 1.0, 0.1, -0.4),
    "partial": (-0.5, 0.8, -0.1, -0.2),
    "background": (-0.5, 1.4, 0.0, -0.5),
    "many": (0.3, 0.5, -0.4, -0.4),
    "many-affected": (0.5, 0.4, -0.5, -0.4),
    "milder-only": (-0.7, 1.3, -0.1, -0.5),
    "security": (-0.3, 1.0, -0.3, -0.3),
    "security-live": (-0.2, 1.3, -0.5, -0.6),
    "data-lost": (0.0, 0.6, -0.2, -0.4),
    "core-failing": (0.8, -0.1, -0.3, -0.5),
    "costs-money": (0.3, 0.8, -0.6, -0.5),
    "deadline": (0.5, -0.1, -0.3, -0.1),
    "ongoing": (0.7, 0.3, -0.5, -0.5),
    "again": (0.1, 0.1, 0.0, -0.2),
    "broken-again": (0.7, 0.4, -0.5, -0.5),
    "costly": (-0.2, 0.9, -0.3, -0.3),
    # a problem of few
    "failing": (0.4, -0.3, 0.1, -0.2),
    "fails-only": (-0.6, 0.3, 0.3, 0.0),
    "wrong-result": (-0.8, 0.1, 0.8, -0.1),
    "peripheral": (-0.1, -0.6, 0.6, -0.1),
    "edge-thing": (-0.1, -0.5, 0.6, 0.1),
    "edge-only": (-0.6, -0.5, 1.1, -0.3),
    "one-user-or-item": (-0.9, -0.2, 1.0, 0.0),
    "tried-in-vain": (0.7, 0.2, -0.5, -0.4),
    "needs-it": (-0.6, -0.2, 0.0, 0.8),
    "only-me": (-0.5, -0.2, 0.5, 0.0),
    "workaround": (-0.9, 0.2, 0.7, -0.1),
    "way-only": (-0.8, 0.2, 0.8, -0.3),
    "own-account": (-1.0, -0.4, 1.3, 0.1),
    "one-place": (-0.5, 0.9, -0.1, -0.3),
    "stop-and-place": (-0.6, 0.9, -0.1, -0.2),
    "stop-though-asked": (0.8, 0.3, -0.3, -0.8),
    "fails-though-asked": (0.2, 0.4, 0.2, -0.8),
    "stop-and-low-key": (-0.6, 0.0, 0.5, 0.1),
    "all-fails": (0.5, 0.2, -0.4, -0.3),
    "for-everyone": (0.2, 0.2, 0.0, -0.4),
    "wrong-figures": (-0.4, 0.5, 0.1, -0.2),
    "figures-matter": (-0.3, 0.7, -0.2, -0.2),
    "lost-now": (-0.2, 1.5, -0.4, -0.9),
    "was-trouble": (-0.3, -0.1, 0.0, 0.4),
    "only-was": (-0.5, -0.2, 0.0, 0.7),
    "announced": (-1.0, -0.6, -0.2, 1.8),
    "cosmetic-only": (-1.0, -1.0, -0.4, 1.6),
    "docs-only": (-0.6, -0.6, -0.4, 1.2),
    # what the words lean to: two opinions multiplied, this one with the smaller share
    "words-1": (0.4, 0.0, 0.0, 0.0),
    "words-2": (0.0, 0.4, 0.0, 0.0),
    "words-3": (0.0, 0.0, 0.4, 0.0),
    "words-4": (0.0, 0.0, 0.0, 0.4),
    "low-key": (-1.2, -0.4, 1.0, 0.5),
    "cosmetic": (-1.0, -1.0, 0.2, 1.4),
    "else-works": (-0.6, 0.4, 0.3, 0.0),
    "core-works": (-1.5, 1.3, 0.4, -0.1),
    "trouble-denied": (-0.6, 0.3, 0.3, 0.1),
    "security-denied": (-0.3, -0.4, 0.4, 0.3),
    # no problem at all
    "question": (-0.5, -0.4, -0.3, 0.9),
    "question-mark": (0.3, -0.5, -0.4, 0.7),
    "asks-after-it": (0.3, 0.1, -0.1, -0.3),
    "wish": (-0.7, -0.6, 0.0, 0.9),
    "admin": (-0.4, -0.5, -0.3, 0.9),
    "docs": (-0.7, -0.6, -0.2, 1.2),
    "fyi": (-0.7, -0.4, -0.2, 0.9),
    "maintenance": (-0.3, -0.3, 0.0, 0.4),
    "security-paper": (-0.4, -1.2, -0.4, 1.6),
    "asks-only": (-1.2, -1.0, -0.5, 2.0),
    "wish-with-trouble": (-0.4, -0.2, 0.0, 0.3),
    "asks-with-trouble": (-0.2, -0.3, -0.2, 0.7),
    "says-nothing": (-0.9, -0.6, 0.9, 0.2),
    "solved": (-0.6, -0.3, -0.2, 1.0),
    "over": (-2.0, -0.9, -0.1, 2.0),
    "taken-back": (-1.0, -0.6, -0.2, 1.6),
    "added-good": (-1.0, -0.6, -0.2, 1.6),
    "works-now": (-0.6, -0.2, 0.1, 0.6),
    "ends-well": (-0.6, -0.1, 0.2, 0.5),
    "works-otherwise": (-0.6, 0.1, 0.5, 0.0),
    "test-host": (-0.6, -0.4, -0.1, 1.0),
    "past-trouble": (-0.5, -0.1, 0.0, 0.4),
    "supposed-trouble": (-0.5, -0.3, -0.3, 0.9),
    "non-production": (-3.1, -2.0, -0.5, 4.2),
    "production": (0.6, 0.7, -0.4, -0.7),
    "urgent-words": (0.1, -0.1, -0.2, 0.2),
    "urgent-only": (0.0, 0.0, 0.0, 0.0),
    "stated-1": (0.1, 0.1, 0.0, -0.1),
    "stated-2": (0.0, 0.1, 0.0, 0.0),
    "stated-3": (-0.1, 0.0, 0.1, 0.0),
    "stated-4": (-0.1, -0.1, 0.1, 0.1),
    # the policy's own phrases; no mail of a training file can know them
    "policy-cue-1": (1.2, 0.2, -0.6, -0.8),
    "policy-cue-2": (-0.2, 1.2, -0.2, -0.8),
    "policy-cue-3": (-0.8, -0.3, 1.4, -0.3),
    "policy-cue-4": (-0.8, -0.6, -0.2, 1.6),
    # nobody wrote it
    "robot": (-4.0, -4.0, -2.0, 6.0),
    "alert-gone": (3.1, 0.7, -1.0, -1.5),
    "alert-gone-gradually": (1.3, 1.5, -0.6, -1.0),
    "alert-degraded": (-0.5, 2.6, 0.4, -1.2),
    "alert-warning": (-1.5, 1.2, 1.2, -0.4),
    "alert-edge": (-1.5, 0.0, 2.3, -0.1),
    "alert-notice": (-2.0, -1.0, 1.5, 1.5),
    "alert-recovered": (-3.0, -2.0, -0.5, 4.0),
    "alert-non-production": (-3.0, -2.0, 0.0, 4.0),
}


def load(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]


def observed(mail: dict[str, Any]) -> Observation:
    return observe(
        subject=mail["subject"],
        text=mail["body"],
        terms=TERMS,
        stating=Stating(None, {}),
        robot=mail.get("robot"),
        expected=(mail.get("lang") or "en",),
    )


def rank(mail: dict[str, Any]) -> int:
    return int(str(mail["label"]).lstrip("S"))


def accuracy(guesses: list[tuple[float, ...]], ranks: list[int]) -> float:
    return sum(best(guess) == truth for guess, truth in zip(guesses, ranks, strict=True)) / len(ranks)


def best(guess: tuple[float, ...]) -> int:
    return guess.index(max(guess)) + 1


# Measuring.

THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8)


def temperature_of(guesses: list[tuple[float, ...]], ranks: list[int]) -> float:
    """The temperature at which held-out guesses are least surprised by the truth."""

    def surprise(temperature: float) -> float:
        return -sum(
            math.log(max(1e-9, softmax([math.log(max(1e-9, p)) / temperature for p in guess])[truth - 1]))
            for guess, truth in zip(guesses, ranks, strict=True)
        )

    return min((step / 20 for step in range(10, 61)), key=surprise)


def figures(guesses: list[tuple[float, ...]], ranks: list[int]) -> dict[str, float]:
    pairs = list(zip(guesses, ranks, strict=True))
    tops = [guess for guess, truth in pairs if truth == 1]
    rest = [guess for guess, truth in pairs if truth != 1]
    alarmed = [best(guess) == 1 or guess[0] > TERMS.call_above for guess in rest]
    return {
        "accuracy": accuracy(guesses, ranks),
        "far": sum(abs(best(guess) - truth) > 1 for guess, truth in pairs) / len(pairs),
        "found": sum(best(guess) == 1 for guess in tops) / max(1, len(tops)),
        "told": sum(best(guess) == 1 or guess[0] > TERMS.call_above for guess in tops) / max(1, len(tops)),
        "alarms": sum(alarmed) / max(1, len(rest)),
    }


def shares_text(found: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in found.items())


def confusion(guesses: list[tuple[float, ...]], ranks: list[int]) -> list[str]:
    table = [[0] * 4 for _ in range(4)]
    for guess, truth in zip(guesses, ranks, strict=True):
        table[truth - 1][best(guess) - 1] += 1
    return [f"| {index + 1} | " + " | ".join(map(str, row)) + " |" for index, row in enumerate(table)]


def coverage(guesses: list[tuple[float, ...]], ranks: list[int]) -> list[str]:
    lines = []
    for threshold in THRESHOLDS:
        kept = [best(guess) == truth for guess, truth in zip(guesses, ranks, strict=True) if max(guess) >= threshold]
        lines.append(f"| {threshold:g} | {len(kept) / len(ranks):.2f} | {sum(kept) / max(1, len(kept)):.2f} |")
    return lines


def calibration(guesses: list[tuple[float, ...]], ranks: list[int]) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, mails) in five bins of equal size."""
    pairs = sorted((max(guess), best(guess) == truth) for guess, truth in zip(guesses, ranks, strict=True))
    size = max(1, len(pairs) // 5)
    bins = [pairs[at : at + size] for at in range(0, size * 5, size)]
    return [
        (sum(c for c, _ in part) / len(part), sum(r for _, r in part) / len(part), len(part)) for part in bins if part
    ]


Point = tuple[float, float, int]  # mean confidence, share that was right, mails
SIDE, EDGE = 400, 48  # of the picture, in pixels


def draw(curves: dict[str, list[Point]]) -> str:
    """A reliability diagram as SVG: on the diagonal a classifier is as often right as it says."""
    colours = ("#0b6e99", "#b5442e")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE + 2 * EDGE} {SIDE + 2 * EDGE}" font-family="sans-serif" font-size="13">',
        "<title>How often the classifier is right when it says how sure it is</title>",
        f'<rect width="{SIDE + 2 * EDGE}" height="{SIDE + 2 * EDGE}" fill="white"/>',
        *(_gridline(tenth) for tenth in range(0, 11, 2)),
        f'<path d="M{_place(0, 0)} L{_place(1, 1)}" stroke="#999" stroke-dasharray="5 5" fill="none"/>',
    ]
    for (name, points), colour in zip(curves.items(), colours, strict=False):
        line = " L".join(_place(sure, right) for sure, right, _ in points)
        parts.append(f'<path d="M{line}" stroke="{colour}" stroke-width="2" fill="none"/>')
        for sure, right, size in points:
            x, y = _place(sure, right).split(",")
            label = f"{name}: said {sure:.2f}, right {right:.2f}, {size} mails"
            parts.append(
                f'<circle cx="{x}" cy="{y}" r="{3 + size / 8:.1f}" fill="{colour}" fill-opacity="0.7"><title>{label}</title></circle>'
            )
    for number, (name, colour) in enumerate(zip(curves, colours, strict=False)):
        parts.append(f'<text x="{EDGE + 12}" y="{EDGE + 20 + 18 * number}" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{EDGE + SIDE / 2}" y="{SIDE + 2 * EDGE - 10}" text-anchor="middle">confidence said</text>')
    parts.append(
        f'<text transform="translate(14 {EDGE + SIDE / 2}) rotate(-90)" text-anchor="middle">share that was right</text>'
    )
    return "\n".join([*parts, "</svg>", ""])


def _place(across: float, up: float) -> str:
    return f"{EDGE + across * SIDE:.1f},{EDGE + (1 - up) * SIDE:.1f}"


def _gridline(tenth: int) -> str:
    at, end = tenth / 10, EDGE + SIDE
    x, y = _place(at, at).split(",")
    return (
        f'<path d="M{x},{EDGE} V{end} M{EDGE},{y} H{end}" stroke="#ddd" fill="none"/>'
        f'<text x="{x}" y="{end + 16}" text-anchor="middle" fill="#555">{at:.1f}</text>'
        f'<text x="{EDGE - 6}" y="{float(y) + 4:.1f}" text-anchor="end" fill="#555">{at:.1f}</text>'
    )


def command_measure(paths: list[str]) -> None:
    """What a desk would do with the mails of some files, and how good that was."""
    for path in paths:
        mails = load(path)
        truths, verdicts = [rank(mail) for mail in mails], [verdict_of(mail) for mail in mails]
        print(f"{path}: {len(mails)} mails")
        print("\n".join(f"  {name:52} {value}" for name, value in outcome(verdicts, truths).items()))
        print("  labelled (rows) against found in the text (columns)")
        print("\n".join("  " + line for line in confusion([verdict.probabilities for verdict in verdicts], truths)))


def verdict_of(mail: dict[str, Any]) -> Verdict:
    """The whole verdict on a mail, under the conventions of the labels: nothing but the text is given."""
    return assess(
        subject=mail["subject"],
        text=mail["body"],
        terms=TERMS,
        robot=mail.get("robot"),
        expected=(mail.get("lang") or "en",),
    )


def outcome(verdicts: list[Verdict], truths: list[int]) -> dict[str, str]:
    """The figures that the goals are about, with their counts."""
    pairs = list(zip(verdicts, truths, strict=True))
    told = [(verdict.rank == 1 or verdict.s1_suspect, truth) for verdict, truth in pairs]
    kept = [verdict.rank == truth for verdict, truth in pairs if not verdict.review]
    return {
        "accuracy, rank found in the text": part([verdict.found == truth for verdict, truth in pairs]),
        "accuracy, severity given (default where unsure)": part([verdict.rank == truth for verdict, truth in pairs]),
        "off by more than one rank": part([abs(verdict.found - truth) > 1 for verdict, truth in pairs]),
        "off by more than one rank, severity given": part([abs(verdict.rank - truth) > 1 for verdict, truth in pairs]),
        "rank 1 found or suspected": part([heard for heard, truth in told if truth == 1]),
        "false alarms among the others": part([heard for heard, truth in told if truth != 1]),
        "not marked for review": part([not verdict.review for verdict in verdicts]),
        "of these right": part(kept),
    }


def part(hits: list[bool]) -> str:
    return f"{sum(hits) / len(hits):.3f} ({sum(hits)} of {len(hits)})" if hits else "-"


def main() -> None:
    if len(sys.argv) < 3 or sys.argv[1] != "measure":
        sys.exit(__doc__)
    command_measure(sys.argv[2:])


if __name__ == "__main__":
    main()
