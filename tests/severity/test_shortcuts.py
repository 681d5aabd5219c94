"""What a text cannot be without is looked for first; that never spares what the pattern would find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.languages import detect
from helpdesk.severity import observe, stated, words

PIECES = (
    *(
        "ann",
        "is",
        "Order",
        "naïve",
        "İz",
        "\u017fo",
        "deadbeefdead",
        "0123456789AB",
        "a-1",
        "ab1c-2d-3e",
        "x",
        "-",
        "_",
    ),
    *("a.b+c@d-e.fg", "@", "www.x.y", "WWW.", "https://a/b", "://", "/dev/null", "/v1/x?y=1", "//", "and/or", "12"),
    *("shop.test.acme.example", "QA2.a.bc", "localhost:80", "127.0.0.1", "test.", ".", "e.g.", "1.2.3", "dev.x"),
    *("priority: high", "sev = 1", "PRİO: 2", "ticket priority : low", "as", "as gravité: haute", ";", "!", "don't"),
    *(
        "l'été",
        "word\u2019s",
        "[x]",
        "{y}",
        "\u039f\u0394\u039f\u03a3",
        "\u03bd\u03b1\u03b9",
        "foo:bar",
        "foo:",
        "#tag",
        "…",
        "«",
        "e\u0301te\u0301",
    ),
)
TEXTS = st.lists(st.sampled_from((*PIECES, " ", " ", " ", "\n", ". ")), max_size=12).map("".join)


@given(text=TEXTS)
def test_what_is_nobodys_words_is_blanked(text):
    everything = words._any_of(tuple(pattern for _, pattern in words._NOT_WORDS))
    assert words.blanked(text) == everything.sub(lambda match: " " * len(match[0]), text.replace("\u2019", "'"))


@given(text=TEXTS)
def test_a_priority_is_found_wherever_it_is_stated(text):
    assert stated.without_statement(text) == stated._INLINE.sub("", stated._LINE.sub("", text))


@given(text=TEXTS)
def test_a_test_host_is_found(text):
    assert observe._names_a_test_host(text) == bool(observe._TEST_HOST.search(text))


@given(text=TEXTS)
def test_a_piece_between_blanks_speaks_as_its_words_do(text):
    spoken = [*map(detect._spoken_by, detect._WORD.findall(text.lower()))]
    assert detect._of_all(map(detect._between_blanks, detect._bare(text).split())) == spoken


@pytest.mark.parametrize(
    "label",
    """
    priority;priority level;severity;severity level;urgency;urgency level;prio;sev;criticality;priorität;prioritaet;
    dringlichkeit;schweregrad;priorité;niveau de priorité;niveau de gravité;gravité;sévérité;criticité;urgence;prioridad;
    severidad;gravedad;urgencia;criticidad;nivel de prioridad;nivel de severidad;nivel de gravedad;priorità;gravità;
    prioridade;severidade;prioriteit;ernst;case priority;business-urgency
    """.replace("\n", " ").split(";"),
)
def test_every_label_is_found_in_the_middle_of_a_line(label):
    assert (
        stated.without_statement(f"It stopped. {label.strip().upper()}: high, since noon") == "It stopped. , since noon"
    )
