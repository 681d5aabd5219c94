"""A cue counts as what it is said to be: asserted, negated, hypothetical or past."""

from itertools import product

import pytest

from helpdesk.languages import language_of
from helpdesk.severity.effects import RULES, Effects, effects
from helpdesk.severity.lexicon import concepts
from helpdesk.severity.reading import read
from helpdesk.severity.segment import Hit, Segment
from helpdesk.severity.text import own_subject, own_words
from helpdesk.severity.words import tokens, word_lists, word_set
from tests.effort import at_most


def segments(text, *, told="en"):
    return read("", text, languages=language_of(text, expected=(told,)).likely)


def seen(text, *, told="en"):
    return effects(segments(text, told=told)).found


def statuses(text, concept, *, told="en"):
    return {hit.status for segment in segments(text, told=told) for hit in segment.hits if hit.concept == concept}


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("en", "The shop is down."),
        ("de", "Der Shop ist ausgefallen."),
        ("fr", "La boutique est inaccessible."),
        ("es", "La tienda está caída."),
    ],
)
def test_an_outage_told_as_a_fact_is_asserted(told, text):
    assert "outage" in seen(text, told=told)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("en", "Nothing is down, don't worry."),
        ("en", "The shop isn't down."),
        ("de", "Der Shop ist nicht ausgefallen."),
        ("fr", "La boutique n'est pas inaccessible."),
        ("es", "La tienda no está caída."),
    ],
)
def test_a_negated_outage_is_none(told, text):
    assert "outage" not in seen(text, told=told)
    assert statuses(text, "down", told=told) == {"negated"}


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("en", "What happens if your region is down?"),
        ("en", "In case the shop is down, whom do we call?"),
        ("de", "Falls der Shop ausgefallen ist, wen rufen wir an?"),
        ("fr", "En cas de panne, qui appeler ?"),
        ("es", "En caso de una caída, ¿a quién llamamos?"),
    ],
)
def test_a_supposed_outage_is_none(told, text):
    found = seen(text, told=told)
    assert "outage" not in found
    assert "supposed-trouble" in found


def test_what_was_last_week_is_past_and_what_began_then_is_not():
    assert statuses("Last week the shop was down.", "down") == {"past"}
    assert statuses("The shop is down since yesterday.", "down") == {"asserted"}


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("en", "Users can't log in."),
        ("en", "Users cannot log in."),
        ("en", "Users cant log in."),
        ("en", "No user is able to log in."),
        ("de", "Die Anwender können sich nicht anmelden."),
        ("de", "Die Anwender koennen sich nicht anmelden."),
        ("fr", "Les utilisateurs n'arrivent pas à se connecter."),
        ("es", "Los usuarios no pueden entrar."),
    ],
)
def test_what_cannot_be_done_is_trouble_however_it_is_spelled(told, text):
    assert "failing" in seen(text, told=told)


def test_fixed_is_a_fact_and_please_fix_is_none():
    assert "solved" in seen("The problem is resolved, thank you.")
    assert "solved" not in seen("Please get this resolved quickly.")
    assert "solved" not in seen("When will it be fixed?")


def test_solved_and_broken_again_is_broken():
    found = seen("It was resolved yesterday. Since this morning the portal is down again.")
    assert {"solved", "broken-again", "outage"} <= set(found)


def test_a_share_is_partial_and_all_of_it_is_not():
    assert "partial" in seen("20 % of the orders fail.")
    assert "partial" in seen("3 of 60 interfaces fail.")
    assert "partial" not in seen("100 % of the orders fail.")
    assert "core-stopped" in seen("100 % of the orders fail.")


def test_nobody_reaches_over_the_commas_of_a_list():
    assert "nobody-can" in seen("None of my colleagues in Rome, Oslo or Kiel can get in.")


def test_a_way_round_that_works_counts_and_one_that_does_not_counts_the_other_way():
    assert "workaround" in seen("As a workaround we type it in by hand.")
    for text in ("There is no workaround.", "The workaround does not work any more.", "Es gibt keine Alternative."):
        assert "no-workaround" in seen(text, told="de" if "Es" in text else "en")


def test_contractions_and_accents_are_undone():
    assert [token.word for token in tokens("It's n\u2019t, we can't: d\u2019été") if token.word][-3:] == [
        "not",
        "d",
        "ete",
    ]


def test_addresses_and_urls_are_nobodys_words():
    assert seen("See https://down.example/critical/error and ops@error.example") == {}


@pytest.mark.parametrize("prefix", ["Re: ", "AW: ", "RE: FW: ", "Antw: "])
def test_the_subject_of_an_answer_is_somebody_elses(prefix):
    assert own_subject(f"{prefix}Shop down") == ""


def test_the_subject_of_a_forwarded_mail_is_kept_without_its_prefix():
    assert own_subject("Fwd: WG: Shop down") == "Shop down"


@pytest.mark.parametrize(
    "quote",
    [
        "> The shop is down",
        "-----Original Message-----\nFrom: a\nThe shop is down",
        "On Monday, 5 May 2025, Ann Berg <ann@x.example> wrote:\nThe shop is down",
        "Am 5. Mai 2025 um 10:00 schrieb Ann Berg:\nThe shop is down",
        "Le 5 mai 2025 à 10:00, Ann a écrit :\nThe shop is down",
    ],
)
def test_what_is_quoted_is_not_read(quote):
    own = "Thanks for looking, we will test it tomorrow in detail."
    assert own_words(f"{own}\n\n{quote}") == own


@pytest.mark.parametrize(
    "below",
    [
        "Kind regards\nJo Miller\n\nPS: The shop is down.",
        "Mit freundlichen Grüßen\nJo\n\nP.S. The shop is down",
        "Best wishes\nJo Miller\nHead of Sales\n\nAnd now nobody can order any more.",
        "yours is a fine product.\nSince nine o'clock nobody can order.",
        "________________________\nThe shop is down.",
    ],
)
def test_what_is_said_below_a_closing_or_a_rule_is_read(below):
    said = below.splitlines()[-1]
    assert said in own_words(f"How do I export a rule?\n\n{below}")


@pytest.mark.parametrize(
    "names",
    ["Jo Miller", "Jo Miller\nHead of Emergency Outage Response", "Critical Systems Down Under Ltd.", "+44 20 7946 0000",
     "Jo Miller | Security Officer | Acme"],
)  # fmt: skip
def test_names_and_titles_below_a_closing_are_nobodys_symptom(names):
    assert own_words(f"How do I export a rule?\n\nKind regards\n{names}") == "How do I export a rule?"


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from Outlook for Android",
        "Sent from my Samsung Galaxy smartphone.",
        "Sent from Yahoo Mail on Android",
        "Get Outlook for iOS",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Envoyé de mon iPhone",
        "Télécharger Outlook pour iOS",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Enviado do meu iPhone",
        "Skickat från min iPhone",
        "Wysłane z iPhone'a",
        "iPhone\u304b\u3089\u9001\u4fe1",
    ],
)
def test_what_a_telephone_adds_is_nobodys_words_though_it_is_all_there_is(line):
    """`SITE DOWN` above it was of the third rank, and called nobody."""
    assert own_words(line) == ""
    assert own_words(f"The shop is down.\n\n{line}") == "The shop is down."


@pytest.mark.parametrize(
    "line",
    [
        "Sent from our shop, no order arrives.",
        "Mails sent from Outlook vanish.",
        "Sent mails from Outlook vanish since 9",
        "Get me a new phone number please.",
        "Download of the mail archive fails",
        "Sent from the front desk: the shop is down",
        "Von meinem Konto fehlt Geld.",
    ],
)
def test_what_somebody_writes_of_sending_stays(line):
    assert own_words(line) == line


@pytest.mark.parametrize(
    "text",
    [
        "nobody can log in, no orders " * 300,
        "not " * 3000,
        "x" * 20000,
        "(" * 20000,
        "\n" * 20000,
        " " * 20000,
        "a@" * 9000,
        "- " * 9000,
        "On a " * 3000,
    ],
    ids=["words", "not", "x", "brackets", "lines", "blanks", "at", "dashes", "on"],
)
def test_no_text_can_make_the_reading_crawl(text):
    with at_most(1.0):
        seen(own_words(text))


def test_what_only_one_of_several_has_is_no_outage_for_all():
    assert "one-user-or-item" in seen("One trade customer, Mr Okoro, is not given his discount.")
    assert "nobody-can" in seen("Not one customer can enter our shop.")


def test_a_share_is_all_most_or_next_to_none():
    assert "partial" in seen("Saving fails for 140 of the 200 users.")
    assert "all-affected" in seen("Saving fails for 38 of 38 users.")
    assert "one-user-or-item" in seen("Saving fails for about 1 % of the users.")


def test_in_one_breath_the_part_that_works_tells_where_the_trouble_is():
    """CEL-8"""
    told = seen("Our staging gives 503 since the weekend, prod is fine.")
    assert "non-production" in told
    assert "else-works" in seen("All cards are refused since noon, vouchers work.")


def test_an_outage_that_is_announced_has_not_happened():
    mail = read(
        "Outage on Friday",
        "The server will be unavailable from 20:00 to 22:00 for a kernel upgrade.",
        languages=("en",),
    )
    assert "announced" in effects(mail).found
    assert "announced" not in seen("The server is unavailable since 20:00. We plan to leave at ten.")


def test_a_fallback_that_fails_too_is_no_way_round():
    told = seen("The file drop as fallback goes through you too, so that is dead as well.")
    assert "no-workaround" in told
    assert "workaround" not in told
    assert "no-workaround" in seen("Way round: none.")


def test_a_closing_that_recalls_the_trouble_does_not_say_that_it_is_back():
    told = seen("Closing the loop: checkout was broken between six and seven, you had it running again by ten past.")
    assert "solved" in told
    assert "broken-again" not in told


def test_ones_own_account_is_told_from_everybodys_login():
    assert "own-account" in seen("I cannot log in and the reset mail never arrives.")
    assert "own-account" not in seen("Nobody here can log in, and I cannot either.")


def test_wrong_figures_weigh_more_than_a_wrong_label():
    assert "wrong-figures" in seen("The price is wrong on every invoice.")
    assert "wrong-figures" not in seen("The tooltip is wrong.")


@pytest.mark.parametrize(("rule", "needed"), RULES)
def test_a_rule_adds_nothing_where_none_of_its_signs_is_seen(rule, needed):
    """So that most of them need not be asked about most segments."""
    listed = word_set("? single nothing that any rule knows of").union(
        *word_lists("effects").values(), *word_lists("extent").values()
    )
    assert needed <= concepts("en").keys() | listed
    found = Effects()
    others = sorted(concepts("en").keys() - needed)
    for one, other, status in product(others, others, ("asserted", "negated")):
        words = ("nothing", "that", "any", "rule", "knows", "of")
        rule(Segment("", words, (Hit(one, 0, 1, 0, status), Hit(other, 2, 3, 0))), found)
    words = tuple(sorted(listed - needed))
    for one, subject, asks in product(others, (True, False), (True, False)):
        if not (asks and "?" in needed):
            rule(Segment("", words, (Hit(one, 3, 4, 0),), asks, subject), found)
    assert not found.found
