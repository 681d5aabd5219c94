"""What single words lean to: the voice that speaks where no cue knows the writer's words."""

from __future__ import annotations

import pytest

from helpdesk.core.severity import Level, SeverityTerms, assess
from helpdesk.core.severity.leanings import lean, shipped

TERMS = SeverityTerms(
    levels=tuple(Level(f"s{rank}", rank, f"S{rank}") for rank in (1, 2, 3, 4)), default="s3", stated="evidence"
)


def judged(subject, text):
    return assess(subject=subject, text=text, terms=TERMS)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Sito irraggiungibile", "Da questa mattina nessun cliente riesce ad aprire il sito, errore 503, vendite ferme."),
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


def test_the_words_are_a_reason_of_their_own_with_their_evidence():
    reasons = {reason.rule: reason for reason in judged("Feature", "How can I change the colour of the list?").reasons}
    assert reasons["words"].effect.startswith("lean to S4")
    assert set(reasons["words"].evidence.split(", ")) <= {"feature", "how", "can", "change", "colour", "list"}


def test_many_words_that_say_the_same_lean_further_than_one():
    one, many = lean(["broken"]), lean(["broken", "crashed", "failed", "dead", "unreachable", "outage"])
    assert max(many.scores) - min(many.scores) > max(one.scores) - min(one.scores)


def test_words_that_nobody_knows_lean_nowhere():
    assert lean(["qwxzvb", ""]) is None


def test_the_table_is_small_and_every_row_sums_to_about_nothing():
    """A lean is between ranks; what a word would give to all four alike is no opinion."""
    table = shipped()
    assert 20_000 < len(table.places) < 60_000
    assert len(table.rows) == 4 * len(table.places)
    assert all(abs(sum(table.row(place))) <= 4 * table.unit for place in range(0, len(table.places), 997))
