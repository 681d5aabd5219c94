"""What goes wrong. Each fault is one function: it does it to a scene amid mail, and puts it right again.

A fault says what may make copies, who died and where an error waits (`laws.Tally`), and what `/health` has to say while
it lasts. Those that take half a minute and more are `long`: the suite leaves them out.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from helpdesk.failpoints import PLACES
from helpdesk.store import migrate
from helpdesk.store.engine import Database
from tests.crash.scene import Scene, faketime
from tests.process import Fresh, until
from tests.wire.imap_servers import Dovecot

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from random import Random

_OLDER = "0010"  # the schema before mails had owners: what an upgrade comes from
_FROZEN = 45.0  # seconds: longer than any lease
_SLOW = 30.0  # seconds a mail


@dataclass(frozen=True)
class Fault:
    """A fault by its name."""

    name: str
    do: Callable[[Scene], None]
    applies: Callable[[Scene], bool]
    weight: int
    long: bool


_FAULTS: list[Fault] = []


def _fault(
    name: str, *, weight: int = 2, long: bool = False, applies: Callable[[Scene], bool] = lambda _: True
) -> Callable[[Callable[[Scene], None]], Callable[[Scene], None]]:
    def note(do: Callable[[Scene], None]) -> Callable[[Scene], None]:
        _FAULTS.append(Fault(name, do, applies, weight, long))
        return do

    return note


def names() -> list[str]:
    return [fault.name for fault in _FAULTS]


def choose(scene: Scene, chance: Random, only: Collection[str] = ()) -> Fault | None:
    """One of those that apply here, and are among `only` where those are named; None where none is."""
    possible = [
        fault
        for fault in _FAULTS
        if fault.applies(scene) and not (fault.long and scene.ground.brief) and (not only or fault.name in only)
    ]
    # One long one lasts as long as a dozen of the others.
    weights = [fault.weight if fault.long else 3 * fault.weight for fault in possible]
    return chance.choices(possible, weights)[0] if possible else None


def _on_postgresql(scene: Scene) -> bool:
    return scene.link is not None


def _a_moment(scene: Scene, longest: float = 0.8) -> None:
    """Where the daemons are then is the point."""
    time.sleep(scene.chance.uniform(0.05, longest))


# --- the process -------------------------------------------------------------------------------------------


@_fault("kill", weight=4)
def kill_one(scene: Scene) -> None:
    scene.write(scene.chance.randint(3, 12))
    _a_moment(scene)
    scene.kill(scene.any_worker())


@_fault("kill all", applies=lambda scene: len(scene.workers) > 1)
def kill_all(scene: Scene) -> None:
    scene.write(scene.chance.randint(3, 12))
    _a_moment(scene)
    for worker in scene.workers:
        scene.kill(worker)


@_fault("kill at a place", weight=8)
def kill_at_a_place(scene: Scene) -> None:
    """At one of the named places, the first or the third time that it is reached."""
    place, nth = scene.chance.choice(PLACES), scene.chance.choice((1, 1, 3))
    scene.now_at += f" {place}@{nth}"
    worker = scene.any_worker()
    scene.kill(worker)
    scene.start(worker, f"{place}=kill@{nth}")
    ends = time.monotonic() + (8 if scene.ground.brief else 20)
    while worker.alive and time.monotonic() < ends:  # another daemon may do what would have led there
        scene.write(2)
        if place.startswith("imap."):
            scene.drop(1)
        with contextlib.suppress(AssertionError):
            until(lambda: not worker.alive, "it is reached", seconds=0.4)
    if worker.alive:
        scene.kill(worker)
    else:
        scene.died(worker)


@_fault("an error at a place", weight=3)
def fail_at_a_place(scene: Scene) -> None:
    """An error that nobody foresaw, once; the daemon goes on."""
    place = scene.chance.choice(PLACES)
    scene.now_at += f" {place}"
    worker = scene.any_worker()
    scene.stop(worker)
    scene.tally.injects(place)
    scene.start(worker, f"{place}=raise@{scene.chance.choice((1, 2))}")
    scene.greeted(worker)
    scene.write(6)
    scene.drop(1)
    _a_moment(scene, 1.5)


@_fault("frozen", weight=2)
def freeze_a_little(scene: Scene) -> None:
    _freeze(scene, scene.chance.uniform(0.5, 3))


@_fault("frozen for longer than any lease", long=True, weight=1)
def freeze_for_long(scene: Scene) -> None:
    """With several daemons, the others take over what it held; it finds that out when it wakes."""
    _freeze(scene, _FROZEN)


def _freeze(scene: Scene, seconds: float) -> None:
    scene.write(8)
    _a_moment(scene)
    worker = scene.any_worker()
    assert worker.running is not None
    worker.running.signal(signal.SIGSTOP)
    scene.write(4)
    time.sleep(seconds)
    worker.running.signal(signal.SIGCONT)
    _a_moment(scene)


@_fault("told to stop under load", weight=3)
def stop_under_load(scene: Scene) -> None:
    scene.write(scene.chance.randint(4, 16))
    _a_moment(scene, 0.4)
    scene.stop(scene.any_worker())


@_fault("upgrade with mail waiting", weight=1)
def upgrade(scene: Scene) -> None:
    """Everybody dies amid mail, the tables are those of an older version, and this version starts on them."""
    scene.write(12)
    _a_moment(scene)
    for worker in scene.workers:
        scene.kill(worker)
    # An older version does not know how often a mail was sent again.
    copies = scene.records.rows("SELECT message_id, copies FROM outbox WHERE copies > 0")
    scene.tally.counted_before.update({row.message_id: row.copies for row in copies})
    database = Database(scene.records.engine.url.render_as_string(hide_password=False))
    try:
        migrate.downgrade(database, _OLDER)
    finally:
        database.close()


@_fault("a log that cannot be written")
def mute_log(scene: Scene) -> None:
    """Every line is refused, that of an error in each loop among them, and the work goes on."""
    worker = scene.any_worker()
    for one in scene.workers:  # another would take the mail that this one is to fail at
        scene.stop(one)
    place = scene.chance.choice(("work.decided", "out.pre_data", "tick.pre_commit"))
    scene.start(worker, f"{place}=raise", log=Path("/dev/full"))
    scene.greeted(worker)
    scene.write(6)
    scene.says("log.unwritable", within=30, of=worker)
    scene.stop(worker)


@_fault("a clock that is set", weight=1, applies=lambda _: bool(faketime()))
def set_clock(scene: Scene) -> None:
    """One daemon's clock is set an hour forward or back, and right again."""
    worker = scene.any_worker()
    scene.stop(worker)
    clock = scene.folder / "clock"
    clock.write_text("+0")
    variables = {
        "LD_PRELOAD": faketime(),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    scene.start(worker, starter=Fresh(), environment=variables)
    scene.greeted(worker)
    scene.write(4)
    clock.write_text(scene.chance.choice(("+3600", "-3600")))
    scene.says("clock.set", within=30, of=worker)
    scene.write(4)
    _a_moment(scene, 3)
    clock.write_text("+0")
    _a_moment(scene, 3)
    scene.stop(worker)


# --- the database ------------------------------------------------------------------------------------------


@_fault("PostgreSQL restarted", weight=3, applies=_on_postgresql)
def restart_postgresql(scene: Scene) -> None:
    """In order, or as after a power cut; it is away for a moment, or until every daemon has said so."""
    scene.write(12)
    _a_moment(scene)
    postgres = scene.ground.postgres
    postgres.go_away(scene.chance.choice(("fast", "immediate")))
    try:
        if scene.chance.random() < 0.5:
            for worker in scene.workers:
                scene.says("database.silent", within=60, of=worker)
    finally:
        postgres.come_back()
    _a_moment(scene)


@_fault("connections terminated", applies=_on_postgresql)
def terminate_connections(scene: Scene) -> None:
    scene.write(12)
    for _ in range(scene.chance.randint(1, 3)):
        _a_moment(scene)
        scene.ground.postgres.end_connections(scene.database)


@_fault("link to the database cut", applies=_on_postgresql)
def cut_link(scene: Scene) -> None:
    scene.write(12)
    for _ in range(scene.chance.randint(1, 3)):
        _a_moment(scene)
        assert scene.link is not None
        scene.link.cut()


@_fault("link to the database silent", applies=_on_postgresql)
def silence_link(scene: Scene) -> None:
    scene.write(12)
    _a_moment(scene)
    assert scene.link is not None
    scene.link.fall_silent()
    time.sleep(scene.chance.uniform(0.5, 4))
    scene.link.speak()


@_fault("a full disk", weight=4, applies=lambda scene: scene.full_disk is not None)
def fill_disk(scene: Scene) -> None:
    """No octet more, for the database and for the log."""
    assert scene.full_disk is not None
    scene.write(8)
    _a_moment(scene)
    try:
        _leave_no_room(scene.full_disk)
        scene.write(4)
        scene.says("disk.full", within=60)
        time.sleep(scene.chance.uniform(0.1, 3))
    finally:
        _resize(scene.full_disk, scene.disk_size)


def _leave_no_room(place: Path) -> None:
    """It is written to meanwhile, and cannot be made smaller than what is on it."""
    for _ in range(20):
        with contextlib.suppress(subprocess.CalledProcessError):
            _resize(place, f"{shutil.disk_usage(place).used // 1024}k")
            return
    raise AssertionError("the disk could not be filled")


def _resize(place: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)


# --- those we talk to --------------------------------------------------------------------------------------


@_fault("smarthost restarted", weight=3)
def restart_smarthost(scene: Scene) -> None:
    scene.write(8)
    _a_moment(scene)
    scene.smarthost.go_away()
    scene.write(3)
    _a_moment(scene, 2)
    scene.smarthost.come_back()


@_fault("smarthost away", long=True, weight=1)
def lose_smarthost(scene: Scene) -> None:
    """For long enough that somebody should know."""
    scene.smarthost.go_away()
    try:
        scene.write(6)
        scene.says("smarthost.unreachable", within=240)
    finally:
        scene.smarthost.come_back()


@_fault("a smarthost that takes half a minute a mail", long=True, weight=1)
def slow_smarthost(scene: Scene) -> None:
    """It is slow and not wrong: that excuses no copy."""
    scene.smarthost.slowness = _SLOW
    scene.write(3)
    time.sleep(_SLOW * 2.2)
    scene.smarthost.slowness = 0.0
    time.sleep(_SLOW)


@_fault("a slow smarthost", weight=2)
def rather_slow_smarthost(scene: Scene) -> None:
    scene.smarthost.slowness = 0.5
    scene.write(4)
    time.sleep(2)
    scene.smarthost.slowness = 0.0


@_fault("IMAP server restarted", applies=lambda scene: isinstance(scene.ground.imap, Dovecot))
def restart_imap(scene: Scene) -> None:
    scene.drop(3)
    _a_moment(scene)
    scene.ground.imap.stop()
    try:
        scene.says("mailbox.unreadable", within=60)
    finally:
        scene.ground.imap.start()
    scene.drop(2)


@_fault("a token server that drips", long=True, weight=1)
def drip_token(scene: Scene) -> None:
    scene.tokens.drips.set()
    worker = scene.any_worker()
    scene.stop(worker)
    scene.start(worker)
    scene.greeted(worker)
    scene.write(4)
    scene.says("mailbox.unreadable", within=120, of=worker)
    scene.tokens.drips.clear()
