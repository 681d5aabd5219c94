"""`make mutants`: breaks a line of `core` or `desk` in a copy of the tree, and says whether `make fast` sees it; again and again.

What is broken is drawn by a seed, as much of each kind: a comparison, a boolean, a number, a call that is left out, a
value that is returned. First all of `tests/fast.txt` runs once, to learn which test comes to which function; then those
that come there are run on each mutant, the shortest first, until one fails.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import os
import queue
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("helpdesk/core", "helpdesk/desk")
PATIENCE = 240  # seconds; who goes round in circles is found too
_AT_MOST = 150  # tests for one mutant
_WATCHED, _MET = "HELPDESK_MUTANTS_WATCHED", "HELPDESK_MUTANTS_MET"
_COMPARED = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}


_NOTHING = frozenset({"None", "False", '""', "()", "[]", "{}"})  # what a function without an answer returns already


@dataclass(frozen=True, slots=True)
class Mutant:
    """One place of one file, in other words."""

    kind: str
    file: str
    function: str  # and the line where it begins: `name:12`
    start: int  # in the file's bytes
    end: int
    text: str

    def of(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]

    def shown(self) -> str:
        source = (ROOT / self.file).read_bytes()
        line = source.count(b"\n", 0, self.start) + 1
        old = " ".join(source[self.start : self.end].decode().split())
        return f"{self.kind}: {self.file}:{line}: {old[:60]} -> {self.text[:60]}"


# --- what can be broken


def mutants(file: str) -> Iterator[Mutant]:
    """All that can be broken in the functions of a file."""
    text = (ROOT / file).read_bytes()
    source = _Source(text, [0, *itertools.accumulate(len(line) for line in text.splitlines(keepends=True))])
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef):
            for node in _own(function):
                for kind, first, last, text in _changes(node, source):
                    yield Mutant(kind, file, f"{function.name}:{_first_line(function)}", first, last, text)


def _first_line(function: ast.FunctionDef) -> int:
    return min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What stands in the body of a function, and in no other function."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assert | ast.JoinedStr):
            waiting += ast.iter_child_nodes(node)


@dataclass(frozen=True, slots=True)
class _Source:
    """A file's bytes, and where each of its lines starts."""

    text: bytes
    starts: Sequence[int]

    def begins(self, node: Any) -> int:
        return self.starts[node.lineno - 1] + int(node.col_offset)

    def ends(self, node: Any) -> int:
        return self.starts[node.end_lineno - 1] + int(node.end_col_offset)

    def words(self, node: Any) -> str:
        return self.text[self.begins(node) : self.ends(node)].decode()

    def between(self, first: Any, second: Any) -> tuple[int, int, str]:
        begins, ends = self.ends(first), self.begins(second)
        return begins, ends, self.text[begins:ends].decode()


def _changes(node: Any, source: _Source) -> Iterator[tuple[str, int, int, str]]:
    """Kind, from, to, and the words that take the place."""
    match node:
        case ast.Compare(left, [operator], [right]):
            begins, ends, there = source.between(left, right)
            yield "comparison", begins, ends, there.replace(*_COMPARED[type(operator)], 1)
        case ast.BoolOp(operator, [left, right, *_]):
            begins, ends, there = source.between(left, right)
            old, new = ("and", "or") if isinstance(operator, ast.And) else ("or", "and")
            yield "boolean", begins, ends, re.sub(rf"\b{old}\b", new, there, count=1)
        case ast.UnaryOp(ast.Not(), operand):
            yield "boolean", source.begins(node), source.ends(node), f"bool({source.words(operand)})"
        case ast.Constant(bool() | int() as value):
            new = str(not value) if isinstance(value, bool) else str(value + 1)
            yield "constant", source.begins(node), source.ends(node), new
        case ast.Expr(ast.Call()) if not re.match(r"_?log(ger)?\b|_LOG", source.words(node)):
            yield "call", source.begins(node), source.ends(node), "None"
        case ast.Return(ast.expr() as value) if source.words(value) not in _NOTHING:
            yield "return", source.begins(value), source.ends(value), _otherwise(value, source.words(value))


def _otherwise(returned: ast.expr, words: str) -> str:
    return f"not ({words})" if isinstance(returned, ast.Compare | ast.BoolOp | ast.UnaryOp) else "None"


def chosen(count: int, seed: int) -> list[Mutant]:
    """As many of each kind, no two in one function."""
    files = sorted(str(path.relative_to(ROOT)) for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    there = [mutant for file in files for mutant in mutants(file)]
    random.Random(seed).shuffle(there)
    kinds = sorted({mutant.kind for mutant in there})
    taken: dict[tuple[str, str], Mutant] = {}
    for number in range(count):
        kind = kinds[number % len(kinds)]
        drawn = next(one for one in there if one.kind == kind and (one.file, one.function) not in taken)
        taken[drawn.file, drawn.function] = drawn
    return list(taken.values())


# --- which tests come there; this module is pytest's plugin for that


class Watch:
    """Notes which test comes to which of the functions that are watched."""

    def __init__(self, watched: frozenset[tuple[str, str]]) -> None:
        self._watched = {(str(Path(file).resolve()), function) for file, function in watched}
        self.met: dict[str, list[tuple[float, str]]] = {}
        self._here: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._here.clear()
        began = time.process_time()
        sys.setprofile(self._called)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            for function in self._here:
                self.met.setdefault(function, []).append((time.process_time() - began, item.nodeid))

    def pytest_sessionfinish(self) -> None:
        Path(os.environ[_MET]).write_text(json.dumps(self.met), encoding="utf-8")

    def _called(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            code = frame.f_code
            key = code.co_filename, f"{code.co_name}:{code.co_firstlineno}"
            if key in self._watched:
                self._here.add(f"{os.path.relpath(key[0])} {key[1]}")


def pytest_configure(config: pytest.Config) -> None:
    """Watch, where a run of `learned` asks for it."""
    watched = json.loads(os.environ.get(_WATCHED, "[]"))
    config.pluginmanager.register(Watch(frozenset(map(tuple, watched))))


# --- the tree that is broken


class Tree:
    """A copy of the sources, one file of which is another for a moment."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        left_out = shutil.ignore_patterns(".git", ".venv", "var", "dist", ".*_cache", "__pycache__")
        shutil.copytree(ROOT, folder, ignore=left_out)

    def learned(self, drawn: Sequence[Mutant]) -> dict[str, list[str]]:
        """The tests of the fast lane that come to the functions of these mutants, the shortest first."""
        met = self._folder / "met.json"
        watched = json.dumps([(mutant.file, mutant.function) for mutant in drawn])
        done = self._pytest(
            ["-p", "tests.mutants", "@tests/fast.txt"], {_WATCHED: watched, _MET: str(met)}, patience=3_600
        )
        if done.returncode:
            raise SystemExit(f"The tests fail before anything is broken:\n{done.stdout[-3_000:]}")
        found = json.loads(met.read_text(encoding="utf-8"))
        return {function: [name for _, name in sorted(tests)[:_AT_MOST]] for function, tests in found.items()}

    def finds(self, mutant: Mutant, tests: Sequence[str]) -> str:
        """The test that fails on the mutant; empty where none does."""
        file = self._folder / mutant.file
        source, times = file.read_bytes(), file.stat()
        listed = self._folder / "tests.txt"
        listed.write_text("\n".join(tests), encoding="utf-8")
        try:
            file.write_bytes(mutant.of(source))
            done = self._pytest(["-x", f"@{listed}"], {"PYTHONDONTWRITEBYTECODE": "1"}, patience=PATIENCE)
        except subprocess.TimeoutExpired:
            return "it never ends"
        finally:
            file.write_bytes(source)
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        failed = re.search(r"(?m)^(?:FAILED|ERROR) (\S+)", done.stdout)
        return (failed[1] if failed else "the tests do not start") if done.returncode else ""

    def _pytest(
        self, arguments: Sequence[str], environment: dict[str, str], *, patience: float
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=no", *arguments],
            cwd=self._folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    """The command line; 1 where more than one mutant in fifteen was not found."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    drawn = chosen(asked.count, asked.seed)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        trees: queue.Queue[Tree] = queue.Queue()
        for number in range(os.cpu_count() or 1):
            trees.put(Tree(Path(folder) / str(number)))
        first = trees.get()
        tests = first.learned(drawn)
        trees.put(first)

        def tried(mutant: Mutant) -> bool:
            coming = tests.get(f"{mutant.file} {mutant.function}", [])
            tree = trees.get()
            by = tree.finds(mutant, coming) if coming else ""
            trees.put(tree)
            said = f"found by {by}" if by else f"NOT FOUND by {len(coming)} tests"
            _say(f"{mutant.shown()}\n    {said}")
            return bool(by)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = sum(pool.map(tried, drawn))
    _say(f"{found} of {len(drawn)} found, seed {asked.seed}")
    return int(found * 15 < len(drawn) * 14)


if __name__ == "__main__":
    sys.exit(main())
