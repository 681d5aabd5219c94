"""A letter greets and closes where its author did not, and never twice."""

from __future__ import annotations

import pytest

from helpdesk.mail.read.salutation import is_greeted, is_signed

GREETED = """\
Hello Jo,
Hi Jo, which version do you run?
Good morning,
Dear Ms Park,
Jo,
Jo - which version?
Ms Park:
Guten Tag Frau Orth,
Moin!
Sehr geehrte Damen und Herren,
Liebe Ute,
Grüezi Frau Orth
Bonjour Madame,
Chère Madame Orth
Madame, Monsieur,
Hola, Jo:
Buenos días
Estimado señor Park:
Buongiorno Jo
Olá Jo,
Geachte heer Park,
Hej Jo!
Dzień dobry,
*Hello Jo*"""
PLAIN = """\
We see it, too.
Which version do you run?
Done!
Try this:
Highlights are back.
The rules fire again, see https://shop.example.
Bonuses are paid again.
> Jo wrote this
7.3 has it.
1. Restart it."""


@pytest.mark.parametrize("line", GREETED.splitlines())
def test_a_greeting_is_known_however_people_greet(line):
    assert is_greeted(f"\n{line}\n\nWe see it, too.", "Jo Park")


@pytest.mark.parametrize("line", PLAIN.splitlines())
def test_what_greets_nobody_is_no_greeting(line):
    assert not is_greeted(f"{line}\n\nMore of it.", "Jo Park")


def test_nothing_greets_and_closes_nobody():
    assert not is_greeted("", "Jo Park")
    assert not is_greeted("", "")
    assert not is_signed("", "Ann Berg")
    assert not is_signed("", "")


@pytest.mark.parametrize(
    "end",
    [
        "Kind regards\nAnn",
        "Best,\nAnn",
        "Thanks,\nAnn Berg",
        "Bye",
        "Ann",
        "- Ann",
        "/Ann Berg",
        "Viele Grüße\nAnn Berg\nLogik Support",
        "Mit freundlichen Grüßen",
        "Schönen Abend noch!",
        "Cordialement,\nAnn",
        "Bonne journée",
        "Un saludo,\nAnn",
        "Saluti",
    ],
)
def test_a_closing_is_known_however_people_close(end):
    assert is_signed(f"We see it, too.\n\n{end}", "Ann Berg")


@pytest.mark.parametrize(
    "text", ["We see it, too.", "Ann", "Ann looks at it.\nIt is fixed.", "Best of all, it works.", "a\nb"]
)
def test_what_closes_nothing_is_no_closing(text):
    assert not is_signed(text, "Ann Berg")
