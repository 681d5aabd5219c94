"""The board and the search as pages: what combines, what leads on, and what nobody is shown who may not open it."""

from __future__ import annotations

import re
from html import unescape

import pytest
import sqlalchemy as sa

from helpdesk.desk import load_rules
from helpdesk.store import search
from helpdesk.store.tables import to_index
from tests.console import site_on
from tests.desk import ANN, BOB, JO, KEY, LOU, OPS, UTE, write_office

SAM = "sam@desk.example"
SECOND = """
[[mailbox]]
address = "second@logik.example"
policy = "logik"
team = "second line"

[[team]]
name = "second line"

[[agent]]
name = "Sam Ode"
email = "sam@desk.example"
teams = ["second line"]
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    return load_rules(write_office(tmp_path_factory.mktemp("two"), more=SECOND), environment={}, signing_key=KEY)


@pytest.fixture
def site(rules, desk_database):
    with site_on(rules, desk_database) as site:
        yield site


@pytest.fixture
def full(site):
    """HD-1 low, Acme; HD-2 critical, Acme; HD-3 Orion; HD-4 to the second line; HD-5 waits; HD-6 is resolved."""
    site.desk.mail(f"Jo Park <{JO}>", "Colours are odd", "Case priority: Low\n\nThe amber is green.")
    site.desk.mail(JO, "Everything is down", "Case priority: Critical")
    site.desk.mail(UTE, "Frage zur Rechnung", "Nummer 4711 ist falsch.")
    site.desk.mail(LOU, "For the second line", "The amber is red.", to="second@logik.example")
    site.desk.mail(JO, "Which version", "Help.")
    answer(site, 5, "#wait\nWhich one is it?")
    site.desk.mail(JO, "Thanks in advance", "Help with amber.")
    answer(site, 6, "#resolve\nDone.")
    while search.index(site.desk.database):
        pass
    return site


def answer(site, number, words):
    case = site.desk.case(number)
    mail = [one for one in site.desk.sent_to(case.assignee, "assigned") if case.ref in one.subject][-1]
    site.desk.receive(site.desk.reply_to(mail, case.assignee, words))


def cases(answer):
    return [int(number) for number in re.findall(r'<li id="HD-(\d+)"', answer.body)]


def link(answer, words):
    """Where the link of those words leads."""
    found = re.search(rf'<a [^>]*?href="([^"]*)"[^>]*>(?:<span[^>]*>[^<]*</span>\s*)?{re.escape(words)}', answer.body)
    assert found, words
    return unescape(found[1])


def test_what_is_due_first_is_on_top_and_what_waits_at_the_end(full):
    assert cases(full.get(by=OPS))[0] == 2
    assert cases(full.get(by=OPS))[-1] == 5
    assert sorted(cases(full.get(by=OPS))) == [1, 2, 3, 4, 5]


FILTERS = (
    ("severity=1", {2}),
    ("customer=acme", {1, 2, 5}),
    ("customer=acme&severity=1", {2}),
    ("turn=others", {5}),
    ("turn=desk&customer=acme", {1, 2}),
    ("team=second+line", {4}),
    ("team=first+line", {1, 2, 3, 5}),
    ("team=nowhere", set()),
    ("ended=1", {6}),
    ("ended=1&customer=orion", set()),
    ("who=nobody", set()),
    (f"who={SAM}", {4}),
    ("broken=1", set()),
    ("who=me&severity=9&turn=x&ended=no", {1, 2, 3, 4, 5}),  # an operator is nobody's agent; the rest is nothing
    ("after=x_y_z", {1, 2, 3, 4, 5}),
    ("customer=%00&who=&team=" + "x" * 999, {1, 2, 3, 4, 5}),
    ("customer=acme%27--", set()),
    ("after=00010101T000000000000_99991231T235959999999_999999999999", {1, 2, 3, 4, 5}),
    ("ended=1&after=999999999999999999", {6}),
)


def test_severities_are_called_what_the_policies_in_use_call_them(full):
    page = full.get(by=OPS)
    assert link(page, "Critical") == "/?severity=1"
    assert link(page, "Low") == "/?severity=4"


def test_filters_combine(full):
    for query, found in FILTERS:
        assert set(cases(full.get(f"/?{query}", by=OPS))) == found, query


def test_a_filter_goes_on_and_off_by_its_link_and_keeps_the_others(full):
    page = full.get("/", by=OPS)
    page = full.get(link(page, "Acme Corp"), by=OPS)
    page = full.get(link(page, "Our turn"), by=OPS)
    assert set(cases(page)) == {1, 2}
    page = full.get(link(page, "Acme Corp"), by=OPS)  # the one among the filters comes first: off
    assert set(cases(page)) == {1, 2, 3, 4}


def test_mine_are_those_that_i_have(full):
    mine = {number: full.desk.case(number).assignee for number in (1, 2, 3, 5)}
    for agent in (ANN, BOB):
        assert set(cases(full.get("/?who=me", by=agent))) == {number for number, who in mine.items() if who == agent}


@pytest.mark.parametrize("by", [ANN, SAM])
def test_nobody_is_shown_what_they_may_not_open(full, by):
    may = {4} if by == SAM else {1, 2, 3, 5}
    ways = ("/", "/?team=first+line", "/?team=second+line", "/?customer=acme", "/?severity=1", "/?turn=others")
    for path in (*ways, "/search?q=the", "/search?q=amber", "/search?q=4", "/search?q=HD-1", "/search?q=frag"):
        assert set(cases(full.get(path, by=by))) <= may | ({6} if by == ANN else set()), path
    assert set(cases(full.get("/search?q=amber", by=by))) == ({4} if by == SAM else {1, 6})
    assert "red" not in full.get("/search?q=amber", by=ANN).body


ASKED = (
    ("amber", [6, 4, 1]),
    ("AMBER+green", [1]),
    ("4711", [3]),
    ("HD-2", [2]),
    ("2", [2]),
    ("rech", [3]),
    ("orion.example", [3]),
    ("jo+park", [1]),
    ("zebra", []),
    ("", []),
    ("%00%ff%22", []),
)


def test_the_search_finds_by_words_parts_people_and_numbers(full):
    for text, found in ASKED:
        page = full.get(f"/search?q={text}", by=OPS)
        assert (page.status, cases(page)) == (200, found), text


def test_a_search_is_narrowed_and_shows_where_it_found(full):
    page = full.get("/search?q=amber", by=OPS)
    assert "The <mark>amber</mark> is green." in page.body
    assert cases(full.get(link(page, "Ended"), by=OPS)) == [6]
    assert cases(full.get("/search?q=amber&customer=acme", by=OPS)) == [6, 1]


def test_pages_lead_to_all_cases_once(full, monkeypatch):
    monkeypatch.setattr("helpdesk.web.board.SHOWN", 2)
    for path, all_ in (
        ("/", {1, 2, 3, 4, 5}),
        ("/?ended=1", {6}),
        ("/search?q=the", {1, 4}),
        ("/search?q=amb", {1, 4, 6}),
    ):
        page, seen = full.get(path, by=OPS), []
        seen += cases(page)
        while "More cases" in page.body:
            page = full.get(link(page, "More cases"), by=OPS)
            seen += cases(page)
        assert sorted(seen) == sorted(all_), path


def test_what_a_mail_says_is_shown_as_it_says_it(site):
    site.desk.mail(JO, "<b>bold</b>", "<script>alert(1)</script> zebra")
    while search.index(site.desk.database):
        pass
    page = site.get("/search?q=zebra+script&x=%22%3E", by=OPS).body
    assert "<b>bold" not in page
    assert "<script>alert" not in page
    assert "&lt;<mark>script</mark>&gt;" in page


def test_health_says_when_the_search_is_behind(site):
    def causes():
        return {cause["cause"]: cause["status"] for cause in site.health()[1]["causes"]}

    for number, expected in ((999, None), (1, "attention")):
        with site.desk.database.write() as connection:
            connection.execute(sa.insert(to_index), [{"message_id": 1}] * number)
        assert causes().get("search.behind") == expected


def test_what_is_not_read_yet_is_said(site):
    site.desk.mail(JO, "New")
    assert "1 of the desk's mails" in " ".join(site.get("/search?q=new", by=OPS).body.split())
