"""Whether all that somebody wrote is thanks: several dozen ways to say it, and as many that only look like it."""
# ruff: noqa: RUF001  the letters of other scripts

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.core.words.thanks import Thanks
from helpdesk.mail.read.parse import parse
from helpdesk.thanks import read_thanks
from tests.effort import at_most
from tests.soak import products

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"

NAMES = ["Ann Berg", "Jo Park", "jo.park", "Logik Support"]

PLAIN = """
Thanks!
thank you
Thanks a lot, Ann
Many thanks, Ann!
Thank you very much for your help.
Thank you so much for the quick reply!
Thx
Cheers, Jo
Thanks again for everything.
Much appreciated!
We really appreciate your help.
Hi Ann, thanks for looking into this so quickly. Have a great weekend!
Thank you both :-)
Vielen Dank!
Danke
Herzlichen Dank für Ihre schnelle Hilfe.
Hallo Ann, vielen lieben Dank und ein schönes Wochenende!
Dankeschön, das ging ja schnell.
Wir bedanken uns für die gute Unterstützung
Merci
Merci beaucoup pour votre aide !
Un grand merci à toute l'équipe
Je vous remercie pour votre réactivité
¡Muchas gracias!
Gracias por la rápida respuesta
Se lo agradezco mucho
Grazie mille
Molte grazie per l'aiuto
Hartelijk dank voor de snelle reactie
Dankjewel!
Muito obrigado
Obrigada pela ajuda
Dziękuję bardzo!
Dzień dobry, serdecznie dziękuję za szybką pomoc. Pozdrawiam
Díky moc za rychlou odpověď
Tack så mycket för hjälpen!
Tusen takk
Mange tak
Tak for hjælpen
Kiitos paljon nopeasta avusta!
Nagyon köszönöm a gyors segítséget
Mulțumesc mult pentru ajutor
Merhaba, hızlı yardımınız için çok teşekkürler, iyi günler.
Cok tesekkur ederim
Σας ευχαριστώ πολύ για την άμεση βοήθεια.
Огромное спасибо за помощь!
Щиро дякую
شكراً جزيلاً لكم على المساعدة
תודה רבה!
いつもお世話になっております。ご対応ありがとうございました。
非常感谢！
謝謝您的協助。
안녕하세요, 빠른 답변 주셔서 감사합니다.
""".strip().splitlines()

WORKS = """
Thanks, that fixed it!
It works now, thank you.
It works now, you can close it.
Works like a charm, thanks!
Thank you, everything is back to normal.
Problem solved, thanks
Thanks Ann, that did the trick.
Thanks, the issue is resolved.
You can close this ticket.
Your fix worked, many thanks
Now everything is working as expected. Thank you for your support!
Thanks, no further questions from my side.
It is working again, sorry for the noise. You can close this.
Thank you so much, works again! Good night.
The service is up again, thanks, go back to bed!
Our website is back online. Sleep well!
The login works again for us, thanks.
We are up and running again.
Danke, es geht wieder. Gute Nacht!
Merci, ça remarche. Bonne nuit !
False alarm, please ignore my last mail.
That was a false alarm, apologies for the trouble.
It's working again. My mistake, sorry!
It was our own error, thanks.
Never mind, we solved it ourselves.
It has gone away by itself. Sorry for the false alarm!
Es läuft wieder, war ein Fehlalarm. Entschuldigung für die Störung!
Fausse alerte, désolé pour le dérangement.
Falsa alarma, perdón por las molestias.
Danke, jetzt funktioniert es wieder.
Vielen Dank, es läuft wieder alles einwandfrei!
Das hat geholfen, danke!
Das Problem ist gelöst. Sie können das Ticket schließen.
Das Ticket kann geschlossen werden, danke.
Merci beaucoup, ça marche
Merci, tout fonctionne parfaitement maintenant.
C'est réglé, merci !
Le problème est résolu, vous pouvez clôturer le ticket.
Ya funciona, muchas gracias
Gracias, el problema está resuelto.
Pueden cerrar el caso, gracias
Grazie, ora funziona tutto!
Problema risolto, grazie
Het werkt weer, bedankt
Obrigado, agora funciona
Dziękuję, już działa poprawnie.
Díky, už to funguje
Tack, nu fungerar det igen
Problemet er løst, tusen takk
Kiitos, nyt toimii taas
Köszönöm, már működik
Multumesc, acum functioneaza
Teşekkürler, sorun çözüldü
Ευχαριστώ, τώρα λειτουργεί κανονικά
Спасибо, теперь всё работает
شكراً، تم حل المشكلة
תודה, הבעיה נפתרה
無事解決しました。ありがとうございました。
谢谢，问题已经解决了。
감사합니다. 문제가 해결되었습니다.
""".strip().splitlines()

MAY_BE_AN_ANSWER = """
Great, thanks
perfekt, vielen Dank
Ok, thank you
Yes, thanks!
Parfait, merci
Perfecto, gracias
Alles klar, danke
👍 thanks
ok
Ok.
Perfect!
Great
Noted
Confirmed, well received.
Perfekt
Super, passt!
Alles klar
Parfait
Perfecto
Ottimo
Отлично
承知しました。
👍
👍🏻👍🏻
✅
🙏
Perfekt 👍
Ok! 🙂
Super, alles klar 🎉
Tak, dziękuję
Tamam, teşekkürler
Εντάξει, ευχαριστώ
Хорошо, спасибо
承知しました。ありがとうございます。
好的，谢谢
Thanks, sounds good
""".strip().splitlines()

SOMETHING_ELSE = """
Thanks but it still fails
thanks, one more thing
Thanks. It does not work yet.
Thanks, but no.
Thank you, unfortunately the error is back
Thanks, it works now, except for the export
Thanks! Could you also look at HD-12?
Thanks, when will it be fixed?
Thanks in advance
Thanks for your help so far
Thanks, I will try it tomorrow and let you know
Thanks for nothing
No thanks
No, thank you
It worked yesterday
I hope it works, thanks
It works sometimes, thanks
Works for some users, thanks
Thanks, please call me
Thanks, we are waiting for the patch
Thanks, it isn't working
Thank you. Please reopen.
Thanks, version 7.2
Thanks, see https://shop.example/error
Thanks, see attached
Thanks. Not fixed.
This is our error:
It is my error.
It is not fixed, thanks
Thanks, it stopped working
Thanks, only the second rule fires
Yes
Yes, sure
Ja
Oui
Sí
はい
好的
Ok?
Ok so far
Fixed?
Danke, aber es geht immer noch nicht
Vielen Dank im Voraus
Danke, noch eine Frage
Danke, funktioniert leider nicht
Danke, es funktioniert noch nicht
Danke, kann man das auch für Bundles einstellen
Danke. Anderes Problem
Danke, bitte um Rückruf
Nicht perfekt
Merci d'avance
Merci mais ça ne marche pas
Merci, une autre question
Merci, ça marche presque
Gracias de antemano
Gracias, pero no funciona
Gracias, todavía falla
Grazie, ma non funziona
Grazie in anticipo
Bedankt, maar het werkt niet
Obrigado, mas não funciona
Dziękuję, ale nadal nie działa
Tak
Tack på förhand
Nej tack
Teşekkürler ama çalışmıyor
Teşekkürler, ne zaman çalışıyor
Ευχαριστώ, λειτουργεί;
Ευχαριστώ, τώρα λειτουργεί ;
Спасибо, но не работает
Дякую, але не працює
شكراً، هل تم حل المشكلة؟
شكراً، لكن لا يعمل
תודה, לא עובד
ありがとうございます。まだ動きません。
ありがとうございます。解決しましたか？
谢谢，还是不行
谢谢，已解决吗
감사합니다. 아직 안 됩니다.
👎
😡
👍?
Nicht perfekt 👍
The export fails 🙂
👎 ok
Everything is gone
It is back
The error is back online
The service is down again
The login works again for some of us
Good night
Sorry, it is gone
Please ignore it
It was no false alarm
This is not a false alarm, sorry
Sorry for the trouble
Sorry
Never mind the export, the import fails
Hello Ann
Kind regards
We have a new problem
""".strip().splitlines()


@pytest.mark.parametrize("text", PLAIN)
def test_thanks_alone_are_thanks(text):
    assert read_thanks(text, names=NAMES) == Thanks()


@pytest.mark.parametrize("text", WORKS)
def test_that_it_works_is_a_confirmation(text):
    assert read_thanks(text, names=NAMES) == Thanks(confirms=True)


@pytest.mark.parametrize("text", MAY_BE_AN_ANSWER)
def test_a_yes_beside_the_thanks_may_be_an_answer(text):
    found = read_thanks(text, names=NAMES)

    assert found
    assert found.assents


@pytest.mark.parametrize("text", SOMETHING_ELSE)
def test_anything_else_is_a_mail_like_any_other(text):
    assert read_thanks(text, names=NAMES) is None


MORE = [
    "It still fails.",
    "One question remains.",
    "Es geht nicht.",
    "Ça ne marche pas.",
    "Pero no funciona.",
    "?",
    "HD-7",
    "!!1",
]


@pytest.mark.parametrize(("text", "more"), products([*PLAIN, *WORKS], MORE))
def test_thanks_with_anything_more_are_not_only_thanks(text, more):
    assert read_thanks(f"{text}\n{more}", names=NAMES) is None
    assert read_thanks(f"{more}\n{text}", names=NAMES) is None


def test_whoever_signs_under_a_closing_formula_says_nothing_by_it():
    assert read_thanks("thank you!\n\nKind regards,\nJonathan Smith\nAcme Corp") == Thanks()
    assert read_thanks("Danke!\n\nViele Grüße\nUte") == Thanks()
    assert read_thanks("Danke\nUte") is None, "a word on a line of its own may be all that matters"
    assert read_thanks("Thanks\nJo", names=NAMES) == Thanks()
    assert read_thanks("Thanks\n\nKind regards\nthe export fails\nJo", names=NAMES) is None
    assert read_thanks("Ευχαριστώ!\n\nΜε εκτίμηση\nΜαρία Παπά") == Thanks()
    assert read_thanks("Ευχαριστώ!\n\nΜε εκτίμηση\nδεν λειτουργεί") is None
    assert read_thanks("شكراً\n\nمع التحية\nلا يعمل") is None, "no capitals tell a name there"


def test_a_long_text_and_an_endless_one_are_told_at_once():
    with at_most(1):
        assert read_thanks("thanks " * 50_000) is None
        assert read_thanks("thank you so much it works " * 20) is None
        assert read_thanks("it works now again fine for us " * 9) is None


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"the shared real mails are not at {CORPORA}: nothing to read here")
def test_of_two_thousand_real_mails_only_bare_thanks_are_taken_for_thanks():
    read = [parse(path.read_bytes()) for path in CORPORA.rglob("*") if path.is_file()]
    taken = [mail.reply for mail in read if read_thanks(mail.reply, names=[mail.sender.name] if mail.sender else [])]

    assert len(read) > 1_700
    assert 1 <= len(taken) <= 10
    assert all(("thank" in text.lower() and len(text.split()) <= 6) or text == "🎉" for text in taken)
