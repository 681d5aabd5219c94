"""Due times per second: the compiled calendar against a loop that walks the days.

    python bench/calendar.py              five rounds, a quarter of a minute
    python bench/calendar.py --rounds 9

Both compute the same due times (checked first), on a Monday to Friday desk in Berlin with its public
holidays, aware datetimes in and out. The rounds alternate between the two, and each ratio is taken within its
round, so that a busy machine slows both: look at the ratio and its spread, not at the absolute figures.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from sysconfig import get_path

if __name__ == "calendar":
    # Run by path, Python looks into this folder before the standard library, whose `email` then gets this
    # file for `calendar`. Step aside, for ourselves and for every other program in this folder.
    _spec = PathFinder.find_spec("calendar", [get_path("stdlib")])
    sys.modules[__name__] = _standard = module_from_spec(_spec)
    _spec.loader.exec_module(_standard)
else:
    from argparse import ArgumentParser
    from collections.abc import Callable
    from datetime import UTC, date, datetime, timedelta
    from random import Random
    from statistics import median
    from time import process_time
    from zoneinfo import ZoneInfo

    from helpdesk.openhours.calendar import Calendar, SpecialDay, parse_hours

    Compute = Callable[[datetime], object]

    BERLIN = ZoneInfo("Europe/Berlin")
    OPENS, CLOSES = 7, 21
    EASTER = {
        2024: (3, 31),
        2025: (4, 20),
        2026: (4, 5),
        2027: (3, 28),
        2028: (4, 16),
        2029: (4, 1),
        2030: (4, 21),
    }
    PROMISES = {"1 h": 1, "8 h": 8, "14 h": 14, "70 h": 70, "700 h": 700, "3,640 h": 3640}
    TIME_FOR_ONE = 0.15  # seconds of CPU that one measurement takes at least


def holidays(year: int) -> set[date]:
    """Germany's nine, where the table of Easter reaches; the five fixed ones beyond it."""
    days = {date(year, *day) for day in ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))}
    if year in EASTER:
        sunday = date(year, *EASTER[year])
        days |= {sunday + timedelta(days=n) for n in (-2, 1, 39, 50)}
    return days


def walk(start: datetime, open_time: timedelta, closed: frozenset[date]) -> datetime:
    """A due time the usual way: take what is left of today, go on to the next day."""
    local, left = start.astimezone(BERLIN), open_time
    day = local.date()
    while True:
        if day.weekday() < 5 and day not in closed:
            opening = datetime(day.year, day.month, day.day, OPENS, tzinfo=BERLIN).astimezone(UTC)
            closing = datetime(day.year, day.month, day.day, CLOSES, tzinfo=BERLIN).astimezone(UTC)
            begin = max(opening, start)
            if begin < closing:
                if left <= closing - begin:
                    return begin + left
                left -= closing - begin
        day += timedelta(days=1)


def desk() -> Calendar:
    return Calendar(
        name="bench",
        timezone="Europe/Berlin",
        windows=parse_hours(f"mon-fri {OPENS:02}:00-{CLOSES:02}:00"),
        special_days=lambda year: [SpecialDay(day, "holiday") for day in holidays(year)],
    )


def arrivals(count: int = 500) -> list[datetime]:
    """Instants all over 2024 to 2028, the same in every run."""
    random, begin = Random(2026), datetime(2024, 1, 1, tzinfo=UTC)
    return [begin + timedelta(seconds=random.randrange(5 * 365 * 86_400)) for _ in range(count)]


def per_second(compute: Compute, starts: list[datetime]) -> float:
    """How many arrivals a second of CPU `compute` gets through."""
    done, begin = 0, process_time()
    while (spent := process_time() - begin) < TIME_FOR_ONE:
        for start in starts[done % len(starts) : done % len(starts) + 10]:
            compute(start)
        done += 10
    return done / spent


def compare(
    *, engine: Compute, naive: Compute, starts: list[datetime], rounds: int
) -> tuple[float, float, list[float]]:
    """Due times per second of both, and the ratios of the rounds."""
    assert all(engine(start) == naive(start) for start in starts[:100]), "they disagree: nothing to compare"
    both = [(per_second(engine, starts), per_second(naive, starts)) for _ in range(rounds)]
    fast, slow = (median(column) for column in zip(*both, strict=True))
    return fast, slow, sorted(a / b for a, b in both)


def promises(rounds: int) -> None:
    calendar, starts = desk(), arrivals()
    closed = frozenset().union(*(holidays(year) for year in range(2023, 2033)))
    print(f"{'open time':>10} {'compiled/s':>12} {'day walk/s':>12} {'ratio':>8}   spread of {rounds} rounds")
    for name, hours in PROMISES.items():
        amount = timedelta(hours=hours)
        fast, slow, ratios = compare(
            engine=lambda start, amount=amount: calendar.add(start, amount),
            naive=lambda start, amount=amount: walk(start, amount, closed),
            starts=starts,
            rounds=rounds,
        )
        spread = f"{ratios[0]:.1f} to {ratios[-1]:.1f}"
        print(f"{name:>10} {fast:>12,.0f} {slow:>12,.0f} {median(ratios):>8.1f}   {spread}")


def others(rounds: int) -> None:
    calendar, starts = desk(), arrivals()
    end = starts[0] + timedelta(days=40)
    questions = {
        "elapsed": lambda start: calendar.elapsed(start, end),
        "is open": calendar.is_open,
        "next opening": calendar.next_open,
        "1 business day": lambda start: calendar.add_business_days(start, 1),
        "a fresh calendar's first due time": lambda start: desk().add(start, timedelta(hours=8)),
    }
    print(f"\n{'question':>34} {'per second':>12} {'us each':>9}")
    for name, ask in questions.items():
        rate = median(per_second(ask, starts) for _ in range(rounds))
        print(f"{name:>34} {rate:>12,.0f} {1e6 / rate:>9.2f}")


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    promises(rounds)
    others(rounds)


if __name__ == "__main__":
    main()
