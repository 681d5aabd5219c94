"""What the classifier commands do: say how it agrees with the agents, train it, try it on a file, take it back.

Every fifth case is kept: no model is ever taught it, and on these, and on outages that nobody may forget, a new model
must do no worse than the one before it. What agents decided is read from the ledger, so a model can be trained anew at
any time. Answers are plain data, as `--json` prints them: shares from 0 to 1, confusion by rank 1 to 4 as
`[truth][found]`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from helpdesk.errors import HelpdeskError, NotFound
from helpdesk.severity import DEFAULT, Example, Model, confusion, evaluate, learn_all, may_replace, tally
from helpdesk.severity.kept import KEEP_EVERY, OUTAGES
from helpdesk.store import learning
from helpdesk.store.learning import Stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from helpdesk.severity import Evaluation
    from helpdesk.store.cases import Opened
    from helpdesk.store.engine import Connection
    from helpdesk.store.learning import Label

ENOUGH = 10  # labels; with fewer a model would learn one afternoon
SHIPPED = DEFAULT.version
_DIGITS = 4


def active_model(connection: Connection) -> Model:
    """The model that the desk judges by."""
    version = learning.active_version(connection)
    return DEFAULT if version is None else Model.from_state(learning.state_of(connection, version))


# --- status


def status(connection: Connection, which: Opened | None = None) -> dict[str, Any]:
    """How the desk's severities agreed with what agents said, as it was at the time, and which model is in use.

    Of these cases; None: of all.
    """
    labels = list(learning.labels(connection, which))
    seen = tally([(label.rank, _shares(label)) for label in labels])
    assigned = [(label.rank, label.assessed.rank) for label in labels]
    return {
        "active": active_model(connection).version,
        "versions": [_version_shape(stored) for stored in learning.versions(connection)],
        "labels": {how: sum(label.how == how for label in labels) for how in ("corrected", "confirmed")},
        "agreement": _agreement(labels),
        "over_time": list(_over_time(labels)),
        "confusion": confusion(assigned),
        "calibration": _bins(seen),
        "calibration_error": round(seen.calibration_error, _DIGITS),
        "enough_to_train": len(labels) >= ENOUGH,
    }


def _shares(label: Label) -> tuple[float, float, float, float]:
    one, two, three, four = label.assessed.probabilities
    return one, two, three, four


def _agreement(labels: Sequence[Label]) -> float | None:
    """The share of severities that agents left as they were; None without labels."""
    if not labels:
        return None
    agreed = sum(bool(label.rank == label.assessed.rank) for label in labels)
    return round(agreed / len(labels), _DIGITS)


def _over_time(labels: Sequence[Label]) -> Iterator[dict[str, Any]]:
    months: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        months[f"{label.given_at:%Y-%m}"].append(label)
    for month, given in sorted(months.items()):
        corrected = sum(label.how == "corrected" for label in given)
        yield {"month": month, "labels": len(given), "corrected": corrected, "agreement": _agreement(given)}


def _version_shape(stored: Stored) -> dict[str, Any]:
    return {
        "version": _name(stored.version),
        "state": stored.state,
        "trained_at": stored.trained_at.isoformat(),
        "examples": stored.examples,
        **stored.facts,
    }


def _name(version: int) -> str:
    return f"desk-{version}"


# --- train


def train(connection: Connection, now: datetime) -> dict[str, Any]:
    """Teach a new model all that agents said, and promote it if it does no worse on what was kept.

    Raises HelpdeskError where too few have spoken.
    """
    labels = list(learning.labels(connection))
    examples = learning.examples(connection, labels)
    taught = [examples[label.case] for label in _in_time(labels, examples) if not _is_kept(label.case)]
    kept = [*(example for number, example in examples.items() if _is_kept(number)), *OUTAGES]
    if len(examples) < ENOUGH:
        raise HelpdeskError(f"classifier: expected at least {ENOUGH} cases that agents judged, not {len(examples)}")
    current, version = active_model(connection), learning.next_version(connection)
    candidate = replace(learn_all(DEFAULT, taught), version=_name(version))
    promoted = may_replace(candidate, current, kept)
    facts = {
        "promoted": promoted,
        "kept": len(kept),
        "before": current.version,
        "on_kept": {
            "before": _evaluation_shape(evaluate(current, kept)),
            "now": _evaluation_shape(evaluate(candidate, kept)),
        },
    }
    stored = Stored(version, now, "active" if promoted else "refused", len(taught), facts)
    learning.add(connection, stored, candidate.state())
    return _version_shape(stored)


def _in_time(labels: Sequence[Label], examples: dict[int, Example]) -> list[Label]:
    return sorted((label for label in labels if label.case in examples), key=lambda label: (label.given_at, label.case))


def _is_kept(number: int) -> bool:
    return number % KEEP_EVERY == 0


def rollback(connection: Connection) -> dict[str, Any]:
    """Take the active version back; the one before it judges again, or the shipped one. Raises NotFound."""
    version = learning.active_version(connection)
    if version is None:
        raise NotFound("classifier: the shipped model is in use, and there is nothing before it")
    before = learning.withdraw(connection)
    return {"withdrawn": _name(version), "active": SHIPPED if before is None else _name(before)}


# --- a file


def evaluate_file(model: Model, path: Path) -> dict[str, Any]:
    """How a model does on labelled mails: a JSON object a line, with subject, body and label (`S1` to `S4`, or 1 to 4).

    Raises HelpdeskError that names the line.
    """
    examples = list(_read(path))
    return {
        "file": path.name,
        "model": model.version,
        "mails": len(examples),
        **_evaluation_shape(evaluate(model, examples)),
    }


def _read(path: Path) -> Iterator[Example]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise NotFound(f"{path}: expected a readable file of JSON lines: {problem}") from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _example(line, f"{path.name}:{number}")


def _example(line: str, place: str) -> Example:
    try:
        mail = json.loads(line)
        rank = int(str(mail.get("label", mail.get("rank"))).upper().removeprefix("S"))
        text, subject = str(mail.get("body", mail.get("text"))), str(mail["subject"])
    except (ValueError, KeyError, AttributeError):
        rank = 0
    if not 1 <= rank <= 4:
        raise HelpdeskError(f'{place}: expected {{"subject", "body", "label": "S1" to "S4"}}')
    return Example(subject, text, rank, str(mail.get("lang") or "en"), mail.get("robot"))


def _evaluation_shape(found: Evaluation) -> dict[str, Any]:
    shares = {name: round(value, _DIGITS) for name, value in asdict(found).items() if isinstance(value, float)}
    return {**shares, "confusion": found.confusion, "calibration": _bins(found)}


def _bins(found: Evaluation) -> list[dict[str, Any]]:
    return [
        {"confidence": round(sure, _DIGITS), "right": round(right, _DIGITS), "mails": size}
        for sure, right, size in found.calibration
    ]
