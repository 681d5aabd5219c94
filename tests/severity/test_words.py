"""What words and phrases lean to: the voice that speaks where no cue knows the writer's words."""

from __future__ import annotations

import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.offering.severities import Level, SeverityTerms
from helpdesk.severity import assess
from helpdesk.severity.phrase_model import (
    OFFSET,
    RANKS,
    _heard,
    _numbers_of_concepts,
    _places,
    concepts_of,
    lean,
    number_of,
    phrases_of,
    pieces_of,
    shipped,
    spelled,
)
from helpdesk.severity.reading import read
from helpdesk.severity.segment import Segment
from helpdesk.severity.shipped import WIDTH

TERMS = SeverityTerms(
    levels=tuple(Level(f"s{rank}", rank, f"S{rank}") for rank in (1, 2, 3, 4)), default="s3", stated="evidence"
)


def leaning(text):
    return lean(read("", text, languages=("en",)))


def known(phrase):
    return shipped().places([number_of(phrase)]) != []


def judged(subject, text):
    return assess(subject=subject, text=text, terms=TERMS)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Sito irraggiungibile", "Da questa mattina nessun cliente riesce ad aprire il sito, errore 503, vendite ferme."),
        ("Fermo", "È tutto fermo, nessuno riesce a entrare, produzione bloccata"),
        ("Site onbereikbaar", "Sinds vanmorgen kan niemand meer inloggen, alles ligt plat en we kunnen niets verkopen."),
    ],
)  # fmt: skip
def test_an_outage_in_a_language_without_cues_of_its_own_alarms(subject, text):
    verdict = judged(subject, text)
    assert verdict.rank == 1 or verdict.s1_suspect


@pytest.mark.parametrize("text", ["Come posso cambiare la lingua?", "Hoe kan ik mijn wachtwoord wijzigen?"])
def test_a_question_in_such_a_language_is_none(text):
    verdict = judged("", text)
    assert verdict.found == 4
    assert not verdict.s1_suspect


def test_what_words_lean_to_is_no_reason_that_people_are_shown():
    reasons = judged("Feature", "How can I change the colour of the list?").reasons
    assert not any("lean" in f"{reason.rule} {reason.effect}" for reason in reasons)


def test_a_phrase_says_what_its_words_do_not():
    """Order counts over a few words: who can do it again is helped, who can not is not."""
    working, broken = leaning("We can log in again."), leaning("We can not log in again.")
    assert working[0] < broken[0]
    assert known("can not log")


def test_a_longer_mail_leans_further_than_one_word():
    one, many = (
        leaning("Down."),
        leaning("Nobody can log in since this morning, every page is down and nothing can be sold."),
    )
    assert max(many) - min(many) > max(one) - min(one)


def test_words_that_nobody_knows_lean_nowhere():
    assert lean([]) is None
    unknown = ["qwxzvb", "qwxzvb .", "$qwxzvb", "$qwxzvb .", *pieces_of("qwxzvb")]
    assert not any(map(known, unknown))
    assert lean([Segment(text="qwxzvb", words=("qwxzvb",))]) == lean([Segment(text="zzqyx", words=("zzqyx",))])


def test_a_word_that_nobody_used_is_heard_by_its_pieces():
    """A compound, which German makes anew every day."""
    assert any(map(known, pieces_of("rechnungsversandstoerung")))
    assert leaning("Rechnungsversandstoerung") != leaning("Qwxzvb")


@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=12), max_size=30), st.booleans())
def test_numbers_are_one_word_but_for_errors(words, asks):
    segment = Segment(text=" ".join(words), words=(*words, "503", "47", "12:30"), asks=asks)
    assert list(spelled([segment])) == [*words, "503", "0", "0", "?" if asks else "."]


@given(st.lists(st.text(min_size=1, max_size=5), max_size=30), st.integers(0, 2**32 - 1))
def test_phrases_are_found_by_what_the_words_of_them_are_known_by(words, number):
    table = shipped()
    places = table.places(number_of(phrase) for phrase in phrases_of(words))
    assert list(_places([_heard(word) for word in words], table)) == places
    for one in (number, table.numbers[number % len(table.numbers)]):
        assert table.places([one]) == ([table.numbers.index(one)] if one in table.numbers else [])


@pytest.mark.parametrize(
    "text", ["Nobody can log in since the update, staging is fine.", "Was it down? It does not work."]
)
def test_concepts_are_found_by_what_the_names_of_them_are_known_by(text):
    segments = read("Production down", text, languages=("en",))
    assert _numbers_of_concepts(segments) == [number_of(concepts) for concepts in concepts_of(segments)]


def test_the_table_is_small_and_every_row_sums_to_about_nothing():
    """A lean is between ranks; what a word would give to all four alike is no opinion."""
    table = shipped()
    size = len(table.numbers)
    assert 20_000 < size < 200_000
    assert size * WIDTH < 2_000_000
    assert list(table.numbers) == sorted(table.numbers)
    assert len(table.rarities) == size
    assert len(table.rows) == size
    rows = ([lean - OFFSET for lean in row.to_bytes(RANKS, sys.byteorder)] for row in table.rows[::97])
    assert all(abs(sum(row)) <= RANKS for row in rows if max(map(abs, row)) < 127)
