"""What the offering leaves out: a word only proposes it, an agent decides, and may take it back (design law 20)."""

from __future__ import annotations

import pytest

from helpdesk.offering.declared import Incident
from helpdesk.store import declarations
from tests.desk import ANN, LENA, OPS, TestDesk, wall
from tests.policies.offices import customer, open_desk

INA, RAY = "ina@harbor.example", "ray@mill.example"
COMPLETE = "Organisation: Harbor\nProject: shop\n\n"
LAIOUTR, CELIGO, CLOUD = "website@laioutr.example", "online@celigo.example", "email@cloudextend.example"
BERLIN = "Europe/Berlin"


def office(folder, policy: str) -> TestDesk:
    """Tuesday 19 May 2026, 10:00 in Berlin."""
    contacts = [{"email": INA, "registered": True}]
    who = {"laioutr": customer("harbor", policy, contacts=contacts)}
    known = who.get(policy) or customer("mill", policy, plan="preferred" if policy == "celigo" else "essential")
    channels = {"laioutr": ("website",), "celigo": ("online",)}.get(policy, ("email",))
    return open_desk(folder, policy=policy, channels=channels, customers=known, start="2026-05-19 03:00")


@pytest.fixture
def laioutr(tmp_path) -> TestDesk:
    return office(tmp_path, "laioutr")


def words(mail) -> str:
    return " ".join(mail.text.split())


def proposals(desk: TestDesk) -> list[str]:
    """The keys that are proposed on the newest case, as its tags say them."""
    tags = desk.case(max(desk.case_numbers())).tags
    return [tag.partition(": ")[2].partition(",")[0] for tag in tags if tag.startswith("exclusion proposed: ")]


@pytest.mark.parametrize(
    ("policy", "to", "body", "proposed"),
    [
        ("laioutr", LAIOUTR, "After consulting the status page: checkout is down.", ["consulting"]),
        ("laioutr", LAIOUTR, "Checkout is down since our consulting partner went home.", ["consulting"]),
        ("laioutr", LAIOUTR, "Could you do an architecture review of our shop?", ["consulting"]),
        ("laioutr", LAIOUTR, "We bought no widget from the App Store, and no order arrives.", ["app-store"]),
        ("laioutr", LAIOUTR, "Consulting asked you to build this for us.", ["implementation", "consulting"]),
        ("laioutr", LAIOUTR, "The consultingless page is blank.", []),
        ("celigo", CELIGO, "Our Lambda is fine, your order flow stopped.", ["custom-code"]),
        ("celigo", CELIGO, "We have no custom code. All flows are down.", ["custom-code"]),
        ("celigo", CELIGO, "All flows are down.", []),
        ("cloudextend", CLOUD, "No third party is involved: the app is down.", ["third-party"]),
        ("cloudextend", CLOUD, "The layout, modified by our admin, prints well; the app is down.", ["modified"]),
        ("cloudextend", CLOUD, "The subscription page is down.", []),
    ],
)
def test_a_word_exempts_nothing(tmp_path, policy, to, body, proposed):
    """LAI-12, CEL-10, CLX-3: the agent reads what is proposed and the words; the customer is acknowledged as ever."""
    desk = office(tmp_path, policy)
    sender = INA if policy == "laioutr" else RAY
    desk.mail(sender, "Please help", COMPLETE + body, to=to)

    assert proposals(desk) == proposed
    assert desk.state() == "running"
    assert desk.kinds_to(sender) == ["ack"]
    assert not any(tag.startswith("excluded: ") for tag in desk.case().tags)
    for key in proposed:
        assert f"exclusion proposed: {key}, the mail says" in words(desk.last(ANN, "assigned"))
        assert f"#exclude {key} binds" in words(desk.last(ANN, "assigned"))


def test_the_promise_of_a_proposed_exclusion_is_kept_or_broken(laioutr):
    laioutr.mail(INA, "Orders", COMPLETE + "After consulting you: nobody can order in our live shop.", to=LAIOUTR)
    laioutr.at("2026-05-19 05:00")

    assert laioutr.case().rank == 1
    assert laioutr.state() == "breached"


def test_the_agent_decides_and_the_customer_hears_why(laioutr):
    """LAI-12: with the agent's words, once; what was proposed is settled."""
    laioutr.mail(INA, "Bundles", COMPLETE + "Please do an architecture review of our bundles.", to=LAIOUTR)
    laioutr.reply(ANN, "#exclude consulting a review of your own design\nWe can make you an offer.", to_kind="assigned")

    case = laioutr.case()
    assert laioutr.state() == "exempt"
    assert [tag for tag in case.tags if "exclu" in tag] == ["excluded: consulting"]
    told = words(laioutr.last(INA, "out-of-scope"))
    assert "Laioutr support does not cover it: consulting and solution architecture are not support: a review" in told
    assert laioutr.kinds_to(INA) == ["ack", "relay", "out-of-scope"]
    echo = words(laioutr.last(ANN, "echo"))
    assert "excluded: consulting and solution architecture are not support: a review of your own design;" in echo
    assert "the customer is told" in echo
    laioutr.reply(ANN, "#exclude consulting a review of your own design", to_kind="assigned")
    assert "was excluded already: consulting" in words(laioutr.last(ANN, "echo"))
    assert laioutr.kinds_to(INA) == ["ack", "relay", "out-of-scope"]


def test_what_is_excluded_but_supported_is_told_as_that(tmp_path):
    """CEL-10: beside an order that keeps the text in the team, too."""
    desk = office(tmp_path, "celigo")
    desk.mail(RAY, "Hook", "Our own script in the hook fails.", to=CELIGO)
    desk.reply(ANN, "#exclude custom-code your SuiteScript hook\n#note\nSee the log.", to_kind="assigned")

    assert "do not apply to it: code that the provider did not write" in words(desk.last(RAY, "out-of-scope"))
    assert desk.kinds_to(RAY) == ["ack", "out-of-scope"]


def test_what_is_taken_back_was_never_excluded(laioutr):
    """The clock has run from its start: it is late by its own due time, recorded, told, and warned of from there on."""
    laioutr.mail(INA, "Editor", COMPLETE + "The editor shows an error after consulting the manual.", to=LAIOUTR)
    laioutr.reply(ANN, "#severity s3", to_kind="assigned")
    due = laioutr.first_response().due_at
    laioutr.reply(ANN, "#exclude consulting", to_kind="assigned")
    laioutr.at("2026-05-20 03:00")
    assert (laioutr.state(), laioutr.events("breached")) == ("exempt", [])
    laioutr.reply(ANN, "#exclude off", to_kind="assigned")
    laioutr.at("2026-05-20 03:01")

    clock = laioutr.first_response()
    assert (clock.due_at, laioutr.state()) == (due, "breached")
    assert [event.at for event in laioutr.events("breached")] == [clock.late_from]
    assert "breach" in laioutr.kinds_to(ANN)
    assert "not running" not in laioutr.last(ANN, "breach").text
    assert not any("exclu" in tag for tag in laioutr.case().tags)
    assert "They do, as if we had never said so." in words(laioutr.last(INA, "out-of-scope"))
    assert "no longer excluded" in words(laioutr.last(ANN, "echo"))


@pytest.mark.parametrize("order", ["#exclude implementation", "#redact"])
def test_what_is_excluded_late_calls_nobody_any_more(laioutr, order):
    """It was late and stays so; but no answer is owed, and the lead and the operators hear no more of it."""
    laioutr.mail(INA, "Shop", COMPLETE + "Nobody can order in production.", to=LAIOUTR)
    laioutr.at("2026-05-19 04:10")
    laioutr.reply(ANN, order, to_kind="assigned")
    laioutr.at("2026-05-20 04:10")

    assert laioutr.state() == "breached"
    assert [len(laioutr.sent_to(one, "escalation")) for one in (LENA, OPS)] == [1, 0]
    laioutr.reply(ANN, "#exclude off", to_kind="assigned")
    laioutr.at("2026-05-20 04:11")
    assert len(laioutr.sent_to(OPS, "escalation")) == 1


def test_off_dismisses_a_proposal_and_says_when_there_is_none(laioutr):
    laioutr.mail(INA, "Editor", COMPLETE + "The editor shows an error after consulting the manual.", to=LAIOUTR)
    laioutr.reply(ANN, "#exclude off", to_kind="assigned")
    assert proposals(laioutr) == []
    assert "dismissed: what was proposed; the promises run as before" in words(laioutr.last(ANN, "echo"))
    laioutr.reply(ANN, "#exclude off", to_kind="assigned")

    assert "nothing was excluded" in words(laioutr.last(ANN, "echo"))
    assert laioutr.kinds_to(INA) == ["ack"]
    assert laioutr.state() == "running"


def test_a_later_mail_proposes_too_and_each_key_once(laioutr):
    laioutr.mail(INA, "Editor", COMPLETE + "The editor shows an error.", to=LAIOUTR)
    laioutr.reply(INA, "It began with the plugin from the App Store.", to_kind="ack")
    laioutr.reply(INA, "The plugin from the app store, I said.", to_kind="ack")

    assert proposals(laioutr) == ["app-store"]
    assert len(laioutr.events("exclusion_proposed")) == 1
    assert "#exclude app-store binds" in words(laioutr.sent_to(ANN, "customer-message")[0])


def declared(desk: TestDesk) -> None:
    with desk.database.write() as connection:
        known = Incident("cart", "Carts are emptied", ("cart", "empty"))
        declarations.open_incident(connection, known, by="ops", since=desk.now)


def test_a_known_incident_is_linked_by_words_and_exempts_by_an_order(laioutr):
    """LAI-6: the order is in the note; both can be taken back."""
    declared(laioutr)
    laioutr.mail(INA, "Cart", COMPLETE + "The cart page is empty of ideas, and the checkout is down.", to=LAIOUTR)
    assert "incident cart" in laioutr.case().tags
    assert laioutr.state() == "running"
    assert "#incident cart binds" in words(laioutr.last(ANN, "assigned"))

    laioutr.reply(ANN, "#incident cart", to_kind="assigned")
    assert laioutr.state() == "exempt"
    assert "a problem that we know and are already working on: Carts are emptied" in words(
        laioutr.last(INA, "out-of-scope")
    )
    linked = "linked to incident cart: Carts are emptied"
    assert f"{linked}; its promises do not apply, and the customer is told" in words(laioutr.last(ANN, "echo"))
    laioutr.reply(ANN, "#incident cart", to_kind="assigned")
    assert f"{linked} Case:" in words(laioutr.last(ANN, "echo"))
    assert len(laioutr.sent_to(INA, "out-of-scope")) == 1
    laioutr.reply(ANN, "#exclude off\n#note\nIt is another one.", to_kind="assigned")
    assert laioutr.state() == "running"


def test_an_address_of_ours_in_the_reason_comes_back(laioutr):
    """Law 15: the reason is read by the customer."""
    laioutr.mail(INA, "Editor", COMPLETE + "The editor shows an error.", to=LAIOUTR)
    laioutr.reply(ANN, f"#exclude consulting ask {ANN} for it", to_kind="assigned")

    assert laioutr.kinds_to(INA) == ["ack"]
    assert laioutr.state() == "running"


# --- what was erased and is sent again (LAI-11)


SECRET = "Our password: Gravel-2207!\nNo page of the shop can be saved."


def test_the_clean_resend_begins_the_clock_anew(laioutr):
    """LAI-11: as for a new case at its receipt, whatever was answered before; warnings and breach follow."""
    laioutr.mail(INA, "Shop", COMPLETE + SECRET, to=LAIOUTR)
    laioutr.reply(ANN, "#redact\nPlease send it again without the password.", to_kind="assigned")
    laioutr.at("2026-05-20 03:00")
    assert laioutr.state() == "exempt"
    laioutr.reply(INA, "Again: " + SECRET, to_kind="resend-anonymised")
    assert laioutr.state() == "exempt", "it holds the password again"
    laioutr.at("2026-05-20 04:00")
    laioutr.reply(INA, "No page of the shop can be saved.", to_kind="resend-anonymised")

    clock = laioutr.first_response()
    assert (clock.started_at, laioutr.state()) == (wall("2026-05-20 04:00"), "running")
    assert [one.target for one in laioutr.clocks()] == ["first_response"]
    laioutr.at("2026-05-20 05:00")
    laioutr.reply(ANN, "It can, from now on.", to_kind="customer-message")
    assert laioutr.state() == "met"


def test_what_was_late_before_it_was_erased_stays_late(laioutr):
    laioutr.mail(INA, "Shop", COMPLETE + SECRET, to=LAIOUTR)
    laioutr.at("2026-05-25 03:00")
    laioutr.reply(ANN, "#redact", to_kind="assigned")
    laioutr.at("2026-05-26 03:00")
    laioutr.reply(INA, "No page of the shop can be saved.", to_kind="resend-anonymised")

    states = {(one.started_at, one.state(laioutr.now)) for one in laioutr.clocks()}
    assert states == {(wall("2026-05-19 03:00"), "breached"), (wall("2026-05-26 03:00"), "running")}
    assert len(laioutr.events("breached")) == 1
