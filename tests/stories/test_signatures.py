"""Who signs a mail to a customer, how it begins and ends, and who it says gets it, too."""

from __future__ import annotations

import pytest

from helpdesk.desk import load_rules
from tests.desk import ANN, BOB, JO, KEY, KIM, LENA, UTE, TestDesk, write_office

ANNS = 'signature = { en = "Ann Berg\\nSecond line", de = "Ann Berg\\nZweite Reihe" }\n'
BOX = 'signature = """\nThe Logik team\nhttps://logik.example\n"""\n'


@pytest.fixture
def signing(tmp_path, story_databases, request) -> TestDesk:
    """Ann and the mailbox have a signature, Bob has none; Orion is written to in German."""
    office = write_office(tmp_path)
    text = office.read_text("utf-8")
    for was, more in ((f'email = "{ANN}"\n', ANNS), ('name = "Logik Support"\n', BOX)):
        assert was in text
        text = text.replace(was, f"{was}{more}", 1)
    office.write_text(text, "utf-8")
    customers = tmp_path / "customers.toml"
    customers.write_text(customers.read_text("utf-8").replace('key = "orion"\n', 'key = "orion"\nlanguage = "de"\n'))
    return TestDesk(load_rules(office, environment={}, signing_key=KEY), story_databases.of("memory", request))


def body(mail):
    return mail.text.partition("\n-- \n")[0].strip()


def test_an_agent_signs_above_the_mailbox_and_what_is_automatic_is_signed_by_the_mailbox(signing):
    signing.mail(f"Jo Park <{JO}>", "Rules", "No rule fires.")
    assert body(signing.last(JO, "ack")).endswith("Kind regards,\nThe Logik team\nhttps://logik.example")

    signing.reply(ANN, "#assign bob\nWe see it, too.", to_kind="assigned")
    signed = "Kind regards,\nAnn Berg\nSecond line\nThe Logik team\nhttps://logik.example"
    assert body(signing.last(JO, "relay")) == f"Hello Jo Park,\n\nWe see it, too.\n\n{signed}"

    signing.reply(BOB, "It is fixed.", to_kind="assigned")
    assert body(signing.last(JO, "relay")).endswith("Kind regards,\nBob Cole\nThe Logik team\nhttps://logik.example")

    signing.reply(LENA, "It is.", holder=BOB, to_kind="assigned")
    assert LENA not in signing.last(JO, "relay").text


def test_a_signature_is_said_in_the_customers_language(signing):
    signing.mail(f"Ute Orth <{UTE}>", "Rules", "No rule fires.")
    signing.reply(ANN, "Wir sehen nach.", to_kind="assigned")

    assert "Freundliche Grüße\nAnn Berg\nZweite Reihe\nThe Logik team" in signing.last(UTE, "relay").text


def test_what_an_agent_greets_and_closes_with_is_not_said_twice(signing):
    signing.mail(f"Jo Park <{JO}>", "Rules", "No rule fires.")
    signing.reply(ANN, "Dear Mr Park,\n\nwe see it, too.\n\nAll the best,\nAnn", to_kind="assigned")

    said = body(signing.last(JO, "relay"))
    assert said.startswith("Dear Mr Park,\n\nwe see it, too.")
    assert "Hello" not in said
    assert "Kind regards" not in said
    assert said.endswith("Ann\n\nSecond line\nThe Logik team\nhttps://logik.example")


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("Jo, the rules were off.\n\nRegards\nAnn Berg", "Jo, the rules were off.", "Ann Berg\n\nSecond line"),
        ("Thanks!\n\nThanks!\n\nIt runs in 7.3.", "Hello,\n\nThanks!", "Kind regards,\nAnn Berg\nSecond line"),
        ("Care is needed here.\n\nThe Logik team", "Hello,\n\nCare is", "Kind regards,\nAnn Berg\nSecond line"),
    ],
)
def test_a_letter_greets_and_closes_once_whomever_it_goes_to(signing, text, begins, ends):
    signing.mail(JO, "Rules", "No rule fires.")  # without a name beside the address
    signing.reply(ANN, text, to_kind="assigned")

    said = body(signing.last(JO, "relay"))
    assert said.startswith(begins)
    assert ends in said
    assert said.count("The Logik team") == 1


def test_each_reader_hears_who_else_gets_an_answer_and_its_end(signing):
    signing.mail(f"Jo Park <{JO}>", "Rules", "No rule fires.", cc=f"Kim Roe <{KIM}>")
    assert "Our answers also go to Kim Roe." in " ".join(signing.last(JO, "ack").text.split())

    signing.reply(ANN, "We see it, too.", to_kind="assigned")
    signing.reply(ANN, "#resolve\nIt is fixed.", to_kind="assigned")
    for kind in ("relay", "closed"):
        assert "This mail also goes to Kim Roe." in " ".join(signing.last(JO, kind).text.split())
        assert "This mail also goes to Jo Park." in " ".join(signing.last(KIM, kind).text.split())


def test_the_people_of_a_merged_case_are_not_told_to_the_others(signing):
    signing.mail(f"Jo Park <{JO}>", "Rules", "No rule fires.")
    signing.mail(f"Ute Orth <{UTE}>", "Regeln", "No rule fires.")
    signing.reply(signing.case(2).assignee, "#merge HD-1", to_kind="assigned")
    signing.reply(signing.case(1).assignee, "We see it, too.", to_kind="assigned")

    assert "Ute" not in signing.last(JO, "relay").text
    assert "Jo" not in signing.last(UTE, "relay").text
