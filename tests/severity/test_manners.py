"""What a writer asks, wishes and is sorry for is told from what has happened."""

import pytest

from helpdesk.severity.effects import effects
from helpdesk.severity.reading import read


def seen(text, *, subject=""):
    return effects(read(subject, text, languages=("en",))).found


@pytest.mark.parametrize(
    "text",
    [
        "Is the shop down?",
        "The shop does not load. Any idea?",
        "The shop is unreachable. When will it be back?",
        "No page opens. Is it just me?",
        "Nobody gets in. Hello, are you closed?",
        "The portal gives a 502. Known?",
    ],
)
def test_a_question_behind_trouble_is_none_of_how(text):
    found = seen(text)
    assert "asks-after-it" in found
    assert not {"question", "question-mark", "wish"} & set(found)


@pytest.mark.parametrize(
    "text",
    ["How do I rename a folder?", "Which plan includes backups?", "Does the free plan include backups?"],
)
def test_a_question_of_how_is_one(text):
    found = seen(text)
    assert "question" in found
    assert "asks-after-it" not in found


@pytest.mark.parametrize(
    "text",
    ["I'd like to report that your site is offline.", "Have you an idea why the site is offline?"],
)
def test_who_would_like_to_report_wishes_for_nothing(text):
    assert "wish" not in seen(text)


def test_an_idea_in_the_subject_is_a_wish():
    assert "wish" in seen("Sort the folders by colour.", subject="Idea")


def test_a_proposal_needs_no_question_mark():
    assert "wish" in seen("Please make that field optional.")
    assert "wish" in seen("One should be able to sort the folders.")


@pytest.mark.parametrize("text", ["Good morning,", "In order to pay we click here.", "Last week it was all fine."])
def test_a_greeting_and_what_was_fine_do_not_say_that_all_works(text):
    assert not {"else-works", "solved"} & set(seen(text))


@pytest.mark.parametrize(
    "text",
    ["The API host is gone.", "The bot has gone offline.", "We are up all night before the shift is over.", "Perhaps my fault."],
)  # fmt: skip
def test_what_is_gone_or_over_is_not_solved_unless_it_was_trouble(text):
    assert "solved" not in seen(text)


def test_an_error_that_is_gone_is_solved():
    assert "solved" in seen("The error is gone.")


@pytest.mark.parametrize(
    "text",
    [
        "The shop does not load.",
        "Your API has been unreachable since Monday.",
        "The bot does not respond any more.",
        "The site isn't coming up.",
    ],
)
def test_a_thing_that_is_dead_as_a_whole(text):
    assert "thing-dead" in seen(text)


@pytest.mark.parametrize(
    "text",
    [
        "The shop does not show the new prices of the shoes.",
        "The status page shows no interruption.",
        "The site was down for an hour.",
        "Is the site down?",
    ],
)
def test_a_thing_that_lives_is_not_dead(text):
    assert "thing-dead" not in seen(text)


@pytest.mark.parametrize("text", ["No command works.", "No build has gone through."])
def test_none_of_it_goes(text):
    assert "none-comes-through" in seen(text)


@pytest.mark.parametrize(
    "text",
    ["Customers cannot pay in the sandbox.", "Pre-production is down.", "The test company cannot log in."],
)
def test_what_cannot_be_done_in_the_sandbox_is_of_the_sandbox(text):
    found = seen(text)
    assert "non-production" in found
    assert "production" not in found


@pytest.mark.parametrize(
    "text",
    ["This is not the sandbox, orders fail.", "We send the output to /dev/null and it fails.", "The call on the demo page fails."],
)  # fmt: skip
def test_another_environment_that_is_only_mentioned_is_not_the_place(text):
    assert "non-production" not in seen(text)


def test_the_query_of_an_endpoint_asks_nothing():
    assert not {"question", "question-mark", "asks-after-it"} & set(seen("The call to /v1/routes?from=Graz fails."))


def test_who_would_delete_an_account_is_not_locked_out_of_it():
    found = seen("I cannot delete my account.")
    assert "admin" in found
    assert "own-account" not in found


def test_what_is_wished_at_the_edge_is_not_hurt():
    assert "edge-thing" not in seen("It would be nice to have a filter in the report.")
    assert "edge-thing" in seen("The filter of the report fails.")


def test_what_began_in_the_past_is_of_now():
    assert "past-trouble" not in seen("The backups stopped three weeks ago.")
    assert "past-trouble" not in seen("Nothing prints after the big upgrade last night.")
    assert "past-trouble" in seen("Last night the backups stopped for an hour.")


OUTAGE = "the live shop is down and nobody can order"


@pytest.mark.parametrize(
    "text",
    [
        f"It would be great if somebody could look at this at once: {OUTAGE}.",
        f"It would be nice if you could help us. {OUTAGE.capitalize()}.",
        f"{OUTAGE.capitalize()}, it would be great if someone could look at it.",
        f"I would love it if someone jumped on this, as {OUTAGE}.",
    ],
)
def test_a_wish_for_help_in_an_outage_is_none_for_something_new(text):
    found = seen(text)
    assert "wish" not in found
    assert {"nobody-can", "production"} <= set(found)


@pytest.mark.parametrize(
    "text",
    [
        "It would be great if you could look at adding a dark mode. The screen is bright.",
        "It would be nice if somebody could help with this: we miss an export.",
        "It would be great if you could help us.",
    ],
)
def test_a_wish_without_an_outage_stays_one(text):
    assert "wish" in seen(text)


@pytest.mark.parametrize("then", ["like staging was yesterday", "just like last week", "exactly as it was on Monday"])
def test_what_is_compared_with_then_is_of_now(then):
    assert {"outage", "production"} <= set(seen(f"The live shop is down, {then}."))


@pytest.mark.parametrize("beside", ["Staging works.", "(The sandbox works.)", "It works in our test environment."])
def test_that_another_environment_works_is_a_remark(beside):
    found = seen(f"No customer can check out. {beside}")
    assert not {"else-works", "non-production", "workaround"} & set(found)


def test_the_name_of_an_environment_is_no_thing_at_the_edge():
    found = seen("The preview environment is down.")
    assert "non-production" in found
    assert "edge-thing" not in found
