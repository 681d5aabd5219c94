"""Customers are written to in their own language where the offering speaks it; German and English are shipped (LAI-13)."""

from __future__ import annotations

import pytest

from helpdesk.desk import load_rules
from helpdesk.shipped import shipped
from tests.desk import ANN, JO, KEY, LOGIK, TestDesk, write_office

GERMAN = "Guten Tag,\n\nseit heute Morgen werden die Regeln nicht mehr ausgeführt. Können Sie bitte nachsehen?\n\nMit freundlichen Grüßen"
FRENCH = "Bonjour,\n\nles règles ne sont plus exécutées depuis ce matin. Pouvez-vous nous aider ?\n\nCordialement"


def speaking(tmp_path, story_databases, request, languages: str) -> TestDesk:
    """The tests' desk, with a policy that speaks these languages."""
    office = write_office(tmp_path)
    (tmp_path / "policies").mkdir()
    text = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")
    assert 'languages = ["en"]' in text
    (tmp_path / "policies" / "logik.toml").write_text(
        text.replace('languages = ["en"]', f"languages = {languages}"), encoding="utf-8"
    )
    office.write_text(office.read_text().replace("[desk]\n", '[desk]\npolicies = "policies"\n'))
    rules = load_rules(office, environment={}, signing_key=KEY)
    return TestDesk(rules, story_databases.of("memory", request))


@pytest.fixture
def both(tmp_path, story_databases, request) -> TestDesk:
    return speaking(tmp_path, story_databases, request, '["en", "de"]')


def test_who_writes_german_is_answered_in_german(both):
    """LAI-13: acknowledgment, answer, closing."""
    both.mail(f"Jo <{JO}>", "Regeln", GERMAN)
    both.reply(ANN, "Wir sehen nach.")
    both.reply(ANN, "#resolve\nEs geht wieder.", to_kind="assigned")

    ack = both.last(JO, "ack")
    assert ack.text.startswith("Guten Tag Jo,\n\nIhre Nachricht ist angekommen")
    assert "Erste Antwort: spätestens Di., 19.05.2026" in ack.text
    assert "Uhr CDT" in ack.text
    assert "Wir antworten auf" not in ack.text
    assert "Antworten Sie einfach" in both.last(JO, "relay").text
    assert "Wir halten Ihre Anfrage HD-1 für gelöst" in " ".join(both.last(JO, "closed").text.split())


def test_who_is_owed_no_time_reads_that_in_german(both):
    """LAI-13, CEL-1: a customer whose contract has ended."""
    both.mail("jo@lapsed.example", "Regeln", GERMAN)
    said = " ".join(both.last("jo@lapsed.example", "ack").text.split())

    assert "Erste Antwort: angestrebt bis " in said
    assert (
        "Zugesagt ist sie für diese Anfrage nicht, denn: - wir finden keinen laufenden Vertrag von Ihnen über" in said
    )
    assert "spätestens" not in said


def test_agents_are_written_to_in_english_whatever_the_customer_speaks(both):
    both.mail(JO, "Regeln", GERMAN)

    assert "A new case for you." in both.last(ANN, "assigned").text


def test_who_is_asked_to_send_it_again_is_asked_in_german(both):
    """LAI-11, LAI-13"""
    both.mail(JO, "Regeln", GERMAN + "\nPasswort: geheim-123")
    both.reply(ANN, "#redact")

    assert "noch einmal" in both.last(JO, "resend-anonymised").subject


def test_who_writes_english_is_answered_in_english(both):
    both.mail(JO)

    assert both.last(JO, "ack").text.startswith("Hello,")


def test_a_language_that_the_offering_does_not_speak_gets_its_first_one_and_is_told_so(both):
    """LAI-13"""
    both.mail(JO, "Les règles", FRENCH)

    assert "We answer in English or German" in both.last(JO, "ack").text


def test_an_offering_whose_first_language_is_german_says_so_in_german(tmp_path, story_databases, request):
    desk = speaking(tmp_path, story_databases, request, '["de"]')
    desk.mail(JO, "", "Since this morning no rule fires. Could you please have a look at it for us?")

    ack = desk.last(JO, "ack")
    assert "Wir antworten auf Deutsch" in ack.text
    assert ack.subject == "Re: (ohne Betreff) [HD-1]"


def test_a_language_without_templates_falls_back_to_english(tmp_path, story_databases, request):
    desk = speaking(tmp_path, story_databases, request, '["fr", "en"]')
    desk.mail(JO, "Les règles", FRENCH)

    assert desk.last(JO, "ack").text.startswith("Hello,")
    assert "We answer in" not in desk.last(JO, "ack").text


def test_an_unknown_german_sender_gets_none_of_their_words_back(both):
    """L05, in every language."""
    both.mail("BILLIGE-PILLEN <mallory@elsewhere.example>", "PILLEN", GERMAN + " PILLEN")

    ack = both.last("mallory@elsewhere.example", "ack")
    assert ack.subject == "[HD-1] Ihre Nachricht an Logik Support"
    assert b"PILLEN" not in ack.raw


def test_a_policy_that_speaks_english_only_answers_german_mail_in_english(story_databases, request, rules):
    desk = TestDesk(rules, story_databases.of("memory", request))
    desk.mail(JO, "Regeln", GERMAN, to=LOGIK)

    assert "We answer in English" in desk.last(JO, "ack").text
