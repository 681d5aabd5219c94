"""Who gets into the console, and who does not: each way in, and each way around it that somebody may try."""

from __future__ import annotations

import base64
import re
import threading
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, get_args

import pytest
import sqlalchemy as sa

from helpdesk.config import load_configuration
from helpdesk.desk import load_rules
from helpdesk.errors import ConfigurationError
from helpdesk.store import cases
from helpdesk.store.tables import sign_in, web_session
from helpdesk.unit import Units
from helpdesk.watch import Watch
from helpdesk.web import signin
from helpdesk.web.access import Access, access_of
from helpdesk.web.site import PAGES
from helpdesk.web.viewer import NOBODY, READER, Audience, viewer_of
from helpdesk.web.views import Views
from helpdesk.web.visit import own_path
from tests.console import HEADER, Site, database_file_url, served
from tests.desk import ANN, JO, KEY, LENA, OPS, STRANGER, TestDesk, write_office

if TYPE_CHECKING:
    from collections.abc import Iterator


CLEO = "cleo@desk.example"
ANNS_ALIAS = "ann.berg@home.example"
BILLING = "billing@logik.example"
MORE = """
[[mailbox]]
address = "billing@logik.example"
policy = "logik"
team = "Billing"

[[team]]
name = "Billing"

[[agent]]
name = "Cleo Dahl"
email = "cleo@desk.example"
teams = ["Billing"]
"""
PUBLIC = "https://desk.example"
LOOPBACK = (ip_network("127.0.0.0/8"),)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Entrance(Site):
    """A console with a public name. `mailed` waits until what followed from asking for a link is done."""

    settled: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def ask(self, address: str, *, to: str = "/cases/HD-1", wait: bool = True, **headers: str):
        answer = self.post("/sign-in", headers={**FORM, **headers}, address=address, to=to)
        if wait:
            assert self.settled.acquire(timeout=5)
            self.desk.work()
        return answer

    def links(self, to: str = ANN) -> list[str]:
        """The paths of the links that somebody was mailed, oldest first."""
        return [re.search(rf"{PUBLIC}(/sign-in/\S+)", mail.text)[1] for mail in self.desk.sent_to(to, "sign-in")]

    def sign_in(self, address: str = ANN):
        self.ask(address)
        return self.post(self.links(address)[-1])

    def another_browser(self) -> Entrance:
        return replace(self, jar={})


database_url = database_file_url


@pytest.fixture
def office(tmp_path):
    path = write_office(tmp_path, more=MORE)
    path.write_text(path.read_text().replace("[desk]", f'[desk]\npublic_url = "{PUBLIC}/"'))
    return path


@pytest.fixture
def site(office, database, monkeypatch) -> Iterator[Entrance]:
    yield from _entrance(office, database, monkeypatch, Access(frozenset({"127.0.0.1"}), must_sign_in=True))


@pytest.fixture
def behind_a_proxy(office, database, monkeypatch) -> Iterator[Entrance]:
    access = Access(frozenset({"127.0.0.1"}), must_sign_in=True, user_header=HEADER, proxies=LOOPBACK)
    yield from _entrance(office, database, monkeypatch, access)


def _entrance(office, database, monkeypatch, access: Access) -> Iterator[Entrance]:
    rules = load_rules(office, environment={}, signing_key=KEY)
    desk = TestDesk(rules, database)
    desk.mail(JO, "The rules do not fire", "Since nine.")
    desk.mail(JO, "An invoice", "Too high.", to=BILLING)
    views = Views("Acme Support", desk.laboratory.desk.units, Watch(lambda: desk.now), lambda: desk.now, desk.now)
    with served(desk, views, access) as site:
        yield Entrance(desk, views, site.console, settled=settling(monkeypatch))


def settling(monkeypatch) -> threading.Semaphore:
    """Is released whenever all is done that follows from asking for a link, which is done behind the answer."""
    settled, real = threading.Semaphore(0), signin._send

    def send(*arguments):
        real(*arguments)
        settled.release()

    monkeypatch.setattr(signin, "_send", send)
    return settled


# --- the way in


def test_a_link_in_a_mail_signs_in_and_leads_on(site):
    assert site.get("/cases/HD-1").headers["location"] == "/sign-in?to=%2Fcases%2FHD-1"
    assert 'value="/cases/HD-1"' in site.get("/sign-in?to=%2Fcases%2FHD-1").body
    answer = site.ask(ANN)
    assert (answer.status, "a link is on its way" in answer.body) == (200, True)
    (path,) = site.links()
    assert "Ann Berg" in site.get(path).body
    entered = site.post(path)
    assert (entered.status, entered.headers["location"]) == (303, "/cases/HD-1")
    assert "Since nine." in site.get("/cases/HD-1").body
    assert "Ann Berg" in site.get("/").body
    assert site.post("/sign-out").status == 303 or site.get("/").status == 303


@pytest.mark.parametrize(("address", "name", "role"), [(ANN, "Ann Berg", "agent"), (ANNS_ALIAS, "Ann Berg", "agent"), (LENA, LENA, "lead"), (OPS, "Operators", "operator"), ("ANN@Desk.example ", "Ann Berg", "agent")])  # fmt: skip
def test_agents_leads_and_operators_get_in_by_any_address_of_theirs_as_themselves(site, address, name, role):
    """The link goes to the address that the desk writes to."""
    site.ask(address)
    to = ANN if name == "Ann Berg" else address
    site.post(site.links(to)[-1])
    assert re.search(rf"{name}\s*<span[^>]*>{role}", site.get("/").body)


def test_signing_out_ends_the_session_for_who_kept_its_cookie(site):
    site.sign_in()
    kept = dict(site.jar)
    page = site.get("/").body
    token = re.search(r'action="/sign-out"><input type="hidden" name="csrf" value="([^"]*)"', page)[1]
    assert site.post("/sign-out", csrf=token).headers["location"] == "/sign-in"
    site.jar.update(kept)
    assert site.get("/").status == 303


def test_cookies_are_kept_from_scripts_from_plain_http_and_from_other_sites(site):
    entered = site.sign_in()
    (cookie,) = [one for one in entered.cookies if "session" in one]
    assert cookie.startswith("__Host-helpdesk-session=")
    for flag in ("Secure", "HttpOnly", "SameSite=lax", "Path=/", "Max-Age=604800"):
        assert flag in cookie.split("; ")
    assert "Domain" not in cookie
    with site.desk.database.read() as connection:
        kept = str(connection.execute(sa.select(web_session)).all() + connection.execute(sa.select(sign_in)).all())
    secrets = [one.partition("=")[2].partition(";")[0] for one in entered.cookies] + [site.links()[0].split("/")[-1]]
    assert not [secret for secret in [*secrets, *site.jar.values()] if secret in kept], "digests only"


# --- links


def _replayed(site, path):
    site.post(path)
    return site


def _elsewhere(site, path):
    return site.another_browser()


def _late(site, path):
    site.desk.at("2026-05-19 09:26")
    return site


def _gone(site, path):
    _without(site, "Ann Berg")
    return site


def _signed_out_at_reload(site, path):
    _without(site, "Ann Berg")
    site.desk.laboratory.desk.sign_out()
    return site


MISUSES = {
    "replayed": _replayed,
    "in another browser": _elsewhere,
    "late": _late,
    "of an agent who is gone": _gone,
    "of an agent who is gone since the reload": _signed_out_at_reload,
}


def _without(site, name: str) -> None:
    """The desk's files change, and an agent is gone."""
    path = site.views.units.rules.configuration.path
    text = path.read_text()
    begins = text.index(f'[[agent]]\nname = "{name}"')
    path.write_text(text[:begins] + text[text.index("[[agent]]", begins + 1) :])
    site.desk.laboratory.desk.exchange(load_rules(path, environment={}, signing_key=KEY))


@pytest.mark.parametrize("misuse", MISUSES.values(), ids=MISUSES)
def test_a_link_that_is_misused_signs_nobody_in(site, misuse):
    site.desk.at("2026-05-19 09:15")
    site.ask(ANN)
    (path,) = site.links()
    browser = misuse(site, path)
    browser.jar = {name: value for name, value in browser.jar.items() if "session" not in name}
    shown, entered = browser.get(path), browser.post(path)
    assert (shown.status, entered.status) == (403, 403)
    assert "Ann" not in shown.body
    assert not [cookie for cookie in entered.cookies if "session" in cookie]
    assert browser.get("/").status == 303


def test_a_link_that_is_fetched_changes_nothing(site):
    """Mail scanners and previews fetch every link, with other browsers or none, by HEAD too (design law 24)."""
    site.ask(ANN)
    (path,) = site.links()
    for browser in (site, site.another_browser(), site):
        for method in ("GET", "HEAD"):
            assert not [one for one in browser.get(path, method=method).cookies if "session" in one]
    assert site.post(path).status == 303


def test_two_who_press_the_button_at_once_are_one(site):
    site.ask(ANN)
    (path,) = site.links()
    answers = []
    token = site.csrf()
    threads = [threading.Thread(target=lambda: answers.append(site.post(path, csrf=token))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [303, 403, 403, 403]


def test_links_lead_to_the_public_url_whatever_the_request_says(site):
    """Host header attack: the mail would carry a link to a page of theirs."""
    site.ask(ANN, **{"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert site.post("/sign-in", headers={"Host": "evil.example"}, address=ANN).status == 421
    (mail,) = site.desk.sent_to(ANN, "sign-in")
    assert "evil" not in mail.text
    assert mail.text.count("://") == 1


# --- who is nobody here


@pytest.mark.parametrize(
    "address", [JO, STRANGER, "", "ann@desk.example\nBcc: x@y.example", "'; DROP TABLE cases", "a" * 5000]
)
def test_an_address_that_is_none_of_ours_gets_the_same_answer_and_no_mail(site, address):
    known, unknown = site.ask(ANN), site.ask(address)
    assert (unknown.status, unknown.body) == (known.status, known.body)
    assert set(unknown.headers) == set(known.headers)
    assert [mail.kind for mail in site.desk.sent].count("sign-in") == 1
    with site.desk.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(sign_in)).scalar() == 1


@pytest.mark.parametrize("address", [ANN, STRANGER])
def test_the_answer_waits_for_nothing_that_depends_on_the_address(site, monkeypatch, address):
    """Equal in time by construction: what is done for one of us begins when the answer has gone."""
    may_go, real = threading.Event(), signin._send

    def slow(*arguments):
        assert may_go.wait(20)
        real(*arguments)

    monkeypatch.setattr(signin, "_send", slow)
    answer = site.ask(address, wait=False)
    assert (answer.status, answer.headers["connection"]) == (200, "close")
    may_go.set()
    assert site.settled.acquire(timeout=5)


def test_five_links_an_hour_go_to_one_address_by_any_of_its_names(site):
    site.desk.at("2026-05-19 09:15")
    for number in range(7):
        answer = site.ask(ANN if number % 2 else ANNS_ALIAS)
        assert "a link is on its way" in answer.body
    assert len(site.links()) == 5
    site.ask(LENA)
    assert len(site.links(LENA)) == 1
    site.desk.at("2026-05-19 10:16")
    site.ask(ANN)
    assert len(site.links()) == 6


ELSEWHERE = (
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/x\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "evil",
    "/ x",
    "/\t/evil.example",
    "/é",
    "/" + "x" * 900,
    "/sign-out",
)


def test_nobody_is_led_elsewhere(site):
    assert {own_path(to) for to in ELSEWHERE} == {"/"}
    assert own_path("/cases/HD-1?mails=3#mails") == "/cases/HD-1?mails=3#mails"
    assert 'name="to" value="/"' in site.get("/sign-in?to=//evil.example").body
    site.ask(ANN, to="//evil.example")
    assert site.post(site.links()[-1]).headers["location"] == "/"


# --- sessions


def test_who_is_gone_from_the_configuration_is_signed_out(site):
    site.sign_in()
    assert site.get("/").status == 200
    _without(site, "Ann Berg")
    assert site.get("/").status == 303
    assert site.desk.laboratory.desk.sign_out() == 1
    again = load_rules(
        write_office(site.views.units.rules.configuration.folder, more=MORE), environment={}, signing_key=KEY
    )
    site.desk.laboratory.desk.exchange(again)
    assert site.get("/").status == 303, "who comes back signs in anew"


def test_a_session_ends_and_is_shared_by_every_daemon_of_the_database(site):
    site.desk.at("2026-05-19 09:15")
    site.sign_in()
    views = replace(site.views, units=Units(site.desk.database, site.views.units.rules))
    with served(site.desk, views, Access(frozenset({"127.0.0.1"}), must_sign_in=True)) as other:
        assert replace(site, console=other.console).get("/").status == 200
    site.desk.at("2026-05-26 09:14")
    assert site.get("/").status == 200
    site.desk.at("2026-05-26 09:16")
    assert site.get("/").status == 303


@pytest.mark.parametrize("value", ["", "x", "0" * 64, "%00", "a;b", "'--"])
def test_a_made_up_session_is_none(site, value):
    site.jar["__Host-helpdesk-session"] = value
    assert site.get("/").status == 303


# --- forms


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
@pytest.mark.parametrize("token", ["", "0" * 64, "é", "another browser's", "of before"])
def test_a_form_without_its_token_does_nothing(site, path, token):
    """CSRF: missing, made up, or of somebody else."""
    before = site.csrf()
    site.sign_in()
    token = {"another browser's": site.another_browser().csrf(), "of before": before}.get(token, token)
    answer = site.post(path, csrf=token, address=LENA, to="/cases/HD-1")
    assert answer.status == 403
    assert "Nothing was done" in answer.body
    assert not site.settled.acquire(blocking=False)
    assert site.get("/").status == 200, "and nobody was signed out"


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
def test_what_is_no_form_is_refused(site, media_type):
    answer = site.post("/sign-in", headers={"Content-Type": media_type}, address=ANN)
    assert answer.status == 403
    assert not site.settled.acquire(blocking=False)


def test_what_was_written_in_a_form_that_comes_too_late_is_shown_again(site):
    answer = site.post("/sign-out", csrf="", reply="A long answer\nin two lines. <script>")
    assert answer.status == 403
    assert "You are not signed in" in answer.body
    assert "A long answer\nin two lines. &lt;script&gt;" in answer.body


def test_a_form_that_is_too_large_is_refused(site):
    answer = site.post("/sign-in", address="x" * (2 * 2**20))
    assert (answer.status, "more than this page takes" in answer.body) == (403, True)


# --- whose cases


@pytest.mark.parametrize(
    ("address", "opens"), [(ANN, {1}), (LENA, {1}), (CLEO, {2}), (OPS, {1, 2})], ids=["agent", "lead", "other team", "operator"]
)  # fmt: skip
def test_agents_open_the_cases_of_their_teams_and_operators_all(behind_a_proxy, address, opens):
    site = behind_a_proxy
    for number in (1, 2):
        for path in (f"/cases/HD-{number}", f"/cases/HD-{number}/attachments/1"):
            answer = site.get(path, by=address)
            assert (answer.status == 403) == (number not in opens), path
            assert ("Since nine." in answer.body or "Too high." in answer.body) == (
                number in opens and "attachments" not in path
            )
    board = site.get("/", by=address).body
    assert {number for number in (1, 2) if f"HD-{number}" in board} == opens


def test_a_case_that_was_given_to_a_team_is_opened_by_both(behind_a_proxy):
    """As by mail: the mailbox's team may still answer."""
    site = behind_a_proxy
    site.desk.reply(ANN, "#team Billing", to_kind="assigned")
    assert site.get("/cases/HD-1", by=ANN).status == 200
    assert site.get("/cases/HD-1", by=CLEO).status == 200


# --- proxies


@pytest.mark.parametrize(
    ("proxies", "named", "status"),
    [
        (LOOPBACK, ANN, 200),
        (LOOPBACK, " Ann@Desk.Example ", 200),
        (LOOPBACK, STRANGER, 303),
        (LOOPBACK, f"{ANN}, {LENA}", 303),
        (LOOPBACK, "", 303),
        ((ip_network("192.0.2.0/24"),), ANN, 303),
        ((ip_network("::1/128"),), ANN, 303),
        ((), ANN, 303),
    ],
)
def test_a_header_names_who_is_signed_in_where_a_trusted_proxy_says_so(
    office, database, monkeypatch, proxies, named, status
):
    access = Access(frozenset({"127.0.0.1"}), must_sign_in=True, user_header=HEADER, proxies=proxies)
    for site in _entrance(office, database, monkeypatch, access):
        assert site.get("/", by=named).status == status


def test_a_header_that_stands_there_twice_is_nobodys():
    access = Access(frozenset(), user_header=HEADER, proxies=LOOPBACK)
    assert access.vouched("127.0.0.1", [ANN]) == ANN
    assert access.vouched("::ffff:127.0.0.1", [ANN]) == ANN, "of a socket that takes both versions"
    for peer, named in (
        ("127.0.0.1", [STRANGER, ANN]),
        ("127.0.0.1", []),
        ("10.0.0.1", [ANN]),
        ("", [ANN]),
        ("x", [ANN]),
    ):
        assert access.vouched(peer, named) == ""


@pytest.mark.parametrize(
    ("web", "problem"),
    [
        ('user_header = "X-User"', "web.user_header: expected user_header and trusted_proxies together"),
        ('trusted_proxies = ["127.0.0.1"]', "web.user_header: expected user_header and trusted_proxies together"),
        ('user_header = "X User"\ntrusted_proxies = ["127.0.0.1"]', "web.user_header: expected the name of a header"),
        (
            'user_header = "X-User"\ntrusted_proxies = ["proxy"]',
            "web.trusted_proxies: expected an address or a network",
        ),
    ],
)
def test_a_header_is_configured_with_who_may_send_it(tmp_path, web, problem):
    with pytest.raises(ConfigurationError, match=re.escape(problem)):
        load_configuration(write_office(tmp_path, more=f'\n[web]\nlisten = "127.0.0.1:8080"\n{web}\n'), environment={})


@pytest.mark.parametrize(
    ("public", "web", "must"),
    [
        ("", "", False),
        ("http://127.0.0.1:8080", "", False),
        ("http://localhost", "", False),
        (PUBLIC, "", True),
        ("", 'user_header = "X-User"\ntrusted_proxies = ["127.0.0.1"]', True),
    ],
)
def test_a_desk_that_others_reach_asks_to_sign_in_even_on_loopback(tmp_path, public, web, must):
    """Behind a proxy everybody comes from there."""
    path = write_office(tmp_path, more=f'\n[web]\nlisten = "127.0.0.1:8080"\n{web}\n')
    path.write_text(path.read_text().replace("[desk]", f'[desk]\npublic_url = "{public}"'))
    assert access_of(load_configuration(path, environment={})).must_sign_in is must


# --- the token


def test_the_token_reads_and_does_nothing(site):
    token = "a token of some length"
    basic = f"Basic {base64.b64encode(f'x:{token}'.encode()).decode()}"
    with served(site.desk, site.views, Access(frozenset(), token)) as guarded:
        assert "HD-2" in guarded.get("/", Authorization=basic).body
        assert guarded.get("/token", Authorization=basic).status == 303
        assert guarded.get("/", Authorization="Bearer wrong").status == 401
        csrf = guarded.csrf()
        answer = guarded.post("/sign-out", csrf=csrf, headers={"Authorization": basic})
        assert (answer.status, "sign in first" in answer.body) == (403, True)


# --- the list of pages


@pytest.mark.parametrize(
    ("viewer", "belongs"),
    [
        (NOBODY, {"anybody"}),
        (READER, {"anybody", "reader"}),
        (ANN, {"anybody", "reader", "staff", "agent"}),
        (LENA, {"anybody", "reader", "staff", "agent"}),
        (OPS, {"anybody", "reader", "staff", "operator"}),
    ],
)
def test_a_page_says_for_whom_it_is_and_only_they_find_it_in_the_navigation(site, viewer, belongs):
    viewer = viewer_of(site.views.units.rules.configuration, viewer, "link") if isinstance(viewer, str) else viewer
    assert {audience for audience in get_args(Audience) if viewer.belongs_to(audience)} == belongs
    with site.desk.database.read() as connection:
        case = cases.load(connection, 1)
    assert viewer.may_open(case) is (viewer is not NOBODY)
    assert viewer.works_on(case) is ("agent" in belongs)


def test_a_page_that_is_not_there_says_who_looks_for_it(behind_a_proxy):
    assert "Ann Berg" in behind_a_proxy.get("/nowhere", by=ANN).body
    assert "Board" not in behind_a_proxy.get("/nowhere").body


# Whose links are secrets themselves, and the one that asks who it is.
FOR_ANYBODY = {"/sign-in", "/sign-in/{link}", "/calls/{token}"}


def test_every_other_page_is_for_somebody_and_acts_for_who_is_signed_in():
    assert {page.path for page in PAGES if "anybody" in {page.sees, page.acts}} == FOR_ANYBODY
    assert not [page.path for page in PAGES if page.act and page.acts == "reader"]


def test_only_who_is_configured_is_a_viewer(office):
    configuration = load_configuration(office, environment={})
    assert viewer_of(configuration, "", "link") is None
    assert viewer_of(configuration, STRANGER, "link") is None
    both = viewer_of(configuration, OPS, "link")
    assert (both.operator, both.agent, both.teams) == (True, None, frozenset())
