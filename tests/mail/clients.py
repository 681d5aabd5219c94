"""How forty mail programs quote, as a function from (what is new, what was answered to) to the text of the reply.

`%n` stands for the new text, `%q` for the old text with `> ` before every line, `%o` for the old text as it was.
"""

# ruff: noqa: RUF001  letters of many scripts are the point

from __future__ import annotations

TOP_POSTED = {
    "gmail": "%n\n\nOn Tue, May 26, 2026 at 9:12 AM Ann Berg <ann@desk.example> wrote:\n\n%q\n",
    "gmail-wrapped": "%n\n\nOn Tue, May 26, 2026 at 9:12 AM Acme Support <support+123456789@desk.example>\nwrote:\n\n%q\n",
    "gmail-wrapped-in-address": "%n\n\nOn Tue, 26 May 2026 at 09:12, Acme Support Team for Customers <\nsupport@desk.example> wrote:\n\n%q",
    "gmail-de": "%n\n\nAm Di., 26. Mai 2026 um 09:12 Uhr schrieb Ann Berg <ann@desk.example>:\n\n%q",
    "gmail-fr": "%n\n\nLe mar. 26 mai 2026 à 09:12, Ann Berg <ann@desk.example> a écrit :\n\n%q",
    "gmail-es": "%n\n\nEl mar, 26 may 2026 a las 9:12, Ann Berg (<ann@desk.example>) escribió:\n\n%q",
    "gmail-it": "%n\n\nIl giorno mar 26 mag 2026 alle ore 09:12 Ann Berg <ann@desk.example> ha\nscritto:\n\n%q",
    "gmail-nl": "%n\n\nOp di 26 mei 2026 om 09:12 schreef Ann Berg <ann@desk.example>:\n\n%q",
    "gmail-pt": "%n\n\nEm ter., 26 de mai. de 2026 às 09:12, Ann Berg <ann@desk.example> escreveu:\n\n%q",
    "gmail-pl": "%n\n\nwt., 26 maj 2026 o 09:12 Ann Berg <ann@desk.example> napisał(a):\n\n%q",
    "gmail-ru": "%n\n\nвт, 26 мая 2026 г. в 09:12, Ann Berg <ann@desk.example>:\n\n%q",
    "gmail-sv": "%n\n\nDen tis 26 maj 2026 kl 09:12 skrev Ann Berg <ann@desk.example>:\n\n%q",
    "gmail-da": "%n\n\nDen tirs. 26. maj 2026 kl. 09.12 skrev Ann Berg <ann@desk.example>:\n\n%q",
    "gmail-fi": "%n\n\nti 26. toukok. 2026 klo 9.12 Ann Berg (ann@desk.example) kirjoitti:\n\n%q",
    "gmail-ja": "%n\n\n2026年5月26日(火) 9:12 Ann Berg <ann@desk.example>:\n\n%q",
    "gmail-zh": "%n\n\nAnn Berg <ann@desk.example> 于2026年5月26日周二 09:12写道：\n\n%q",
    "gmail-ko": "%n\n\n2026년 5월 26일 (화) 오전 9:12, Ann Berg <ann@desk.example>님이 작성:\n\n%q",
    "gmail-unquoted": "%n\n\nOn Tue, May 26, 2026 at 9:12 AM Ann Berg <ann@desk.example> wrote:\n\n%o",
    "apple-mail": "%n\n\n> On 26 May 2026, at 09:12, Ann Berg <ann@desk.example> wrote:\n> \n%q\n",
    "apple-mail-fr": "%n\n\n> Le 26 mai 2026 à 09:12, Ann Berg <ann@desk.example> a écrit :\n> \n%q\n",
    "iphone": "%n\n\nSent from my iPhone\n\n> On 26 May 2026, at 09:12, Ann Berg <ann@desk.example> wrote:\n> \n%q\n",
    "iphone-de": "%n\n\nVon meinem iPhone gesendet\n\n> Am 26.05.2026 um 09:12 schrieb Ann Berg <ann@desk.example>:\n> \n%q\n",
    "outlook": "%n\n\nFrom: Ann Berg <ann@desk.example>\nSent: Tuesday, May 26, 2026 9:12 AM\nTo: Kim Lee <kim@acme.example>\nSubject: Re: Printer\n\n%o",
    "outlook-2003": "%n\n\n-----Original Message-----\nFrom: Ann Berg [mailto:ann@desk.example]\nSent: Tuesday, May 26, 2026 9:12 AM\nTo: Kim Lee\nSubject: RE: Printer\n\n%o",
    "outlook-web": "%n\n________________________________\nFrom: Ann Berg <ann@desk.example>\nSent: Tuesday, May 26, 2026 9:12 AM\nTo: Kim Lee <kim@acme.example>\nSubject: Re: Printer\n\n%o",
    "outlook-de": "%n\n\nVon: Ann Berg <ann@desk.example>\nGesendet: Dienstag, 26. Mai 2026 09:12\nAn: Kim Lee <kim@acme.example>\nBetreff: AW: Drucker\n\n%o",
    "outlook-fr": "%n\n\nDe : Ann Berg <ann@desk.example>\nEnvoyé : mardi 26 mai 2026 09:12\nÀ : Kim Lee <kim@acme.example>\nObjet : RE: Imprimante\n\n%o",
    "outlook-es": "%n\n\nDe: Ann Berg <ann@desk.example>\nEnviado el: martes, 26 de mayo de 2026 9:12\nPara: Kim Lee <kim@acme.example>\nAsunto: RE: Impresora\n\n%o",
    "outlook-it": "%n\n\nDa: Ann Berg <ann@desk.example>\nInviato: martedì 26 maggio 2026 09:12\nA: Kim Lee <kim@acme.example>\nOggetto: R: Stampante\n\n%o",
    "outlook-bold": "%n\n\n*From:* Ann Berg <ann@desk.example>\n*Sent:* Tuesday, May 26, 2026 9:12 AM\n*To:* Kim Lee <kim@acme.example>\n*Subject:* Re: Printer\n\n%o",
    "outlook-mac": "%n\n\nFrom: Ann Berg <ann@desk.example>\nDate: Tuesday, 26 May 2026 at 09:12\nTo: Kim Lee <kim@acme.example>\nSubject: Re: Printer\n\n%o",
    "outlook-ios": "%n\n\nGet Outlook for iOS<https://aka.example/ios>\n________________________________\nFrom: Ann Berg <ann@desk.example>\nSent: Tuesday, May 26, 2026 9:12:00 AM\nTo: Kim Lee <kim@acme.example>\nSubject: Re: Printer\n\n%o",
    "thunderbird": "%n\n\nOn 5/26/26 09:12, Ann Berg wrote:\n%q\n",
    "thunderbird-de": "%n\n\nAm 26.05.26 um 09:12 schrieb Ann Berg:\n%q\n",
    "yahoo": "%n\n\nOn Tuesday, May 26, 2026 at 09:12:00 AM CDT, Ann Berg <ann@desk.example> wrote:\n\n%o",
    "samsung": "%n\n\nSent from my Galaxy\n\n-------- Original message --------\nFrom: Ann Berg <ann@desk.example>\nDate: 26/05/2026 09:12 (GMT+01:00)\nTo: Kim Lee <kim@acme.example>\nSubject: Re: Printer\n\n%o",
    "k9": "%n\n\nAm 26. Mai 2026 09:12:13 MESZ schrieb Ann Berg <ann@desk.example>:\n%q\n-- \nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "notes": "%n\n\n-----Ann Berg/DESK wrote: -----\n\nTo: Kim Lee/ACME@ACME\nFrom: Ann Berg/DESK\nDate: 05/26/2026 09:12AM\nSubject: Re: Printer\n\n%o",
    "mutt": "%n\n\n* Ann Berg <ann@desk.example> [2026-05-26 09:12 +0200]:\n%q\n",
    "zoho": "%n\n\n---- On Tue, 26 May 2026 09:12:00 +0200 Ann Berg <ann@desk.example> wrote ----\n\n%o",
    "yandex": '%n\n\n26.05.2026, 09:12, "Ann Berg" <ann@desk.example>:\n\n%o',
    "mail.ru": "%n\n\nВторник, 26 мая 2026, 9:12 +03:00 от Ann Berg <ann@desk.example>:\n\n%o",
    "gmx": '%n\n\nGesendet: Dienstag, 26. Mai 2026 um 09:12 Uhr\nVon: "Ann Berg" <ann@desk.example>\nAn: kim@acme.example\nBetreff: Re: Drucker\n\n%o',
    "orange-fr": '%n\n\n========================================\n\nMessage du : 26/05/2026 09:12\nDe : "Ann Berg" <ann@desk.example>\nÀ : kim@acme.example\nObjet : RE: Imprimante\n\n%o',
    "old-gmail": "%n\n\n2026/5/26 Ann Berg <ann@desk.example>\n\n%q",
    "sup": "%n\n\nExcerpts from Ann Berg's message of Tue May 26 09:12:00 +0200 2026:\n%q",
}
BOTTOM_POSTED = {
    "thunderbird-bottom": "On 5/26/26 09:12, Ann Berg wrote:\n%q\n\n%n\n",
    "mutt-bottom": "On Tue, May 26, 2026 at 09:12:00AM +0200, Ann Berg wrote:\n%q\n\n%n\n\n-- \nKim Lee",
    "notmuch-bottom": "Ann Berg <ann@desk.example> writes:\n\n%q\n\n%n\n",
}


def written(style: str, *, new: str, old: str) -> str:
    """The text of a reply in that style."""
    template = (TOP_POSTED | BOTTOM_POSTED)[style]
    quoted = "\n".join(f"> {line}".rstrip() for line in old.split("\n"))
    return template.replace("%q", quoted).replace("%o", old).replace("%n", new)
