"""Two desks that write to each other: whatever each of them answers by itself, they fall silent (threats L02, L03)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from helpdesk.desk import load_rules
from helpdesk.lab.simulate import Laboratory
from tests.desk import CONFIGURATION, CUSTOMERS, JO, LOGIK, TestDesk, wall, write_office

OTHERS = "help@kilns.example"
DAYS = 60
STEP = 3  # days; what falls due on the way happens at its own instant
PEER = "helpdesk@peer.example"


class Correspondence:
    """Two desks on one clock, each with the other's mailbox as its counterpart; what they send each other arrives."""

    def __init__(self, folder, *, known: bool) -> None:
        self.desks = {LOGIK: self._desk(folder / "ours", LOGIK, b"one key, sixteen!", OTHERS if known else "")}
        self.desks[OTHERS] = self._desk(folder / "theirs", OTHERS, b"another key, too!", LOGIK if known else "")
        self.read = dict.fromkeys(self.desks, 0)
        self.exchanged = 0

    @staticmethod
    def _desk(folder, address: str, key: bytes, customer: str) -> Laboratory:
        folder.mkdir()
        path = write_office(folder)
        path.write_text(CONFIGURATION.replace(LOGIK, address), encoding="utf-8")
        if customer:
            domain = customer.partition("@")[2]
            row = f'\n[[customer]]\nkey = "other"\nname = "The other"\npolicy = "logik"\ndomains = ["{domain}"]\n'
            (folder / "customers.toml").write_text(CUSTOMERS + row, encoding="utf-8")
        return Laboratory(load_rules(path, signing_key=key), wall("2026-05-19 09:15"))

    def carry(self) -> None:
        """Bring each what the other has sent it, until nothing more comes of it."""
        moved = True
        while moved:
            moved = False
            for (mine, desk), (other, peer) in pairwise([*self.desks.items(), next(iter(self.desks.items()))]):
                sent = desk.notebook.mails[self.read[mine] :]
                self.read[mine] += len(sent)
                for _, mail, _ in sent:
                    reader = mail.recipient
                    if reader.partition("@")[2] == other.partition("@")[2]:
                        self.exchanged += 1
                        moved = True
                        peer.receive(mail.raw, (reader,), mail.mail_from)

    def passes(self, days: int) -> None:
        for _ in range(0, days, STEP):
            for desk in self.desks.values():
                desk.advance(desk.now + timedelta(days=STEP), inclusive=True)
            self.carry()


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("ends", ["", "#wait\n", "#resolve\n"])
def test_two_desks_of_this_kind_send_each_other_eight_mails_in_sixty_days_at_most(tmp_path, known, ends):
    """An agent answers once on each side, and the lives of both cases do the rest."""
    both = Correspondence(tmp_path, known=known)
    first = (
        f"From: {OTHERS}\r\nTo: {LOGIK}\r\nSubject: Kiln\r\nMessage-ID: <1@kilns.example>\r\n\r\nThe kiln is cold.\r\n"
    )
    both.desks[LOGIK].receive(first.encode(), (LOGIK,), OTHERS)
    both.carry()
    for address, desk in both.desks.items():
        assigned = [told for _, _, told in desk.notebook.mails if "reply by" in told.subject]
        if assigned:
            reply_to, agent = assigned[0].reply_to[0].address, assigned[0].to[0].address
            answer = f"From: {agent}\r\nTo: {reply_to}\r\nSubject: Re: Kiln\r\n\r\n{ends}Is it cold {address}?\r\n"
            desk.receive(answer.encode(), (reply_to,), agent)
            both.carry()
    both.passes(DAYS)

    assert 0 < both.exchanged <= 8


@pytest.mark.parametrize("every", [timedelta(minutes=5), timedelta(hours=5), timedelta(hours=20), timedelta(days=4)])
@pytest.mark.parametrize("peer", [PEER, "helpdesk@acme.example"])
def test_a_slow_helpdesk_without_any_header_stops_too(story_databases, request, rules, every, peer):
    """It answers each of our mails with a new one, under another subject and in other words, for sixty days."""
    desk = TestDesk(rules, story_databases.of("memory", request))
    ends, seen = desk.now + timedelta(days=DAYS), 0
    desk.mail(peer, "Ticket 1 opened", "We have your mail.")
    while desk.now < ends and len(desk.sent_to(peer)) > seen:
        desk.laboratory.advance(min(desk.now + every, ends), inclusive=True)
        seen += 1
        words = " ".join("abcdefghijklmnop"[(seen * place) % 16] * 6 for place in range(1, 9))
        desk.mail(peer, f"Ticket {1000 + seen} opened", f"Your request {words} was received.")

    assert len(desk.sent_to(peer)) <= (4 if peer == PEER else 8)


def test_a_customer_whom_agents_answer_is_acknowledged_for_as_long_as_they_write(story_databases, request, rules):
    desk = TestDesk(rules, story_databases.of("memory", request))
    for number in range(12):
        desk.mail(JO, f"Question {number}", f"How do I do the {'abcdefghijkl'[number] * 9} thing?")
        case = desk.case(number + 1)
        desk.reply(case.assignee, "So.")
        desk.laboratory.advance(desk.now + timedelta(days=2), inclusive=True)

    assert desk.kinds_to(JO).count("ack") == 12
