"""The mails that a plain day does not bring: every other template, and one of each in other languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpdesk.core.words.desk_mail import SignInMail
from helpdesk.desk import load_rules
from helpdesk.desk.reread import Rereading
from helpdesk.letters import DeskLetter
from helpdesk.mail.read.parse import parse
from helpdesk.offering.declared import Incident, MaintenanceWindow
from helpdesk.person import Person
from helpdesk.report.statement import draw, statement_mail
from helpdesk.shipped import shipped
from helpdesk.store import declarations, outbox
from helpdesk.store.engine import Database
from helpdesk.store.tables import metadata
from helpdesk.unit import Unit
from helpdesk.unit.mail_reader import MailReader
from tests.celigo import AM, EMAIL, celigo_desk, la
from tests.desk import ANN, BOB, JO, KEY, LENA, LOGIK, UTE, TestDesk, wall, write_office
from tests.policies.offices import customer, open_desk
from tests.stories.test_absences import cy_is_gone
from tests.stories.test_on_call import gate, is_down
from tests.stories.test_robots_bounces import comes_back, report
from tests.test_mail_reader import FOUND, ODD, Chats

if TYPE_CHECKING:
    from pathlib import Path

DUTY = "duty@acme.example"
JO_PARK, UTE_ORTH = f"Jo Park <{JO}>", f"Ute Orth <{UTE}>"
SUBJECT, BETREFF = "Bundle rules do not fire", "Regeln für Bundles greifen nicht"
ENGLISH = "Case Priority: Urgent\n\nSince this morning no rule fires when a customer adds a bundle to the cart."
GERMAN = (
    "Guten Tag,\n\nPriorität: Urgent\n\nseit heute Morgen werden die Regeln nicht mehr ausgeführt, wenn ein Kunde ein "
    "Bundle in den Warenkorb legt. Können Sie bitte nachsehen?\n\nMit freundlichen Grüßen\nUte Orth"
)
LIFECYCLE = """
remind_after_days = 3
close_after_days = 1
downgrade_after_days = 2
downgrade_to = "low"
progress_mails = true
"""
MORE = """
[[ladder]]
at = "due + 1h"
send = "escalation"
to = ["customer-escalation"]

[[exclusion]]
key = "training"
why.en = "training is not part of support"
why.de = "Schulungen gehören nicht zum Support"
why.fr = "les formations ne relèvent pas du support"
why.es = "las formaciones no forman parte del soporte"
words = ["training", "Schulung"]
out_of_scope = true
"""


@dataclass(frozen=True)
class Written:
    """A mail that was not sent through a desk."""

    raw: bytes

    @property
    def subject(self) -> str:
        return parse(self.raw).subject


def further(folder: Path) -> dict[str, Any]:
    """Name of the letter to its mail."""
    return {
        **_english(_desk(folder / "english")),
        **{name: mail for code in _WRITE for name, mail in _foreign(_desk(folder / code), code).items()},
        **_website(folder / "website"),
        **_not_owed(folder / "not-owed"),
        "departed": _departed(folder / "departed"),
        "page": _page(folder / "page"),
        "sign-in": _sign_in(folder / "sign-in"),
        "statement": _statement(folder / "statement"),
    }


def _desk(folder: Path) -> TestDesk:
    """The tests' desk with a policy that speaks four languages, reminds, closes, tells of progress and escalates."""
    folder.mkdir()
    office = write_office(folder)
    (folder / "policies").mkdir()
    text = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")
    for was, now in (
        ("[lifecycle]\n", f"[lifecycle]{LIFECYCLE}"),
        ('languages = ["en"]', 'languages = ["en", "de", "fr", "es"]\nescalation_words = ["please escalate"]'),
    ):
        assert was in text
        text = text.replace(was, now)
    (folder / "policies" / "logik.toml").write_text(text + MORE, encoding="utf-8")
    office.write_text(office.read_text().replace("[desk]\n", '[desk]\npolicies = "policies"\n'))
    people = (folder / "customers.toml").read_text()
    for key in ("acme", "orion"):
        contact = f'key = "{key}"\nescalation_contact = "duty@{key}.example"\naccount_contacts = ["{LENA}"]\n'
        people = people.replace(f'key = "{key}"\n', contact)
    (folder / "customers.toml").write_text(people)
    database = Database("sqlite://")
    metadata.create_all(database.engine)
    return TestDesk(load_rules(office, environment={}, signing_key=KEY), database, start="2026-05-19 09:15")


def _sign_in(folder: Path) -> Any:
    folder.mkdir()
    desk = _desk(folder / "desk")
    link = f"https://desk.example/sign-in/{32 * 'f'}"
    words = SignInMail(desk="Acme Support", link=link, lasts="10 minutes")
    mailbox = desk.rules.configuration.voice()
    letter = desk.rules.letters.desk_letter(
        DeskLetter(words, "1"), Person(ANN, "Ann Berg"), mailbox=mailbox, now=desk.now
    )
    with desk.database.write() as connection:
        outbox.add(connection, [letter], desk.now)
    desk.work()
    return desk.last(ANN, "sign-in")


def _departed(folder: Path) -> Any:
    folder.mkdir()
    desk, _ = cy_is_gone(folder)
    desk.at("2026-05-19 09:16")
    return desk.last(LENA, "digest")


def _declare(desk: TestDesk, what: str, *arguments: Any, **named: Any) -> None:
    with desk.database.write() as connection:
        getattr(declarations, what)(connection, *arguments, by="ops", **named)


def _english(desk: TestDesk) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def keep(name: str, to: str, kind: str) -> None:
        found[name] = desk.last(to, kind)

    desk.mail(JO_PARK, SUBJECT, ENGLISH)
    desk.reply(ANN, "#severity critical\n#assign bob", to_kind="assigned")
    keep("progress", JO, "progress")
    desk.reply(BOB, "#assign ann", to_kind="assigned")
    keep("progress-owner", JO, "progress")
    desk.at("2026-05-19 11:30")
    keep("escalation-customer", DUTY, "escalation")
    desk.reply(JO_PARK, "This is the second day without an answer. Please escalate.")
    keep("escalation-asked", LENA, "escalation")
    keep("passed-on", JO, "progress")
    desk.reply(ANN, "#wait\nWhich version do you run?", to_kind="customer-message")
    comes_back(desk, report(to := desk.last(JO, "relay").envelope_from, about=JO), to)
    keep("bounced", ANN, "alert")
    desk.reply(ANN, "#wait\nI ask once more: which version do you run?", to_kind="assigned")
    desk.at("2026-05-21 12:00")
    keep("reminder-downgrade", ANN, "reminder")
    desk.at("2026-05-22 12:00")
    keep("reminder-customer", JO, "reminder")
    desk.at("2026-05-26 12:00")
    keep("closed-unanswered", JO, "closed")
    desk.reply(JO_PARK, "Sorry, it is version 7.2, and it still fails.", to_kind="closed")
    keep("reopened", JO, "reopened")
    keep("customer-message-reopened", ANN, "customer-message")
    desk.reply(ANN, "#snooze 1d", to_kind="assigned")
    desk.at("2026-05-27 13:00")
    keep("reminder-snooze", ANN, "reminder")
    desk.reply(ANN, "#resolve\nIt is fixed in version 7.3.", to_kind="assigned")
    desk.reply(JO_PARK, "Thanks Ann, that fixed it!", to_kind="closed")
    keep("customer-message-thanks", ANN, "customer-message")
    found["rated"] = _not_satisfied(desk)
    desk.reply(ANN, "#redact", to_kind="assigned")
    keep("resend-anonymised", JO, "resend-anonymised")
    _leave_out(desk, JO_PARK, "A training for our team", "Could you give us a training for ten people in June?")
    keep("out-of-scope", JO, "out-of-scope")
    desk.mail(JO_PARK, "Orders", "Nobody can place an order, the shop of our customers shows an error 500.")
    keep("escalation-suspected", ANN, "escalation")
    agent = desk.case(desk.mail(UTE_ORTH, BETREFF, ENGLISH).case or 0).assignee
    desk.reply(agent, "#merge HD-2", to_kind="assigned")
    found["merged"] = next(mail for mail in reversed(desk.sent) if "went into it" in mail.subject)
    _declare(desk, "open_incident", Incident("bundles", "Bundles are sold at full price", ("bundle",)), since=desk.now)
    window = MaintenanceWindow("Database move", "Production", desk.now, wall("2026-05-27 18:00"), "logik")
    _declare(desk, "plan_maintenance", window, now=desk.now)
    desk.mail(JO_PARK, "Production is down", "Production is down, no bundle can be bought by anybody.")
    keep("ack-declared", JO, "ack")
    found["maintenance"] = _notice(desk, "en")
    found["monitor"] = _recovered(desk)
    found["confirm"] = _opened_for_somebody(desk)
    return (
        found
        | _two_agents(desk)
        | {"severity-raised": _read_once_more(desk)}
        | _third_party(desk)
        | _unproven_order(desk)
    )


def _read_once_more(desk: TestDesk) -> Any:
    worked = desk.mail(JO_PARK, "Odd", ODD)
    rereading = Rereading(desk.laboratory.desk.units, MailReader(Chats(FOUND), daily=9, share=1), lambda: desk.now)
    rereading.put([worked])
    rereading.read_next()
    desk.laboratory.deliver()
    return desk.last(desk.case(worked.case or 0).assignee, "reminder")


def _leave_out(desk: TestDesk, *mail: str) -> None:
    agent = desk.case(desk.mail(*mail).case or 0).assignee
    desk.reply(agent, "#exclude training", to_kind="assigned")


def _not_satisfied(desk: TestDesk) -> Any:
    address = desk.rules.signer.reply_address(LOGIK, case=1, person=JO, purpose="bad")
    desk.mail(JO_PARK, "I was not satisfied with HD-1", "It took more than a week.", to=address)
    return desk.last(LENA, "customer-message")


def _opened_for_somebody(desk: TestDesk) -> Any:
    desk.mail(f"Ann Berg <{ANN}>", "A call", "#new kim@acme.example The export is empty\nKim called: nothing is in it.")
    return next(mail for mail in reversed(desk.sent_to(ANN)) if "for somebody else" in mail.subject)


def _third_party(desk: TestDesk) -> dict[str, Any]:
    case = desk.case(desk.mail(JO_PARK, "No prices are shown", "The shop shows no prices.").case or 0)
    desk.reply(
        case.assignee, "#ask help@vendor.example Order 4711\nHello,\n\nis your service down?", to_kind="assigned"
    )
    asked = desk.last("help@vendor.example", "ask")
    desk.receive(desk.reply_to(asked, "Val Dorn <help@vendor.example>", "Yes, until noon.", quote=True))
    return {"question": asked, "third-party": desk.last(case.assignee, "customer-message")}


def _unproven_order(desk: TestDesk) -> dict[str, Any]:
    desk.mail(f"Ann Berg <{ANN}>", "Re: Odd [HD-1]", "#close\n#tag odd\nIt is done.")
    return {"order-refused": desk.last(ANN, "echo")}


def _two_agents(desk: TestDesk) -> dict[str, Any]:
    first = desk.case(desk.mail(JO_PARK, "The export is slow", "The export takes an hour.").case or 0).assignee
    second = BOB if first == ANN else ANN
    desk.reply(first, f"#assign {second}", to_kind="assigned")
    desk.reply(first, "#wait 2d\nHello Jo,\n\nwe look at it today.", to_kind="assigned")
    found = {"copy": desk.last(second, "echo")}
    desk.reply(second, "Hello Jo,\n\nwhich version do you run?", to_kind="assigned")
    found["second-answer"] = desk.last(second, "echo")
    desk.reply(JO_PARK, "Now the import is slow as well.", to_kind="relay")
    desk.reply(second, "#resolve\nHello Jo,\n\nit is fast again.", to_kind="assigned")
    return {**found, "echo-crossed": desk.last(second, "echo")}


def _recovered(desk: TestDesk) -> Any:
    text = "Notification Type: {}\nService: HTTP\nHost: web1\nState: {}\n\n{}"
    watch = "Nagios <nagios@acme.example>"
    down = text.format("PROBLEM", "CRITICAL", "Connection refused")
    number = desk.mail(watch, "** PROBLEM Service Alert: web1/HTTP is CRITICAL **", down).case or 0
    up = text.format("RECOVERY", "OK", "HTTP OK - 200 in 0.1 s")
    desk.mail(watch, "** RECOVERY Service Alert: web1/HTTP is OK **", up)
    return desk.last(desk.case(number).assignee, "customer-message")


def _notice(desk: TestDesk, language: str) -> Written:
    window = MaintenanceWindow(
        "Database move", "Production", wall("2026-05-30 20:00"), wall("2026-05-30 23:00"), "logik"
    )
    box, zone = desk.rules.configuration.mailboxes[0], "Europe/Berlin"
    letters = desk.rules.letters
    return Written(
        letters.notice(
            Person(UTE), mailbox=box, window=window, number=7, zone=zone, now=desk.now, language=language
        ).raw
    )


@dataclass(frozen=True)
class _Customer:
    """What somebody writes who writes in another language: the story is the same in all."""

    subject: str
    mail: str
    asked: str
    still: str
    escalate: str
    solved: str
    training: str


_WRITE = {
    "de": _Customer(BETREFF, GERMAN, "Guten Tag Frau Orth,\n\nwelche Version setzen Sie ein?",
        "Version 7.2, und es geht immer noch nicht.", "Ich möchte mit Ihrem Vorgesetzten sprechen.",
        "Mit Version 7.3 geht es wieder.",
        "Guten Tag,\n\nkönnen Sie uns im Juni eine Schulung für zehn Personen geben?"),
    "fr": _Customer("Les règles ne s'appliquent plus",
        "Bonjour,\n\nPriorité : Urgent\n\ndepuis ce matin les règles ne sont plus exécutées quand un client ajoute un "
        "bundle au panier. Pouvez-vous regarder, s'il vous plaît ?\n\nCordialement\nUte Orth",
        "Bonjour Madame Orth,\n\nquelle version utilisez-vous ?", "La version 7.2, et cela ne marche toujours pas.",
        "Je voudrais parler à votre responsable.", "Avec la version 7.3, cela fonctionne de nouveau.",
        "Bonjour,\n\npourriez-vous nous donner en juin une formation pour dix personnes ? Merci pour votre réponse."),
    "es": _Customer("Las reglas ya no se aplican",
        "Buenos días:\n\nPrioridad: Urgent\n\ndesde esta mañana las reglas ya no se ejecutan cuando un cliente añade un "
        "bundle al carrito. ¿Pueden mirarlo, por favor?\n\nUn saludo\nUte Orth",
        "Buenos días, señora Orth:\n\n¿qué versión utilizan?", "La versión 7.2, y sigue sin funcionar.",
        "Quiero hablar con su jefe.", "Con la versión 7.3 vuelve a funcionar.",
        "Buenos días:\n\n¿podrían darnos en junio una formación para diez personas? Gracias por su respuesta."),
}  # fmt: skip


def _foreign(desk: TestDesk, language: str) -> dict[str, Any]:
    """One of each template, in a language."""
    said = _WRITE[language]
    found: dict[str, Any] = {}

    def keep(name: str, kind: str, to: str = UTE) -> None:
        found[f"{language}-{name}"] = desk.last(to, kind)

    _declare(desk, "open_incident", Incident("bundles", "Bundles are sold at full price", ("bundle",)), since=desk.now)
    desk.mail(UTE_ORTH, said.subject, said.mail)
    keep("ack", "ack")
    desk.reply(ANN, "#severity critical\n#assign bob", to_kind="assigned")
    keep("progress", "progress")
    desk.at("2026-05-19 14:00")
    keep("escalation-customer", "escalation", "duty@orion.example")
    desk.reply(BOB, f"#wait\n{said.asked}", to_kind="assigned")
    keep("relay", "relay")
    desk.at("2026-05-22 17:00")
    keep("reminder-customer", "reminder")
    desk.at("2026-05-26 17:00")
    keep("closed-unanswered", "closed")
    desk.reply(UTE_ORTH, said.still, to_kind="closed")
    keep("reopened", "reopened")
    desk.reply(UTE_ORTH, said.escalate, to_kind="reopened")
    keep("passed-on", "progress")
    desk.at("2026-05-26 17:02")  # so long takes it to see what came
    desk.reply(BOB, f"#resolve\n{said.solved}", to_kind="assigned")
    keep("closed-resolved", "closed")
    desk.reply(BOB, "#redact", to_kind="assigned")
    keep("resend-anonymised", "resend-anonymised")
    _leave_out(desk, UTE_ORTH, said.subject, said.training)
    keep("out-of-scope", "out-of-scope")
    found[f"{language}-maintenance"] = _notice(desk, language)
    return found


def _website(folder: Path) -> dict[str, Any]:
    folder.mkdir()
    desk = open_desk(folder, policy="laioutr", customers=customer("acme", "laioutr"), start="2026-05-19 09:15")
    desk.mail(JO_PARK, "The editor shows an error", "The editor shows an error.", to="email@laioutr.example")
    return {"ack-website": desk.last(JO, "ack")}


def _not_owed(folder: Path) -> dict[str, Any]:
    """An expired customer, by a way that comes with no plan (CEL-1, CEL-6, CEL-11)."""
    folder.mkdir()
    desk = celigo_desk(folder, entitled_to="2026-03-31")
    desk.mail(JO_PARK, "Import fails", "Priority: Low\n\nThe import of orders shows an error.", to=EMAIL)
    return {"ack-not-owed": desk.last(JO, "ack")}


def _page(folder: Path) -> Any:
    folder.mkdir()
    desk = gate(folder)
    is_down(desk)
    desk.at("2026-05-20 02:01")
    return desk.last(ANN, "escalation")


def _statement(folder: Path) -> Written:
    """A quarter with an answer in time, one that was late, and one by e-mail that is not counted."""
    folder.mkdir()
    desk = celigo_desk(folder)
    for at, until, way in (
        ("07-07 09:00", "07-07 10:00", ""),
        ("07-13 09:00", "07-13 19:30", ""),
        ("07-14 09:00", "07-14 09:30", EMAIL),
    ):
        desk.opens("high", at, **({"to": way} if way else {}))
        desk.la(until)
        desk.reply(ANN, "We are on it.", to_kind="assigned")
    with desk.database.read() as connection:
        drawn = draw(Unit(connection, desk.rules, la("10-02 09:00")), "acme", "2026Q3")
    return Written(statement_mail(drawn, desk.rules, AM).raw)
