"""`make crash MINUTES=60`, or `CYCLES=500`, `SEED=7`: the desk under every fault for as long as somebody waits for it.

A round is one desk on an empty database, at work through some cycles; in each, something goes wrong and is put right,
and the laws are checked. The seed decides what goes wrong when; to the microsecond nothing repeats itself.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import random
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tests.crash import faults, laws
from tests.crash.scene import ARRANGEMENTS, Ground, Scene
from tests.process import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from tests.crash.scene import Arrangement

RECORD = ROOT / "bench" / "crash.md"
_KEPT = ROOT / "var" / "crash"  # what tells how it went, where a law was broken


@dataclass
class Totals:
    """What a run adds up to."""

    seed: int
    cycles: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    promised: int = 0  # mails that got their 250
    by_imap: int = 0
    sent: int = 0
    lost: int = 0
    doubled: int = 0  # outside every window
    copies: int = 0  # inside
    set_aside: int = 0
    broken: list[str] = field(default_factory=list)

    def add(self, scene: Scene, name: str) -> None:
        """A round is over."""
        accepted = list(scene.smarthost.accepted)
        found = scene.records
        self.promised += len(scene.ledger.numbers())
        self.by_imap += len(scene.tally.by_imap)
        self.sent += len(accepted)
        self.lost += len(laws.lost(found, scene.ledger, scene.tally))
        outside = len(laws.doubled(found, scene.tally, accepted))
        self.doubled += outside
        self.copies += len(laws.copies(found, accepted)) - outside
        self.set_aside += found.number("SELECT count(*) FROM spool WHERE state = 'quarantined'")
        self.broken += [f"{name}, {each.when}: {each.what}" for each in scene.broken]


class Over:
    """Says when to begin no further cycle."""

    def __init__(self, *, cycles: int, minutes: float, a_round: int = 10) -> None:
        self.cycles, self.a_round = cycles, a_round
        self.ends = time.monotonic() + 60 * minutes if minutes else None
        self.began = time.monotonic()

    def reached(self, done: int) -> bool:
        return time.monotonic() >= self.ends if self.ends is not None else done >= self.cycles

    def share(self, done: int) -> float:
        """How much of it is over."""
        if self.ends is None:
            return done / self.cycles
        return min(1.0, (time.monotonic() - self.began) / (self.ends - self.began))


@dataclass(frozen=True)
class Only:
    """What a run is restricted to, to look into something: faults and arrangements by their names."""

    faults: frozenset[str] = frozenset()
    arrangements: frozenset[str] = frozenset()


_EVERYTHING = Only()


def run(
    ground: Ground, over: Over, *, seed: int, told: Callable[[Totals, str], None], only: Only = _EVERYTHING
) -> Totals:
    """Round after round until it is over."""
    totals = Totals(seed)
    for number, arrangement in enumerate(_arrangements(seed)):
        if over.reached(totals.cycles):
            return totals
        if only.arrangements and str(arrangement) not in only.arrangements:
            continue
        before = totals.cycles
        name = f"seed {seed}, round {number + 1} ({arrangement})"
        _Round(ground, arrangement, random.Random(f"{seed}/{number}"), over, totals, name, only.faults, told).play()
        if totals.cycles == before:
            return totals  # none of these faults applies there
    return totals


def _arrangements(seed: int) -> Iterator[Arrangement]:
    """All of them, each time in another order."""
    chance = random.Random(seed)
    for _ in itertools.count():
        yield from chance.sample(ARRANGEMENTS, len(ARRANGEMENTS))


@dataclass
class _Round:
    """One desk, from its first start to its last check."""

    ground: Ground
    arrangement: Arrangement
    chance: random.Random
    over: Over
    totals: Totals
    name: str
    faults: Collection[str]
    told: Callable[[Totals, str], None]

    def play(self) -> None:
        with Scene(self.ground, self.arrangement, self.chance) as scene:
            try:
                self._cycles(scene)
                self.told(self.totals, f"{self.arrangement}: comes to rest")
                scene.come_to_rest()
            except Exception as problem:  # noqa: BLE001 - whatever it was, it is a finding, and the next round is another
                scene.breaks(f"the round could not go on: {''.join(traceback.format_exception(problem))[-3000:]}")
            self.totals.add(scene, self.name)
            if scene.broken:
                scene.keep(_KEPT / self.name.replace(", ", "-").replace(" ", "_"))

    def _cycles(self, scene: Scene) -> None:
        for cycle in range(self.over.a_round):
            fault = faults.choose(scene, self.chance, self.faults)
            if fault is None or self.over.reached(self.totals.cycles):
                return
            self.told(self.totals, f"{self.arrangement}: {fault.name}")
            scene.now_at = f"cycle {cycle + 1} ({fault.name})"
            scene.run_all()
            fault.do(scene)
            scene.check()
            self.totals.cycles += 1
            self.totals.faults[fault.name] += 1


# --- what is said of it ------------------------------------------------------------------------------------


def commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def line(totals: Totals, minutes: float) -> str:
    """A row of bench/crash.md."""
    what = ", ".join(f"{count} {name}" for name, count in sorted(totals.faults.items()))
    cells = (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}", commit(), totals.seed, f"{minutes:.0f}", totals.cycles, totals.promised,
        totals.by_imap, totals.sent, totals.lost, totals.doubled, totals.copies, totals.set_aside, what,
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _summary(console: Console, totals: Totals, minutes: float) -> None:
    for name, count in totals.faults.most_common():
        console.print(f"{count:6}  {name}")
    console.print(
        f"\n{totals.cycles} cycles in {minutes:.1f} minutes, seed {totals.seed}: {totals.promised} mails got their 250, "
        f"{totals.by_imap} lay in a mailbox, {totals.sent} were sent.\n{totals.lost} lost, {totals.doubled} doubled outside "
        f"the window, {totals.copies} copies inside, {totals.set_aside} set aside without fault."
    )
    for each in totals.broken:
        console.print(f"[red]BROKEN[/red] {each}", highlight=False, markup=True)
    if totals.broken:
        console.print(f"What tells how it went is in {_KEPT}.")


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """The command line; 1 where a law was broken."""
    parser = argparse.ArgumentParser(prog="make crash", description=__doc__)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--cycles", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--brief", action="store_true", help="no fault that lasts half a minute or longer")
    parser.add_argument("--add", action="store_true", help="add the line to bench/crash.md")
    parser.add_argument(
        "--fault", action="append", default=[], choices=faults.names(), help="only this, to look into it"
    )
    parser.add_argument("--on", action="append", default=[], choices=[str(each) for each in ARRANGEMENTS])
    asked = parser.parse_args()
    only = Only(frozenset(asked.fault), frozenset(asked.on))
    seed = asked.seed or random.SystemRandom().randrange(1, 100_000)
    over = Over(cycles=asked.cycles or 40, minutes=asked.minutes)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    console = Console()
    totals, began = Totals(seed), time.monotonic()
    columns = TextColumn("{task.completed:.0%}"), BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("starting", total=1)

        def told(so_far: Totals, what: str) -> None:
            nonlocal totals
            totals = so_far
            words = f"cycle {so_far.cycles + 1}, {what}" + (f", {len(so_far.broken)} broken" if so_far.broken else "")
            progress.update(bar, completed=over.share(so_far.cycles), description=words)

        try:
            with Ground(brief=asked.brief) as ground:
                totals = run(ground, over, seed=seed, told=told, only=only)
        except KeyboardInterrupt:
            console.print("Stopped; the mails of the round that was under way are not counted.")
    minutes = (time.monotonic() - began) / 60
    _summary(console, totals, minutes)
    console.print(f"\n{line(totals, minutes)}", soft_wrap=True)
    if asked.add:
        with RECORD.open("a") as file:
            file.write(line(totals, minutes) + "\n")
    return 1 if totals.broken else 0


if __name__ == "__main__":
    sys.exit(main())
