"""Templates: one source, two faces; nothing from a mail is ever markup, and the operator's folder lies on top."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.errors import ConfigurationError
from helpdesk.mail.write.mail_html import as_html, as_text, quoted, verbatim
from helpdesk.shipped import shipped
from helpdesk.templates import Templates

FACTS = {"desk": "Desk", "ref": "HD-1", "subject": "x", "author": "Ann", "text": "Hello", "name": "", "known": True}
FACTS |= {"greeted": False, "signed": False, "signature": "Ann", "others": ()}


def test_the_shipped_templates_have_no_problem():
    assert Templates(shipped("templates")).problems() == []


def test_the_operators_words_lie_over_ours_and_a_language_over_both(tmp_path):
    (tmp_path / "relay.txt").write_text("Subject: mine\n{{ text | verbatim }}\n")
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "relay.txt").write_text("Subject: meine\n{{ text | verbatim }}\n")
    templates = Templates(tmp_path)

    assert templates.render("relay", "en", FACTS).subject == "mine"
    assert templates.render("relay", "de", FACTS).subject == "meine"
    assert templates.render("relay", "it", FACTS).subject == "mine"


@pytest.mark.parametrize(
    ("own", "language", "subject"),
    [
        ({"relay.txt"}, "fr", "relay.txt"),
        ({"relay.txt"}, "de", "relay.txt"),
        ({"relay.txt"}, "it", "relay.txt"),
        ({"relay.txt", "fr/relay.txt"}, "fr", "fr/relay.txt"),
        ({"relay.txt", "fr/relay.txt"}, "es", "relay.txt"),
        ({"fr/relay.txt"}, "es", "Re: x [HD-1]"),
        ({"ack.txt"}, "fr", "Re: x [HD-1]"),
    ],
)
def test_what_the_operator_wrote_goes_before_what_is_shipped_in_a_language(tmp_path, own, language, subject):
    for file in own:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(f"Subject: {file}\n{{{{ text | verbatim }}}}\n")

    assert Templates(tmp_path).render("relay", language, FACTS).subject == subject


@pytest.mark.parametrize(
    ("own", "languages", "said"),
    [
        ({"relay.txt"}, {"de", "fr"}, ["templates/relay.txt: goes before the shipped de/relay.txt and fr/relay.txt,"]),
        ({"relay.txt", "de/relay.txt"}, {"de"}, []),
        ({"relay.txt", "_end.txt", "assigned.txt"}, {"it", "en", ""}, []),
        ({"_end.txt", "assigned.txt"}, {"de"}, []),
        ({"relay.txt"}, set(), []),
    ],
)
def test_it_is_said_which_shipped_words_the_operators_go_before(tmp_path, own, languages, said):
    for file in own:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("Subject: x\n{{ text | verbatim }}\n")

    found = Templates(tmp_path).in_other_languages(languages)
    assert [one[: len(begins)] for one, begins in zip(found, said, strict=True)] == said


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("Subject: x\n{{ nobody }}", "nobody"),
        ("no subject\n", "expected 'Subject: ...' on the first line"),
        ("Subject: x\n{{ text.__class__ }}", "unsafe"),
        ("Subject: x\n{{ ''.__class__.__mro__ }}", "unsafe"),
        ("Subject: x\n{% include '../secret' %}", "secret"),
    ],
)
def test_a_template_that_cannot_be_written_names_itself(tmp_path, source, problem):
    """C11"""
    (tmp_path / "relay.txt").write_text(source)
    with pytest.raises(ConfigurationError) as caught:
        Templates(tmp_path).render("relay", "en", FACTS)

    assert caught.value.problems[0].startswith("templates/relay.txt: ")
    assert problem in caught.value.problems[0]


def test_a_template_with_a_broken_tag_is_found_before_the_first_mail(tmp_path):
    (tmp_path / "relay.txt").write_text("Subject: x\n{% if %}")

    assert Templates(tmp_path).problems()[0].startswith("templates/relay.txt: ")


def test_words_of_a_mail_are_never_a_template():
    said = Templates().render("relay", "en", {**FACTS, "text": "{{ desk }} {% raw %} {# #}", "subject": "{{ desk }}"})

    assert "{{ desk }} {% raw %} {# #}" in said.text
    assert "{{ desk }}" in said.subject


words = st.text(st.characters(codec="utf-8", exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=300)


@given(words)
@settings(max_examples=200, deadline=None)
def test_whatever_somebody_wrote_is_passed_on_as_it_is_and_is_no_markup(text):
    source = f"Hello,\n\n{verbatim(text)}\n\n-- Desk"
    page = as_html(source)
    body = page.partition("<main")[2]

    assert (
        text.replace("\ue000", "").replace("\ue001", "").replace("\ue002", "").strip("\n") in as_text(source)
        or not text.strip()
    )
    tags = set(re.findall(r"<(/?[a-z]+)", body))
    assert tags <= {"p", "/p", "br", "a", "/a", "/main", "/body", "/html"}
    assert "javascript:" not in " ".join(re.findall(r'href="([^"]*)"', body)).lower()


@given(words)
@settings(max_examples=200, deadline=None)
def test_no_quoted_line_can_be_read_as_an_order(text):
    """A13"""
    lines = as_text(f"They wrote:\n\n{quoted(text)}\n\nEnd").splitlines()

    assert not [line for line in lines if line.startswith("#")]


def test_an_address_becomes_a_link_and_what_is_around_it_does_not():
    page = as_html(verbatim('see <https://shop.example/a?b=1&c="2">, or https://shop.example/x.'))
    links = [unescape(link) for link in re.findall(r'href="([^"]*)"', page)]

    assert links == ["https://shop.example/a?b=1&c=", "https://shop.example/x"]


def test_facts_stand_in_a_table_and_their_values_below_each_other():
    source = (
        "Case: HD-1\nFirst answer: within 8 hours and a few words more so that this line has to be broken somewhere\n"
    )

    assert as_text(source).splitlines()[0] == "Case:         HD-1"
    assert all(line.startswith(("Case:", "First answer:", " " * 14)) for line in as_text(source).splitlines())
    assert '<th scope="row">First answer</th>' in as_html(source)


def test_code_keeps_its_indentation():
    assert "&nbsp;&nbsp;&nbsp;&nbsp;x = 1" in as_html(verbatim("if y:\n    x = 1"))
