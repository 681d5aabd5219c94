"""Everything the desk holds of one case, as files to be handed out: `helpdesk export`.

manifest.json      what is in here, with sizes and SHA-256 digests, and what was erased before
case.json, .txt    the case, its mails and its ledger, as `case show` prints them
clocks.txt         its clocks span by span, as `case explain` prints them
policy.toml        the version of the policy that it runs under
received/          the mails as they came, and index.json: envelope, time, what became of them
sent/              the mails that the desk wrote because of it, and index.json
attachments/       the attachments, cut out of the mails

Reply addresses are masked everywhere: a reader of the archive must not write in another's name. Nothing else differs.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from helpdesk.mail.read.attachments import attachment
from helpdesk.mail.read.masking import masked, masked_mail
from helpdesk.report.casefile import case_text
from helpdesk.report.explain import case_clocks_text
from helpdesk.report.shapes import case_shape, instant, outbox_shape
from helpdesk.store import cases, outbox, spool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import IO

    from helpdesk.core.words.case import Case
    from helpdesk.offering.policy import Policy
    from helpdesk.store.engine import Connection

_Entry = tuple[str, bytes]  # name in the archive, content


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. `erased` names what the desk once had and has no more."""

    files: tuple[dict[str, Any], ...]
    erased: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(file["size"] for file in self.files)


def export(connection: Connection, case: Case, policy: Policy, now: datetime, to: IO[bytes]) -> Exported:
    """Write the archive; a mail at a time is in memory."""
    files: list[dict[str, Any]] = []
    erased: list[str] = []
    with ZipFile(to, "w", ZIP_DEFLATED) as archive:
        for name, content in _entries(connection, case, policy, now, erased):
            files.append({"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})
            _write(archive, name, content, now)
        manifest = {"case": case.ref, "exported_at": instant(now), "files": files, "erased": erased}
        manifest["merged"] = merged_with(case)
        _write(archive, "manifest.json", _json(manifest), now)
    return Exported(tuple(files), tuple(erased))


def merged_with(case: Case) -> str:
    """What a reader must know of a case that was merged: whose mails are in it, and where others are."""
    if case.merged_into:
        return f"{case.ref} went into {case.merged_into}: what its people wrote since is there"
    refs = ", ".join(f"HD-{number}" for number in case.merged)
    return f"{refs} went into {case.ref}: what their people wrote since is in here, too" if refs else ""


def _write(archive: ZipFile, name: str, content: bytes, now: datetime) -> None:
    entry = ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16  # who unpacks it keeps other people's mail to themselves
    archive.writestr(entry, content)


def _entries(connection: Connection, case: Case, policy: Policy, now: datetime, erased: list[str]) -> Iterator[_Entry]:
    messages = cases.messages(connection, case.number)
    yield "case.json", _json(case_shape(case, policy, messages, now))
    yield "case.txt", masked(case_text(case, policy, messages, now)).encode()
    yield "clocks.txt", case_clocks_text(case, policy, now).encode()
    version = cases.stored_policy(connection, case.policy_version)
    yield "policy.toml", version.text.encode()
    yield "policy-holidays.json", _json(version.days)
    yield from _received(connection, case, erased)
    yield from _attachments(connection, case, erased)
    yield from _sent(connection, case, erased)


def _received(connection: Connection, case: Case, erased: list[str]) -> Iterator[_Entry]:
    numbers = spool.of_case(connection, case.number)
    became = spool.outcomes(connection, numbers)
    index = []
    for place, number in enumerate(numbers, start=1):
        mail, name = spool.load(connection, number), f"received/{place:04}.eml"
        index.append(
            {
                "file": name if mail.raw else None,
                "mailbox": mail.mailbox,
                "received_at": instant(mail.received_at),
                "source": mail.source,
                "envelope_from": mail.envelope.mail_from,
                "envelope_to": list(mail.envelope.rcpt_to),
                "remote": mail.envelope.remote,
                "outcome": became[number].outcome,
            }
        )
        if mail.raw:
            yield name, masked_mail(mail.raw)
        elif became[number][0] != "duplicate":  # of which only the first copy has bytes
            erased.append(name)
    yield "received/index.json", _json(index)


def _attachments(connection: Connection, case: Case, erased: list[str]) -> Iterator[_Entry]:
    for place, (number, part, _) in enumerate(cases.attachment_places(connection, case.number), start=1):
        raw = spool.load(connection, number).raw
        if raw:
            name, _, content = attachment(raw, part)
            yield f"attachments/{place:04}-{name or 'unnamed'}", content
        else:
            erased.append(f"attachments/{place:04}")


def _sent(connection: Connection, case: Case, erased: list[str]) -> Iterator[_Entry]:
    index = []
    for row in outbox.rows(connection, case=case.number):
        name = f"sent/{row.id:04}-{row.kind}.eml"
        index.append({"file": name if row.raw else None, **outbox_shape(row)})
        if row.raw:
            yield name, masked_mail(row.raw)
        else:
            erased.append(name)
    yield "sent/index.json", _json(index)


def _json(shape: Any) -> bytes:
    return masked(json.dumps(shape, indent=2, ensure_ascii=False)).encode()
