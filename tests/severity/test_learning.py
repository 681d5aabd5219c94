"""Learning from agents: state in, state out, and never a worse model than the one before."""

import json
from dataclasses import replace

import pytest

from helpdesk.offering.severities import Level, SeverityTerms
from helpdesk.severity import DEFAULT, Example, Model, assess, evaluate, learn, learn_all, may_replace, probabilities_of
from helpdesk.severity.features import OPINION, POLICY_CUES
from helpdesk.severity.learning import WORDS_AFTER

TERMS = SeverityTerms(
    levels=tuple(Level(f"s{rank}", rank, f"S{rank}") for rank in (1, 2, 3, 4)), default="s3", stated="ignored"
)
WIDGETS = [
    Example(subject=f"Frobnicator {number}", text="The frobnicator hums loudly and the gizmo blinks.", rank=2)
    for number in range(12)
]
CALIBRATING = {"bias", *OPINION, *POLICY_CUES}
OUTAGES = [Example(subject="Down", text="Nobody can log in, the production portal is down.", rank=1)] * 3


def probability(model, rank):
    verdict = assess(
        subject="Frobnicator", text="The frobnicator hums loudly and the gizmo blinks.", terms=TERMS, model=model
    )
    return verdict.probabilities[rank - 1]


def test_a_desks_own_words_are_learned_once_there_are_labels_enough():
    """The first labels calibrate: they move no word, and no mail far."""
    experienced = replace(DEFAULT, seen=WORDS_AFTER)
    few, many = learn_all(DEFAULT, WIDGETS), learn_all(experienced, WIDGETS)

    assert probability(DEFAULT, 2) < probability(few, 2) < 0.5
    assert probability(many, 2) > 0.7
    assert all(name in CALIBRATING or name.startswith("stated-") for name in few.learned)
    assert any(name.startswith("#") for name in many.learned)


def test_labels_that_say_the_ranks_are_too_high_lower_them_without_a_word_learned():
    mails = [Example(f"Page {number}", "The page is slow for some of our users.", 3) for number in range(60)]
    taught = learn_all(DEFAULT, mails)

    assert share_of(taught, mails[0], 3) > share_of(DEFAULT, mails[0], 3)
    assert evaluate(taught, OUTAGES).rank_1_recall == 1.0


def share_of(model, example, rank):
    return probabilities_of(model, example)[rank - 1]


def test_learning_answers_a_new_model_and_leaves_the_old_one_alone():
    taught = learn(DEFAULT, WIDGETS[0])
    assert (DEFAULT.seen, taught.seen) == (0, 1)
    assert not DEFAULT.learned
    assert taught.weights is DEFAULT.weights


def test_what_was_learned_survives_storage():
    taught = learn_all(DEFAULT, WIDGETS)
    again = Model.from_state(json.loads(json.dumps(taught.state())))
    assert again == taught
    assert probability(again, 2) == probability(taught, 2)


@pytest.mark.parametrize(
    "state",
    [{}, {"learned": {"a": [1]}, "seen": 1, "version": "x"}, {"learned": {"a": ["x"] * 4}, "seen": 1, "version": "x"}],
)
def test_a_state_that_is_none_is_refused(state):
    with pytest.raises((KeyError, ValueError)):
        Model.from_state(state)


def test_a_few_corrections_do_not_forget_what_an_outage_is():
    taught = learn_all(DEFAULT, WIDGETS)
    assert evaluate(taught, OUTAGES).rank_1_recall == 1.0


def test_a_model_that_finds_fewer_of_rank_1_is_not_promoted():
    wrong = learn_all(DEFAULT, [Example(subject=kept.subject, text=kept.text, rank=4) for kept in OUTAGES] * 60)
    assert evaluate(wrong, OUTAGES).rank_1_recall == 0.0
    assert not may_replace(wrong, DEFAULT, OUTAGES)
    assert may_replace(DEFAULT, DEFAULT, OUTAGES)


def test_learned_weights_stay_in_bounds_however_often_a_mail_is_taught():
    taught = learn_all(DEFAULT, WIDGETS[:1] * 500)
    assert all(abs(weight) <= 6.0 for row in taught.learned.values() for weight in row)


def test_an_evaluation_counts_what_it_says():
    result = evaluate(DEFAULT, [*OUTAGES, Example(subject="Q", text="How can I change the logo?", rank=4)])
    assert result.confusion[0][0] == 3
    assert result.confusion[3][3] == 1
    assert (result.agreement, result.far_off) == (1.0, 0.0)
    assert 0.0 <= result.calibration_error <= 1.0
