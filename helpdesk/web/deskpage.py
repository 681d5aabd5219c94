"""The desk: how it is, who is there, what is declared, and what waits for an operator's decision.

An operator's forms are the orders of `operators.declaration`, with the same effects as by mail and on the command line.
What more than one mail depends on is shown first, as it would be done; what is shown is done by a second button.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from helpdesk.errors import NotFound, Refused
from helpdesk.log import logger
from helpdesk.mail.read.parse import parse
from helpdesk.operators.declaration import Arguments, declared
from helpdesk.operators.declare import Order, obey, operators_zone
from helpdesk.plural import plural
from helpdesk.store import kept, outbox, spool
from helpdesk.web.acts import rehearsed, worked
from helpdesk.web.desk_reading import read_desk
from helpdesk.web.page import Page
from helpdesk.web.refs import number_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from helpdesk.operators.declare import Done
    from helpdesk.web.posted import PostedForm
    from helpdesk.web.visit import Visit

_log = logger("console")
_PATH: Final = "/desk"
_TIMES: Final = ("from", "to", "at")  # fields on the operators' wall
_FIELDS: Final = (*_TIMES, "title", "words", "policy", "down", "sector", "impact")
_LONGEST: Final = 100_000  # characters of a mail
_UNREAD: Final = 20_000  # octets of a mail that is shown without being read
_PERSONAL: Final = ("sign-in", outbox.NOTIFICATION)  # a link in them does something in their reader's name


def desk(visit: Visit) -> Response:
    """The desk as far as the viewer may see it."""
    facts = visit.views.facts()
    with visit.read() as unit:
        reading = read_desk(unit, visit.viewer, facts)
    return visit.page("desk.html", title="Desk", desk=reading, acts=visit.viewer.operator)


def preview(visit: Visit) -> Response:
    """What an order would do, of which nothing is kept, or why it cannot be done."""
    try:
        done, problem = _obeyed(visit, keep=False), ""
    except (NotFound, Refused, ValueError) as wrong:
        done, problem = None, str(wrong)
    fields = {name: values for name, values in visit.form.fields.items() if name != "csrf"}
    title = "Before it is done" if done else "It cannot be done like that"
    return visit.page("desk_preview.html", title=title, done=done, problem=problem, fields=fields)


def carry_out(visit: Visit) -> Response:
    """Do what was ordered, and say so on the desk's page."""
    try:
        done = _obeyed(visit, keep=True)
    except (NotFound, Refused, ValueError) as wrong:
        return visit.go(_PATH, _sentence(str(wrong)), kind="bad")
    _log.info("ordered", order=visit.form.text("order"), by=visit.viewer.address)
    return visit.go(_PATH, _sentence(done.summary))


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _obeyed(visit: Visit, *, keep: bool) -> Done:
    """Raises NotFound, Refused and ValueError, with nothing done."""
    declaration = declared(visit.form.text("order"), _arguments(visit.form, _zone(visit)))
    work = worked if keep else rehearsed
    return work(visit, lambda unit: obey(declaration, Order(unit, visit.viewer.address)))


def _zone(visit: Visit) -> str:
    return operators_zone(visit.views.units.rules.configuration)


def _arguments(form: PostedForm, zone: str) -> Arguments:
    """What stands in the fields; a time that a browser's field gives is one on the operators' wall."""
    values = tuple(value.strip() for value in form.all("value"))
    if not all(values):
        raise ValueError("expected a name in each field that asks for one")
    options = {name: tuple(filter(None, map(str.strip, form.all(name)))) for name in _FIELDS}
    for name in _TIMES:
        options[name] = tuple(f"{time.replace('T', ' ')} {zone}" for time in options[name])
    return Arguments(values, {name: given for name, given in options.items() if given})


def release(visit: Visit) -> Response:
    """Send what a restored backup or an import held back."""
    released = worked(visit, lambda unit: outbox.release(unit.connection, unit.now, by=visit.viewer.address))
    _log.info("ordered", order="outbox release", by=visit.viewer.address)
    number = plural(released, "mail that was held back is", "mails that were held back are")
    return visit.go(_PATH, f"{number} sent now." if released else "No mail was held back.")


# --- one mail that waits


def received_mail(visit: Visit) -> Response:
    """A mail that waits for a decision, as text; one that is on a case is read there. Raises NotFound."""
    number = number_in(visit.place["number"])
    with visit.read() as unit:
        mail = spool.load(unit.connection, number)
        became = spool.outcomes(unit.connection, [number])[number]
    title = f"Mail {number} to {mail.mailbox}"
    if became.outcome == "quarantined":  # what broke the process that read it is not read in this one
        text = mail.raw[:_UNREAD].decode("utf-8", "replace")
        return _mail_page(visit, title, {}, text, cut=len(mail.raw) > _UNREAD, whose="in")
    if became.case:
        return visit.go(f"/cases/HD-{became.case}")
    if became.outcome not in kept.OUTCOMES:
        raise NotFound(f"mail {number} does not wait for a decision")
    return _read_mail(visit, title, mail.raw, whose="in")


def outgoing_mail(visit: Visit) -> Response:
    """A mail of ours that was not delivered, as text; another one about a case is read there. Raises NotFound."""
    number = number_in(visit.place["number"])
    with visit.read() as unit:
        row = outbox.load(unit.connection, number)
    if row.state in outbox.UNDELIVERED and row.kind not in _PERSONAL:
        return _read_mail(visit, f"Mail {number} to {row.recipient}", row.raw or b"", whose="out")
    if not row.case:
        raise NotFound(f"mail {number} is nobody's to read here")
    return visit.go(f"/cases/HD-{row.case}/sent/{number}")


def _read_mail(visit: Visit, title: str, raw: bytes, *, whose: Literal["in", "out"]) -> Response:
    said = parse(raw)
    heads = {"From": ", ".join(person.shown for person in said.senders), "Subject": said.subject}
    cut = len(said.text) > _LONGEST
    return _mail_page(visit, title, heads, said.text[:_LONGEST], cut=cut, whose=whose)


def _mail_page(
    visit: Visit, title: str, heads: Mapping[str, str], text: str, *, cut: bool, whose: Literal["in", "out"]
) -> Response:
    heads = {name: value for name, value in heads.items() if value}
    return visit.page("desk_mail.html", title=title, heads=heads, text=text, cut=cut, whose=whose)


PAGES = (
    Page(_PATH, show=desk, name="Desk"),
    Page("/desk/preview", act=preview, acts="operator"),
    Page("/desk/do", act=carry_out, acts="operator"),
    Page("/desk/release", act=release, acts="operator"),
    Page("/desk/received/{number}", show=received_mail, sees="operator"),
    Page("/desk/outgoing/{number}", show=outgoing_mail, sees="operator"),
)
