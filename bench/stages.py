"""The process that `ingest.py` measures: the real daemon of a checkout, with its processor time by thread and by stage.

    python bench/stages.py FOLDER [--profile STAGE FILE]     # PYTHONPATH says of which checkout
    python bench/stages.py --plain PORT                      # aiosmtpd with a handler that does nothing

A stage is a function that is wrapped (`STAGES`); its time is the thread's own processor time, without what stages
inside it took; `worker` is what is left of the worker's. Commands come by standard input, one a line, and each is
answered with one line of JSON: `mark` says what was used until now, `left` what is still to do.
A checkout that knows a stage by another name needs that name in the table, nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import importlib
import json
import os
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# By what names: each that a checkout has is wrapped where its callers look it up.
STAGES = {
    "worker": ("helpdesk.desk.Desk.work",),  # what is left of it by all others
    "accept": ("helpdesk.desk.Desk.accept",),
    "deliver": ("helpdesk.desk.Desk.deliver",),
    "claim": ("helpdesk.store.attempts.claim", "helpdesk.store.attempts.hold", "helpdesk.store.spool.claim"),
    "parse": ("helpdesk.desk.worker.parse", "helpdesk.desk.work.parse"),
    "proof": ("helpdesk.desk.worker.checked", "helpdesk.desk.border.checked"),
    "read": ("helpdesk.desk.worker.read_mail", "helpdesk.desk.work._read"),
    "place": ("helpdesk.desk.work._placed", "helpdesk.desk.work._place", "helpdesk.unit.unit.Unit.hold"),
    "arrival": ("helpdesk.desk.work._arrival",),
    "terms": ("helpdesk.unit.unit.Unit.terms", "helpdesk.unit.unit.Unit.judging"),
    "decide": ("helpdesk.desk.work.receive", "helpdesk.desk.work.thanks_in", "helpdesk.core.decide.decide"),
    "intake": ("helpdesk.core.words.terms.read_intake", "helpdesk.core.receive.customer.read_intake"),
    "verdict": ("helpdesk.severity.classifier.Classifier.judge", "helpdesk.core.classifier.classify"),
    "store": (
        "helpdesk.unit.unit.Unit.store",
        "helpdesk.store.cases.add_message",
        "helpdesk.store.spool.finish",
        "helpdesk.store.outbox.add",
        "helpdesk.desk.record.Recorder.store",
    ),
    "letters": (
        "helpdesk.letters.Letters.write",
        "helpdesk.unit.record.letter_of",
        "helpdesk.unit.unit.letter_of",
    ),
    "sql": (
        "sqlalchemy.engine.base.Connection.execute",
        "sqlalchemy.engine.base.Connection.exec_driver_sql",
        "sqlalchemy.engine.base.Connection.scalar",
    ),
    "commit": ("sqlalchemy.engine.default.DefaultDialect.do_commit",),
}
# Threads by their part; a sender's is `sender`, any other's `rest`.
_PARTS = {"MainThread": "listener", "committer": "accept", "worker": "work", "control": "bench"}


class Clock:
    """Processor time by part of the daemon and by stage, and a profile of one stage where it is asked for."""

    def __init__(self, profiled: str = "") -> None:
        self.spent: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.profile = cProfile.Profile()
        self._profiled = profiled
        self._local = threading.local()

    def wrap(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time on the account of the stage."""

        @wraps(function)
        def measured(*values: Any, **named: Any) -> Any:
            inside = self._inside()
            profiles = stage == self._profiled and not inside[1]
            began, before, inside[0] = time.thread_time_ns(), inside[0], 0
            if profiles:
                inside[1] = 1
                self.profile.enable()
            try:
                return function(*values, **named)
            finally:
                if profiles:
                    self.profile.disable()
                    inside[1] = 0
                took = time.thread_time_ns() - began
                self._book(stage, took - inside[0])
                inside[0] = before + took

        return measured

    def _inside(self) -> list[int]:
        """Of this thread: what stages inside the present one took, and whether it is profiled."""
        if not hasattr(self._local, "inside"):
            self._local.inside, self._local.part = [0, 0], part_of(threading.current_thread().name)
        inside: list[int] = self._local.inside
        return inside

    def _book(self, stage: str, nanoseconds: int) -> None:
        key = f"{self._local.part}/{stage}"
        self.spent[key] += nanoseconds
        self.calls[key] += 1


def part_of(thread: str) -> str:
    """To which part of the daemon a thread belongs."""
    return "sender" if thread.startswith("sender") else _PARTS.get(thread, "rest")


def instrument(clock: Clock) -> list[str]:
    """Wrap every stage that this checkout has; returns those that it has by no name."""
    missing = []
    for stage, names in STAGES.items():
        found = [place for name in names if (place := _place(name))]
        for holder, attribute in found:
            setattr(holder, attribute, clock.wrap(stage, getattr(holder, attribute)))
        if not found:
            missing.append(stage)
    return missing


def _place(name: str) -> tuple[Any, str] | None:
    """The module or class that a dotted name is looked up in, and its last word."""
    words = name.split(".")
    for cut in range(len(words) - 1, 0, -1):
        with suppress(ImportError):
            holder: Any = importlib.import_module(".".join(words[:cut]))
            for word in words[cut:-1]:
                holder = getattr(holder, word, None)
            return (holder, words[-1]) if hasattr(holder, words[-1]) else None
    return None


# --- what was used


def by_thread() -> Counter[str]:
    """Nanoseconds of processor time by part; of worker processes, too."""
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    used: Counter[str] = Counter()
    for task in Path("/proc/self/task").iterdir():
        used[part_of(names.get(int(task.name), ""))] += _nanoseconds(task)
    for child in _children(os.getpid()):
        used["processes"] += sum(_nanoseconds(task) for task in Path(f"/proc/{child}/task").iterdir())
    return used


def by_name() -> dict[str, int]:
    """The same by the thread itself, without the one that answers what is asked here."""
    names = {str(thread.native_id): thread.name for thread in threading.enumerate()}
    used = {names.get(task.name, "other"): _nanoseconds(task) for task in Path("/proc/self/task").iterdir()}
    return {name: spent for name, spent in used.items() if name != "control"}


def _nanoseconds(task: Path) -> int:
    with suppress(OSError):  # it has just ended
        return int((task / "schedstat").read_text().split()[0])
    return 0


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found += [int(child) for child in (task / "children").read_text().split()]
    return found + [grandchild for child in found for grandchild in _children(child)]


def _written() -> int:
    """Octets that went to a file system, ours only: PostgreSQL writes its own."""
    return int(Path("/proc/self/io").read_text().partition("write_bytes:")[2].split()[0])


def _memory() -> dict[str, int]:
    """Resident KiB: now, and at most."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {"now": int(lines["VmRSS"].split()[0]), "peak": int(lines["VmHWM"].split()[0])}


def probe() -> int:
    """Nanoseconds of processor time for the same little work: how fast the machine is just now."""
    began, total = time.thread_time_ns(), 0
    for number in range(60_000):
        total += number % 7
    return time.thread_time_ns() - began


# --- the two servers


def _answer(commands: dict[str, Callable[[], Any]], end: Callable[[], object]) -> None:
    for line in sys.stdin:
        print(json.dumps(commands[line.strip()]()), flush=True)
    end()


def _serve(folder: Path, profiled: str, file: Path | None) -> None:
    from helpdesk import log  # noqa: PLC0415 - after the path is known
    from helpdesk.daemon import Daemon  # noqa: PLC0415
    from helpdesk.desk import load_rules  # noqa: PLC0415

    log.quiet()
    clock = Clock(profiled)
    missing = instrument(clock)
    _acknowledge_all()
    daemon = Daemon(load_rules(folder / "helpdesk.toml"))

    def ready(*_: object) -> None:
        _spare_collector()
        commands: dict[str, Callable[[], Any]] = {
            "mark": lambda: {
                "threads": by_thread(),
                "names": by_name(),
                "stages": clock.spent,
                "calls": clock.calls,
                "written": _written(),
                "memory": _memory(),
                "probe": min(probe() for _ in range(5)),
            },
            "left": lambda: _left(daemon.database),
        }
        threading.Thread(target=_answer, args=(commands, daemon.stop.set), name="control", daemon=True).start()
        print(json.dumps({"missing": missing}), flush=True)

    asyncio.run(daemon.run(ready=ready))
    if file is not None:
        clock.profile.dump_stats(file)


def _spare_collector() -> None:
    """As `serve` does."""
    with suppress(ImportError):
        from helpdesk.daemon import spare_collector  # noqa: PLC0415 - a checkout may not have it

        spare_collector()


def _acknowledge_all() -> None:
    """Else only the first sixty a minute would be written."""
    for name in ("helpdesk.core.receive.acknowledgment", "helpdesk.core.acknowledgment"):
        with suppress(ImportError):
            importlib.import_module(name).EVERYWHERE_A_MINUTE = 10**9  # type: ignore[attr-defined]


def _left(database: Any) -> dict[str, Any]:
    """What is still to be worked and to be sent, and what became of the rest."""
    with database.read() as connection:

        def rows(query: str) -> list[Any]:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

        return {
            "waiting": rows("SELECT count(*) FROM spool WHERE state = 'waiting'")[0][0],
            "unsent": rows("SELECT count(*) FROM outbox WHERE next_at IS NOT NULL")[0][0],
        }


def _plain(port: int) -> None:
    from aiosmtpd.controller import Controller  # noqa: PLC0415 - the desk itself needs none of it here

    class Empty:
        async def handle_DATA(self, *_: object) -> str:  # noqa: N802 - aiosmtpd's name
            return "250 2.0.0 queued"

    controller = Controller(Empty(), hostname="127.0.0.1", port=port)
    controller.start()
    assert controller._thread is not None  # noqa: SLF001 - its time is what is asked
    controller._thread.name = "MainThread"  # noqa: SLF001
    threading.current_thread().name = "control"
    print(json.dumps({"missing": []}), flush=True)
    _answer({"mark": lambda: {"threads": by_thread(), "probe": min(probe() for _ in range(5))}}, controller.stop)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--profile", nargs=2, metavar=("STAGE", "FILE"), default=("", None))
    parser.add_argument("--plain", type=int, metavar="PORT")
    options = parser.parse_args()
    if options.plain:
        _plain(options.plain)
    else:
        stage, file = options.profile
        _serve(options.folder, stage, Path(file) if file else None)


if __name__ == "__main__":
    main()
