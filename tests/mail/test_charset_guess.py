"""Text in a charset that nobody names: read where its script is plain, left as it was where it is not."""

# ruff: noqa: RUF001  letters of many scripts are the point

from __future__ import annotations

import time

import pytest

from helpdesk.mail.read.charset_guess import guess, page_of_dos
from helpdesk.mail.read.parse import parse

SAID = {
    "gb18030": "您好，我们的系统今天早上无法登录，请尽快处理，谢谢。",
    "big5hkscs": "您好，我們的系統今天早上無法登入，請儘快處理，謝謝。",
    "cp932": "お世話になっております。ログインできません。ご確認ください。",
    "euc_jp": "お世話になっております。ログインできません。ご確認ください。",
    "cp949": "안녕하세요 오늘 아침부터 로그인이 되지 않습니다. 확인 부탁드립니다.",
    "koi8_r": "Здравствуйте, не могу войти в систему с утра. Помогите, пожалуйста.",
    "cp1251": "Здравствуйте, не могу войти в систему с утра. Помогите, пожалуйста.",
    "cp1253": "Καλημέρα σας, από το πρωί δεν μπορούμε να συνδεθούμε στο σύστημα. Ευχαριστώ.",
    "iso8859_7": "Κανείς δεν μπορεί να παραγγείλει.",
    "cp1255": "שלום, מהבוקר אי אפשר להתחבר למערכת. אנא בדקו בהקדם.",
    "cp1256": "مرحبا، لا أحد يستطيع تسجيل الدخول منذ الصباح. يرجى المساعدة.",
    "cp874": "สวัสดีครับ ตั้งแต่เช้านี้ไม่สามารถเข้าสู่ระบบได้ กรุณาตรวจสอบด้วย",
}


@pytest.mark.parametrize("codec", SAID)
@pytest.mark.parametrize(
    "kind", ["text/plain", "text/plain; charset=us-ascii", "text/plain; charset=utf-8", "text/plain; charset=x-odd"]
)
def test_a_mail_without_its_charset_is_read(codec, kind):
    raw = (
        b"From: a@b.example\r\nSubject: "
        + SAID[codec].encode(codec)
        + f"\r\nContent-Type: {kind}\r\n\r\n".encode()
        + SAID[codec].encode(codec)
    )
    message = parse(raw)
    assert message.text == SAID[codec]
    assert message.subject == SAID[codec]
    assert any("charset" in told for told in message.damage)


SUBJECT = {
    "cp1251": "Заказ",
    "koi8_r": "Сбой",
    "cp1253": "Τιμές",
    "cp1255": "תקלה",
    "cp1256": "خلل",
    "cp932": "障害",
    "gb18030": "故障",
}


@pytest.mark.parametrize("codec", SUBJECT)
@pytest.mark.parametrize("claimed", [True, False])
def test_a_short_subject_is_in_the_charset_of_the_text(codec, claimed):
    kind = f"; charset={codec}" if claimed else ""
    head = f"From: a@b.example\r\nContent-Type: text/plain{kind}\r\nSubject: ".encode()
    raw = head + SUBJECT[codec].encode(codec) + b"\r\n\r\n" + SAID[codec].encode(codec)
    assert parse(raw).subject == SUBJECT[codec]


def test_a_header_in_utf_8_stays_so_whatever_the_text_is_in():
    raw = "From: a@b.example\r\nSubject: Größe\r\nContent-Type: text/plain; charset=cp1251\r\n\r\n".encode()
    assert parse(raw + SAID["cp1251"].encode("cp1251")).subject == "Größe"


@pytest.mark.parametrize("codec", ["cp1252", "cp1250", "iso8859_15", "cp850"])
@pytest.mark.parametrize(
    "text",
    [
        "Grüße aus Köln, schöne Straße übermäßig heiß",
        "C'était déjà prévu à l'été, été, été",
        "El señor Peña pidió más cañas mañana",
        "",
    ],
)
def test_nothing_is_guessed_of_western_text(codec, text):
    assert guess(text.encode(codec, "ignore")) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Grüße aus Köln, schöne Straße",
        "Hei, en pääse enää sisään järjestelmään. Kiitos, Matti",
        "Olá, não consigo abrir as configurações da aplicação.",
        "Góðan daginn, ég kemst ekki inn í kerfið lengur síðan í gær.",
    ],
)
def test_western_text_without_its_charset_is_read_as_ever(text):
    """Two of its letters stand together, and would be frequent ones of another alphabet."""
    assert parse(b"Subject: x\r\n\r\n" + text.encode("cp1252")).text == text


@pytest.mark.parametrize("page", ["cp437", "cp850", "cp852"])
@pytest.mark.parametrize(
    "text",
    [
        "Seit heute früh können wir nichts prüfen.",
        "für alle",
        "Hei, säännöt eivät enää toimi. Kukaan ei pääse sisään järjestelmään.",
        "Reglerna går inte att köra, hjälp oss är du snäll.",
        "Les règles ne marchent plus depuis hier, même après la mise à jour, être prêt.",
        "Od rána nefunguje přihlášení, žádná pravidla neběží, prosíme o řešení.",
        "Od wczoraj nie możemy wystawić żadnej faktury, program pokazuje błąd. Proszę o szybką pomoc.",
        "Tegnap óta nem tudunk számlát kiállítani, a gép lefagy. Kérjük, segítsenek gyorsan, az ügyfelek őrjöngenek.",
        "Od včera sa nedá vystaviť žiadna faktúra, zákazníci čakajú.",
        "Od jučer ne možemo ispisati račun, javlja grešku. Molimo pomoć što prije.",
        "De ieri nu mai putem tipări facturile, vă rugăm să ne ajutați cât mai repede în această după-amiază.",
        "Depuis hier nous ne pouvons plus créer de factures, le logiciel affiche une erreur à chaque étape.",
        "Desde ayer no podemos facturar, la impresión muestra un error, según la oficina de atención.",
    ],
)
def test_a_page_of_dos_is_read_where_nothing_else_makes_words(text, page):
    """Letters were left out ("frh"), or two that stand together read as one of Korean."""
    data = text.encode(page, "replace")
    assert b"?" in data or parse(b"Subject: x\r\n\r\n" + data).text == text


@pytest.mark.parametrize("codec", [*SAID, "cp1252", "cp1250", "mac_roman"])
@pytest.mark.parametrize(
    "text",
    [
        *SAID.values(),
        "He said “word”, didn’t he… – and “naïve” it’s.",
        "Grüße aus Köln",
        "Ελλάδα abc",
        "VPNにつながらない abcで",
    ],
)
def test_nothing_else_is_read_as_a_page_of_dos(codec, text):
    data = text.encode(codec, "replace")
    assert b"?" in data or page_of_dos(data) == ""


@pytest.mark.parametrize("head", ["", "Content-Type: <html>\r\n", "Content-Type:\r\n"])
def test_a_page_that_does_not_say_so_is_read_as_a_page(head):
    raw = f"Subject: x\r\n{head}\r\n<html><body><p>Hello &amp; good<br>bye</p></body></html>\r\n"
    assert parse(raw.encode()).text == "Hello & good\nbye"


def test_source_that_is_sent_as_text_stays_source():
    source = "<p>Hello</p></body></html>"
    assert parse(f"Subject: x\r\nContent-Type: text/plain\r\n\r\n{source}".encode()).text == source


def test_one_endless_word_without_a_letter_is_looked_at_once():
    """C05: it took time by the square of its length."""
    begun = time.thread_time()
    guess(b"\xa0\x80" * 400_000)
    assert time.thread_time() - begun < 1.0
