"""How far a mail says that trouble reaches: one thing, some, what the others do, and whose data is seen."""

import pytest

from helpdesk.languages import language_of
from helpdesk.severity.effects import effects
from helpdesk.severity.reading import read


def seen(text, *, subject="", told="en"):
    return effects(read(subject, text, languages=language_of(text, expected=(told,)).likely)).found


@pytest.mark.parametrize(
    ("effect", "text"),
    [
        ("others-fine", "Pump 3 hums and does nothing. The other nine pump as usual."),
        ("one-numbered", "Locker camera 12 shows no picture any more."),
        ("some-numbered", "Gates 4 and 7 have not opened for an hour."),
        ("one-named", "There is one supplier whose prices cannot be saved."),
        ("one-person", "Since Monday Mr Halloran cannot sign in."),
        ("gets-by", "The drawer stays shut, so we take the key."),
        ("security", "An administrator's account was taken over and somebody is deleting our plans."),
        ("exposure", "When I open my bills I see the bills of another customer."),
        ("partial", "It fails in 4 shops out of 19."),
        ("one-user-or-item", "It fails on 1 of 45 machines."),
        ("slow", "A search takes between forty and sixty seconds."),
        ("wrong-figures", "It was charged at 12 instead of 7."),
        ("no-workaround", "Doing it by hand is forbidden."),
        ("low-key", "It is a small thing."),
    ],
)
def test_the_effect_is_read(effect, text):
    assert effect in seen(text)


@pytest.mark.parametrize(
    ("effect", "text"),
    [
        ("others-fine", "The tills are dead. The other shop is dead as well."),
        ("others-fine", "The other day the tills were dead."),
        ("others-fine", "The addresses are kept in your program and nowhere else."),
        ("some-numbered", "It stood still for hours 4 and 7 were the worst."),
        ("one-named", "We cannot print one label."),
        ("one-named", "Twenty one drivers cannot start."),
        ("gets-by", "The gate is shut, so we are waiting."),
        ("exposure", "Can a customer see the bills of another customer?"),
        ("partial", "Every one of the nine shops is offline."),
        ("partial", "Since a quarter past six the tills are offline."),
        ("slow", "We type it in by hand, it takes two minutes."),
        ("slow", "The late shift cannot log in."),
        ("solved", "The file has gone to the bank with the wrong sums."),
        ("else-works", "Good morning, the shop is down."),
        ("else-works", "We run two hotels."),
        ("workaround", "It was charged at 12 instead of 7. Bye for now."),
        ("low-key", "We are a small hotel."),
        ("ongoing", "Please send the contract today, so that my colleague in the office can sign it."),
        ("data-lost", "I deleted her and entered her anew."),
    ],
)
def test_the_effect_is_not_read(effect, text):
    assert effect not in seen(text)


def test_who_sees_the_data_of_others_has_a_security_case():
    assert "security" in seen("The portal shows me the files of another patient.")


def test_a_fallback_that_is_said_to_be_impossible_is_no_way_round():
    found = seen("Counting them by hand is impossible.")
    assert "no-workaround" in found
    assert "workaround" not in found
