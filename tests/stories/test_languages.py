"""Customers are written to in their own language where the offering speaks it; German and English are shipped (LAI-13)."""

from __future__ import annotations

import pytest

from helpdesk.desk import load_rules
from helpdesk.phrases import language_names
from helpdesk.shipped import shipped
from tests.desk import ANN, JO, KEY, LOGIK, TestDesk, write_office

GERMAN = "Guten Tag,\n\nseit heute Morgen werden die Regeln nicht mehr ausgeführt. Können Sie bitte nachsehen?\n\nMit freundlichen Grüßen"
FRENCH = "Bonjour,\n\nles règles ne sont plus exécutées depuis ce matin. Pouvez-vous nous aider ?\n\nCordialement"


DUTCH = "Goedemiddag,\n\nsinds vanochtend worden de regels niet meer uitgevoerd. Kunt u er naar kijken?\n\nMet vriendelijke groet"
ITALIAN = "Buongiorno,\n\nda stamattina le regole non vengono più eseguite. Potete guardare?\n\nCordiali saluti"
PORTUGUESE = "Bom dia,\n\ndesde hoje cedo as regras não são mais executadas. Vocês podem verificar?\n\nObrigada"
ORION = "kim@orion.example"


def speaking(tmp_path, story_databases, request, languages: str, *, orion: str = "", within: str = "") -> TestDesk:
    """The tests' desk, with a policy that speaks these languages; Orion's row in the customers may name theirs.

    `within` is promised for everything but the worst.
    """
    office = write_office(tmp_path)
    if orion:
        customers = tmp_path / "customers.toml"
        row = 'key = "orion"\n'
        customers.write_text(customers.read_text("utf-8").replace(row, f'{row}language = "{orion}"\n'), "utf-8")
    (tmp_path / "policies").mkdir()
    text = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")
    assert 'languages = ["en"]' in text
    if within:
        text = text.replace('"2h"\nmedium = "8h"\n', f'"{within}"\nmedium = "{within}"\n')
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
    assert ack.text.startswith("Guten Tag Jo,\n\nvielen Dank für Ihre Nachricht.")
    assert "Erste Antwort: innerhalb von 2 Stunden, spätestens Di., 19.05.2026" in " ".join(ack.text.split())
    assert "Uhr CDT" in ack.text
    assert "Wir antworten auf" not in ack.text
    assert "Antworten Sie einfach" in both.last(JO, "relay").text
    assert "Wir hoffen, dass Ihre Anfrage HD-1 damit erledigt ist" in " ".join(both.last(JO, "closed").text.split())


def test_who_is_owed_no_time_reads_that_in_german(both):
    """LAI-13, CEL-1: a customer whose contract has ended."""
    both.mail("jo@lapsed.example", "Regeln", GERMAN)
    said = " ".join(both.last("jo@lapsed.example", "ack").text.split())

    assert "Erste Antwort: angestrebt innerhalb von " in said
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


@pytest.mark.parametrize(
    ("spoken", "text", "subject", "same_day"),
    [
        ("en", "The rules do not fire for two of our products.", "(erased)", "First answer: the same business day, by"),
        ("de", GERMAN, "(gelöscht)", "Erste Antwort: noch am selben Werktag, spätestens"),
        ("fr", FRENCH, "(objet supprimé)", "(délai : le jour ouvré même)"),
        ("es", "Las reglas no se ejecutan desde esta mañana.", "(asunto eliminado)", "(plazo: el mismo día laborable)"),
    ],
)
def test_an_erased_subject_and_the_same_day_are_said_in_each_language(
    tmp_path, story_databases, request, spoken, text, subject, same_day
):
    desk = speaking(tmp_path, story_databases, request, f'["{spoken}"]', within="same business day")
    desk.mail(JO, "4711", text)
    desk.reply(ANN, "#redact")
    desk.reply(ANN, "7.3", to_kind="assigned")

    assert same_day in " ".join(desk.last(JO, "ack").text.split())
    assert desk.last(JO, "relay").subject == f"Re: {subject} [HD-1]"


def test_who_writes_english_is_answered_in_english(both):
    both.mail(JO)

    assert both.last(JO, "ack").text.startswith("Hello,")


def test_a_language_that_the_offering_does_not_speak_gets_its_first_one_and_is_told_so(both):
    """LAI-13"""
    both.mail(JO, "Les règles", FRENCH)

    assert "We answer in English or German" in both.last(JO, "ack").text


@pytest.mark.parametrize(
    ("spoken", "language", "said"),
    [
        (["de"], "de", "Deutsch"),
        (["de", "en"], "en", "German or English"),
        (["de", "en", "fr", "es"], "de", "Deutsch, Englisch, Französisch oder Spanisch"),
        (["en", "fr", "es"], "fr", "anglais, français ou espagnol"),
        (["en", "de", "es"], "es", "inglés, alemán o español"),
    ],
)
def test_several_languages_are_listed_as_one_says_them(spoken, language, said):
    assert language_names(spoken, language) == said


def test_an_offering_whose_first_language_is_german_says_so_in_german(tmp_path, story_databases, request):
    desk = speaking(tmp_path, story_databases, request, '["de"]')
    desk.mail(JO, "", "Since this morning no rule fires. Could you please have a look at it for us?")

    ack = desk.last(JO, "ack")
    assert "Wir antworten auf Deutsch" in ack.text
    assert ack.subject == "Re: (ohne Betreff) [HD-1]"


def test_a_language_without_templates_falls_back_to_english(tmp_path, story_databases, request):
    desk = speaking(tmp_path, story_databases, request, '["it", "en"]')
    desk.mail(
        JO, "Le regole", "Buongiorno,\n\nda questa mattina le regole non vengono più eseguite. Potete controllare?"
    )

    assert desk.case(1).language == "it"
    assert desk.last(JO, "ack").text.startswith("Hello,")
    assert "We answer in" not in desk.last(JO, "ack").text


@pytest.mark.parametrize(
    ("row", "speaks", "text", "begins"),
    [
        ("de", '["en", "de"]', FRENCH, "Guten Tag,"),  # the row goes before the mail
        ("es", '["en", "de"]', GERMAN, "Hola:"),  # and before what the policy speaks
        ("it", '["en", "de"]', GERMAN, "Guten Tag,"),  # but for a language that nobody here writes
        ("", '["en", "fr"]', FRENCH, "Bonjour,"),  # the mail, where it is sure
        ("", '["en", "fr"]', "Storno", "Hello,"),
        ("", '["fr", "en"]', "Storno", "Bonjour,"),
        ("", '["en", "es"]', FRENCH, "Hello,"),  # a language that the policy does not speak
    ],
)
def test_a_customer_is_written_to_in_the_language_of_their_row_then_of_their_mail_then_in_the_policys_first(
    tmp_path, story_databases, request, row, speaks, text, begins
):
    desk = speaking(tmp_path, story_databases, request, speaks, orion=row)
    desk.mail(ORION, "Storno", text)

    assert desk.last(ORION, "ack").text.startswith(begins)


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


def test_english_without_a_single_telling_word_is_no_spanish(story_databases, request, rules):
    """`no` is a word of five languages; the two that are English only decide."""
    desk = TestDesk(rules, story_databases.of("memory", request))
    desk.mail(JO, "Rules", "no workaround, no orders", to=LOGIK)

    assert desk.case(1).language == "en"
    assert "We answer in" not in desk.last(JO, "ack").text


@pytest.mark.parametrize(("language", "text"), [("nl", DUTCH), ("it", ITALIAN), ("pt", PORTUGUESE)])
def test_dutch_italian_and_portuguese_are_themselves(both, language, text):
    """LAI-13"""
    both.mail(JO, "HD", text)

    assert both.case(1).language == language
    assert "We answer in English or German" in both.last(JO, "ack").text


@pytest.mark.parametrize(
    "text",
    [
        "Storno",
        "Jean-Luc Müller, José Peña",
        "Bonjour, le site ne répond plus depuis ce matin.\nHello, the site has not been responding since this morning.",
    ],
)
def test_nobody_is_told_which_language_we_answer_in_where_theirs_is_a_guess(both, text):
    """LAI-13: one word, names alone, two languages."""
    both.mail(JO, "4711", text)

    assert both.case(1).language == "en"
    assert "We answer in" not in both.last(JO, "ack").text


def test_where_a_mail_does_not_tell_it_is_the_language_of_the_customers_row(tmp_path, story_databases, request):
    desk = speaking(tmp_path, story_databases, request, '["en", "de"]', orion="de")
    desk.mail(ORION, "Storno", "Storno")
    desk.mail(JO, "Storno", "Storno")

    assert "vielen Dank für Ihre Nachricht" in desk.last(ORION, "ack").text
    assert "Hello" in desk.last(JO, "ack").text


def test_a_row_whose_language_the_policy_does_not_speak_is_written_in_and_says_what_is_spoken(
    tmp_path, story_databases, request
):
    desk = speaking(tmp_path, story_databases, request, '["en"]', orion="de")
    desk.mail(ORION, "Storno", "Storno")
    desk.mail(ORION, "Regeln", GERMAN)

    first, second = desk.sent_to(ORION, "ack")
    assert "Wir antworten auf" not in first.text
    assert "Wir antworten auf Englisch" in second.text


def test_words_of_others_do_not_make_a_mail_theirs(both):
    """An English log, an error in quotation marks and the mail that is answered stand in a German mail."""
    both.mail(
        JO,
        "AW: Your weekly report",
        "Beim Speichern steht da „the record was changed by another user and could not be saved“.\n"
        "2026-05-18 10:11:12 ERROR could not write to the store: the connection was closed by the server\n"
        "2026-05-18 10:11:13 ERROR could not write to the store: the connection was closed by the server\n"
        "Was können wir tun?\n\n"
        "On Mon, 18 May 2026 at 09:00, Reports wrote:\n> here is the report that you have asked us for\n",
    )

    assert both.case(1).language == "de"
    assert "vielen Dank für Ihre Nachricht" in both.last(JO, "ack").text


def test_german_without_umlauts_in_capitals_or_from_zurich_is_german(both):
    both.mail(JO, "A", "Fuer unsere Kunden ist das Portal seit heute frueh nicht erreichbar, koennen Sie pruefen?")
    both.mail(JO, "B", "NIEMAND KOMMT MEHR INS SYSTEM!!! BITTE SOFORT MELDEN!!!")
    both.mail(JO, "C", "Grüezi mitenand, mir händ sit hüt am Morge kei Bestellige meh und bi eus gaht gar nüt.")

    assert [both.case(number).language for number in (1, 2, 3)] == ["de", "de", "de"]
