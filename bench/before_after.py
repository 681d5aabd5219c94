"""What a commit changes of what people get: every story and scenario on two commits, and each clock, mail and event.

    python bench/before_after.py BEFORE [AFTER] [--into FOLDER] [--scenarios FOLDER]... [--stories PATTERN]

The stories are those of AFTER, on the code of both, without their assertions, so that each is told to its end; the
scenarios those of `demo/`, of `../shared/cases` where it lies there, and what is named. What differs is printed with
the change that means it (`before_after.toml`); what nobody means comes last, and makes the exit status 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
TOP = HERE.parent
OUTCOMES = "BEFORE_AFTER_OUTCOMES"  # the file that the stories' outcomes are written to

# Loaded by pytest: writes what each story's desks came to, as `simulate --json` shows it.
PLUGIN = f"""
import json, os
import pytest
from helpdesk.lab.simulate import Laboratory

made, make = [], Laboratory.__init__


def remembered(self, *given, **named):
    make(self, *given, **named)
    made.append(self)


Laboratory.__init__ = remembered


def shape(laboratory):
    try:
        return {{"cases": laboratory.cases(), "sent": laboratory.sent()}}
    except Exception:  # a story may leave a desk in which nothing can be read
        return {{"cases": [], "sent": []}}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    shapes = [shape(one) for one in made]
    made.clear()
    with open(os.environ["{OUTCOMES}"], "a") as file:
        file.write(json.dumps([item.nodeid, shapes]) + "\\n")
"""

Outcomes = dict[str, Counter[str]]  # of each story or scenario, what came of it, a line each


@dataclass(frozen=True, slots=True)
class Change:
    """What is meant to differ: lines that match, in stories and scenarios that match."""

    number: str
    means: str
    where: tuple[str, ...]
    lines: tuple[str, ...]

    def explains(self, name: str, line: str) -> bool:
        """Whether a line that differs is of this change."""
        return any(fnmatchcase(name, one) for one in self.where) and any(fnmatchcase(line, one) for one in self.lines)


def changes() -> list[Change]:
    """The table."""
    entries = tomllib.loads((HERE / "before_after.toml").read_text("utf-8"))["change"]
    return [
        Change(str(one["number"]), one["means"], tuple(one.get("where", ["*"])), tuple(one.get("lines", ["*"])))
        for one in entries
    ]


# --- what came of a desk, line by line


def lines_of(shape: dict[str, Any], *, texts: bool = False) -> Iterator[str]:
    """A desk's outcome without what only its storage knows."""
    for case in shape["cases"]:
        ref = case["ref"]
        yield f"case {ref} {case['status']} {case['severity']} of {case['assignee']}"
        yield f"language {ref} {case['language']}"
        for clock in case["clocks"]:
            times = " ".join(f"{name} {clock[f'{name}_at']}" for name in ("started", "due", "stopped", "breached"))
            yield f"clock {ref} {clock['target']} {clock['state']} {times}"
        for event in case["events"]:
            yield f"event {ref} {event['at']} {event['type']} by {event['by']}"
    for mail in shape["sent"]:
        whom = f"{mail['kind']} of {mail['case']} to {', '.join(mail['to'])}"
        yield f"mail {mail['at']} {whom}: {mail['subject']}"
        if texts:
            yield from (f"text {whom}: {' '.join(paragraph.split())}" for paragraph in mail["text"].split("\n\n"))


# --- running


def commit(name: str) -> str:
    """The full id of a commit."""
    done = subprocess.run(["git", "-C", TOP, "rev-parse", name], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def worktree(of: str, into: Path) -> Path:
    """A checkout of a commit."""
    if not into.exists():
        subprocess.run(["git", "-C", TOP, "worktree", "add", "-q", "--detach", into, of], check=True)
    return into


def stories(checkout: Path, pattern: str, kept: Path) -> Outcomes:
    """What comes of every story there."""
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "outcomes_of_stories.py").write_text(PLUGIN, encoding="utf-8")
            quietly = [
                "--assert=plain",
                "-q",
                "-n",
                "0",
                "-W",
                "ignore",
                "-o",
                "filterwarnings=",
                "--continue-on-collection-errors",
            ]
            subprocess.run(
                [sys.executable, "-O", "-m", "pytest", pattern, "-p", "outcomes_of_stories", *quietly],
                cwd=checkout,
                env={**os.environ, OUTCOMES: str(kept), "PYTHONPATH": folder},
                stdout=subprocess.DEVNULL,
                check=False,  # a story of what the other commit cannot do yet may fail
            )
    told = map(json.loads, kept.read_text("utf-8").splitlines())
    return {name: Counter(chain.from_iterable(map(lines_of, shapes))) for name, shapes in told}


def scenario(checkout: Path, path: Path) -> Counter[str]:
    """What comes of a scenario there."""
    done = subprocess.run(
        [sys.executable, "-m", "helpdesk", "simulate", path, "--json"], cwd=checkout, capture_output=True, check=False
    )
    if done.returncode:
        return Counter([f"refused: {' '.join(done.stderr.decode().split())[:300]}"])
    return Counter(lines_of(json.loads(done.stdout)))


def scenarios(folders: list[Path]) -> Iterator[Path]:
    """The scenarios in some folders: files that say what happens, step by step."""
    for path in sorted(chain.from_iterable(folder.rglob("*.toml") for folder in folders)):
        if "step" in tomllib.loads(path.read_text("utf-8")):
            yield path


# --- comparing


def differing(before: Outcomes, after: Outcomes) -> Iterator[tuple[str, str]]:
    """Each line that one commit has and the other has not, as `- line` or `+ line`, with where."""
    for name in sorted(name for name in before.keys() & after.keys() if before[name]):
        for sign, lines in (("-", before[name] - after[name]), ("+", after[name] - before[name])):
            yield from ((name, f"{sign} {line}") for line in sorted(lines.elements()))


def printed(found: Iterator[tuple[str, str]]) -> int:
    """Print what differs, by the change that means it; returns how much nobody means."""
    meant, unexplained = changes(), 0
    by_change = defaultdict[str, list[str]](list)
    for name, line in found:
        change = next((one for one in meant if one.explains(name, line[2:])), None)
        by_change[f"{change.number}: {change.means}" if change else ""].append(f"{name} {line}")
    for title, lines in sorted(by_change.items(), reverse=True):
        unexplained += 0 if title else len(lines)
        print(f"\n== {title or 'unexplained'} ({len(lines)})\n", *lines, sep="\n")
    return unexplained


def main() -> int:
    """Compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", nargs="?", type=commit)
    parser.add_argument("after", nargs="?", type=commit, default="HEAD")
    parser.add_argument("--into", type=Path, help="keep checkouts and outcomes there, and use what is there")
    parser.add_argument("--scenarios", type=Path, action="append", default=[])
    parser.add_argument("--stories", default="tests/stories")
    asked = parser.parse_args()
    if asked.before is None:  # as where all of `bench/` is run
        parser.print_help()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        unexplained = _compared(asked, asked.into.resolve() if asked.into else Path(folder))
    subprocess.run(["git", "-C", TOP, "worktree", "prune"], check=True)
    print(f"\n{unexplained} lines that nobody means.")
    return 1 if unexplained else 0


def _compared(asked: argparse.Namespace, into: Path) -> int:
    checkouts = [worktree(of, into / name) for name, of in (("before", asked.before), ("after", asked.after))]
    subprocess.run(["git", "-C", checkouts[0], "checkout", "-q", asked.after, "--", "tests"], check=True)
    told = [stories(one, asked.stories, into / f"{one.name}.jsonl") for one in checkouts]
    print("Stories that the first commit cannot be asked for:", len(told[1].keys() - told[0].keys()))
    folders = [
        checkouts[1] / "demo",
        *(one for one in (TOP.parent / "shared" / "cases", *asked.scenarios) if one.is_dir()),
    ]
    paths = {str(path.relative_to(path.parents[2])): path for path in scenarios(folders)}
    for checkout, outcomes in zip(checkouts, told, strict=True):
        outcomes |= {name: scenario(checkout, path) for name, path in paths.items()}
    return printed(differing(*told))


if __name__ == "__main__":
    sys.exit(main())
