"""Two desks on one mailbox that know nothing of each other: each would have half of the cases. Both are told."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from helpdesk.wires.imap import AloneAgain, Patience, Poller, TakenByOthers
from helpdesk.wires.imap_others import Others
from tests.process import until
from tests.wire.imap_desk import Desk, desk, running
from tests.wire.imap_servers import Mailbox, mail, mailbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.wires.imap import Fetched, Report

__all__ = ["desk", "mailbox"]  # fixtures

MODES = pytest.mark.parametrize("moves", [True, False], ids=["moved", "flagged"])


def only_on_dovecot(mailbox: Mailbox) -> None:
    if mailbox.server != "dovecot":
        pytest.skip("pymap keeps no keywords and does not say which mails it moved")


def told(reports: Sequence[Report]) -> list[str]:
    return [type(report).__name__ for report in reports]


class Between:
    """A desk that lets somebody do something between its accepting a mail and putting it away."""

    def __init__(self, desk: Desk, poller: Poller) -> None:
        self.desk, self.poller = desk, poller

    def accept(self, mails: Sequence[Fetched]) -> None:
        self.desk.accept(mails)
        self.poller.poll()


@MODES
def test_a_desk_whose_mail_another_desk_takes_at_the_same_time_says_so_once(
    mailbox: Mailbox, desk: Desk, *, moves: bool
) -> None:
    only_on_dovecot(mailbox)
    account = mailbox.account(processed=mailbox.processed if moves else None)
    other = Desk().poller(account)
    one = desk.poller(account, accept=Between(desk, other).accept)
    one.poll()
    for number in range(5):
        mailbox.fill([mail(number)])
        one.poll()
        assert told(desk.reports) == (["TakenByOthers"] if number >= 2 else [])
    one.close()
    other.close()
    assert desk.reports == [TakenByOthers("support@logik.example", mailbox.folder, mails=3)]


def _looked_since(poller: Poller, at: float) -> bool:
    since = poller.since_poll
    return since is not None and time.monotonic() - since.total_seconds() > at


def test_two_desks_that_wait_for_the_same_mail_warn_at_least_one_of_their_operators(mailbox: Mailbox) -> None:
    """A mail that is moved before the other has looked is seen by nobody else: there it is a matter of luck."""
    only_on_dovecot(mailbox)
    account = mailbox.account(processed=None)
    first, second = Desk(), Desk()
    patience = Patience(between=timedelta(), idle=timedelta(seconds=0.5))
    one, two = first.poller(account, patience=patience), second.poller(account, patience=patience)
    with running(one), running(two):
        for number in range(200):
            mailbox.fill([mail(number)])
            until(lambda number=number: mail(number) in first.cases + second.cases)
            # As with mails that come minutes apart: both have looked since, and wait to be called again.
            taken_at = time.monotonic()
            until(lambda at=taken_at: all(_looked_since(poller, at) for poller in (one, two)))
            if first.reports + second.reports:
                break
    assert set(told(first.reports + second.reports)) == {"TakenByOthers"}


def test_a_desk_that_looks_late_sees_by_their_keyword_that_another_has_taken_its_mails(
    mailbox: Mailbox, desk: Desk
) -> None:
    only_on_dovecot(mailbox)
    account = mailbox.account(processed=None)
    late, other = desk.poller(account), Desk().poller(account)
    late.poll()
    for number in range(3):
        mailbox.fill([mail(number)])
        other.poll()
        late.poll()
    late.close()
    other.close()
    assert told(desk.reports) == ["TakenByOthers"]
    assert len(desk.cases) == 3


@MODES
def test_two_daemons_of_one_desk_are_no_strangers_to_each_other(mailbox: Mailbox, desk: Desk, *, moves: bool) -> None:
    account = mailbox.account(processed=mailbox.processed if moves else None)
    other = desk.poller(account, alone=lambda: False)
    one = desk.poller(account, accept=Between(desk, other).accept, alone=lambda: False)
    for number in range(5):
        mailbox.fill([mail(number)])
        one.poll()
    one.close()
    other.close()
    assert desk.reports == []


def test_mails_that_a_restored_database_does_not_know_are_no_sign_of_a_stranger(mailbox: Mailbox, desk: Desk) -> None:
    account = mailbox.account(processed=None)
    mailbox.fill([mail(number) for number in range(120)], flags=[rb"\Seen", b"$HelpdeskTaken"])
    poller = desk.poller(account)
    for number in range(200, 204):
        mailbox.fill([mail(number)])
        poller.poll()
    poller.close()
    assert len(desk.cases) == 124
    assert desk.reports == []


def test_a_person_who_moves_mails_by_hand_now_and_then_sets_off_no_alarm(mailbox: Mailbox, desk: Desk) -> None:
    mailbox.fill([mail(number) for number in range(300)])
    moments = iter(range(1000))

    def accept(mails: Sequence[Fetched]) -> None:
        desk.accept(mails)
        if next(moments) in {0, 2, 5}:  # many at once, again and again, while the desk reads what has lain there
            with mailbox.client() as client:
                client.select_folder(mailbox.folder)
                for uids in (client.search("ALL")[:20], client.search("ALL")[-60:-40]):
                    client.add_flags(uids, [rb"\Deleted"])
                client.expunge()

    poller = desk.poller(mailbox.account(), accept=accept)
    poller.poll()
    for number in range(400, 405):
        mailbox.fill([mail(number)])
        with mailbox.client() as client:
            client.select_folder(mailbox.folder)
            client.delete_messages(client.search("ALL"))
            client.expunge()
        poller.poll()
    poller.close()
    assert desk.reports == []


def test_the_end_is_told_when_a_day_has_passed_without_a_sign() -> None:
    at, reports = [0.0], []
    others = Others("support@logik.example", "INBOX", reports.append, clock=lambda: at[0])
    for _ in range(4):
        others.took(2)
        others.looked()
        at[0] += 3600
    others.looked()
    assert reports == [TakenByOthers("support@logik.example", "INBOX", mails=6)]
    at[0] += 23 * 3600 - 1
    others.looked()
    assert len(reports) == 1
    at[0] += 3600
    others.looked()
    others.looked()
    assert reports[1:] == [AloneAgain("support@logik.example", "INBOX")]


def test_signs_that_are_days_apart_are_those_of_hands() -> None:
    at, reports = [0.0], []
    others = Others("support@logik.example", "INBOX", reports.append, clock=lambda: at[0])
    for _ in range(50):
        others.took(30)
        others.looked()
        at[0] += 13 * 3600
    assert reports == []
