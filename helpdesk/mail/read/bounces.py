"""Delivery reports: whose mail came back, why, for good or for now, and which mail of ours it was.

RFC 3464 reports are read by their fields. Exchange, qmail, Exim and others write prose instead; that is read by the
reply codes, status codes and phrases in it. Nothing here is to be believed before the returned Message-ID proves to
be ours (threat L06).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpdesk.data_file import data_file, patterns
from helpdesk.mail.read.client_markers import in_small_letters
from helpdesk.mail.read.codec import clean, decode
from helpdesk.mail.read.headers import message_ids, people, read_block, text_of
from helpdesk.mail.read.mime import Tree, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from helpdesk.person import Person

_WORDS = patterns(data_file(__package__, "bounces.toml"))

_READ = 200_000  # bytes of a report that are looked at
MAX_RECIPIENTS = 50  # of one report


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says.

    `recipient` is lower case, `""` where the report does not say; `status` is an RFC 3463 code or `""`;
    `message_id` is that of the returned mail, in angle brackets, or `""`.
    """

    recipient: str
    status: str
    permanent: bool
    message_id: str
    why: str
    complaint: bool = False  # not undelivered, but unwanted
    given_up: bool = False  # nobody tries any more, though it is not the address that is wrong
    recipients: tuple[str, ...] = ()  # all that it names, where it names more than one: of a list, say


def bounce(raw: bytes) -> Bounce | None:
    """The delivery failure or delay that this mail reports; None where it reports none."""
    return read_bounce(read_tree(raw))


def complaint(raw: bytes) -> Bounce | None:
    """The feedback report (RFC 5965) that this mail is: somebody called a mail of ours spam. None if it is none."""
    tree = read_tree(raw)
    if all(part.type != "message/feedback-report" for part in tree.parts):
        return None
    return Bounce("", "", permanent=False, message_id=_returned_id(tree), why="a feedback report", complaint=True)


def read_bounce(tree: Tree) -> Bounce | None:
    """`bounce`, of a mail that is taken apart already."""
    if _report_type(tree) in {"feedback-report", "disposition-notification"}:
        return None
    if any(part.type in {"message/feedback-report", "message/disposition-notification"} for part in tree.parts):
        return None
    if _is_of_success(tree):
        return None
    return _standard(tree) or _notified(tree) or _prose(tree)


# --- RFC 3464 -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Recipient:
    address: str
    action: str
    status: str
    diagnostic: str


def _reported(tree: Tree) -> list[_Recipient]:
    report = next((part for part in tree.parts if part.type in _STATUS_TYPES), None)
    return list(_recipients(tree.body(report)[:_READ])) if report else []


_REACHED = {"delivered", "relayed", "expanded"}  # RFC 3464 section 2.3.3


def _is_of_success(tree: Tree) -> bool:
    """Whether a report says of everybody that the mail went on: then its prose, in whatever language, is no failure."""
    recipients = _reported(tree)
    return bool(recipients) and all(one.action in _REACHED for one in recipients)


def _standard(tree: Tree) -> Bounce | None:
    recipients = _reported(tree)
    told = [one for one in recipients if one.action in {"failed", "delayed", ""} and (one.status or one.action)]
    if not told:
        return None
    first = next((one for one in told if one.action == "failed"), told[0])
    permanent = _permanent(first)
    why = "a delivery report (RFC 3464)"
    alike = dict.fromkeys(one.address for one in told if one.address and _permanent(one) is permanent)
    given_up = first.action == "failed" and not permanent
    several = _several(alike)
    return Bounce(
        first.address, first.status, permanent, _returned_id(tree), why, recipients=several, given_up=given_up
    )


_STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
# RFC 5321 s4.2.1: the second digit is 0 to 5. "(480) 624-2500" and "450-624-2500" are telephone numbers.
_REPLY_CODE = re.compile(
    r"(?:^|[\s:;<(\[#>])([45][0-5]\d)(?![)\s.-]{1,3}\d{3}[\s.-]\d{3,4}\b)(?!-\d{4}\b)(?=[\s\-)\]#:,.]|$)"
)


def _recipients(data: bytes) -> Iterator[_Recipient]:
    at = 0
    while at < len(data):
        block = read_block(data, at)
        if block.body <= at:
            return
        at = block.body
        address = block.first("final-recipient") or block.first("original-recipient")
        action = text_of(block.first("action")).lower().split(" ")[0].strip(";")
        status = _STATUS.search(text_of(block.first("status")))
        diagnostic = text_of(block.first("diagnostic-code"))
        if address or action or status:
            yield _Recipient(_typed_address(address), action, status[1] if status else "", diagnostic)


def _typed_address(value: bytes) -> str:
    found = people([value.partition(b";")[2] or value])
    return found[0].address if found else ""


def _permanent(one: _Recipient) -> bool:
    """RFC 3463 s2: class 5 is for good, 4 for now. The diagnostic is asked where the class says nothing."""
    if one.action == "delayed":
        return False
    if one.status[:1] in {"4", "5"}:
        return one.status.startswith("5")
    code = _STATUS.search(one.diagnostic) or _REPLY_CODE.search(one.diagnostic)
    return code is None or not code[1].startswith("4")


def _returned_id(tree: Tree) -> str:
    """The Message-ID of the mail that came back, from the copy enclosed or from the text of the report."""
    for part in tree.parts[1:]:
        if part.type in _RETURNED_TYPES:
            found = message_ids(read_block(tree.body(part)[:_READ]).all("message-id"))
            if found:
                return found[0]
    found = message_ids(_MESSAGE_ID_LINE.findall(tree.raw[tree.root.block.body : tree.root.block.body + _READ]))
    return found[0] if found else ""


_MESSAGE_ID_LINE = re.compile(
    rb"^[> \t]*message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE
)

# --- Amazon SES over SNS --------------------------------------------------------------------------------------------


def _notified(tree: Tree) -> Bounce | None:
    """Amazon tells of bounces in JSON, by a mail of its own."""
    start = tree.root.block.body
    body = tree.raw[start : min(tree.root.end, start + _READ)].lstrip()
    if not body.startswith(b'{"notificationType":"Bounce"'):
        return None
    try:
        told, _ = json.JSONDecoder().raw_decode(clean(decode(body)[0]).replace("\n", ""))
        report, mail = told["bounce"], told["mail"]
        recipient = report["bouncedRecipients"][0]
        status = str(recipient.get("status", ""))
        permanent = report["bounceType"] != "Transient"
        return Bounce(str(recipient["emailAddress"]).lower(), status, permanent, _ses_id(mail), "an Amazon SES notice")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Bounce("", "", True, "", "an Amazon SES notice that is not whole")


def _ses_id(mail: Any) -> str:
    found = [one["value"] for one in mail.get("headers", ()) if str(one.get("name", "")).lower() == "message-id"]
    ids = message_ids([str(found[0]).encode("utf-8", "replace")]) if found else ()
    return ids[0] if ids else ""


# --- prose ----------------------------------------------------------------------------------------------------------

_DAEMON = re.compile(_WORDS["daemons"], re.IGNORECASE)
_CERTAINLY_DAEMON = re.compile(r"mailer-?d(?:ae|ea)mon@|mail-daemon@|double-bounce@")
_DAEMON_NAME = re.compile(_WORDS["daemon_names"], re.IGNORECASE)
_SUBJECT = re.compile(_WORDS["report_subjects"], re.IGNORECASE)
_DELAYED = re.compile(_WORDS["delayed"], re.IGNORECASE | re.MULTILINE)
_FAILURE = re.compile(_WORDS["failures"], re.IGNORECASE)
# What programs write that answer under the name of nobody in particular: two phrases that no person puts together.
_UNNAMED = re.compile(
    r"could not be delivered to: ?<[^<>\s]{3,200}>|^error message below:\s{1,4}[45]\d\d\b",
    re.IGNORECASE | re.MULTILINE,
)


def _prose(tree: Tree) -> Bounce | None:
    block = tree.root.block
    subject = text_of(block.first("subject"))
    if not (_is_sent_as_report(tree, subject) or _is_unnamed(_beginning(tree))):
        return None  # nearly every mail, before all of its text is read
    text = _text(tree)
    if not _reads_as_report(tree, subject, text):
        return None
    status, permanent = _read_prose(f"{subject}\n{text}")
    why = "a delivery report in prose"
    named = _recipients_named(tree, text)
    recipient = named[0] if named else ""
    return Bounce(recipient, status, permanent, _returned_id(tree), why, recipients=_several(named))


def _reads_as_report(tree: Tree, subject: str, text: str) -> bool:
    """Whether prose is a program's: some signs do alone, and role addresses are also those of people.

    A role address, or a null sender, makes a report only of what has a report's form: it begins as one does, or brings
    the mail back; its subject says so from its first word; it names who was not reached, and why. Servers that pass a
    person's mail on send it with a null sender, too, so that under a person's own name it says nothing of the form.
    """
    block = tree.root.block
    if _says_report(tree):
        return not _SUCCESS.search(text[:4_000])
    if any(_CERTAINLY_DAEMON.match(one.address) for one in _senders(tree)):
        return True
    unnamed = _is_unnamed(text)
    if not (unnamed or _is_sent_as_report(tree, subject)):
        return False
    begins, named = _begins_as_report(text), _is_named_report(subject)
    senders = _senders(tree)
    from_a_program = _is_null(block.first("return-path")) and (not senders or any(map(_is_daemon, senders)))
    if not (from_a_program or begins or _brings_mail_back(tree)):
        return False
    if unnamed:
        return True
    return (named or begins) and (named + begins > 1 or _FAILURE.search(text[:6_000]) is not None)


def _is_sent_as_report(tree: Tree, subject: str) -> bool:
    """Whether its header lets a mail be a report."""
    senders = _senders(tree)
    if _says_report(tree) or any(_is_daemon(one) for one in senders):
        return True
    return _is_named_report(subject) and (_is_null(tree.root.block.first("return-path")) or not senders)


def _says_report(tree: Tree) -> bool:
    return bool(tree.root.block.first("x-failed-recipients")) or _report_type(tree) == "delivery-status"


def _senders(tree: Tree) -> tuple[Person, ...]:
    return people(tree.root.block.all("from")[:1])


def _is_daemon(one: Person) -> bool:
    return bool(_CERTAINLY_DAEMON.match(one.address) or _DAEMON.match(one.address) or _DAEMON_NAME.search(one.name))


def _is_named_report(subject: str) -> bool:
    return _SUBJECT.search(subject) is not None and not _ANSWERED.match(subject)


_BEGINNING = 4_000  # characters in which a report says that it is one


def _is_unnamed(text: str) -> bool:
    """Whether it has the form of a program's that answers under the name of nobody in particular."""
    small = in_small_letters(text[:_BEGINNING])
    if not ("delivered to:" in small or "error message below:" in small or "undeliverable to " in small):
        return False  # the patterns are tried at every letter
    return bool(_UNNAMED.search(text[:2_000]) or _FORMS.search(text[:_BEGINNING]))


_OPENINGS = re.compile(_WORDS["openings"])


def _begins_as_report(text: str) -> bool:
    begins = _OPENINGS.match(" ".join(text[:1_500].lower().split())) is not None
    return begins or _FORMS.search(text[:4_000]) is not None


_ANSWERED = re.compile(r"\s*(?:re|fwd?|aw|wg|sv|tr|antw|rv|vs|vl)\s?[:\uff1a]", re.IGNORECASE)
# Two lines that no person puts one below the other.
_FORMS = re.compile(
    r"^error message below:\s{1,4}[45]\d\d\b.{0,200}\s{1,4}message details:|"
    r"^undeliverable to \S{3,200}\s{1,6}body of message generated response:",
    re.IGNORECASE | re.MULTILINE,
)


def _brings_mail_back(tree: Tree) -> bool:
    """Whether a mail is enclosed, or stands below a line that says so."""
    if any(part.type in _RETURNED_TYPES for part in tree.parts[1:]):
        return True
    body = clean(decode(tree.raw[tree.root.block.body : tree.root.block.body + _READ])[0])
    return _RETURNED.search(body) is not None


_RETURNED_TYPES = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}


_SUCCESS = re.compile(r"success(?:ful|fully)|has been delivered|was delivered", re.IGNORECASE)


def _report_type(tree: Tree) -> str:
    return tree.root.parameters.get("report-type", "").lower()


def _is_null(value: bytes) -> bool:
    return value.replace(b" ", b"") == b"<>"


def _text(tree: Tree) -> str:
    """The report itself: the text before the returned mail."""
    raw, read = _raw_text(tree)
    text = read(raw)
    return _RETURNED.split(text, maxsplit=1)[0] or text


def _beginning(tree: Tree) -> str:
    """The first words of it, `_BEGINNING` characters at least where there are so many."""
    raw, read = _raw_text(tree)
    end = 4 * _BEGINNING
    while 0 < end < len(raw):
        end = raw.find("<", end) if read is _words else end  # never within a tag
        if end > 0 and len(text := read(raw[:end])) >= _BEGINNING:
            return text
        end *= 2
    return read(raw)


def _raw_text(tree: Tree) -> tuple[str, Callable[[str], str]]:
    """The part that tells what happened, and how its words are read."""
    part = next((one for one in tree.parts if one.type in {"text/plain", "text/html"}), tree.root)
    text = decode(tree.body(part)[:_READ], part.parameters.get("charset", ""))[0]
    return text, _words if part.type == "text/html" else clean


def _words(page: str) -> str:
    return _TAG.sub(" ", clean(page))


_TAG = re.compile(r"<[^<>]{0,2000}>")
_RETURNED = re.compile(
    r"^(?:[-|]{1,2}-{1,} ?(?:message text follows|below this line is a copy|the header|this is a copy|original|"
    r"returned|message header|message text|unsent|included).*|(?:return-path|received): .*)$",
    re.IGNORECASE | re.MULTILINE,
)


def _read_prose(text: str) -> tuple[str, bool]:
    codes = [found[1] for found in _STATUS.finditer(text) if not found[1].startswith("2")]
    if codes and not _DELAYED.search(text[:1_500]):
        worst = next((code for code in codes if code.startswith("5")), codes[0])
        return worst, worst.startswith("5")
    if codes:
        return codes[0], False
    replies = [found[1] for found in _REPLY_CODE.finditer(text)]
    if replies:
        return "", any(code.startswith("5") for code in replies)
    return "", _DELAYED.search(text) is None


_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}")


def _recipients_named(tree: Tree, text: str) -> list[str]:
    """Who was not reached: those of the field for it, else each address that begins a line, else the first of all."""
    block = tree.root.block
    failed = [person.address for person in people(block.all("x-failed-recipients"))]
    if failed:
        return failed[:MAX_RECIPIENTS]
    own = {person.address for person in people([*block.all("to"), *block.all("from")])}
    found = [(found.start(), found[0].lower().strip("'")) for found in _ADDRESS.finditer(text[:20_000])]
    theirs = [(at, address) for at, address in found if address not in own and not _DAEMON.match(address)]
    listed = dict.fromkeys(
        address for at, address in theirs if _LISTED.fullmatch(text[text.rfind("\n", 0, at) + 1 : at])
    )
    return (list(listed) or [address for _, address in theirs[:1]])[:MAX_RECIPIENTS]


_LISTED = re.compile(r"[\s<*-]{0,12}")  # what stands before an address in a list of them


def _several(addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses where there is more than one."""
    all_of_them = tuple(addresses)[:MAX_RECIPIENTS]
    return all_of_them if len(all_of_them) > 1 else ()
