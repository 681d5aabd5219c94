# ruff: noqa: E501 - tables and sentences of the report stay on their line
"""Whole verdicts on every set of labelled mails, beside an older commit: a part of `severity.md`.

    python bench/severity_sets.py BEFORE

BEFORE is a checkout of that commit. Both read the same mails, a set in turns, and their processor time is taken so. What is
`kept` of the field was fitted to by neither; `fit` and the other files were (both learned from the latter). A perfect reader
answers with the labels' own findings.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from severity import REPORT
from severity_field import FIT, FOLDER, KEPT, mails

HERE = Path(__file__).parent
BEGIN, END = "<!-- whole verdicts -->", "<!-- /whole verdicts -->"
LARGE = 8000  # characters of the long mails
TURNS = 4  # in which they are read
MONOTONOUS = ("nobody can log in, no orders, every user ", "a ", "not ", "x", "(", "Von: a\n", "1.1.1.1-")
HEAD = (
    "| set | mails | commit | right | off by more than one | rank 1 called | others called | not marked | of these right | ms a mail |",
    "|---|---|---|---|---|---|---|---|---|---|",
)
CHILD = """
import inspect, json, sys, time
root = sys.argv[1]
sys.path[:0] = [root, root + "/bench"]
from severity import TERMS
try:
    from helpdesk.severity import assess
except ImportError:
    from helpdesk.core.severity import assess
try:
    from helpdesk.severity.reader import believed
except ImportError:
    believed = None
several = "expected" in inspect.signature(assess).parameters
for line in sys.stdin:
    found, spent = [], []
    for subject, text, lang, answer in json.loads(line):
        more = {"expected": (lang,)} if several else {"language": lang}
        if answer and believed:
            more["read"] = believed(answer, text)
        begun = time.thread_time()
        verdict = assess(subject=subject, text=text, terms=TERMS, **more)
        spent.append(1000 * (time.thread_time() - begun))
        found.append((verdict.rank, bool(verdict.rank == 1 or verdict.s1_suspect), bool(verdict.review)))
    print(json.dumps([found, spent]), flush=True)
"""


class Commit:
    """A checkout whose verdicts are asked for."""

    def __init__(self, root: Path) -> None:
        self.name = _told(root, "rev-parse", "--short=7", "HEAD")
        command = [sys.executable, "-c", CHILD, str(root)]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)

    def judge(self, asked: list[list[str]]) -> tuple[list[tuple[int, bool, bool]], list[float]]:
        """Rank, whether people are called and whether a person looks, of each; and milliseconds."""
        assert self.child.stdin
        assert self.child.stdout
        self.child.stdin.write(json.dumps(asked) + "\n")
        self.child.stdin.flush()
        found, spent = json.loads(self.child.stdout.readline())
        return found, spent


def _told(root: Path, *command: str) -> str:
    return subprocess.run(["git", "-C", str(root), *command], capture_output=True, text=True, check=True).stdout.strip()


def sets() -> dict[str, list[dict[str, Any]]]:
    """The labelled mails: of the field by split, those that were kept apart, and those of the bench."""
    folder = FOLDER.parent

    def read(files: list[Path]) -> list[dict[str, Any]]:
        return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]

    apart = {f"apart/{file.stem}": read([file]) for file in sorted((folder / "apart").glob("*.jsonl"))}
    return {
        "field, kept": mails(KEPT),
        "field, fit (fitted to)": mails(FIT),
        **apart,
        "bench (fitted to)": read(sorted(folder.glob("*.jsonl"))),
    }


def _asked(mail: dict[str, Any], *, reader: bool = False) -> list[str]:
    return [mail["subject"], mail["body"], mail.get("lang") or "en", json.dumps(mail["findings"]) if reader else ""]


def row(name: str, labels: list[int], commit: str, found: list[tuple[int, bool, bool]], spent: list[float]) -> str:
    """A line of the table."""
    pairs = list(zip(labels, found, strict=True))
    ones = [called for truth, (_, called, _) in pairs if truth == 1]
    others = [called for truth, (_, called, _) in pairs if truth != 1]
    sure = [truth == rank for truth, (rank, _, marked) in pairs if not marked]
    right = sum(truth == rank for truth, (rank, _, _) in pairs) / len(pairs)
    far = sum(abs(truth - rank) > 1 for truth, (rank, _, _) in pairs) / len(pairs)
    calls = f"{sum(ones)} of {len(ones)} | {sum(others)} of {len(others)}"
    marked = f"{len(sure) / len(pairs):.2f} | {sum(sure) / max(1, len(sure)):.2f}"
    return f"| {name} | {len(pairs)} | {commit} | {right:.3f} | {far:.3f} | {calls} | {marked} | {sum(spent) / len(spent):.2f} |"


def report(before: Commit, now: Commit) -> list[str]:
    """The tables, from both in turns."""
    lines = [*HEAD]
    every = sets()
    for name, labelled in every.items():
        labels = [int(str(mail["label"]).lstrip("S")) for mail in labelled]
        asked = [_asked(mail) for mail in labelled]
        for commit in (before, now, before, now)[-2 if "bench" in name else 0 :]:
            found, spent = commit.judge(asked)
            line = row(name, labels, "this" if commit is now else commit.name, found, spent)
            lines = [one for one in lines if one.split("|")[1:4] != line.split("|")[1:4]] + [line]
        if name.startswith("field"):
            found, spent = now.judge([_asked(mail, reader=True) for mail in labelled])
            lines.append(row(f"{name}, with a perfect reader", labels, "this", found, spent))
    return [*lines, "", *_large(every["bench (fitted to)"], before, now)]


def _large(labelled: list[dict[str, Any]], before: Commit, now: Commit) -> list[str]:
    """What the slowest of long mails costs, made of the bench's."""
    text = "\n".join(mail["body"] for mail in labelled)
    starts = range(0, min(len(text), 40 * LARGE), LARGE)
    texts = [*(text[start : start + LARGE] for start in starts), *((part * LARGE)[:LARGE] for part in MONOTONOUS)]
    long = [["Report", text, "en", ""] for text in texts]
    least: dict[str, list[float]] = {}  # of each mail: what else runs on the machine only adds
    for commit in (before, now) * TURNS:
        spent = commit.judge(long)[1]
        least[commit.name] = list(map(min, least.get(commit.name, spent), spent))
    return [
        f"The slowest of {len(long)} mails of 8 kB: "
        + ", ".join(f"{max(spent):.1f} ms ({name})" for name, spent in least.items())
        + "."
    ]


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    before, now = Commit(Path(sys.argv[1]).resolve()), Commit(HERE.parent)
    lines = [f"## Whole verdicts, beside {before.name}", "", *report(before, now)]
    text = REPORT.read_text("utf-8").split(BEGIN, maxsplit=1)[0].rstrip("\n")
    REPORT.write_text("\n".join([text, "", BEGIN, *lines, END, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
