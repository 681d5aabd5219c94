"""The intake fields of LGK-9, TKT-8, CEL-14 and CLX-4: read where the customer wrote them, never invented."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.offering.intake import IntakeField, missing, read
from helpdesk.offering.intake_words import things

LOGIK = (
    IntakeField("priority", "Case Priority"),
    IntakeField("issue_type", "Issue type"),
    IntakeField("area", "Application area"),
    IntakeField("url", "URL and click-path"),
    IntakeField("steps", "Steps to reproduce"),
    IntakeField("first_noticed", "When the issue was first noticed"),
    IntakeField("expected", "Expected behavior"),
    IntakeField("other", "Any other information", required=False),
)
REQUIRED = tuple(field.key for field in LOGIK if field.required)


def values(text, fields=LOGIK):
    return dict(read(text, fields).values)


def asked(text, fields=LOGIK, kind="defect"):
    return missing(fields, read(text, fields).values, kind)


@pytest.mark.parametrize(
    "line",
    [
        "Case Priority: Urgent",
        "case priority - Urgent",
        "**Case Priority:** Urgent",
        "1. Case Priority: Urgent",
        "• Priority = Urgent",
        "Case Priority (see the table): Urgent",
        "| Case Priority | Urgent |",
        "Case Priority\tUrgent",
        "Case Priority     Urgent",
        "Severity: Urgent",
        "Priorität: Urgent",
        "Dringlichkeit: Urgent",
        "Prioritaet - Urgent".replace("ae", "ä"),
        "Priorité : Urgent",
        "Gravité : Urgent",
        "Prioridad: Urgent",
        "Nivel de severidad: Urgent",
        "Case Priority\uff1aUrgent",
        "Case Priority\uff1a Urgent",
        "case_priority: Urgent",
        "case-priority = Urgent",
    ],
)
def test_a_priority_is_read_however_the_customer_lays_it_out_and_in_four_languages(line):
    """LGK-9"""
    assert values(f"Hello,\n\n{line}\n\nBye") == {"priority": "Urgent"}


def test_a_filled_in_form_leaves_nothing_to_ask():
    """LGK-9"""
    text = """Case Priority: High
Issue type: error
Application area: Rules
URL and click-path: https://acme.example/admin > Rules > 14
Steps to reproduce:
1. Open rule 14
2. Press Save

Expected behavior:
The rule is saved
When the issue was first noticed: Monday 8:00

Kind regards
Ann"""
    intake = read(text, LOGIK)
    assert missing(LOGIK, intake.values, "defect") == ()
    assert intake.values["steps"] == "1. Open rule 14\n2. Press Save"
    assert intake.values["expected"] == "The rule is saved"
    assert intake.values["url"] == "https://acme.example/admin > Rules > 14"
    assert intake.values["first_noticed"] == "Monday 8:00"


def test_only_required_fields_are_missing_and_in_the_order_of_the_policy():
    """LGK-9: the acknowledgment asks for exactly these."""
    assert asked("It does not work.") == REQUIRED
    assert asked("Area: Rules") == tuple(key for key in REQUIRED if key != "area")


def test_a_lying_table_gives_each_label_the_cell_below_it():
    """LGK-9"""
    text = "| Case Priority | Issue type | Application area |\n|---|---|---|\n| Urgent | error | Layout |"
    assert values(text) == {"priority": "Urgent", "issue_type": "error", "area": "Layout"}


def test_an_upright_table_with_its_own_heading_is_read_row_by_row():
    """LGK-9"""
    text = "| Field | Answer |\n|---|---|\n| **Case Priority** | Urgent |\n| Application area | Layout |"
    assert values(text) == {"priority": "Urgent", "area": "Layout"}


def test_a_table_aligned_by_blanks_as_html_made_plain_leaves_it():
    """TKT-8"""
    text = "Case Priority   Issue type   Application area\nUrgent          error        Player"
    assert values(text) == {"priority": "Urgent", "issue_type": "error", "area": "Player"}


def test_several_labels_may_share_a_line():
    """LGK-9"""
    assert values("Priority: High, Area: Rules; Issue type: question") == {
        "priority": "High",
        "area": "Rules",
        "issue_type": "question",
    }


def test_a_url_in_free_text_answers_the_field_that_asks_for_one():
    """LGK-9, CEL-14"""
    found = values("We see it on https://shop.acme.example/cart?id=1. Please look.")
    assert found == {"url": "https://shop.acme.example/cart?id=1"}


def test_a_url_answers_the_field_of_that_key_whatever_it_is_called():
    links = (IntakeField("url", "Links to the records that show the error"), IntakeField("steps", "Steps to reproduce"))
    assert values("See https://app.example/r/7, it fails.", links) == {"url": "https://app.example/r/7"}


def test_a_list_under_its_heading_is_taken_over_blank_lines_and_ends_at_the_next_paragraph():
    """CEL-14, CLX-4"""
    text = "Steps to reproduce\n\n1. Open\n\n2. Click\n\nThanks a lot for looking into it."
    assert values(text)["steps"] == "1. Open\n2. Click"


def test_german_french_and_spanish_forms_are_read_as_well():
    """LGK-9"""
    german = "Priorität: Hoch\nArt der Anfrage: Fehler\nBereich: Regeln\nSchritte zur Reproduktion:\n- a\n- b"
    french = "Priorité : Haute\nType de demande : erreur\nComportement attendu : le prix s'affiche"
    spanish = "Prioridad: Alta\nÁrea: Reglas\nPasos para reproducir:\n1) abrir\n2) guardar"
    assert values(german) == {"priority": "Hoch", "issue_type": "Fehler", "area": "Regeln", "steps": "- a\n- b"}
    assert values(french) == {"priority": "Haute", "issue_type": "erreur", "expected": "le prix s'affiche"}
    assert values(spanish) == {"priority": "Alta", "area": "Reglas", "steps": "1) abrir\n2) guardar"}


@pytest.mark.parametrize(
    "placeholder", ["", "-", "TBD", "[your answer]", "<please fill in>", "please select", "bitte ausfüllen", "..."]
)
def test_a_placeholder_is_no_answer(placeholder):
    """LGK-9: a form sent back as it was is asked for again."""
    assert "area" in asked(f"Application area: {placeholder}")


def test_an_answer_that_says_there_is_none_is_an_answer():
    assert values("Application area: n/a") == {"area": "n/a"}


def test_words_in_a_sentence_are_no_labels():
    text = (
        "The priority of our steps changed and the area is unclear.\nPlease advise on the expected behavior of rules."
    )
    assert values(text) == {}


def test_a_wrapped_answer_keeps_its_second_line():
    text = "Expected behavior: the total at the bottom of the quote shows the\ndiscounted price\n\nApplication area: Fields"
    assert values(text)["expected"] == "the total at the bottom of the quote shows the\ndiscounted price"


def test_the_first_answer_counts_and_the_subject_comes_last():
    assert dict(read("Priority: Low\nPriority: High", LOGIK, subject="Priority: Urgent").values) == {"priority": "Low"}
    assert dict(read("Hello", LOGIK, subject="Case Priority: Urgent").values) == {"priority": "Urgent"}


@pytest.mark.parametrize("empty", ["Case Priority:", "Case Priority: [select]", "Case Priority:\n", "Case Priority"])
def test_a_field_that_is_left_empty_at_the_end_is_not_answered_by_the_subject(empty):
    """It was, and what a customer called their mail set the severity as if they had stated it."""
    assert dict(read(f"The total is wrong.\n\n{empty}", LOGIK, subject="A low total, not urgent").values) == {}


def test_a_policys_own_labels_go_before_what_they_usually_mean():
    fields = (IntakeField("project", "Projekt", aliases=("Mandant",)), IntakeField("org", "Organization"))
    assert values("Mandant: Nord\nOrganisation: Acme", fields) == {"project": "Nord", "org": "Acme"}


LABELS = sorted(
    {
        (language, label)
        for thing in tomllib.loads(files("helpdesk.offering").joinpath("intake_labels.toml").read_text("utf-8"))[
            "thing"
        ]
        for language, labels in thing.items()
        if language not in {"name", "narrow"}
        for label in labels
    }
)


def test_every_label_is_read_in_every_language_at_the_beginning_and_in_the_middle_of_a_line():
    fields = tuple(IntakeField(f"field-{number}", min(thing.labels)) for number, thing in enumerate(things()))
    unread = [
        (language, line)
        for language, label in LABELS
        for line in (f"{label.capitalize()}: Nord-7", f"Hello Ann, {label}: Nord-7, thanks", f"Sure; {label} : Nord-7")
        if not any("Nord-7" in value for value in read(line, fields).values.values())
    ]
    assert not unread
    assert {language for language, _ in LABELS} == {"en", "de", "fr", "es", "nl", "it", "pt"}


COMPANY = (IntakeField("organisation", "Organisation"), IntakeField("project", "Project", aliases=("shop",)))


@pytest.mark.parametrize("own", ["Økonomi nr.", "\u0131d", "No.", "a.b c.d.", "d'urgence", "1st line"])
@pytest.mark.parametrize(
    "line",
    [
        "{}: high",
        "our {} - high",
        "{} (if any): high",
        "It is urgent.{}: high",
        "seen; {}\u2019: x; {}*: high",
        "b) {} = high",
    ],
)
def test_a_label_of_whatever_letters_is_found_by_its_first_and_its_last_word(own, line):
    fields = (IntakeField("own", own), IntakeField("project", "Project"))
    assert read(f"Hello,\n{line.replace('{}', own)}", fields).values == {"own": "high"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Organisation: Acme GmbH & Co. KG.", "Acme GmbH & Co. KG"),
        ("Organisation: Doctors for You, the rest follows", "Doctors for You"),
        ("Our organisation is Acme, by the way.", "Acme"),
        ("Notre société est Acme.", "Acme"),
        ("Nuestra empresa es Acme.", "Acme"),
        ("> - Organisation\n> - Project\n\nAcme\nshop-eu", None),
        ("> Organisation: Other\nAny news?", None),
        ("Our organisation is unable to order.", None),
        ("Unsere Organisation ist Kunde seit 2019.", None),
        ("Organisation: siehe unten", None),
        ("The account is Locked.", None),
    ],
)
def test_a_name_is_told_from_what_is_said_of_somebody(text, found):
    assert values(text, COMPANY).get("organisation") == found


@given(st.text(max_size=400))
def test_any_text_at_all_is_read_without_an_error_and_every_answer_stands_in_it(text):
    intake = read(text, LOGIK)
    squeezed = "".join(text.split())
    assert set(missing(LOGIK, intake.values, "defect")) | set(intake.values) >= set(REQUIRED)
    for answer in intake.values.values():
        assert all("".join(line.split()) in squeezed for line in answer.splitlines())


@pytest.mark.parametrize(
    ("text", "guesses"),
    [
        ("Acme Corp, shop-eu", {"organisation": "Acme Corp", "project": "shop-eu"}),
        ("Hello,\n1. Acme Corp\n2. shop-eu\n\nRegards\nJo", {"organisation": "Acme Corp", "project": "shop-eu"}),
        ("Project: shop-eu\nAcme Corp", {}),
        ("Ok, Thanks", {}),
        ("shop-eu", {}),
        ("Acme Corp, shop-eu and nothing else that I know of", {}),
    ],
)
def test_names_without_labels_may_be_those_that_are_asked_for(text, guesses):
    assert (
        dict(read(text, (IntakeField("organisation", "Organisation"), IntakeField("project", "Project"))).guesses)
        == guesses
    )
