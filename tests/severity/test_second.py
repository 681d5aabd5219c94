"""A second voter beside the cues: it decides where they know little, and is one reason among others."""

from __future__ import annotations

from helpdesk.offering.severities import Level, SeverityTerms
from helpdesk.severity import assess
from helpdesk.severity.second import together
from helpdesk.unit.second_voter import _opinion, _shape

TERMS = SeverityTerms(
    levels=tuple(Level(f"s{rank}", rank, f"S{rank}") for rank in (1, 2, 3, 4)), default="s3", stated="ignored"
)
OUTAGE = "Nobody can log in since 8:00, the production portal is down and no orders come in."


def milder(_text):
    return 0.02, 0.03, 0.05, 0.9


def judged(subject, text, **more):
    return assess(subject=subject, text=text, terms=TERMS, **more)


def test_it_changes_nothing_where_the_cues_are_sure():
    verdict = judged("Down", OUTAGE, second_voter=milder)
    assert verdict.rank == 1
    assert verdict.confidence < judged("Down", OUTAGE).confidence


def test_it_is_a_reason_and_never_the_first():
    rules = [reason.rule for reason in judged("Down", OUTAGE, second_voter=milder).reasons]
    assert rules[-1] == "second voter"
    assert "second voter" not in [reason.rule for reason in judged("Down", OUTAGE).reasons]


def test_where_the_cues_know_nothing_it_decides():
    assert max(together((0.25, 0.25, 0.25, 0.25), milder(""))) == together((0.25, 0.25, 0.25, 0.25), milder(""))[3]


def test_it_is_asked_about_the_customers_own_words_and_about_no_robot():
    heard = []

    def voter(text):
        heard.append(text)
        return milder(text)

    judged("Re: Down", f"{OUTAGE}\n> quoted words", second_voter=voter)
    judged("Out of office", "I am away.", robot="vacation", second_voter=voter)
    judged("** PROBLEM Service Alert: web1/HTTP is CRITICAL **", "Notification Type: PROBLEM", second_voter=voter)
    assert heard == [f". {OUTAGE}"]


def test_the_weights_that_are_shipped_give_four_probabilities_for_its_vectors():
    shape = _shape()
    assert [len(row) for row in shape["weights"]] == [512] * 4
    assert sum(_opinion([0.04] * 512, shape)) > 0.999
