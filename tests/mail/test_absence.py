"""Absence notices in many languages, and answers in which somebody says that they will be away."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from helpdesk.mail.read.absence import has_absence_sentence, is_absence_notice
from tests.soak import products

TEXTS = tomllib.loads(Path(__file__).with_name("absence.toml").read_text("utf-8"))
ANN = ("Ann Berg", "ann")
OF_AGENTS = (
    "Ann Berg is no longer with the company. Please contact support@desk.example.",
    "This mailbox is not monitored. Please write to support@desk.example.",
    "Ann Berg nie pracuje już w naszej firmie. Proszę o kontakt: info@desk.example.",
)


@pytest.mark.parametrize("text", TEXTS["notices"])
def test_a_text_that_only_says_that_its_writer_is_away_is_a_notice(text):
    assert is_absence_notice(text, names=ANN, ours=True)


@pytest.mark.parametrize("text", TEXTS["answers"])
def test_one_word_more_makes_it_the_mail_of_a_person(text):
    assert not is_absence_notice(text, names=ANN, ours=True)


@pytest.mark.parametrize(
    ("text", "more"),
    products(TEXTS["notices"], ["The cause was a full disk.", "Der Fehler ist behoben.", "Does it work now?"]),
)
def test_a_notice_with_a_sentence_of_its_own_is_an_answer(text, more):
    assert not is_absence_notice(f"{text}\n\n{more}", names=ANN, ours=True)
    assert not is_absence_notice(f"{more}\n\n{text}", names=ANN, ours=True)


@pytest.mark.parametrize("text", OF_AGENTS)
def test_a_customer_may_tell_us_that_somebody_has_left(text):
    """It asks for something: to write to somebody else."""
    assert is_absence_notice(text, names=ANN, ours=True)
    assert not is_absence_notice(text, names=["Jo Park"])


def test_somebody_else_who_is_away_makes_no_notice():
    assert is_absence_notice("Ann Berg is out of the office.", names=ANN, ours=True)
    assert not is_absence_notice("Lena Park is out of the office.", names=ANN, ours=True)


def test_one_sentence_among_others_is_found():
    assert has_absence_sentence("We had a fire.\n\nI am away until Monday.")
    assert not has_absence_sentence("We had a fire. It is out.")


def test_a_long_text_takes_no_long_time():
    """Threat C05."""
    assert not is_absence_notice("I am away " * 400)
    assert not is_absence_notice("a" * 1_000_000)
