"""A letter greets and closes where its author did not, and never twice."""

from __future__ import annotations

import pytest

from helpdesk.mail.read.salutation import called_first, called_last, end_of, is_from, is_greeted, is_signed, unsaid

GREETED = """\
Hello Jo,
Hi Jo, which version do you run?
Good morning,
Dear Ms Park,
Jo,
Jo - which version?
Ms Park:
Guten Tag Frau Orth,
Moin!
Sehr geehrte Damen und Herren,
Liebe Ute,
Grüezi Frau Orth
Bonjour Madame,
Chère Madame Orth
Madame, Monsieur,
Hola, Jo:
Buenos días
Estimado señor Park:
Buongiorno Jo
Olá Jo,
Geachte heer Park,
Hej Jo!
Dzień dobry,
*Hello Jo*
Sehr geehrter Herr Dr. Miller,
Sehr geehrter Herr Dr. Miller, sehr geehrte Frau Schmidt,
Sehr geehrtes Team der Orion,
Verehrte Frau Park,
Lieber Herr Miller, die Regeln waren abgeschaltet.
Liebe alle,
Liebes Team,
Werte Kollegen,
Schönen guten Tag, wir haben nachgesehen.
Einen wunderschönen guten Morgen Frau Park,
Hallöchen Jo!
Frau Park, die Regeln laufen wieder.
Jo, the rules were switched off in the last release.
Jo Park, the rules were switched off.
Thanks Jo, the rules were switched off in the last release.
Ms Park, the rules were switched off in the last release.
Dr. Park: the rules were switched off in the last release.
Dear customer, the rules run again.
My dear Jo, the rules run again.
Muy buenos días, hemos revisado las reglas.
Muy buenas, hemos revisado las reglas.
Buenas, ya hemos revisado las reglas.
Muy estimada señora Park: hemos revisado las reglas.
Estimado cliente:
Apreciada Jo, hemos revisado las reglas.
Sra. Park, hemos revisado las reglas de su tienda.
Re-bonjour, nous avons regardé les règles.
Coucou Jo, les règles marchent.
Mon cher Jo, les règles marchent de nouveau.
Cher client,
Madame Park, les règles marchent de nouveau depuis ce matin.
Chers tous, les règles marchent de nouveau.
Estimado cliente, hemos revisado las reglas de su tienda.
Liebe alle, die Regeln laufen.
Werte Frau Orth und Herr Park, die Regeln laufen.
Liebe Kolleginnen und Kollegen, die Regeln laufen.
Jo - the rules were switched off in the last release.
@Jo: the rules were switched off in the last release.
Gentile Signora Park, le regole funzionano."""
PLAIN = """\
We see it, too.
Which version do you run?
Done!
Try this:
Highlights are back.
The rules fire again, see https://shop.example.
Bonuses are paid again.
> Jo wrote this
7.3 has it.
1. Restart it.
Care is needed here, the rules are read top down.
Werte in der Tabelle gehen vor.
Werte in der Tabelle, die leer sind, zählen nicht.
Beste Lösung ist ein Neustart der Regeln.
Beste Werte liefert die Regel 5, danach Regel 7.
Werte fehlen, weil die Tabelle leer ist.
Mr Durand switched it off.
Care must be taken: the rules are read top down.
Cher ou pas, le nouveau tarif vaut dès demain.
Monsieur Durand a corrigé les règles ce matin.
Cara della regola: la prima colonna.
Buenas prácticas para las reglas están en la guía.
Estimada la carga, las reglas tardan dos horas.
Hi-res images are shown again.
We told Jo, who wrote first, that the rules run again.
Herr Durand hat die Regeln eingeschaltet, sie laufen wieder.
Jo's rules are run again, and the prices are right.
However, the rules run again since this morning.
Miss the deadline and it is sent again.
Liebe geht durch den Magen, Regeln laufen von oben."""


@pytest.mark.parametrize("line", GREETED.splitlines())
def test_a_greeting_is_known_however_people_greet(line):
    assert is_greeted(f"\n{line}\n\nWe see it, too.", "Jo Park")


@pytest.mark.parametrize("line", PLAIN.splitlines())
def test_what_greets_nobody_is_no_greeting(line):
    assert not is_greeted(f"{line}\n\nMore of it.", "Jo Park")


@pytest.mark.parametrize(
    ("line", "called"),
    [
        ("Hi Will, can you", "will"),
        ("Will, can you", "will"),
        ("Will Orth: look", "will"),
        ("@will look", "@will"),
        ("Hi @all, look", "@all"),
        ("+will look", "will"),
        ("Will?", "will"),
        ("Will can you look", "will"),
        ("Will please look", "will"),
        ("Will, bitte", "will"),
        ("Bob kannst du mal schauen", "bob"),
        ("Bob peux-tu regarder", "bob"),
        ("Bob can look", ""),
        ("Bob pleases everybody", ""),
        ("Note for Bob: look", "bob"),
        ("Info an Bob: zahlt nie", "bob"),
        ("For Bob, look", "bob"),
        ("For Bob we did it", ""),
        ("To restart it: press", ""),
        ("hi will orth, look", "will"),
        ("Will do, thanks for the log.", ""),
        ("Will do!", ""),
        ("Frank question:", ""),
        ("Will it run?", ""),
    ],
)
def test_whom_a_text_calls_first_is_told_from_words_that_are_names_too(line, called):
    assert called_first(f"\n{line}\nMore of it.") == called


def test_nothing_greets_and_closes_nobody():
    assert not is_greeted("", "Jo Park")
    assert not is_greeted("", "")
    assert not is_signed("", "Ann Berg")
    assert not is_signed("", "")


@pytest.mark.parametrize(
    "end",
    [
        "Kind regards\nAnn",
        "Best,\nAnn",
        "Thanks,\nAnn Berg",
        "Bye",
        "Ann",
        "- Ann",
        "/Ann Berg",
        "Viele Grüße\nAnn Berg\nLogik Support",
        "Mit freundlichen Grüßen",
        "Schönen Abend noch!",
        "Cordialement,\nAnn",
        "Bonne journée",
        "Thanks!\nAnn Berg\nSupport Engineer, Logik GmbH",
        "Vielen Dank\nANN\nPS: Version 7.3 hat es auch.",
        "Merci d'avance,\nann",
        "Muchas gracias,\nAnn Berg\nTel. +49 30 1234567",
        "Bis morgen!\nAnn",
        "Un saludo,\nAnn",
        "Saluti",
    ],
)
def test_a_closing_is_known_however_people_close(end):
    assert is_signed(f"We see it, too.\n\n{end}", "Ann Berg")


@pytest.mark.parametrize(
    "text",
    ["We see it, too.", "Ann", "Ann looks at it.\nIt is fixed.", "Best of all, it works.", "a\nb"]
    + [
        f"We see it, too.\n\n{amid}\n\n{more}"
        for amid, more in [
            ("Thanks!", "The rules were switched off in 7.3.\nRestart it.\nIt runs again."),
            ("Vielen Dank!", "Die Regeln laufen wieder."),
            ("Danke", "Welche Version ist es?"),
            ("Merci beaucoup !", "Les règles marchent de nouveau."),
            ("Gracias", "¿Qué versión es?"),
            ("Bis morgen!", "Die Regeln laufen dann wieder:\n1. Neustart\n2. Anmelden"),
            ("Thanks", "the fix is in 7.3"),
        ]
    ],
)
def test_what_closes_nothing_is_no_closing(text):
    assert not is_signed(text, "Ann Berg")


SIGNATURE = "Ann Berg, Ingenieurin\nLogik Support"


@pytest.mark.parametrize(
    ("end", "signature", "left"),
    [
        ("Es geht wieder.", SIGNATURE, SIGNATURE),
        ("Viele Grüße", SIGNATURE, SIGNATURE),
        ("Viele Grüße\nAnn Berg", SIGNATURE, "Logik Support"),
        ("Viele Grüße\nAnn", SIGNATURE, "Logik Support"),
        ("Kind regards,\nA. Berg", SIGNATURE, "Logik Support"),
        ("Cordialement,\nAnn Berg", "Ann Berg\nLogik", "Logik"),
        ("Thanks,\nAnn", "Ann Berg\nLogik", "Logik"),
        ("Un saludo,\nAnn Berg\nLogik Support", SIGNATURE, ""),
        ("Ann", "Dr. Ann Berg\nLogik", "Logik"),
        ("Viele Grüße\nAnn Berg", "Ihr Team von Logik", "Ihr Team von Logik"),
        ("Ask Bob Berg.", SIGNATURE, SIGNATURE),
    ],
)
def test_of_a_signature_stays_what_its_author_has_not_written(end, signature, left):
    assert unsaid(signature, f"Die Regeln laufen wieder.\n\n{end}", "Ann Berg") == left


def test_who_has_written_nothing_has_signed_nothing():
    assert unsaid("Ann Berg Consulting", "It runs.\n\nRegards\nAnn Berg", "") == "Ann Berg Consulting"
    assert unsaid(SIGNATURE, "", "Ann Berg") == unsaid(SIGNATURE, "", "") == SIGNATURE
    assert unsaid("", "Ann", "Ann Berg") == ""


@pytest.mark.parametrize(
    ("line", "address", "greeted"),
    [
        ("Jo, the rules run again in your shop.", "jo.park@acme.example", True),
        ("Ms Park, the rules run again in your shop.", "jo.park@acme.example", True),
        ("It runs again.", "it@acme.example", False),
        ("Fix it, then the rules run again in your shop.", "it@acme.example", False),
        ("We offer no support, as agreed in the contract.", "support@acme.example", False),
    ],
)
def test_who_has_no_name_is_called_by_that_in_their_address(line, address, greeted):
    assert is_greeted(line, "", address) == greeted


@pytest.mark.parametrize(
    "text",
    ["Best,\nAnn", "Ann", "Ann Berg", "Kind regards", "Kind regards,\n\nAnn Berg\nSupport Engineer\nBirch GmbH, Tel +49 30 12345",
     "Mit freundlichen Grüßen\nAnn Berg", "Cordialement,\nAnn", "Saludos\nAnn", "Cordiali saluti\nAnn Berg", "Met vriendelijke groet,\nAnn",
     "Atenciosamente,\nAnn", "Cheers,\nAnn", "Ann Berg\nBirch", "- Ann"],
)  # fmt: skip
def test_the_end_of_a_mail_alone_says_nothing(text):
    lines = tuple(line for line in text.split("\n") if line)
    assert end_of(text, "Ann Berg") == lines
    assert end_of(f"Hello Jo,\n\nrestart it.\n\n{text}", "Ann Berg") == lines


@pytest.mark.parametrize(
    "text", ["Thanks", "Thanks!", "Thanks,\nAnn", "Danke\nAnn Berg\nBirch", "Merci,\n\nCordialement\nAnn"]
)
def test_thanks_say_something_unless_they_are_for_who_reads_the_order_above(text):
    lines = tuple(line for line in text.split("\n") if line)
    assert end_of(text, "Ann Berg") == lines[1:]
    assert end_of(text, "Ann Berg", thanking=True) == lines
    assert end_of(f"Yes.\n{text}", "Ann Berg", thanking=True) == lines[1:]


@pytest.mark.parametrize(
    "text",
    ["", "Yes", "Ann will call you.", "Best,\nBob", "Kind regards\nDo restart it.", "Bob Cole\n+49 30 12345", "Ann Berg\nCan you restart it?",
     "Best of all, restart it.", "Ann Berg\n> restart it", "Thanks for the log.", "Thanks,\nit is mended."],
)  # fmt: skip
def test_words_are_no_mere_end(text):
    assert end_of(text, "Ann Berg", thanking=True) == ()


def test_who_has_no_name_signs_with_none():
    assert end_of("Best,", "") == ("Best,",)
    assert end_of("Best,\nAnn", "") == ()
    assert end_of("Yes", "") == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [("Forwarding to Bob", "bob"), ("Kannst du mal schauen, Bob?", "bob"), ("À Bob", "bob"), ("Ask Bob Cole, please.", "cole"),
     ("@Bob", "bob"), ("Something for Bob!\n", "bob"), ("", ""), ("restart it", ""), ("fwd to bob", ""), ("I asked, and it was also said by Bob", ""),
     ("It is mended.\nBob", ""), ("Restart it", ""), ("Use the macBook", "")],
)  # fmt: skip
def test_who_is_named_at_the_end_of_a_short_line_is_found(text, name):
    assert called_last(text) == name


@pytest.mark.parametrize(
    "text",
    ["It is down.\n\nBob", "It is down.\nBob Miller\nAcme", "It is down.\n\nThanks, Bob", "It is down.\n\nMany thanks,\nBob", "Hi, this is Bob of Acme.",
     "Bob here, it is down.", "Down.\nViele Grüße, Bob", "Hallo, hier ist Bob.", "Down.\n\nKind regards\n\nBob Miller\nAcme Corp", "Bob"],
)  # fmt: skip
def test_who_signs_or_says_so_is_called_so(text):
    assert is_from(text, "bob")


@pytest.mark.parametrize(
    "text",
    ["", "Ask Bob, he knows.", "Bob helped me.", "As Bob said.\n\nJo", "It is down.\n\nJo\n\n> Kind regards,\n> Bob Cole", "Bobby here.", "Is Bob there?",
     "Thanks to Bob.", "I am bobbing."],
)  # fmt: skip
def test_who_is_only_spoken_of_has_not_written(text):
    assert not is_from(text, "bob")
