"""A Celigo desk for what is counted afterwards: credits, reports, replays; and its commands on the terminal.

Acme is on Preferred (open from Sunday 16:00 to Friday 17:00 Pacific, around the clock in between), Brick on Essential.
Cases come in by the portal, which carries warranty, or by e-mail, which carries none. All times are Pacific.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest import mock

from helpdesk.cli import main
from helpdesk.log import quiet
from helpdesk.store.engine import Database
from tests.desk import ANN, TestDesk, wall
from tests.policies.offices import customer, open_desk

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

LA = "America/Los_Angeles"
PORTAL, EMAIL = "online@celigo.example", "email@celigo.example"
JO, BEA = "jo@acme.example", "bea@brick.example"
AM = "am@desk.example"


def la(text: str) -> datetime:
    """`07-07 09:00` on the wall in California, 2026."""
    return wall(f"2026-{text}", LA)


def customers(**acme: Any) -> str:
    facts = {
        "policy": "celigo",
        "plan": "preferred",
        "timezone": LA,
        "quarterly_fee": "12000.00 EUR",
        "account_contacts": [AM],
        "contacts": [{"email": JO, "registered": True}],
    }
    return customer("acme", **(facts | acme)) + customer("brick", "celigo", plan="essential")


class CeligoDesk(TestDesk):
    """A desk on Pacific time that takes whole cases at once."""

    __test__ = False

    def la(self, text: str) -> None:
        self.at(f"2026-{text}", LA)

    def opens(self, severity: str, at: str, *, sender: str = JO, to: str = PORTAL) -> int:
        """A case of that severity, which an agent sets at once; returns its number."""
        self.la(at)
        number = self.mail(sender, f"Flow of {at}", "The import of orders shows an error.", to=to).case
        assert number
        if self.case(number).severity != severity:
            self.reply(ANN, f"#severity {severity}", to_kind="assigned")
        return number

    def answers(self, at: str, text: str = "We are on it.") -> None:
        """The agent answers the newest mail that she got of a case and that is the customer's: notices stay inside."""
        self.la(at)
        newest = [mail.kind for mail in self.sent_to(ANN) if mail.kind in {"assigned", "customer-message"}][-1]
        self.reply(ANN, text, to_kind=newest)


def celigo_desk(
    folder: Path, database: Database | None = None, *, start: str = "06-30 09:00", **acme: Any
) -> CeligoDesk:
    """A desk in `folder`, in memory or over a database that is given."""
    quiet()
    opened = open_desk(
        folder, policy="celigo", channels=("online", "email"), customers=customers(**acme), start="2026-06-01 00:00"
    )
    return CeligoDesk(opened.rules, database or opened.database, start=f"{wall(f'2026-{start}', LA):%Y-%m-%d %H:%M}")


def celigo_desk_on_disk(folder: Path, migrated_file: Path, **acme: Any) -> CeligoDesk:
    """A desk whose database the commands find beside the configuration."""
    file = folder / "helpdesk.db"
    shutil.copy(migrated_file, file)
    return celigo_desk(folder, Database(f"sqlite:///{file}"), **acme)


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


class Terminal:
    """Runs commands on a desk's folder, at a time that the test says."""

    def __init__(self, folder: Path, capsys: Any) -> None:
        self._config = str(folder / "helpdesk.toml")
        self._capsys = capsys

    def run(self, *arguments: str, at: datetime) -> Ran:
        self._capsys.readouterr()
        argv = ["helpdesk", *arguments, "--config", self._config]
        with mock.patch.object(sys, "argv", argv), mock.patch("helpdesk.cli.shared.wall_clock", return_value=at):
            code = _exit_code()
        said = self._capsys.readouterr()
        return Ran(code, said.out, said.err)


def _exit_code() -> int:
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
