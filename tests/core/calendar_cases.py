"""Desks, instants and amounts for the calendar's tests, crowded where calendars go wrong.

Evenly spread instants would pass a wrong engine: nothing happens on most days of a year. So every scene has a pivot (a
change of the clock, New Year, a special day, the edge of a window) and all its instants lie within days of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from helpdesk.openhours import calendar as engine
from helpdesk.openhours.calendar import SpecialDay, WeeklyOpening, parse_hours
from tests.stepper import Stepper

DAY = 86_400

ZONES = (
    "Europe/Berlin",
    "America/Chicago",
    "America/Los_Angeles",
    "Australia/Lord_Howe",  # half an hour
    "Africa/Casablanca",  # four changes a year while Ramadan lasted in summer, two now, dates by table
    "Asia/Kathmandu",  # +05:45, no changes
    "America/Sao_Paulo",  # midnight did not exist (until 2019)
    "Pacific/Apia",  # 30 December 2011 did not exist
)
OTHER_ZONES = (
    "America/St_Johns",  # turned back at 00:01, so into the day before (until 2011)
    "America/Nuuk",  # turned back at midnight
    "Europe/Dublin",  # summer is standard time, winter is negative
    "UTC",
)

HOURS = (
    "mon-fri 07:00-21:00",
    "mon-fri 09:00-12:00, 13:00-17:00",
    "sun 16:00 - fri 17:00",
    "mon-sun 22:00-06:00",
    "mon-fri 00:00-24:00",
    "24x7",
    "sat,sun 10:00-14:00",
    "mon-sun 02:15-02:45",
    "mon-sun 02:00-10:00",
    "mon-sun 00:00-02:30",
    "mon,wed 18:00-22:00, tue,thu 09:00-12:00",
    "fri 23:00 - thu 23:00",
)


@cache
def changes(zone, first_year=2008, last_year=2030):
    """The instants at which the zone's offset changes, to the minute."""
    local = ZoneInfo(zone)

    def offset(at):
        return at.astimezone(local).utcoffset()

    found = []
    at, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    while at < end:
        before, at = at, at + timedelta(hours=12)
        if offset(before) != offset(at):
            minutes = (before + timedelta(minutes=m) for m in range(1, 721))
            found.append(next(minute for minute in minutes if offset(minute) != offset(before)))
    return tuple(found)


def closed(*lines):
    """`2026-04-03 Good Friday` lines to special days."""
    return tuple(SpecialDay(date.fromisoformat(line[:10]), line[11:]) for line in lines)


@dataclass(frozen=True)
class Desk:
    """Hours in a zone with its special days: the same for the engine and for the stepper."""

    zone: str
    hours: str | tuple[WeeklyOpening, ...]
    special_days: tuple[SpecialDay, ...] = ()
    cut_off: int | None = None
    ties: str = "previous"

    @property
    def windows(self):
        return parse_hours(self.hours) if isinstance(self.hours, str) else self.hours

    def calendar(self, module=engine):
        windows = [module.WeeklyOpening(w.weekday, w.start, w.end) for w in self.windows]
        special = {"special_days": self.special_days_in} if self.special_days else {}
        reading = {"cut_off": self.cut_off, "ties": self.ties}
        return module.Calendar(name="desk", timezone=self.zone, windows=windows, **special, **reading)

    def special_days_in(self, year):
        return [day for day in self.special_days if day.on.year == year]

    def stepper(self):
        return Stepper(self.hours, self.zone, self.special_days, cut_off=self.cut_off, ties=self.ties)

    def at(self, text):
        """A wall time such as `2026-03-27 16:00`, the first of two."""
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.zone))


@dataclass
class Scene:
    """A desk, three instants in order, and amounts of open time: what every law is tried on."""

    desk: Desk
    first: datetime
    second: datetime
    third: datetime
    amount: timedelta
    more: timedelta
    days: int
    mode: str
    promised: dict  # the words of an amount: of `Within`, and of the stepper with `seconds` for open time
    calendar: engine.Calendar = field(repr=False)

    def stepper(self):
        return self.desk.stepper()


@st.composite
def desks(draw, zones=ZONES + OTHER_ZONES):
    zone = draw(st.sampled_from(zones))
    pivot = draw(pivots(zone))
    around = pivot.astimezone(ZoneInfo(zone))
    hours = draw(st.sampled_from(HOURS) | st.lists(windows(around), min_size=1, max_size=4).map(tuple))
    special = draw(st.lists(special_days(around.date()), max_size=3))
    at = around.hour * 3600 + around.minute * 60
    cut_off = draw(st.sampled_from((None, None, at, 16 * 3600, 60, DAY - 60)))
    return Desk(zone, hours, tuple(special), cut_off, draw(st.sampled_from(("previous", "previous", "next")))), pivot


@st.composite
def windows(draw, around):
    """Any window, or one that begins or ends within 75 minutes of what the wall shows at the pivot."""
    length = draw(st.integers(15, 600) | st.integers(600, 7 * 1440))
    if draw(st.booleans()):
        return _window(draw(st.integers(0, 6)) * 1440 + draw(st.integers(0, 1439)), length)
    edge = around.weekday() * 1440 + around.hour * 60 + around.minute + draw(st.integers(-75, 75))
    return _window(edge - draw(st.sampled_from((0, length))), length)


def _window(minute_of_week, length):
    weekday, start = divmod(minute_of_week % (7 * 1440), 1440)
    return WeeklyOpening(weekday, start * 60, (start + length) * 60)


@st.composite
def pivots(draw, zone):
    """A change of the clock, a New Year or any other day."""
    new_year = [datetime(year, 1, 1, tzinfo=ZoneInfo(zone)) for year in range(2010, 2031)]
    any_day = datetime(2026, 1, 5, 12, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 1000)))
    kinds = [st.sampled_from(changes(zone))] * 3 if changes(zone) else []
    return draw(st.one_of(*kinds, st.sampled_from(new_year), st.just(any_day)))


@st.composite
def special_days(draw, around):
    on = around + timedelta(days=draw(st.sampled_from((0, 0, 0, -1, 1, 2, 5, -6))))
    start, end = draw(st.sampled_from(((0, 1440), (0, 1440), (0, 1440), (720, 1440), (0, 150), (130, 170), (600, 840))))
    opens, business = draw(st.sampled_from((False, False, True))), draw(st.sampled_from((None, None, True, False)))
    return SpecialDay(on, f"day {start}", start * 60, end * 60, opens=opens, business=business)


@st.composite
def instants(draw, desk, pivot):
    """Near the pivot, most often at the very second at which something happens."""
    near = draw(st.sampled_from(("pivot", "minutes", "minutes", "edge", "edge", "special", "cut-off")))
    nudge = timedelta(seconds=draw(st.sampled_from((0, 0, 0, 0, 1, -1, 59, 1800, -1200))))
    if near == "minutes":
        return pivot + timedelta(minutes=draw(st.integers(-90, 90) | st.integers(-5000, 5000)))
    if near == "edge":
        return draw(_edges(desk, pivot)) + nudge
    if near == "special" and desk.special_days:
        day = draw(st.sampled_from(desk.special_days))
        return _wall(desk, day.on, draw(st.sampled_from((0, day.start, day.end, DAY)))) + nudge
    if near == "cut-off" and desk.cut_off:
        return _wall(desk, pivot.astimezone(ZoneInfo(desk.zone)).date(), desk.cut_off) + nudge
    return pivot + nudge


@st.composite
def _edges(draw, desk, pivot):
    """The opening or the closing of a window, in the hour's first or second occurrence."""
    window = draw(st.sampled_from(desk.windows))
    near = pivot.astimezone(ZoneInfo(desk.zone)).date() + timedelta(days=draw(st.integers(-8, 3)))
    day = near + timedelta(days=(window.weekday - near.weekday()) % 7)
    return _wall(desk, day, draw(st.sampled_from((window.start, window.end))), fold=draw(st.integers(0, 1)))


def _wall(desk, day, seconds, fold=0):
    wall = datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)  # noqa: DTZ001 - becomes aware below
    return wall.replace(tzinfo=ZoneInfo(desk.zone), fold=fold).astimezone(UTC)


amounts = st.one_of(
    st.sampled_from((0, 1, 60, 1800, 3600, 8 * 3600, 14 * 3600, DAY, DAY - 1)),
    st.integers(1, 30 * 60).map(lambda minutes: minutes * 60),
    st.integers(0, 3 * DAY),
).map(lambda seconds: timedelta(seconds=seconds))


@st.composite
def promises(draw):
    """An amount of any kind."""
    by = draw(st.sampled_from((None, None, 12 * 3600, 150 * 60)))
    days = {"business_days": draw(st.integers(0, 4)), "by": by, "mode": draw(st.sampled_from(MODES))}
    seconds = draw(amounts.map(lambda amount: int(amount.total_seconds())).filter(bool))
    return draw(st.sampled_from(({"seconds": seconds}, days, days, {"calendar_days": draw(st.integers(1, 15))})))


MODES = ("same_time", "close", "close_next")


@st.composite
def scenes(draw, module=engine):
    desk, pivot = draw(desks())
    first, second, third = sorted(draw(instants(desk, pivot)).astimezone(UTC) for _ in range(3))
    return Scene(
        desk=desk,
        first=first,
        second=second,
        third=third,
        amount=draw(amounts),
        more=draw(amounts),
        days=draw(st.integers(1, 4)),
        mode=draw(st.sampled_from(MODES)),
        promised=draw(promises()),
        calendar=desk.calendar(module),
    )
