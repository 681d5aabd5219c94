"""The board: the cases that a viewer may open, what is due first on top; and the search over all of them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helpdesk.errors import NotFound
from helpdesk.store import cases as case_store
from helpdesk.store import search
from helpdesk.store.board import BoardPlace, ended, page
from helpdesk.store.search_words import asked
from helpdesk.web import health
from helpdesk.web.cards import card_of
from helpdesk.web.filters import read_filters
from helpdesk.web.found_line import found_line
from helpdesk.web.page import Page
from helpdesk.web.refs import number_in, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.responses import Response

    from helpdesk.core.words.case import Case
    from helpdesk.unit import Unit
    from helpdesk.web.cards import Card
    from helpdesk.web.filters import Filters
    from helpdesk.web.visit import Visit

SHOWN = 50  # cases on one page
_NOTHING_DUE = "none"
_INSTANT = "%Y%m%dT%H%M%S%f"


def board(visit: Visit) -> Response:
    """A page of the board: the first, or the one behind a place."""
    filters = read_filters(visit.query, "/", visit.viewer, visit.views.units.rules)
    after = visit.query.get("after", "")
    with visit.read() as unit:
        numbers, later = (_ended if filters.ended else _open)(unit, filters, after)
        cards = _cards(unit, filters, numbers)
    return visit.page(
        "board.html",
        title="Board",
        filters=filters,
        cards=cards,
        first=not after,
        later=filters.page_link(later) if later else "",
        problems=health.shape(visit.views.facts())["problems"] if visit.viewer.opens_all else [],
    )


def _open(unit: Unit, filters: Filters, after: str) -> tuple[list[int], str]:
    """The numbers of a page, and behind which place the next one begins."""
    found = page(unit.connection, filters.kept, size=SHOWN + 1, after=_place(after))
    later = _place_words(found[SHOWN - 1]) if len(found) > SHOWN else ""
    return [place.number for place in found[:SHOWN]], later


def _ended(unit: Unit, filters: Filters, after: str) -> tuple[list[int], str]:
    found, before = ended(unit.connection, filters.kept, size=SHOWN, before=whole_number(after) or None)
    return found, str(before or "")


def _place_words(place: BoardPlace) -> str:
    due = f"{place.due_at:{_INSTANT}}" if place.due_at else _NOTHING_DUE
    return f"{due}_{place.opened_at:{_INSTANT}}_{place.number}"


def _place(told: str) -> BoardPlace | None:
    """The place that a link names; None, which is the beginning, where it names none."""
    due, _, rest = told.partition("_")
    opened, _, number = rest.partition("_")
    with suppress(ValueError, NotFound):
        return BoardPlace(None if due == _NOTHING_DUE else _instant(due), _instant(opened), number_in(number))
    return None


def _instant(text: str) -> datetime:
    return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)


def _cards(unit: Unit, filters: Filters, numbers: Iterable[int]) -> list[Card]:
    wanted = [*numbers]
    found = case_store.find(unit.connection, wanted)
    return [card_of(unit, found[number], filters) for number in wanted if _opens(filters, found.get(number))]


def _opens(filters: Filters, case: Case | None) -> bool:
    """Whatever a list has found, nobody is shown what they may not open."""
    return case is not None and filters.viewer.may_open(case)


# --- search


def searched(visit: Visit) -> Response:
    """Cases by their words, people, files and numbers, newest mail first."""
    filters = read_filters(visit.query, "/search", visit.viewer, visit.views.units.rules)
    after = visit.query.get("after", "")
    with visit.read() as unit:
        exact = _case_typed(unit, filters) if not after else []
        cards, later = _found(unit, filters, after)
        waiting = search.waiting(unit.connection, most=1000)
    return visit.page(
        "search.html",
        title="Search",
        filters=filters,
        cards=[*exact, *(card for card in cards if card.ref not in {one.ref for one in exact})],
        first=not after,
        later=filters.page_link(later) if later else "",
        waiting=waiting,
    )


def _case_typed(unit: Unit, filters: Filters) -> list[Card]:
    """The case whose number was typed."""
    with suppress(NotFound):
        return _cards(unit, filters, [number_in(filters.text)])
    return []


def _found(unit: Unit, filters: Filters, after: str) -> tuple[list[Card], str]:
    """Whole words fill a page or more, or else words may go on: what people type is often a part."""
    begins = after.startswith(_BEGUN)
    before = whole_number(after.removeprefix(_BEGUN)) or 0
    phrases = asked(filters.text, begins=begins)
    hits = search.find(unit.connection, phrases, filters.kept, size=SHOWN, before=before)
    if not after and len(hits.mails) < SHOWN:
        begins, phrases = True, asked(filters.text, begins=True)
        hits = search.find(unit.connection, phrases, filters.kept, size=SHOWN)
    cases = case_store.find(unit.connection, [case for case, _ in hits.mails])
    texts = search.texts(unit.connection, [mail for _, mail in hits.mails])
    cards = [
        card_of(unit, cases[case], filters, found=found_line(texts.get(mail, ""), phrases))
        for case, mail in hits.mails
        if _opens(filters, cases.get(case))
    ]
    return cards, f"{_BEGUN if begins else ''}{hits.before}" if hits.before else ""


_BEGUN = "begun"

PAGES = (Page("/", show=board, name="Board"), Page("/search", show=searched))
