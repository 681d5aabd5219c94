"""What people are shown as reasons is so: neighbours of what is said, each beside what must not be made of it."""

import pytest

from helpdesk.severity.evidence import whole
from tests.severity.test_assess import judged

FAILS = "something does not work or cannot be done"
EVERYBODY = "for everybody"
A_WAY = "there is a way round it"
DEGRADED = "it runs slowly, at times or in part"
NO_WAY = "no way round it"
OVER = "it is over"
QUOTED = "the customer writes this"


def said(text, subject="", **more):
    return {reason.effect: reason.evidence for reason in judged(subject, text, **more).reasons if reason.evidence}


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("en", "No parcel label has come out since noon, in either hall. Nobody can ship.", {FAILS, EVERYBODY}),
        ("en", "Nobody in the ward can open a chart since 6. The fallback is down as well.", {FAILS, EVERYBODY}),
        ("en", "The scanner of gate 3 freezes. We type the numbers in by hand meanwhile, one or two a day.", {A_WAY}),
        ("en", "Opening a file by hand works perfectly, so we do that for now. The list view is blank.", {A_WAY}),
        ("en", "Nobody can log in since 9:00, no workaround.", {FAILS, EVERYBODY, NO_WAY}),
        ("it", "Il portale dà errore 500 a tutti da ieri sera, nessun cliente riesce a entrare.", {FAILS, EVERYBODY}),
        ("de", "Keiner von uns kommt ins Portal, nicht am Empfang und nicht im Büro.", {FAILS, EVERYBODY}),
        (
            "en",
            "Installed the update and all my projects are gone. No backup. Is there any way to get them back?",
            {"data are lost"},
        ),
        ("es", "Nadie puede fichar desde las 6, las terminales dicen «sin conexión».", {FAILS, EVERYBODY}),
        ("nl", "Geen van onze medewerkers kan bij de map, sinds de migratie van gisteren.", {FAILS, EVERYBODY}),
        ("en", "Nobody can log in since your maintenance last night. There's no second system.", {FAILS, NO_WAY}),
        ("en", "App down. Web down. Since 8:52 UTC. All tenants.", {FAILS}),
        ("en", "ORDER ENTRY DOWN. SINCE 10:02. NOTHING WE TRY HELPS.", {FAILS}),
        ("en", "Card payments are declined for all customers since this morning 7:15.", {FAILS}),
        ("en", "We can't enter any jobs.\nPS: 24 vans wait in the yard, my number is below.", {FAILS}),
        ("en", "No page loads.\nUPDATE this is now resolved, a disk was full.", {OVER}),
        (
            "en",
            '"FATAL: no slot left" is what every page of the shop answers now. None of our buyers gets in.',
            {FAILS},
        ),
        ("de", "Seit heute früh kann niemand in der Filiale kassieren, keine einzige Kasse geht.", {FAILS, EVERYBODY}),
        ("fr", "Depuis 8 h personne ne peut se connecter au portail.", {FAILS, EVERYBODY}),
        ("es", "Desde las 8 nadie puede entrar en la aplicación.", {FAILS, EVERYBODY}),
        ("it", "Da stamattina nessuno riesce a entrare nel gestionale.", {FAILS, EVERYBODY}),
        ("pt", "Desde as 7h ninguém consegue acessar o sistema.", {FAILS, EVERYBODY}),
        ("nl", "Sinds vanmorgen kan niemand inloggen in het systeem.", {FAILS, EVERYBODY}),
    ],
)
def test_what_stands_in_the_mail_is_shown(language, text, shown):
    assert shown <= said(text, expected=(language,)).keys()


@pytest.mark.parametrize(
    ("language", "text", "not_shown"),
    [
        # Nobody answers, tells, knows: what people do.
        (
            "en",
            "Since 10 the checkout throws an error. Two other dealers write the same and nobody answers.",
            EVERYBODY,
        ),
        ("en", 'The intercom is mute, and callers hear "no one is available to take your call".', EVERYBODY),
        ("en", "Run into a meeting, writing this so that everyone knows.", FAILS),
        ("de", "Bei Ihnen meldet sich niemand. Wie ändere ich das Format der Rechnung?", EVERYBODY),
        ("fr", "Personne ne répond à votre standard. Où est le bouton d'export ?", EVERYBODY),
        ("es", "Nadie responde al teléfono. ¿Dónde cambio la clave?", EVERYBODY),
        ("it", "Nessuno risponde al numero verde. Come cambio la password?", EVERYBODY),
        ("pt", "Ninguém responde no vosso número. Onde mudo a senha?", EVERYBODY),
        ("nl", "Niemand antwoordt bij jullie. Waar wijzig ik ons adres?", EVERYBODY),
        # None of something that stops nobody, and what rests.
        ("en", "There is no billing issue! The widget says that we have not paid.", FAILS),
        ("en", "No build of ours starts although the agents idle (CPU 0 %).", "it goes on"),
        ("en", "We opened the portal on Monday and had no booking yet, so nobody has missed anything.", FAILS),
        ("de", 'In der Maske steht "Save" statt "Speichern".', FAILS),
        ("en", "Nothing leaves the yard without a slip.", EVERYBODY),
        ("en", "The till failed, I tried it twice and it showed an error on the first page each time.", EVERYBODY),
        ("en", "In each shift that happens to one in four of our cars. They jump on the map.", EVERYBODY),
        ("en", "Your hotline is not reachable. Each sample that we register ends in an error.", EVERYBODY),
        ("en", "It won't start. Nobody uses it for real, it is the demo for our stand.", EVERYBODY),
        ("en", "Production is unaffected, and still not acceptable. Staging does not start.", "in production"),
        ("en", "If it can't be done, they'll live. Let us colour the rows.", "in production"),
        ("en", "On some days it is slow, and people leave.", "for some"),
        ("de", "Keine einzige verlorene Bestellung, 8.000 Paar Socken. Der Beleg ist in Euro.", FAILS),
        # Another time than now.
        ("en", "On Sunday the site showed a welcome page for three hours.", FAILS),
        ("en", "On 3 March the API was down from 08:10 to 09:40. None of our shops could take orders.", FAILS),
        ("de", "Am Montag war der Dienst zwei Stunden ausgefallen. Seit 14 Uhr läuft alles stabil.", FAILS),
        ("es", "El martes el servidor estuvo caído toda la tarde y desde el miércoles funciona bien.", FAILS),
        ("en", "You fixed it on Thursday, on Friday it was good, today it's back.", OVER),
        ("en", "All screens are black.\nlater: back", FAILS),
        ("en", "11:33 the dialog popped up again and by then everything was gone.", OVER),
        ("en", "While it lasted none of our taxis had a map, but that's over now and all is cleared.", "it goes on"),
        # How it should be, how to get there, and what a program wrote.
        ("en", "Steps:\n1. renew by hand in the console\n2. connect, which fails\nSince Tuesday.", A_WAY),
        ("en", "Expected behaviour: nobody is locked out of the shop.\nActual behaviour: I am.", EVERYBODY),
        ("de", "Erwartetes Verhalten: niemand wird abgewiesen.\nTatsächlich: einer schon.", EVERYBODY),
        ("en", "Our gateway is odd.\nsfp module sfp1: Link is Down\nbr2: port 4(sfp1) entered disabled state", FAILS),
        ("en", "curl: (7) Failed to connect to api.shop.example port 443", FAILS),
        ("en", "Odd.\nstatus: NXDOMAIN, ANSWER: 0, AUTHORITY: 1", FAILS),
        ("en", "03-14 09:12:44.120 D/SDK: Controller Event: Idle\nAll of it is the test card.", FAILS),
        # No way that leads anywhere.
        ("en", "The newsletter shows Times instead of our font.", A_WAY),
        ("en", "An odd one, the wrong way round so to speak: a blank page when it is off.", A_WAY),
        ("en", "Five false alarms a day. So we ignore them, which ends badly one day.", A_WAY),
        ("en", "All bills of June are gone, and your chat tells me to clear the cache.", A_WAY),
        ("en", 'It says "restore failed" on another machine.', A_WAY),
        ("en", "Tried reinstalling. Only this laptop has no sound.", A_WAY),
        ("en", "My remark is gone when I go back and I must type it again.", A_WAY),
        ("en", "From cron it prints a banner, so I find a mail in my inbox each morning.", A_WAY),
        ("en", "Our account is suspended. There is no way to contact you other than this form.", "no way round it"),
        ("en", "The shop is white. No backup of the old release, your page has only the new one.", "no way round it"),
        # The last state counts, wherever it stands.
        ("en", "No label prints.\n\nPS: ignore that, the cable was out.", FAILS),
        ("en", "Nobody can log in!!\nedit: had no reception, sorry.", FAILS),
        ("en", "We can't ship anything. After a restart of the print service it prints.", FAILS),
        ("en", "Nobody could log in this morning between 8 and 8:30. Then it just worked.", FAILS),
        ("en", "All totals are wrong!! wait, no, I had filtered by quarter.", "something comes out wrong"),
        ("en", "The whole site was down for us, and I wrote that nobody can order. It was our firewall.", FAILS),
        (
            "de",
            "Liebes Team, meine Mail von vorhin (nichts geht mehr) bitte vergessen, es war das Netzwerkkabel.",
            FAILS,
        ),
        ("de", "Nach dem Umzug druckt keine Filiale mehr. Der alte Server ist wieder an, damit geht es.", FAILS),
        ("fr", "Personne ne peut se connecter.\nPS : c'est rétabli chez nous.", FAILS),
        ("es", "Nadie puede facturar. Ya está, era la fecha del ordenador.", FAILS),
        ("it", "Nessuno riesce a entrare. Era il nostro router.", FAILS),
        ("pt", "Ninguém consegue entrar. Era o nosso roteador.", FAILS),
        ("nl", "Niemand kan inloggen. Inmiddels werkt het weer.", FAILS),
        # Nothing fails: it is denied, advised, supposed, tried out, read in a log, or in people's minds.
        ("en", "Our user says saving fails for him. I can't reproduce it, for me it works every time.", FAILS),
        ("en", "We placed test orders all morning to see whether the alarm comes when no order comes through.", FAILS),
        ("en", "For others who find this: if nobody can print, clear the spooler.", FAILS),
        ("en", "My customer tells me that the site is down and nobody can order. I checked, it is up.", FAILS),
        ("en", "The console is full of red warnings, every request is said to have failed. All pages load.", FAILS),
        ("en", "I can't believe that you have removed the dark theme, nobody can work like this.", FAILS),
        ("de", "Es ginge zwar per Knopf, aber so kann doch kein Mensch arbeiten!", FAILS),
        ("it", "Abbiamo staccato il server per una prova e nessuno riesce a entrare, come previsto.", FAILS),
        ("de", "Bei euch geht niemand ans Telefon. Wo finde ich die Rechnung?", FAILS),
        # What people leave undone, and what only stands, sits or is named.
        ("en", "Most customers don't book at the desk though, and the page is white for a few.", FAILS),
        ("en", "We don't ship unpaid goods. One parcel has a wrong label.", FAILS),
        ("en", "Nobody outside the project uses it. The list is sorted the wrong way.", FAILS),
        ("en", "Customs lets no lorry out without an invoice. Where do I set its language?", FAILS),
        ("en", "Payment cut-off is 3pm. How do I move it?", FAILS),
        ("en", "Your status page admits the outage from 8 to 11. We want a credit note.", FAILS),
        ("en", "Guests are sitting on their suitcases. One of them asks for the WiFi code.", FAILS),
        ("de", "Unsere Kunden nutzen ihn kaum. Der Knopf ist schief.", FAILS),
        ("de", "Seit der neuen Version stürzt nichts mehr ab, kein einziger Kollege hat sich beschwert.", FAILS),
        ("en", "All our handhelds lost the connection at 5:40, and none has come back.", "data are lost"),
        ("en", 'The arm stops in mid-movement with "heartbeat lost".', "data are lost"),
        ("en", "She deletes the copies and they come back after the next sync.", "data are lost"),
        # At times, slow, elsewhere: words that need not say so.
        ("en", "People who use it buy twice as often. The icon is blurred.", DEGRADED),
        ("en", "You asked if it still hangs. Since you changed the timeout all runs went through.", DEGRADED),
        ("fr", "Impossible de publier des modèles en ligne depuis dix jours.", "in production"),
        ("en", "Fresh copy, no other plugins. The wizard shows a white screen.", "not in production"),
        # For everybody is said of people.
        ("de", "Seit gestern kommt keiner unserer Fahrer (48) mehr in die App. Innendienst geht.", EVERYBODY),
        ("en", "Not one of our applications gets through to your API since Monday.", EVERYBODY),
        ("it", "Da ieri il portale rifiuta ogni ordine per tutti gli articoli di carta.", EVERYBODY),
        ("en", "All 14 build agents show as offline since Monday.", EVERYBODY),
        ("en", "All calls give 503 since noon, every endpoint, every key we own.", EVERYBODY),
        ("en", "I can't log in. Nobody else here has the problem.", EVERYBODY),
        ("en", "Of those who came since Friday none of the new ones can log in.", EVERYBODY),
        ("de", "Im Shop stehen falsche Preise, alle Artikel kosten 0 Euro.", EVERYBODY),
        # The trouble itself has ended, or nothing is said of the end.
        ("en", "All good here otherwise, but the hold music is too loud.", OVER),
        ("en", "4471 is resolved, thank you. 4502 is not: mails still go out in English.", OVER),
        ("en", "The till hangs. Most of the time it is fine again by itself.", OVER),
        ("fr", "Le problème d'hier est résolu, sauf pour Lyon qui n'a toujours pas accès.", OVER),
        # No way that carries.
        ("en", "The portal is white. Your colleague proposed that we use the old client meanwhile.", A_WAY),
        ("en", "No order arrives. We type in hundreds by hand meanwhile, until late at night.", A_WAY),
        ("en", "Callers complain about crackling on the line, all day long.", "the way round it is costly"),
        # Neither a question nor a wish.
        (
            "en",
            "Our contract ends in June. It would be a catastrophe if they were gone.",
            "something is asked or wished for",
        ),
    ],
)
def test_what_does_not_stand_in_the_mail_is_not_shown(language, text, not_shown):
    assert not_shown not in said(text, expected=(language,))


@pytest.mark.parametrize(
    ("language", "text", "quote"),
    [
        ("en", "Good morning all. The print button of the lessons page does nothing.", "The print button"),
        ("en", "We run 40 gates. After the patch some agents report that they cannot sign in.", "After the patch"),
        ("de", "Guten Tag. Drückt man auf Senden, hängt das Fenster eine Minute.", "Drückt man"),
    ],
)
def test_where_nothing_can_be_claimed_the_writer_speaks(language, text, quote):
    shown = said(text, expected=(language,))
    assert len(shown) > 1
    assert all(words.startswith(quote) for words in shown.values())


def quotes(text, subject="", **more):
    return [
        reason.evidence
        for reason in judged(subject, text, **more).reasons
        if reason.effect == QUOTED and reason.rule != "found"
    ]


@pytest.mark.parametrize(
    ("language", "text", "quote"),
    [
        # The worst that is told, and the last state of it.
        ("en", "Sometimes the page is slow. But since 9:00 nobody can log in at all.", "But since 9:00"),
        # Trouble that is over is not quoted, its end is.
        ("it", "Stamattina il gestionale non partiva. Ora funziona di nuovo, grazie.", "Ora funziona"),
        ("pt", "Hoje cedo o sistema não abria para ninguém. Já voltou ao normal, obrigado.", "Já voltou"),
        (
            "en",
            "The door reader refuses all badges since 7. UPDATE: false alarm, somebody had pulled the plug.",
            "UPDATE: false",
        ),
        (
            "de",
            "Letzten Dienstag war das Portal nicht erreichbar. Inzwischen läuft alles. Was war es?",
            "Inzwischen läuft",
        ),
        (
            "en",
            "We were locked out of the admin account; your colleague let us in again. Still open: two have the wrong role.",
            "Still open",
        ),
    ],
)
def test_what_is_quoted_is_the_last_and_the_worst_that_is_told(language, text, quote):
    shown = quotes(text, expected=(language,))
    assert len(shown) == 1
    assert shown[0].startswith(quote)


def test_a_thing_that_comes_again_is_no_relief():
    text = "Since the patch on Monday some of our buyers can't pay. They get the login page again."
    assert set(said(text).values()) == {"Since the patch on Monday some of our buyers can't pay."}


@pytest.mark.parametrize(
    ("language", "text", "trouble", "relief"),
    [
        ("fr", "Ce matin personne ne pouvait se connecter. Tout est rétabli depuis 10 h.", "Ce matin", "Tout est"),
        (
            "en",
            "All phones are dead, nobody can call us. Your colleague just rebooted the switch and we are back.",
            "All phones",
            "Your colleague",
        ),
        ("en", "UPDATE 10:40: back to normal.\nAll customers get an error and cannot pay.", "All customers", "UPDATE"),
        (
            "de",
            "Die Terminliste kann niemand von uns öffnen, keiner weiß warum. Seit dem Neustart läuft alles.",
            "Die Terminliste",
            "Seit dem Neustart",
        ),
    ],
)
def test_trouble_is_never_quoted_without_what_takes_it_back(language, text, trouble, relief):
    shown = said(text, expected=(language,))
    assert FAILS not in shown
    first, _, then = shown[QUOTED].partition(" … ")
    assert (first.startswith(trouble) and then.startswith(relief)) or first.startswith(relief)


def test_what_worked_before_takes_nothing_back():
    assert said("Nobody can log in. It worked fine until yesterday.")[FAILS] == "Nobody can log in."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        # What a program or a form wrote, and what closes a mail.
        (
            "en",
            "Hello,\nafter yesterday's update the server shows:\nError: database is locked, cannot write\nWhat now?",
        ),
        (
            "de",
            "Der Import endet mit der Meldung:\\nZeile 12 ist falsch, Datei kann nicht gelesen werden\\nNur die vom Juni.",
        ),
        ("en", "One of three servers had a panic:\nruntime: out of memory: cannot allocate 2147483648-byte block"),
        ("en", "Component: Billing\nModule: invoices do not work\nThe total is off by one cent."),
        ("en", "*This is a template to help you report issues that do not work.*\nThe icon is grey."),
        ("en", "The week starts on Sunday.\n\nThis message is confidential, the recipient cannot use or copy it."),
        ("de", "Wenn etwas nicht funktioniert, helfen wir gern mit weiteren Angaben."),
        # What is always so, or planned.
        ("en", "As usual we stop the service on Friday and nobody can log in from 20:00 to 22:00. Is that enough?"),
        # Half a sentence.
        ("en", "It fails only in this case:\n- when the laptop was asleep\nOtherwise it works."),
        ("en", "It fails only in this case:\n- the report cannot be opened by a guest\nOtherwise it works."),
        ("en", "On the weekend our shop has gone bad, whoever presses the button gets\n  502 Bad Gateway (cdn -> geo)"),
        # What was tried in vain, and what ends no trouble.
        ("en", "I switched the calendar off and on again, and it did not help."),
        ("en", "All totals were wrong, my filter. Nothing to do for you."),
    ],
)
def test_what_is_no_whole_sentence_of_the_writer_about_this_trouble_is_not_quoted(language, text):
    torn = (
        "Error",
        "Zeile",
        "runtime",
        "Module",
        "*This",
        "This message",
        "Wenn",
        "As usual",
        "It fails only",
        "-",
        "On the",
        "I switched",
        "Nothing",
    )
    assert not [quote for quote in quotes(text, expected=(language, "en")) if quote.startswith(torn)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        # What a form asks for, with what the writer put behind it.
        (
            "en",
            "Product: webhooks\n\nDescribe: an upload that failed can be started again. The button is grey for a moment.",
        ),
        (
            "pt",
            "Informe aqui o nome da tabela onde o problema ocorreu.\nO relatório de março sai com uma coluna a mais.",
        ),
        # What was wrong and has been put right by hand.
        ("de", "Sie kam von einer Zahlung, die um drei Cent zu niedrig war und die ich ausgebucht habe."),
    ],
)
def test_what_would_mislead_by_itself_is_not_quoted(language, text):
    assert quotes(text, expected=(language,)) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Nothing is broken here, we would only like to see the supplier in the list."),
        ("de", "Es ist nichts kaputt, wir hätten nur gern einen Filter in der Liste für alle Kunden."),
        ("fr", "Rien n'est cassé, nous aimerions seulement que l'export garde l'ordre des colonnes."),
        ("es", "No falla nada, solo nos gustaría poder ordenar por fecha."),
        ("it", "Non c'è nulla di rotto, vorremmo solo una colonna in più nella stampa."),
        ("pt", "Não há nada avariado, só gostaríamos de um botão para duplicar o pedido."),
        ("nl", "Er is niets stuk, we zouden alleen graag een donker thema willen."),
        ("en", "If anything does not work with the files, I will gladly send them again to all of your users."),
        ("en", "Our monitor says that the disk of node 4 is full. Node 4 is a spare, it serves nobody."),
    ],
)
def test_where_all_is_sound_no_failure_is_claimed(language, text):
    shown = said(text, expected=(language, "en"))
    assert not {FAILS, QUOTED} & shown.keys()


@pytest.mark.parametrize(
    "text",
    [
        "All calls drop. After a restart it works again for an hour, then the same.",
        "All calls drop. It is solved until somebody logs in from outside.",
        "It was down. You fixed it on Thursday, on Friday it was good, today it's back.",
    ],
)
def test_a_lull_is_no_end(text):
    verdict = said(text)
    assert OVER not in verdict
    assert not any(word in quote for quote in quotes(text) for word in ("restart", "solved", "fixed"))


def test_nothing_milder_is_claimed_beside_a_stop():
    text = "Orders are slow at times since Monday. Since 10:00 no order comes through any more for all of our buyers."
    assert DEGRADED not in said(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Samedi le serveur sera arrêté de 6h à 9h, personne ne pourra se connecter."),
        ("es", "El sábado el servidor estará apagado de 6 a 8, nadie podrá entrar."),
        ("it", "Domenica il nostro server sarà spento dalle 8 alle 12, nessuno potrà collegarsi."),
        ("pt", "Sábado das 6h às 8h nosso servidor ficará fora do ar e ninguém conseguirá acessar o portal."),
    ],
)
def test_a_standstill_that_is_announced_is_none(language, text):
    verdict = judged("", text, expected=(language,))
    assert verdict.rank > 1
    assert FAILS not in {reason.effect for reason in verdict.reasons}


@pytest.mark.parametrize("piece", ["can pay since 8:00", "ca. 70 Leute", "i.e. for all", "am 3. Mai"])
def test_a_sentence_goes_on_behind_what_only_looks_like_its_end(piece):
    text = f"One thing. So it is, {piece} there are none. Another."
    assert whole(piece, text) == f"So it is, {piece} there are none."


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (
            "PS: found it, our proxy was off. Sorry for the noise.",
            "Sorry for the noise.",
        ),
        ("The door was gone from the app. False alarm, a plug was loose, you may close this.", "False alarm"),
    ],
)
def test_an_end_that_is_not_named_is_told_by_the_writer(text, quote):
    shown = said(text)
    assert OVER not in shown
    assert shown[QUOTED].startswith(quote)


@pytest.mark.parametrize(
    ("below", "claimed"),
    [
        ("\n\nRegards\nTom\nworks again now", False),
        ("\n" + "some words of a log\n" * 300 + "it works again now", False),
        (" (edit: it works again)", False),
        ("\n\nRegards\nTom Works\nBack Office, 0151 55521", True),
        ("\n\nRegards\nTom\n\nOn 3 May Help wrote:\n> your ticket is resolved, it works again now", True),
        ("\n" + "some words of a log\n" * 300, True),
    ],
)
def test_what_stands_below_the_closing_or_at_the_end_of_a_long_mail_takes_trouble_back(below, claimed):
    assert (FAILS in said(f"Nobody can log in since 9.{below}")) is claimed


@pytest.mark.parametrize("text", ["Impact: none of it works", "Nobody can. (", 'It says "nobody can log in.'])
def test_no_label_and_no_rest_of_a_sentence_is_shown_for_a_claim(text):
    assert not {FAILS, EVERYBODY} & said(f"Hello. {text}\nRegards").keys()


def test_a_piece_is_shown_with_its_sentence():
    text = 'Since the patch no release starts, "all agents are busy" although the agents idle (CPU 0 %), for all teams.'
    assert set(said(f"Hello. {text} Please look.").values()) <= {text}


# What people did themselves, how they look into it, and what a program says, each beside trouble in like words.
@pytest.mark.parametrize(
    ("language", "text", "quoted"),
    [
        ("en", "I disabled the three jobs so they cannot run twice. Is that right?", False),
        ("de", "Ich habe den Zugang gesperrt, damit niemand mehr hineinkommt. War das richtig?", False),
        ("fr", "J'ai désactivé la synchro pour que plus rien ne parte.", False),
        ("es", "He desconectado el equipo para que no pueda enviar nada.", False),
        ("en", "20:15 wrote the second page, saved, shut down.", False),
        ("en", "I shut down the laptop at six and went home.", False),
        ("en", "The portal was shut down at six and nobody got in.", True),
        ("en", "I have no steps to reproduce it, sorry.", False),
        ("en", "I cannot make it happen again here.", False),
        ("de", "Ich kann den Fehler leider nicht nachstellen.", False),
        ("fr", "Impossible de reproduire le problème chez moi.", False),
        ("en", "Saving fails each time, and I can reproduce it on a second machine.", True),
        ("en", "No pattern I can see in it.", False),
        ("en", "I can't sit here and start it every five minutes.", False),
        ("en", "=== Begin of log ===\nImport aborted, nothing was processed.\n=== End of log ===", False),
        ("en", "SyncWorker: cannot start because no key is loaded", False),
        ("en", "503: You cannot send any more requests for now", False),
    ],
)
def test_what_is_no_trouble_of_theirs_is_neither_claimed_nor_quoted(language, text, quoted):
    shown = said(f"Hello,\n\n{text}", expected=(language,))
    first = text.split()[1]
    assert any(first in piece for piece in shown.values() if piece) is quoted, shown


def test_what_did_not_help_yesterday_is_not_quoted_where_all_works_today():
    text = "Heute neu gestartet, und auf einmal funktioniert alles. Gestern hatte ein Neustart nichts gebracht."
    assert not any("Gestern" in piece for piece in said(text, expected=("de",)).values())


def test_a_licence_on_trial_is_no_place_and_a_way_that_leads_nowhere_is_none():
    trial = "The button is only shown when one's on an expired trial, so the new key cannot be loaded."
    assert "not in production" not in said(trial)
    way = "La facture se valide bien, donc je ne peux plus la ressortir. La page est vide."
    assert A_WAY not in said(way, expected=("fr",))
