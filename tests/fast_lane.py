"""Chooses the fast lane: the tests that see most of the code's lines, several times each, in half a minute.

    pip install coverage
    python -m pytest -p tests.fast_lane -n 0

notes which lines each test comes to and how long it takes, some ten minutes long, and writes `fast.txt`. A line that a
test runs is one that it may see break: a narrow test looks at what it runs more closely than a story does, and a second
look at a line is worth less than the first. Lines of `core` and `desk`, which `make mutants` breaks, count most.
"""

from __future__ import annotations

import heapq
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 110.0  # of processor time while lines are noted, which takes three times as long as the lane itself
OVERHEAD = 0.01  # seconds of these that a test takes beside itself
NOT_HERE = ("tests/wire/", "tests/crash/", "tests/golden/")  # servers, processes, and what is written anew on purpose
_CLOSE, _MIDDLE = 150, 600  # lines of a narrow test, and of a test of one room
_SEES = (0.5, 0.3, 0.15)  # how likely such a test sees a line break, one of a room, and a story
_MOST, _REST = 1.0, 0.1  # what a line of the case engine counts, and of another room

Line = tuple[str, int]


@dataclass
class Candidate:
    """A test function with all of its rows: the lines that it comes to, and its seconds."""

    seconds: float = 0.0
    lines: dict[Line, float] = field(default_factory=dict)  # how likely it sees that line break

    def ran(self, seconds: float, lines: set[Line]) -> None:
        sees = _SEES[(len(lines) >= _CLOSE) + (len(lines) >= _MIDDLE)]
        self.seconds += seconds + OVERHEAD
        for line in lines:
            self.lines[line] = 1 - (1 - self.lines.get(line, 0.0)) * (1 - sees)


def chosen(there: Mapping[str, Candidate], seconds: float = SECONDS) -> list[str]:
    """The functions that see most for their time, until the time is used up."""
    unseen: dict[Line, float] = {
        line: _MOST if line[0].startswith(("helpdesk/core/", "helpdesk/desk/")) else _REST
        for one in there.values()
        for line in one.lines
    }

    def worth(name: str) -> float:
        one = there[name]
        return sum(unseen[line] * sees for line, sees in one.lines.items()) / one.seconds

    waiting = [(-worth(name), name) for name in sorted(there) if there[name].lines]
    heapq.heapify(waiting)
    found: list[str] = []
    while waiting:
        _, name = heapq.heappop(waiting)
        now = -worth(name)
        if waiting and now > waiting[0][0]:  # others have seen its lines meanwhile
            heapq.heappush(waiting, (now, name))
        elif there[name].seconds <= seconds:
            found.append(name)
            seconds -= there[name].seconds
            for line, sees in there[name].lines.items():
                unseen[line] *= 1 - sees
    return found


def listed(found: Sequence[str], there: Iterable[str]) -> list[str]:
    """The lines of `fast.txt`: a file where all of its tests are chosen, else a test."""
    whole: defaultdict[str, set[str]] = defaultdict(set)
    for name in there:
        whole[name.partition("::")[0]].add(name)
    files = {file for file, names in whole.items() if names <= set(found)}
    return sorted({file if (file := name.partition("::")[0]) in files else name for name in found})


class Watch:
    """Notes the lines of each test, and writes down which tests are chosen."""

    def __init__(self) -> None:
        import coverage  # noqa: PLC0415 - nobody needs it but who chooses anew

        self._coverage: Any = coverage.Coverage(data_file=None, include=[f"{ROOT}/helpdesk/*"])
        self._took: dict[str, float] = {}
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._coverage.switch_context(item.nodeid)
        began = time.process_time()
        try:
            return (yield)
        finally:
            self._took[item.nodeid] = time.process_time() - began

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        lines: defaultdict[str, set[Line]] = defaultdict(set)
        for file in data.measured_files():
            name = str(Path(file).relative_to(ROOT))
            for line, tests in data.contexts_by_lineno(file).items():
                for test in filter(None, tests):
                    lines[test].add((name, line))
        there: defaultdict[str, Candidate] = defaultdict(Candidate)
        for test, took in self._took.items():
            name = test.partition("[")[0]
            if not test.startswith(NOT_HERE) and name.count("::") == 1:
                there[name].ran(took, lines[test])
        text = "".join(f"{name}\n" for name in listed(chosen(there), there))
        Path(__file__).with_name("fast.txt").write_text(text, encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Watch())
