"""S02: whatever is wrong on our side, a sender hears 451 and nothing else, and its mail is taken later."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.crash import laws
from tests.process import MAILBOX, Dialogue, Premises, letter, stop, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.process import Foundry

_REFUSED = "451 4.3.0 Local trouble, please try again later"


@pytest.fixture
def desk(tmp_path: Path, foundry: Foundry) -> Premises:
    return Premises(tmp_path, starter=foundry)


@contextlib.contextmanager
def without_a_table(desk: Premises, table: str) -> Iterator[None]:
    """Somebody renames it, and renames it back."""
    with contextlib.closing(sqlite3.connect(desk.folder / "helpdesk.db", timeout=10)) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO gone")
        database.commit()
        yield
        database.execute(f"ALTER TABLE gone RENAME TO {table}")
        database.commit()


def all_worked(desk: Premises, count: int) -> bool:
    return laws.records(desk).number("SELECT count(*) FROM spool WHERE outcome = 'opened'") == count


def test_a_missing_table_is_451_and_the_session_goes_on(desk: Premises) -> None:
    """S02."""
    running = desk.start()
    with Dialogue(desk.port) as dialogue:
        with without_a_table(desk, "spool"):
            assert dialogue.deliver(letter(1)) == _REFUSED
            assert dialogue.deliver(letter(1)) == _REFUSED
        assert dialogue.deliver(letter(1)).startswith("250 ")
    until(lambda: all_worked(desk, 1), "it became a case")
    assert stop(running) == 0


@pytest.mark.parametrize(
    "place",
    [
        "accept.pre_commit",
        "accept.post_commit",
        pytest.param("smtp.data_read", marks=pytest.mark.slow),
        pytest.param("smtp.pre_250", marks=pytest.mark.slow),
    ],
)
def test_an_error_that_nobody_foresaw_is_451_and_the_mail_is_taken_once(desk: Premises, place: str) -> None:
    """S02: also after the commit, when the second try is a copy."""
    running = desk.start(f"{place}=raise")
    with Dialogue(desk.port) as dialogue:
        assert dialogue.deliver(letter(1)) == _REFUSED
        assert dialogue.ask(f"MAIL FROM:<{letter(1).sender}>").startswith("250")
        assert dialogue.ask("RSET").startswith("250")
        assert dialogue.deliver(letter(1)).startswith("250 ")
        assert dialogue.deliver(letter(2)).startswith("250 ")
    until(lambda: all_worked(desk, 2), "both became a case")
    assert stop(running) == 0
    laws.one_case_a_mail(laws.records(desk))


def test_mail_that_cannot_be_worked_for_a_while_waits_and_is_not_blamed(desk: Premises) -> None:
    """S02, S12: no attempt is counted against it, nobody is alarmed, and it becomes a case."""
    running = desk.start()
    with without_a_table(desk, "cases"), Dialogue(desk.port) as dialogue:
        dialogue.deliver(letter(1))
        until(lambda: "does not answer" in desk.logged(), "the worker has tried")
    until(lambda: all_worked(desk, 1), "it became a case")
    assert stop(running) == 0
    assert laws.records(desk).number("SELECT count(*) FROM outbox WHERE kind = 'alert'") == 0


@pytest.mark.slow
def test_a_database_that_is_locked_is_451_within_half_a_minute(desk: Premises) -> None:
    """S02: somebody's backup holds it, and lets it go."""
    running = desk.start()
    with (
        contextlib.closing(sqlite3.connect(desk.folder / "helpdesk.db", timeout=10)) as backup,
        Dialogue(desk.port) as dialogue,
    ):
        backup.execute("BEGIN IMMEDIATE")
        assert dialogue.deliver(letter(1)) == _REFUSED
        assert dialogue.ask(f"MAIL FROM:<{letter(1).sender}>").startswith("250")
        backup.rollback()
        assert dialogue.ask("RSET").startswith("250")
        assert dialogue.deliver(letter(1)).startswith("250 ")
    until(lambda: all_worked(desk, 1), "it became a case")
    assert stop(running) == 0
    laws.one_case_a_mail(laws.records(desk))


def test_only_our_own_mailboxes_are_taken(desk: Premises) -> None:
    """S10: at RCPT, over the daemon's own list of mailboxes; a reply address of ours is ours."""
    local = MAILBOX.partition("@")[0]
    ours = [MAILBOX, MAILBOX.upper(), f"{local}+7.token@desk.example"]
    foreign = [
        "support@logik.example",
        f"{local}@elsewhere.example",
        "ann@desk.example",
        f"{local}%elsewhere.example@desk.example",
        f"{MAILBOX}@elsewhere.example",
        "@desk.example:jo@elsewhere.example",
        '"jo@elsewhere.example"@desk.example',
        f"{local}@[127.0.0.1]",
        f"{local}@desk.example.elsewhere.example",
        f"x{local}@desk.example",
        local,
    ]
    running = desk.start()
    with Dialogue(desk.port) as dialogue:
        dialogue.ask("MAIL FROM:<jo@client.example>")
        answers = {address: dialogue.ask(f"RCPT TO:<{address}>")[:3] for address in [*ours, *foreign]}
    assert stop(running) == 0
    assert {address for address, code in answers.items() if code == "250"} == set(ours)
    assert {code for address, code in answers.items() if address in foreign} <= {"550", "501", "553"}
