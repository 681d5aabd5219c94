"""Seven languages say the same effects, and a mail is read in the language that it is written in."""

import pytest

from helpdesk.languages import language_of
from helpdesk.offering.severities import Level, SeverityTerms
from helpdesk.severity.effects import effects
from helpdesk.severity.lexicon import LANGUAGES, concepts
from helpdesk.severity.reading import read
from helpdesk.severity.stated import stated_degree

ONLY_ENGLISH = {"", "numbers_zero", "recovery"}  # concepts that no rule asks of another language


def seen(text, *, told="en"):
    return effects(read("", text, languages=languages(text, told=told))).found


def languages(text, *, told="en"):
    return language_of(text, expected=(told,)).likely


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_every_language_has_words_for_every_concept(language):
    named = {concept for concept, words in concepts(language).items() if words.split()}
    assert named >= set(concepts("en")) - ONLY_ENGLISH - {"closing"}
    assert named <= set(concepts("en"))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Since this morning the shop does not take any orders and we do not know why."),
        ("de", "Seit heute nimmt der Shop keine Bestellungen an, und wir wissen nicht warum."),
        ("fr", "Depuis ce matin la boutique ne prend pas les commandes et nous ne savons pas pourquoi."),
        ("es", "Desde esta mañana la tienda no acepta los pedidos y no sabemos por qué."),
        ("it", "Da stamattina il negozio non accetta gli ordini e non sappiamo perché."),
        ("pt", "Desde esta manhã a loja não aceita os pedidos e não sabemos por que."),
        ("nl", "Sinds vanmorgen neemt de winkel geen bestellingen aan en wij weten niet waarom."),
    ],
)
def test_a_mail_is_read_in_its_own_language_alone(language, text):
    assert languages(text) == (language,)


def test_a_mail_in_two_languages_is_read_in_both():
    both = "Der Server ist nicht erreichbar und wir warten. The server is not reachable and we are waiting for it."
    assert languages(both) == ("de", "en")


def test_a_word_that_languages_share_brings_no_second_one_in():
    assert languages("Le site de la mairie est en panne et nous ne pouvons pas ouvrir les dossiers de demain.") == (
        "fr",
    )


def test_where_too_little_tells_it_is_read_in_what_was_expected():
    assert "it" in languages("Portale offline", told="it")
    assert "en" in languages("no workaround, no orders")


@pytest.mark.parametrize(
    "text",
    [
        "Il portale è fuori servizio per tutti gli utenti della ditta.",
        "O portal está fora do ar para todos os usuários da empresa.",
        "Het portaal ligt plat voor alle gebruikers van ons bedrijf.",
    ],
)
def test_an_outage_for_everybody_is_one_in_any_language(text):
    assert {"outage", "all-affected"} <= set(seen(text))


@pytest.mark.parametrize(
    "text",
    [
        "Nessuno dei colleghi riesce ad accedere al gestionale.",
        "Ninguém do time consegue acessar o sistema, nem os gestores.",
        "Niemand van de collega's kan nog inloggen op het systeem.",
    ],
)
def test_nobody_gets_in_in_any_language(text):
    assert "nobody-can" in seen(text)


@pytest.mark.parametrize(
    "text",
    [
        "Il sito non è irraggiungibile, è solo lento.",
        "O site não está indisponível, só está lento, mas não para.",
        "De site is niet onbereikbaar, hij is alleen traag.",
    ],
)
def test_an_outage_that_is_denied_is_none_in_any_language(text):
    found = seen(text)
    assert "outage" not in found
    assert "slow" in found


@pytest.mark.parametrize(
    "text",
    [
        "Come posso esportare gli ordini del mese? Non lo trovo nella guida.",
        "Como faço para exportar os pedidos do mês? Não achei na tela.",
        "Hoe kan ik de bestellingen van deze maand exporteren?",
    ],
)
def test_a_how_to_is_a_question_in_any_language(text):
    assert "question" in seen(text)


@pytest.mark.parametrize(
    "text",
    [
        "Nell'ambiente di collaudo il server non risponde, la produzione è a posto.",
        "No ambiente de homologação o servidor não responde, a produção está normal.",
        "Op de acceptatieomgeving reageert de server niet, productieomgeving is in orde.",
    ],
)
def test_what_is_not_production_is_told_in_any_language(text):
    assert "non-production" in seen(text)


@pytest.mark.parametrize(
    ("effect", "text"),
    [
        ("halted", "In der Beschreibung steht das Lager unter Standorte."),
        ("slow", "Können Sie sagen, wie lange das noch dauert?"),
        ("failing", "Ich weiß, dass wir im März eine neue Filiale bekommen."),
        ("solved", "Das geht jetzt seit zwei Tagen so mit dem Drucker."),
        ("data-lost", "Ich bin die kommende Woche weg, meine Kollegin vertritt mich."),
        ("else-works", "Nous avons bien reçu le formulaire et vous le renvoyons."),
        ("docs", "Il nous faut un déclenchement manuel de la tâche."),
        ("question", "Como siempre, los lunes abrimos a las nueve y los sábados no."),
        ("production", "Queremos ver los datos en tiempo real en el panel."),
        ("security", "Por seguridad hacemos los cambios de noche, y las copias de seguridad van aparte."),
        ("deadline", "Hoy hemos visto que los listados salen sin título."),
        ("workaround", "Instalamos su parche y los listados salen sin título."),
    ],
)
def test_a_word_that_means_something_else_here_is_no_cue(effect, text):
    assert effect not in seen(text)


@pytest.mark.parametrize(
    "text",
    [
        "Zwei unserer fünf Filialen bekommen einen Fehler.",
        "Una de nuestras cinco tiendas tiene un error y no puede vender.",
        "Drie van vijf vestigingen krijgen een foutmelding op het scherm en wij ook.",
    ],
)
def test_some_of_a_number_are_a_part(text):
    assert "partial" in seen(text)


def test_who_cannot_get_into_their_own_account_is_one_user():
    assert "one-user-or-item" in seen("Ich komme nicht mehr in mein Konto.", told="de")
    assert "one-user-or-item" not in seen("Plus un seul client ne peut payer, et nous ne savons pas pourquoi.")


PRIORITIES = [
    ("kritisch hoch mittel niedrig", "de"),
    ("bloquante haute moyenne faible", "fr"),
    ("máxima alta media baja", "es"),
    ("bloccante elevata media bassa", "it"),
    ("kritiek hoog normaal laag", "nl"),
    ("crítica alta média baixa", "pt"),
]


@pytest.mark.parametrize(("words", "language"), PRIORITIES)
def test_a_stated_priority_is_known_in_every_language(words, language):
    terms = SeverityTerms(levels=tuple(Level(f"s{rank}", rank, f"S{rank}") for rank in (1, 2, 3, 4)), default="s3")
    assert [stated_degree(word, terms) for word in words.split()] == [(rank, 0) for rank in (1, 2, 3, 4)]


CHOICES = [
    ("(Critical, Urgent, Medium, Low)", None),
    ("Critical / Urgent / Medium / Low", None),
    ("Critical, Urgent, Medium or Low", None),
    ("[ ] Critical [ ] Urgent [ ] Medium [ ] Low", None),
    ("not critical", None),
    ("nicht kritisch", None),
    ("[ ] Critical [ ] Urgent [x] Medium [ ] Low How do I", "medium"),
    ("( ) Critical (X) Urgent ( ) Medium ( ) Low", "urgent"),
    ("\u2610 Critical \u2611 Low", "low"),
    ("Critical [ ] Urgent [ ] Medium [ ] Low [x]", "low"),
    ("Low (not Critical)", "low"),
    ("Medium or Low", "medium"),
    ("was Low, now Critical", "critical"),
    ("3 - Medium", "medium"),
    ("Urgent!!!", "urgent"),
]


@pytest.mark.parametrize(("words", "key"), CHOICES)
def test_what_may_be_chosen_is_not_stated(words, key):
    """The choices of a form that nobody filled in were read as the most severe of them, and so was its denial."""
    names = ("critical", "urgent", "medium", "low")
    levels = tuple(Level(name, rank, name.capitalize()) for rank, name in enumerate(names, start=1))
    terms = SeverityTerms(levels=levels, default="medium")
    assert stated_degree(words, terms) == (terms.degree(key) if key else None)
