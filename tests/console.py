"""A console on a desk of its own, asked over a real socket; `site.get(path, by=ANN)` is signed in as somebody.

Who is signed in is named by a header of the test's, which the console trusts as it would a proxy's.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from helpdesk.unit import Unit, Units
from helpdesk.watch import Watch
from helpdesk.web.access import Access
from helpdesk.web.cards import card_of
from helpdesk.web.console import Console
from helpdesk.web.filters import read_filters
from helpdesk.web.markup import render
from helpdesk.web.viewer import READER
from helpdesk.web.views import Views
from helpdesk.web.visit import PageFrame
from tests.desk import TestDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.core.words.case import Case
    from helpdesk.desk import Rules
    from helpdesk.store.engine import Database
    from helpdesk.web.cards import Card

FRAME = PageFrame(desk="Desk", path="/", viewer=READER)
HEADER = "x-test-user"
LOCAL = Access(frozenset({"127.0.0.1", "desk.example"}), user_header=HEADER, proxies=(ip_network("127.0.0.0/8"),))


@pytest.fixture
def database_file_url(request, tmp_path, migrated_file) -> Iterator[str]:
    """SQLite in a file, which is enough for most pages; PostgreSQL for the tests that ask for it."""
    if getattr(request, "param", "sqlite") == "sqlite":
        file = tmp_path / "helpdesk.db"
        shutil.copy(migrated_file, file)
        yield f"sqlite:///{file}"
        return
    cluster = request.getfixturevalue("cluster")
    name = cluster.create()
    yield cluster.url_of(name)
    cluster.drop(name)


@dataclass
class Answer:
    """What the console said."""

    status: int
    headers: dict[str, str]
    body: str = field(repr=False)
    cookies: tuple[str, ...] = ()


@dataclass
class Site:
    """A console, and a browser that keeps its cookies in `jar`."""

    desk: TestDesk
    views: Views
    console: Console
    jar: dict[str, str] = field(default_factory=dict)

    def get(self, path: str = "/", *, by: str = "", method: str = "GET", body: str = "", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.console.port, timeout=120)
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if by:
            said[HEADER] = by
        if self.jar:
            said["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        try:
            connection.request(method, path, body or None, said)
            reply = connection.getresponse()
            cookies = tuple(reply.headers.get_all("set-cookie") or ())
            self._keep(cookies)
            return Answer(reply.status, dict(reply.getheaders()), reply.read().decode(), cookies)
        finally:
            connection.close()

    def post(self, path: str, *, by: str = "", csrf: str | None = None, headers: Any = (), **fields: str) -> Answer:
        """A form as a browser posts it, with the token of a page that it was shown, unless another is given."""
        token = self.csrf(by) if csrf is None else csrf
        body = urlencode({**fields, "csrf": token})
        return self.get(
            path,
            by=by,
            method="POST",
            body=body,
            **{"Content-Type": "application/x-www-form-urlencoded", **dict(headers)},
        )

    def csrf(self, by: str = "") -> str:
        """The token of this browser's forms, as a page shows it to them; "" where none has a form for them."""
        pages = (self.get(path, by=by).body for path in ("/sign-in", "/cases/HD-1", "/desk"))
        found = (re.search(r'name="csrf" value="([^"]*)"', page) for page in pages)
        return next((one[1] for one in found if one), "")

    def health(self) -> tuple[int, dict[str, Any]]:
        answer = self.get("/health")
        return answer.status, json.loads(answer.body)

    def _keep(self, cookies: tuple[str, ...]) -> None:
        for cookie in cookies:
            for name, one in SimpleCookie(cookie).items():
                self.jar[name] = one.value
                if one["max-age"] == "0":
                    del self.jar[name]


@contextmanager
def served(desk: TestDesk, views: Views, access: Access = LOCAL) -> Iterator[Site]:
    """That console for a while."""
    console = Console(listen="127.0.0.1:0", views=views, access=access)
    console.open()
    try:
        yield Site(desk, views, console)
    finally:
        console.close()


@contextmanager
def site_on(rules: Rules, database: Database, access: Access = LOCAL) -> Iterator[Site]:
    """A console over a new desk."""
    desk = TestDesk(rules, database)
    views = Views("Acme Support", Units(database, rules), Watch(lambda: desk.now), lambda: desk.now, desk.now)
    with served(desk, views, access) as site:
        yield site


def card(desk: TestDesk, case: Case) -> Card:
    """A case as the board shows it to somebody who only reads."""
    with desk.database.read() as connection:
        filters = read_filters({}, "/", READER, desk.rules)
        return card_of(Unit(connection, desk.rules, desk.now), case, filters)


def shown(template: str, **values: Any) -> str:
    """A page for somebody who only reads."""
    return render(template, frame=FRAME, **{"title": "", **values})
