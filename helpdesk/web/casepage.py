"""One case: its clocks, what was said, its ledger and its files, and the form in which an agent acts on it.

What is written there is shown as it will be sent before it is sent (`case_preview.html`). A file is saved and never
shown, but for pictures of a few kinds that are what they say they are (threat C06).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import PlainTextResponse, Response

from helpdesk.core.words.calls import call_under_way
from helpdesk.errors import NotFound, Refused
from helpdesk.report.attached import load_attachment
from helpdesk.store import cases as case_store
from helpdesk.store import outbox, sent_mails, writing
from helpdesk.web import acts, composer
from helpdesk.web.case_reading import read_case, reader_of
from helpdesk.web.correspondence import said_mail, sent_mail, to_be_sent
from helpdesk.web.page import Page
from helpdesk.web.refs import number_in

if TYPE_CHECKING:
    from helpdesk.core.words.case import Case
    from helpdesk.mail.write.enclose import File
    from helpdesk.unit import Unit
    from helpdesk.web.case_reading import CaseReading
    from helpdesk.web.composer import Composition
    from helpdesk.web.visit import Visit

_BEGINNINGS: Final = {  # of pictures that a browser may show; what only says that it is one is saved
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
_SANDBOX: Final = "default-src 'none'; sandbox"


def case(visit: Visit) -> Response:
    """One case; the query says where its long parts are to end. Raises NotFound, Refused."""
    with visit.read() as unit:
        found = _opened(visit, unit)
        reading = read_case(unit, found, visit.viewer, visit.query)
        form = _form(visit, unit, reading, composer.new_composition(reading.mails))
    called = form is not None and call_under_way(found) is not None
    return visit.page("case.html", title=_title(found), page=reading, form=form, called=called)


def _opened(visit: Visit, unit: Unit) -> Case:
    return visit.opened(case_store.load(unit.connection, number_in(visit.place["ref"])))


def _title(found: Case) -> str:
    return f"{found.ref} {found.subject or '(no subject)'}"


# --- files and mails of their own


def attachment(visit: Visit) -> Response:
    """One attachment of a case, counted from 1 over all its mails. Raises NotFound, Refused."""
    return _download(_file(visit))


def picture(visit: Visit) -> Response:
    """One that is a picture, to be shown; anything else is saved. Raises NotFound, Refused."""
    file = _file(visit)
    if not file.data.startswith(_BEGINNINGS.get(file.type, ())) or not _BEGINNINGS.get(file.type):
        return _download(file)
    # A stranger's file: whatever is in it, it runs nothing and asks for nothing.
    headers = {"Content-Disposition": "inline", "Content-Security-Policy": _SANDBOX}
    return Response(file.data, media_type=file.type, headers=headers)


def _file(visit: Visit) -> File:
    with visit.read() as unit:
        found = _opened(visit, unit)
        return load_attachment(unit.connection, found.number, number_in(visit.place["number"]))


def _download(file: File) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}"}
    return Response(file.data, media_type="application/octet-stream", headers=headers)


def whole_mail(visit: Visit) -> Response:
    """All that a mail says, with what it quotes. Raises NotFound, Refused."""
    number = number_in(visit.place["number"])
    with visit.read() as unit:
        found = _opened(visit, unit)
        messages = case_store.messages_from(unit.connection, found.number, skip=number - 1, limit=1) if number else []
        if not messages:
            raise NotFound(f"{found.ref} has no mail {number}")
        before = case_store.attachment_count(unit.connection, found.number, first=number - 1)
        mail = said_mail(messages[0], number, before, reader_of(unit.rules.configuration, found), whole=True)
    return visit.page("case_mail.html", title=f"Mail {number} of {found.ref}", case=found, said=mail, ours=None)


def our_mail(visit: Visit) -> Response:
    """A mail of ours as its reader got it. Raises NotFound, Refused."""
    number = number_in(visit.place["number"])
    with visit.read() as unit:
        found = _opened(visit, unit)
        reader = reader_of(unit.rules.configuration, found)
        mail = sent_mails.load(unit.connection, found.number, number)
        ours = sent_mail(mail, reader, outbox.bytes_of(unit.connection, [number]).get(number))
    return visit.page("case_mail.html", title=f"{ours.what} on {found.ref}", case=found, said=None, ours=ours)


# --- what an agent does


def preview(visit: Visit) -> Response:
    """What would become of the form, before it does. Raises NotFound, Refused, StaleCase."""
    number, composition = _theirs(visit), composer.read_composition(visit.form)
    with visit.views.units.write(visit.now) as unit:
        writing.note(unit.connection, number, visit.viewer.address, visit.now)
    return _previewed(visit, number, composition)


def send(visit: Visit) -> Response:
    """Do what the form says, once. Raises NotFound, Refused, StaleCase."""
    number, composition = _theirs(visit), composer.read_composition(visit.form)
    became = acts.done(visit, number, composition.typed, seen=composition.seen)
    if became is None or became.mistakes:
        return _previewed(visit, number, composition)
    with visit.views.units.write(visit.now) as unit:
        writing.stop(unit.connection, number, visit.viewer.address)
    back = f" Taken back by: {', '.join(became.undo)}." if became.undo else ""
    said = "That was done before: a form counts once." if became.again else f"Done: {'; '.join(became.done)}.{back}"
    return visit.go(f"/cases/{became.ref}", said)


def _previewed(visit: Visit, number: int, composition: Composition) -> Response:
    trial = acts.tried(visit, number, composition.typed)
    with visit.read() as unit:
        reading = read_case(unit, _opened(visit, unit), visit.viewer, {})
        form = _form(visit, unit, reading, composition.after_seeing(reading.mails))
        mails = to_be_sent(trial.mails, reader_of(unit.rules.configuration, reading.case))
    unseen = [one for one in reading.correspondence.entries if one.said and one.said.number > composition.seen]
    return visit.page(
        "case_preview.html",
        title=f"Before it goes: {_title(reading.case)}",
        page=reading,
        form=form,
        became=trial.orders,
        mails=mails,
        unseen=unseen,
    )


def _theirs(visit: Visit) -> int:
    """The number of the case that is asked for, on which the viewer may act. Raises NotFound, Refused."""
    with visit.read() as unit:
        found = _opened(visit, unit)
    if visit.viewer.agent is None or not visit.viewer.works_on(found):
        raise Refused(f"Only agents and leads of its team act on {found.ref}.")
    return found.number


def writes(visit: Visit) -> Response:
    """The viewer is writing on a case; answers who else is. Raises NotFound, Refused."""
    number = _theirs(visit)
    with visit.views.units.write(visit.now) as unit:
        writing.note(unit.connection, number, visit.viewer.address, visit.now)
        others = writing.others(unit.connection, number, visit.now, besides=visit.viewer.address)
        called = reader_of(unit.rules.configuration, case_store.load(unit.connection, number)).called
    return PlainTextResponse(composer.writers_words([called(one) for one in others]))


def _form(visit: Visit, unit: Unit, reading: CaseReading, composition: Composition) -> composer.CaseForm | None:
    """The form, for who may act on the case."""
    found = reading.case
    mailbox = unit.rules.configuration.mailbox(found.mailbox)
    if visit.viewer.agent is None or not visit.viewer.works_on(found) or mailbox is None:
        return None
    team = unit.rules.configuration.team_of(found, mailbox)
    return composer.form_of(found, reading.policy, team, composition, reading.writers)


PAGES = (
    Page("/cases/{ref}", show=case),
    Page("/cases/{ref}/attachments/{number}", show=attachment),
    Page("/cases/{ref}/attachments/{number}/picture", show=picture),
    Page("/cases/{ref}/mails/{number}", show=whole_mail),
    Page("/cases/{ref}/sent/{number}", show=our_mail),
    Page("/cases/{ref}/preview", act=preview, acts="agent"),
    Page("/cases/{ref}/send", act=send, acts="agent"),
    Page("/cases/{ref}/writing", act=writes, acts="agent"),
)
