"""Mail that no person wrote, and why we think so.

Delivery reports first, as a third of them carry `Auto-Submitted: auto-replied` too; then out-of-office replies, other
automatic mail, and lists. A `Robot` is never answered automatically (RFC 3834 s2); whether our own mail came back is
not told here but by its signed Message-ID.
"""
# ruff: noqa: E501  patterns read best with one language a line

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core.message import Message, Robot

from .bounces import Bounce, bounce, read_bounce
from .headers import text_of

if TYPE_CHECKING:
    from .mime import Tree

__all__ = ["Bounce", "bounce", "robot"]


def robot(message: Message, tree: Tree) -> Robot | None:
    """Why no person wrote this mail; None where a person seems to have."""
    return _report(tree) or _bounced(tree) or _automatic(message) or _list(message) or _unknown_report(tree)


def _bounced(tree: Tree) -> Robot | None:
    found = read_bounce(tree)
    if found is None:
        return None
    return Robot("bounce-permanent" if found.permanent else "bounce-temporary", found.why)


_REPORTS = {
    "message/feedback-report": "a feedback report (RFC 5965)",
    "message/disposition-notification": "a reading receipt (RFC 8098)",
}
_MACHINE_REPORTS = {"application/tlsrpt+gzip", "application/tlsrpt+json"}


def _report(tree: Tree) -> Robot | None:
    for part in tree.parts:
        if part.type in _REPORTS and part.depth:
            return Robot("auto-reply", _REPORTS[part.type])
        if part.type in _MACHINE_REPORTS:
            return Robot("auto-reply", "a TLS report (RFC 8460)")
        if _DMARC_REPORT.match(part.file_name):
            return Robot("auto-reply", "a DMARC report (RFC 7489)")
    return None


def _unknown_report(tree: Tree) -> Robot | None:
    """A report of whatever kind is made by a program (RFC 6522), such as one of successful delivery."""
    if tree.root.type == "multipart/report":
        return Robot("auto-reply", "a report (RFC 6522)")
    if tree.raw[tree.root.block.body : tree.root.block.body + 40].lstrip().startswith(b'{"notificationType":'):
        return Robot("auto-reply", "an Amazon SES notice")
    if _COMPLAINT.match(text_of(tree.root.block.first("subject"))) and len(tree.parts) > 1:
        return Robot("auto-reply", "a feedback report of Hotmail")
    return None


_COMPLAINT = re.compile(r"complaint about message from [\d.:a-fA-F]+$")

# RFC 7489 s7.2.1.1: receiver "!" policy-domain "!" begin "!" end
_DMARC_REPORT = re.compile(
    r"[\w.-]{1,255}![\w.-]{1,255}!\d{9,11}!\d{9,11}(?:![\w.-]{1,64})?\.(?:xml|zip|gz)", re.IGNORECASE
)

_AWAY = re.compile(
    r"out[ -]of[ -](?:the[ -])?office|\booo\b|vacation|on (?:holiday|annual leave|leave)|away (?:from|message|notice)|"
    r"abwesen|nicht im (?:büro|haus)|im urlaub|urlaub|absence|absent|en cong|fuera de (?:la )?oficina|ausen|"
    r"afwezig|frånvar|fravær|poissa|fuori (?:sede|ufficio)|assen[tz]|nieobecn|mimo kancel|вне офиса|отсутств|不在|休暇|外出",
    re.IGNORECASE,
)
_AWAY_TEXT = re.compile(
    r"i(?:'m| am) (?:currently )?(?:out of|away|on (?:vacation|leave|holiday))|will be (?:out of|away|back)|"
    r"(?:return|back) (?:to the office|on|in the office)|no longer (?:work|with)|bin ich (?:nicht|ab|wieder|erst)|"
    r"(?:intermittent|limited|no|sporadic) access to (?:my )?e-?mail|(?:inbox|mailbox|address).{0,60}no longer (?:in use|monitored)|"
    r"out of (?:the )?office|on (?:vacation|holiday|annual leave|maternity leave|parental leave)|"
    r"(?:bis zum|ab dem) \d|de retour le|je suis absent|estar[ée] (?:fuera|ausente)",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"^\W*(?:auto(?:matic|mated)?[ -]?(?:re(?:ply|sponse|sponder)|answer|generated)|automatische antwort|"
    r"réponse automatique|respuesta automática|risposta automatica|automatisch antwoord|automatiskt svar|autosvar|"
    r"automaattinen vastaus|odpowiedź automatyczna|auto:|\[auto(?:[ -]?(?:reply|generated))?\]|自動返信|自動応答)|"
    r"automatic reply|auto-?reply|\bautoreply\b|autoresponder|auto-response",
    re.IGNORECASE,
)


def _automatic(message: Message) -> Robot | None:
    why = _marked(message)
    subject = message.subject
    if message.header("X-Apple-Action").strip().upper() == "VACATION":
        return Robot("vacation", "X-Apple-Action: VACATION")
    if why:
        # `auto-replied` alone does not mean vacation: the words decide.
        return Robot("vacation" if why != _GENERATED and _away(message) else "auto-reply", why)
    if _AUTO_SUBJECT.search(subject):
        return Robot("vacation" if _away(message) else "auto-reply", f"subject reads as automatic: {subject[:60]!r}")
    if _OFFICE_SUBJECT.match(subject) and _AWAY_TEXT.search(message.text[:3000]):
        return Robot("vacation", f"subject reads as out of office: {subject[:60]!r}")
    return None


def _away(message: Message) -> bool:
    return bool(_AWAY.search(message.subject) or _AWAY_TEXT.search(message.text[:3000]))


_OFFICE_SUBJECT = re.compile(
    r"^\W*(?:out[ -]of[ -](?:the[ -])?office|ooo\b|vacation|abwesenheit|absence|fuera de (?:la )?oficina|away)",
    re.IGNORECASE,
)
_GENERATED = "Auto-Submitted: auto-generated"
_AUTO_HEADERS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply-From",
    "X-AutoReply-From",
    "X-Mail-Autoreply",
    "X-FC-MachineGenerated",
    "X-MS-Exchange-Generated-Message-Source",
    "X-Apple-Action",
    "X-Cron-Env",
)
_EMPTY = {"", "no", "none", "false", "0"}


def _marked(message: Message) -> str:
    """The header by which a mail says that it is automatic, as `Name: value`; `""` where none does."""
    for value in message.header_all("Auto-Submitted"):
        # RFC 3834 s5: anything but "no" is automatic; comments and parameters may follow.
        word = re.split(r"[;( \t]", value.strip().lower(), maxsplit=1)[0]
        if word not in {"", "no"}:
            return _GENERATED if word == "auto-generated" else f"Auto-Submitted: {word[:40]}"
    for value in message.header_all("X-Auto-Response-Suppress"):
        # Exchange sets DR, NDR, RN, NRN on mail of people too; these four mean a machine (MS-OXCMAIL 2.2.3.2.14).
        if {"all", "oof", "autoreply"} & {word.strip().lower() for word in value.split(",")}:
            return f"X-Auto-Response-Suppress: {value[:40]}"
    for value in message.header_all("Precedence"):
        if re.split(r"[;( ,]", value.strip().lower(), maxsplit=1)[0] in {
            "auto_reply",
            "auto-reply",
            "autoreply",
        }:
            return f"Precedence: {value[:40]}"
    for name in _AUTO_HEADERS:
        value = message.header(name)
        if value.strip().lower() not in _EMPTY:
            return f"{name}: {value[:40]}"
    return ""


_PRECEDENCE = {"bulk", "list", "junk"}


def _list(message: Message) -> Robot | None:
    for name, value in message.headers:
        lower = name.lower()
        if lower in {
            "list-id",
            "list-post",
            "list-unsubscribe",
            "list-help",
            "list-archive",
            "list-subscribe",
            "mailing-list",
        }:
            return Robot("list", f"{name} (RFC 2369, 2919)")
        if lower == "precedence" and re.split(r"[;( ,]", value.strip().lower(), maxsplit=1)[0] in _PRECEDENCE:
            return Robot("list", f"Precedence: {value[:40]}")
        if lower in {"x-mailing-list", "x-beenthere", "x-listname", "x-loop"} and value.strip():
            return Robot("list", f"{name}: {value[:40]}")
    return None
