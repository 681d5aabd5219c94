"""What in an agent's words says of itself that it is not for the customer."""

from __future__ import annotations

import pytest

from helpdesk.mail.read.confidential import Confidential, inside

JO = frozenset({"jo", "park"})
NAMED = [
    "Don't tell Jo, but we lost the data.",
    "Please do not forward this to Jo Park yet.",
    "Jo must not know that.",
    "He pays late, but never say that to Mr Park",
    "This is not to be shown, and must not be shown to Jo.",
    "Sag Jo nichts davon.",
    "Bitte Jo nichts sagen.",
    "Jo darf das nicht wissen.",
    "Ne dites rien à Jo",
    "Ne le dites pas à Jo.",
    "Jo ne doit pas savoir cela",
    "No le digas a Jo",
    "Non dirlo a Jo",
    "Jo non deve sapere",
    "Vertel Jo niets",
    "Não diga nada ao Jo",
]
ROLE = [
    "Please don't forward this to the customer: we lost the data.",
    "the customer should not see this",
    "Without the customer knowing, we restarted it.",
    "Bitte dem Kunden nichts sagen.",
    "Den Kunden nicht informieren",
    "Stuur dit de klant niet",
]


def found(text, **kept):
    return [one.line for one in inside(text, Confidential(**kept)) if one.what == "what is to be kept from them"]


@pytest.mark.parametrize("line", NAMED)
def test_what_is_to_be_kept_from_somebody_on_the_case_is_found(line):
    assert found(f"Restart it.\n{line}", names=JO) == [line]
    assert found(line, names=frozenset({"kim"})) == []


@pytest.mark.parametrize("line", ROLE)
def test_what_is_to_be_kept_from_the_customer_is_found_unless_they_speak_of_customers(line):
    assert found(line, names=JO) == [line]
    assert found(line, names=JO, have_customers=True) == []


@pytest.mark.parametrize(
    "line",
    ["Do not share this link with your customers.", "Don't tell anybody the password.", "I did not send Jo's licence.", "I'll let Jo know.",
     "Hello Jo, do not forward the mail to the server.", "You should not see this any more, Jo.", "We don't let customers do that.",
     "Jo, please don't worry.", "Do not send it. Jo has it.", "The client must not see the server.", "Never mind, Jo.", "Jo hat es nicht."],
)  # fmt: skip
def test_what_is_said_to_them_is_theirs(line):
    assert found(line, names=JO) == []


def test_a_desk_that_knows_no_name_finds_no_name():
    assert found("Don't tell Jo.") == []
