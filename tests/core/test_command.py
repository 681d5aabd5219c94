"""Commands: the grammar line by line, and that no text whatever is taken for an order by accident."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpdesk.core.receive.orders.command import Vocabulary
from helpdesk.core.receive.orders.reading import (
    cases_named,
    order_in_subject,
    order_without_sign,
    people_named,
    read_orders,
    says_that_all_is_text,
    snippets_named,
    would_be_obeyed,
)
from helpdesk.core.receive.orders.table import ORDERS as TABLE
from helpdesk.core.receive.orders.table import form_of, undone_by
from helpdesk.core.words.addresses import address_spec
from helpdesk.core.words.block import Mistake
from helpdesk.mail.read.quote import before_quote

WORDS = Vocabulary(
    ("critical", "urgent", "medium", "low"),
    (("Ann Berg", "ann@desk.example"), ("Anna Smith", "anna@desk.example"), ("Bob Cole", "bob@desk.example")),
    ("custom-code",),
)


def read(text):
    return read_orders(text, WORDS)


@pytest.mark.parametrize(
    ("line", "verb", "argument", "detail", "span"),
    [
        ("#note", "note", "", "", None),
        ("#NOTE", "note", "", "", None),
        ("  #note  ", "note", "", "", None),
        ("#severity urgent", "severity", "urgent", "", None),
        ("#severity URGENT shop is down", "severity", "urgent", "shop is down", None),
        ("#assign bob", "assign", "bob@desk.example", "", None),
        ("#assign Bob Cole", "assign", "bob@desk.example", "", None),
        ("#assign BOB@desk.example", "assign", "bob@desk.example", "", None),
        ("#assign ann", "assign", "ann@desk.example", "", None),
        ("#wait", "wait", "", "", None),
        ("#wait 12h", "wait", "12h", "", timedelta(hours=12)),
        ("#wait 3d", "wait", "3d", "", timedelta(days=3)),
        ("#wait 2 w", "wait", "2 w", "", timedelta(weeks=2)),
        ("#resolve", "resolve", "", "", None),
        ("#close", "close", "", "", None),
        ("#reopen", "reopen", "", "", None),
        ("#help", "help", "", "", None),
        ("#exclude custom-code theirs, not ours", "exclude", "custom-code", "theirs, not ours", None),
    ],
)
def test_each_command_is_read(line, verb, argument, detail, span):
    (command,) = read(f"{line}\nHello").commands

    assert (command.verb, command.argument, command.detail, command.span) == (verb, argument, detail, span)
    assert command.line == line.strip()


@pytest.mark.parametrize(
    ("line", "verb", "argument"),
    [("#resolve!", "resolve", ""), ("#Close !", "close", ""), ("#wait! 3d", "wait", "3d"), ("#wait!3d", "wait", "3d"),
     ("#assign! bob", "assign", "bob@desk.example"), ("#resolve!!", "resolve", ""), ("#resolve\uff01", "resolve", "")],
)  # fmt: skip
def test_an_order_may_insist(line, verb, argument):
    (command,) = read(f"{line}\nHello").commands

    assert (command.verb, command.argument, command.insists) == (verb, argument, True)
    assert would_be_obeyed(f"Hello,\n{line}".splitlines()[1], WORDS)


@pytest.mark.parametrize("line", ["#note!", "#severity! low", "#wait 3d!", "#assign bob!", "#help!", "#ack!"])
def test_what_cannot_be_insisted_on_is_a_mistake(line):
    orders = read(line)

    assert (orders.commands, len(orders.mistakes)) == ((), 1)


@pytest.mark.parametrize(
    "line",
    [
        "#",
        "# close",
        "##close",
        "#closed",
        "#1",
        "#severity",
        "#severity none",
        "#severityurgent",
        "#assign",
        "#assign carl",
        "#wait soon",
        "#wait 0d",
        "#wait 3",
        "#wait 1000d",
        "#close please",
        "#exclude",
        "#exclude weather",
        "#résolve",
        "#close;",
    ],
)
def test_each_mistake_is_a_mistake_and_no_order(line):
    orders = read(f"{line}\nHello")

    assert orders.commands == ()
    assert [mistake.line for mistake in orders.mistakes] == [line]
    assert orders.mistakes[0].expected
    assert orders.text == "Hello"


@pytest.mark.parametrize(
    "line",
    [
        "#include <stdio.h>",
        "#define MAX 1",
        "#1 open Rules",
        "#!/bin/sh -e",
        "#if 0",
        "#FF00FF is our red",
        "#ifdef DEBUG",
        "#main .price { color: red }",
        "#2 is mended, #3 is not",
    ],
)
def test_a_line_that_is_like_no_order_is_text(line):
    orders = read(f"{line}\nHello")

    assert (orders.commands, orders.mistakes, orders.text) == ((), (), f"{line}\nHello")


@pytest.mark.parametrize(
    "line",
    ["#linking it", "#priority urgent", "#sev urgent", "#internal she never pays", "#untag billing", "#p1", "#urgent please",
     "#zuweisen bob", "#dringend", "#hold until Friday", "#\u0441lose"],
)  # fmt: skip
def test_a_word_behind_the_sign_that_is_no_order_comes_back(line):
    """It was meant for the desk in other words, and a customer is not to read it."""
    orders = read(f"{line}\nHello")

    assert (orders.commands, orders.text) == ((), "Hello")
    assert "text, which it is below a first line #answer" in orders.mistakes[0].expected


BY_HAND = replace(
    WORDS,
    agents=(
        ("Ann Berg", "ann@desk.example"),
        ("Bob Cole", "bob@desk.example"),
        ("Carla N\u00fa\u00f1ez", "cn@desk.example"),
    ),
    me="ann@desk.example",
    levels={"highest": "critical", "sev 1": "critical"},
    teams=("first line", "Billing"),
    linkable={9: ""},
    incidents=("db-outage",),
    areas=("matrix-loader",),
    at=datetime(2026, 5, 19, 9, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("lines", "argument"),
    [
        (["#assign Bob.", "#assign to bob", "#assign @bob", '#assign "Bob"', "#assign Cole", "#assign: bob", "#assign Bob Cole.",
          "#assign Bob Cole <bob@desk.example>", "#assign bob@desk.example<mailto:bob@desk.example>", "#assign \u201ebob\u201c",
          "\uff03assign bob", "\uff03\uff41\uff53\uff53\uff49\uff47\uff4e\u3000bob", "#ASS\u0130GN bob", "#ass\u0131gn bob"], "bob@desk.example"),
        (["#assign me", "#assign to me.", "#assign myself", "#assign ann", "#assign Berg"], "ann@desk.example"),
        (["#assign Carla", "#assign nunez", "#assign N\u00fa\u00f1ez", "#assign carla nunez"], "cn@desk.example"),
        (["#severity: urgent", "#severity = urgent", "#severity to urgent", "#severity Urgent.", "#severity urgent, because",
          "#severity as urgent", "#severity 'urgent'", "#severity urgent - all of them"], "urgent"),
        (["#severity Highest", "#severity sev 1", "#severity Sev 1: all of them"], "critical"),
        (["#team billing.", '#team "Billing"', "#team to billing", "#team: Billing"], "Billing"),
        (["#link to HD-9", "#link HD 9", "#link hd9", "#link #9", "#link HD-9.", "#link with case 9", "#link [HD-9]"], "HD-9"),
        (["#incident DB-Outage", "#\u0130NC\u0130DENT db-outage", "#incident: db-outage.", "#i\u0307ncident db-outage"], "db-outage"),
        (["#area Matrix Loader", "#area: matrix-loader.", "#area to matrix loader"], "matrix-loader"),
        (["#kind question.", "#kind: Question", "#kind as question"], "question"),
    ],
)  # fmt: skip
def test_an_argument_is_read_as_people_write_it(lines, argument):
    for line in lines:
        orders = read_orders(f"{line}\nHello", BY_HAND)
        assert [command.argument for command in orders.commands] == [argument], (line, orders.mistakes)


LONG = "#severity urgent all of their shops in Berlin and in Hamburg are affected since"


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [
        (f"{LONG}\nthis morning, and nobody can pay\n\nHello", LONG),
        (f"#note\n{LONG}\nthis morning", LONG),
        (f"#answer\n{LONG}\nthis morning\n\nHello", LONG),
        (f"{LONG}\n\nthis morning", ""),
        (f"{LONG}\n#note\nHello", ""),
        ("#severity urgent the shop is down\nWe are on it, and write again as soon as we know more about what it is.", ""),
        (f"{LONG}", ""),
        ("#cc add kim@acme.example, lou@acme.example, pat@acme.example,\nmaximilian@acme.example\n\nHello",
         "#cc add kim@acme.example, lou@acme.example, pat@acme.example,"),
    ],
)  # fmt: skip
def test_an_order_that_a_mail_program_may_have_wrapped_comes_back(text, wrapped):
    """Its second line would be read by the customer."""
    orders = read_orders(text, BY_HAND)

    assert [mistake.line for mistake in orders.mistakes] == ([wrapped] if wrapped else [])


def test_a_reason_behind_a_severity_is_without_the_mark_before_it():
    for mark in (",", " -", ":", " \u2013", ""):
        (command,) = read(f"#severity urgent{mark} all their shops").commands
        assert (command.detail, command.initially) == ("all their shops", False)
    (command,) = read("#severity low, initially it was a test").commands
    assert (command.detail, command.initially) == ("it was a test", True)


def test_who_is_called_by_the_first_name_goes_before_whom_it_is_the_second_of():
    words = Vocabulary(("low",), (("Berg Olsen", "olsen@desk.example"), ("Ann Berg", "ann@desk.example")))

    assert read_orders("#assign Berg", words).commands[0].argument == "olsen@desk.example"


@pytest.mark.parametrize("line", ["#assign carl", "#assign Bob or Ann", "#assign", "#assign to", "#severity to", "#team to", "#link to",
                                  "#severity highly urgent", "#wait for it", "#wait until", "#snooze", "#snooze until", "#snooze fri what"])  # fmt: skip
def test_what_may_mean_nobody_or_several_comes_back(line):
    assert read_orders(line, BY_HAND).commands == ()


@pytest.mark.parametrize(
    ("line", "days", "vendor", "why"),
    [
        ("#wait tomorrow", 1, False, ""),
        ("#wait 3 days", 3, False, ""),
        ("#wait for 3d", 3, False, ""),
        ("#wait: 1 week", 7, False, ""),
        ("#wait \uff13\uff44", 3, False, ""),
        ("#wait for customer", None, False, ""),
        ("#wait for the customer until 2026-05-22 09:00", 3, False, ""),
        ("#wait on vendor 3d, their fix", 3, True, "their fix"),
        ("#wait vendor until fri 9:00 the payment provider", 3, True, "the payment provider"),
    ],
)
def test_a_wait_is_for_a_span_or_until_a_day(line, days, vendor, why):
    (command,) = read_orders(line, BY_HAND).commands

    assert (command.span, command.vendor, command.detail) == (days and timedelta(days=days), vendor, why)


@pytest.mark.parametrize("line", ["#ack thanks, looking", "#Ack - on it.", "#ack: I have it"])
def test_who_says_more_behind_an_acknowledgment_has_it_all_the_same(line):
    assert [command.verb for command in read(line).commands] == ["ack"]


@pytest.mark.parametrize(
    ("text", "verb"),
    [("ack", "ack"), ("ACK.", "ack"), ("*Ack!*", "ack"), ("nocall", "nocall"), ("close", ""), ("Resolve.", ""), ("assign bob", ""),
     ("Severity urgent", ""), ("wait 3d", "")],
)  # fmt: skip
def test_a_whole_text_that_is_an_order_but_for_its_sign_is_none(text, verb):
    found = order_without_sign(text, BY_HAND)

    assert (getattr(found, "verb", ""), isinstance(found, Mistake)) == (verb, not verb)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("close this ticket", "#close"), ("Please close the case.", "#close"), ("Closing this case", "#close"), ("Closed.", "#close"),
     ("Resolved", "#resolve"), ("Ticket solved!", "#resolve"), ("The case is closed", "#close"), ("please reopen the ticket", "#reopen"),
     ("Forwarding to Bob", "#assign Bob"), ("Reassign to bob cole, thanks", "#assign bob cole"), ("Passing this on to Bob.", "#assign Bob"),
     ("fwd to bob", "#assign bob"), ("Moving to billing", "#team billing"), ("Please route this to billing", "#team billing"),
     ("Assign to Bob please.", "#Assign to Bob please"), ("please assign bob", "#assign bob"), ("spam", "#spam"), ("merge HD-77", "#merge HD-77")],
)  # fmt: skip
def test_a_whole_text_that_says_no_more_than_an_order_does_comes_back(text, meant):
    found = order_without_sign(text, replace(BY_HAND, no_spam="a customer's", teams=("billing",)))

    assert isinstance(found, Mistake)
    assert found.expected.startswith(f"{meant}, if it is an order")


@pytest.mark.parametrize("text", ["Resolved.", "Ticket closed", "closing this case"])
def test_that_it_is_over_may_be_said_in_the_team(text):
    assert order_without_sign(text, BY_HAND, stays=True) is None


def test_who_adds_somebody_by_a_word_that_is_none_hears_so():
    """It is a colour, too."""
    assert read("#add kim@acme.example").mistakes
    assert read("#fff is white").text == "#fff is white"


@pytest.mark.parametrize(
    "line",
    [
        "#assign bob please",
        "#assign bob, thanks!",
        "#assign Bob thx",
        "#assign please bob",
        "#assign to bob bitte.",
        "#assign bob, por favor",
    ],
)
def test_who_is_polite_is_obeyed_all_the_same(line):
    (command,) = read_orders(line, BY_HAND).commands
    assert command.argument == "bob@desk.example"


@pytest.mark.parametrize(
    ("first", "meant"),
    [("/assign bob", "#assign bob"), ("!close", "#close"), ("/resolve", "#resolve"), ("@assign Bob", "#assign Bob"), (".ack", "#ack"),
     ("Owner: bob", "#assign bob"), ("Assignee: Bob Cole", "#assign Bob Cole"), ("Priority: urgent", "#severity urgent"),
     ("severity = low", "#severity low"), ("Queue: billing", "#team billing"), ("Status: resolved", "#resolve"), ("Status: Closed", "#close")],
)  # fmt: skip
def test_an_order_as_other_desks_have_them_comes_back(first, meant):
    found = order_without_sign(f"{first}\nHello Jo", BY_HAND)

    assert isinstance(found, Mistake)
    assert found.expected.startswith(f"{meant}, if it is an order")


@pytest.mark.parametrize("first", ["/etc/passwd is", "/closed", "!important", "@Jo can you", "...", "./run assign bob", "Status: it works",
                                   "Priority: yours to say", "Owner: Jo Park", "Note: restart it", "Close: the window", "assign bob"])  # fmt: skip
def test_a_first_line_that_only_looks_like_it_is_text(first):
    assert order_without_sign(f"{first}\nHello Jo", BY_HAND) is None


@pytest.mark.parametrize("text", ["", "on it", "Close the window.", "ack\nHello", "Started an hour ago", "Planned for Friday", "note that",
                                  "Help yourself", "Tag it", "Please wait.", "Please wait 3 days.", "Please close it", "The issue is resolved.", "Closing the window",
                                  "Forwarding to our vendor", "Moved to Berlin", "Thanks!", "Please", "Please cc kim@acme.example", "Closed on Monday", "Wait for it", "Assign it to nobody"])  # fmt: skip
def test_a_text_that_only_begins_with_such_a_word_is_text(text):
    assert order_without_sign(text, BY_HAND) is None


@pytest.mark.parametrize(
    ("subject", "found"),
    [("#resolve", True), ("#assign bob Re: [HD-1] Rules", True), ("# close", True), ("Re: [HD-1] #close", False), ("#1 of two", False),
     ("#hashtag", False), ("", False)],
)  # fmt: skip
def test_an_order_in_a_subject_is_found(subject, found):
    assert bool(order_in_subject(subject)) == found


DISGUISED = ["{}", "  {}", "\u00a0{}", "*{}*", "**{}**", "_{}_", "`{}`", "- {}", "\u2022 {}", "1. {}", "2) {}", "a. {}", "> {}", ">> {}",
             "\\{}", "\u201c{}\u201d", "[{}]", "({})", "{};", "{}.", "\u200b{}", "\ufeff{}", "\u2192 {}", "| {} |", "~{}~", "*{}", "+ {}",
             '"{}"', "\u00ab {} \u00bb", "\u2013 {}", "{}\u200d", "<{}>", "/* {} */", "// {}"]  # fmt: skip
SIGNED = ["\uff03", "\ufe5f", "&#35;", "#\ufe0f\u20e3", "\\#", "# ", "##", "#\u200b", "\u266f"]
ORDERS = [
    "#note",
    "#NOTE",
    "#close",
    "#severity urgent",
    "#severity\u00a0urgent now",
    "#assign bob",
    "#wait 3d",
    "#note he never pays",
]


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_in_any_disguise_is_known(order):
    for shape in DISGUISED:
        assert would_be_obeyed(shape.format(order), WORDS), shape
    for sign in SIGNED:
        assert would_be_obeyed(order.replace("#", sign), WORDS), sign


@pytest.mark.parametrize(
    "line",
    ["#close the door", "#include <stdio.h>", "use #note for it", "close", "#1", "#", "#wait for it", "#severity none", "",
     "note", "#closed", "#endif", "* close", "C# note", "#resolved", "ticket #12", "#help me", "#assign values", "x" * 5_000],
)  # fmt: skip
def test_what_would_not_be_obeyed_is_text(line):
    assert not would_be_obeyed(line, WORDS)


@pytest.mark.parametrize(
    "line",
    ["#link HD-9", "#merge HD-9", "- #link 9", "#spam", "*#spam*", "#cc remove lou@acme.example", "#cc add ann@desk.example",
     "#requester ann@desk.example", "#split", "#snooze 3d"],
)  # fmt: skip
def test_an_order_that_this_case_does_not_bear_is_no_text_either(line):
    """No such case, nobody to remove, one of us, no spam, nothing to split, over: refused on top, and never sent."""
    case = Vocabulary(
        ("low",),
        (),
        people=("jo@acme.example",),
        ours={"ann@desk.example"},
        unsplittable="x",
        no_spam="x",
        active=False,
    )

    assert would_be_obeyed(line, case)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#cc add ann@desk.example", "ann@desk.example is one of us"),
        ("#cc add ann@desk.example bob@desk.example", "ann@desk.example, bob@desk.example are of us"),
        ("#cc remove jo@acme.example", "somebody other than jo@acme.example, whose case it is"),
        ("#cc remove lou@acme.example", "one of kim@acme.example, not lou@acme.example"),
        ("#cc ask kim@acme.example", "#cc add or #cc remove, and addresses"),
        ("#snippet empty", "a snippet that has words for this case; empty has none"),
        ("#snippet other", "#snippet and one of welcome, empty"),
        ("#team third", "#team and one of first, second"),
        ("#detail colour red", "#detail, one of url, shop, and its value"),
        ("#detail urls", "#detail, one of url, shop, and its value"),
        ("#spam now", "#spam on a line of its own"),
        ("#spam", "a case that may be spam: this one was answered"),
        ("#snooze mon", "#snooze on a case that is open; #reopen opens it again"),
        ("#agreed mon", "#agreed on a case that is open; #reopen opens it again"),
        ("#ask bob@desk.example", "the address of a third party; bob@desk.example is one of us"),
        ("#ask kim@acme.example", "kim@acme.example is on the case, and #answer writes to them"),
        ("#ask help@vendor", "#ask and the address of a third party"),
        ("#resolve now", "#resolve on a line of its own"),
        ("#requester bob@desk.example", "the address of a customer; bob@desk.example is one of us"),
        ("#requester kim@acme.example lou@acme.example", "#requester and one address"),
        ("#link HD-9", "a case of your own team"),
        ("#link somebody", "#link and the number of a case of your team"),
        ("#split", "a mail of the customer's"),
        ("#incident", "#incident and one of nothing: no incident is declared"),
    ],
)
def test_a_mistake_says_what_would_have_been_right(line, expected):
    case = Vocabulary(
        ("low",),
        (),
        people=("jo@acme.example", "kim@acme.example"),
        ours={"ann@desk.example", "bob@desk.example"},
        snippets={"welcome": "Welcome.", "empty": ""},
        teams=("first", "second"),
        fields=("url", "shop"),
        no_spam="this one was answered",
        active=False,
        linkable={1: "", 9: "a case of your own team"},
        unsplittable="a mail of the customer's",
    )

    (mistake,) = read_orders(line, case).mistakes
    assert expected in mistake.expected


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("#detail url https://shop.example/cart?a=1", "https://shop.example/cart?a=1"),
        ("#detail url: https://shop.example", "https://shop.example"),
        ("#detail URL : shop.example:8443", "shop.example:8443"),
        ("#detail url:first open 10:30, then: save", "first open 10:30, then: save"),
    ],
)
def test_a_detail_keeps_the_colons_of_its_value(line, value):
    (command,) = read_orders(line, replace(WORDS, fields=("url",))).commands
    assert (command.argument, command.detail) == ("url", value)


def test_below_a_first_line_answer_all_is_text_but_the_orders_right_below_it():
    text = "Hi,\n#note\nis how it is written\n#close"
    for above in ("#answer\n", "#answer\n\n"):
        orders = read(above + text)
        assert ([command.verb for command in orders.commands], orders.mistakes, orders.text) == (["answer"], (), text)
    orders = read("#answer\n#wait 3d\nHello")
    assert ([command.verb for command in orders.commands], orders.text) == (["answer", "wait"], "Hello")
    orders = read("#answer\n\n#note\nis how it is written")
    assert ([command.verb for command in orders.commands], orders.text) == (["answer"], "#note\nis how it is written")


@pytest.mark.parametrize(
    ("line", "verb", "argument"),
    [
        ("#severity\u00a0urgent\u00a0now", "severity", "urgent"),
        ("\u200b#close\u200b", "close", ""),
        ("#Ack.", "ack", ""),
        ("#resolve! .", "resolve", ""),
        ("\ufeff#note", "note", ""),
        ("#link HD-9 <https://desk.example/cases/HD-9>", "link", "HD-9"),
        ("#link [HD-9]", "link", "HD-9"),
        ("#link 9", "link", "HD-9"),
    ],
)
def test_what_a_mail_program_makes_of_a_line_is_read_as_it_was_typed(line, verb, argument):
    """Blanks that do not break, letters that nobody sees, links made of references."""
    (command,) = read_orders(f"{line}\nHello", replace(WORDS, linkable={9: ""})).commands

    assert (command.verb, command.argument) == (verb, argument)


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("kim@acme.example", ["kim@acme.example"]),
        (
            "Kim@ACME.example, lou@acme.example;ute@acme.example",
            ["kim@acme.example", "lou@acme.example", "ute@acme.example"],
        ),
        ("kim@acme.example<mailto:kim@acme.example>", ["kim@acme.example"]),
        ('"Roe, Kim" <kim@acme.example> Lou Fry <lou@acme.example>', ["kim@acme.example", "lou@acme.example"]),
        ("kim@acme.example kim@acme.example", ["kim@acme.example"]),
        ("kim@münchen.example", ["kim@münchen.example"]),
    ],
)
def test_addresses_are_read_however_they_are_written(text, addresses):
    (command,) = read(f"#cc add {text}").commands

    assert [person.address for person in command.people] == addresses


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kim",
        "kim@",
        "@acme.example",
        "kim@acme",
        "kim@acme.example please",
        "a..b@acme.example",
        "kim@-acme.example",
    ],
)
def test_what_is_no_address_is_a_mistake(text):
    assert read(f"#cc add {text}").commands == ()


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_whoever_is_read_from_any_text_can_be_mailed_to(text):
    for command in read(f"#cc add {text}").commands:
        for person in command.people:
            address_spec(person.address)


def test_orders_that_contradict_one_another_are_a_mistake():
    orders = read("#resolve\n#wait 3d\nHello")

    assert [command.verb for command in orders.commands] == ["resolve"]
    assert [(mistake.line, mistake.expected) for mistake in orders.mistakes] == [
        ("#wait 3d", "#resolve or #wait, not both in one mail")
    ]


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("#split", "#close", "#split or #close, not both: the new case gets a mail of its own"),
        ("#tag vip", "#split", "#tag or #split, not both: the new case gets a mail of its own"),
        ("#split", "#split", "one #split in a mail"),
        ("#split", "#note", ""),
        ("#ack", "#split", ""),
        ("#tag vip", "#close", ""),
        ("#tag vip", "#tag off billing", ""),
    ],
)
def test_beside_an_order_to_split_nothing_is_said_of_either_case(first, second, clash):
    assert [mistake.expected for mistake in read(f"{first}\n{second}").mistakes] == ([clash] if clash else [])


@pytest.mark.parametrize(
    ("line", "obeyed"),
    [
        ("#ask help@vendor.example Our order", True),
        ("#ask about the order", False),
        ("#cc kim@acme.example", True),
        ("#cc the others", False),
        ("#cc kim@acme.example, nobody", False),
        ("#requester Kim Roe <kim@acme.example>", True),
        ("#requester kim", False),
        ("*#requester Kim Roe <kim@acme.example>*", True),
        ("- #cc add Lou <lou@acme.example>, Kim Roe <kim@acme.example>", True),
        ("#ask <help@vendor.example>", True),
        ("_#link HD-9 <https://desk.example/cases/HD-9>_", True),
        ("#snippet unknown", True),
        ("#snippet of the log", False),
        ("#link to the page", False),
    ],
)
def test_what_has_the_form_of_an_order_is_no_text_whomever_it_names(line, obeyed):
    """It would go to the customer; ordinary words behind such a word are ordinary words."""
    assert would_be_obeyed(line, WORDS) == obeyed


def test_what_must_be_known_before_a_mail_is_read_is_what_its_orders_name():
    """Cases, people and snippets are looked up for the orders that name them, and for no other word."""
    text = (
        "#link HD-9\n#merge into 12\n#assign HD-3\n#link HD-9\n#requester Kim <kim@acme.example>\n"
        "#cc add lou@acme.example\n#snippet Welcome\n#tag refund\n\nSee HD-77.\n#link HD-78"
    )
    assert cases_named(text) == (9, 12)
    assert people_named(text) == ("kim@acme.example",)
    assert snippets_named(text) == {"welcome"}


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("#answer\n\nHello", True),
        ("#answer\n#wait 3d\n\nHello", True),
        ("#answer\n \nHello", True),
        ("#answer", True),
        ("#answer\nHello", False),
        ("#answer\nHello\n\nJo", False),
        ("Hello\n\n#answer\n\nJo", False),
    ],
)
def test_an_empty_line_below_a_first_answer_says_that_all_is_text(text, apart):
    assert says_that_all_is_text(text) == apart


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("#cc remove jo@localhost", "jo@localhost"),
        ("#cc REMOVE <jo@localhost>", "jo@localhost"),
        ("#cc remove kim@acme.example", "kim@acme.example"),
        ("#cc add jo@localhost", ""),
    ],
)
def test_who_is_on_the_case_is_taken_off_however_odd_the_address(line, address):
    case = replace(WORDS, people=("ute@acme.example", "jo@localhost", "kim@acme.example"))

    assert [one.people[0].address for one in read_orders(line, case).commands] == ([address] if address else [])


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("#planned mon", ""),
        ("#planned mon rollout", "rollout"),
        ("#planned mon the rollout", "the rollout"),
        ("#planned mon 14:30 the rollout of all", "the rollout of all"),
        ("#agreed mon 12:00", ""),
        ("#agreed mon they said", None),
        ("#snooze mon they said", None),
        ("#wait vendor 3 parcels", None),
        ("#wait vendor x", "x"),
    ],
)
def test_behind_a_moment_stands_what_is_planned_for_it_and_nothing_else(line, what):
    assert [command.detail for command in read_orders(line, BY_HAND).commands] == ([] if what is None else [what])


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("#assign aberg", "aberg@desk.example"),
        ("#assign to Ann", "aberg@desk.example"),
        ("#assign to in Out", "into@desk.example"),
        ("#assign Roberto Diaz", "rd@desk.example"),
        ("#assign desk.example", ""),
        ("#assign Robto Erdiaz", ""),
    ],
)
def test_an_agent_is_called_by_a_name_or_by_what_stands_before_the_sign_in_the_address(line, address):
    known = (("Ann Berg", "aberg@desk.example"), ("In Out", "into@desk.example"), ("Roberto Diaz", "rd@desk.example"))
    orders = read_orders(line, replace(WORDS, agents=(*known, ("Rob Erdiaz", "rob@desk.example"))))

    assert [command.argument for command in orders.commands] == ([address] if address else [])


def test_a_name_that_two_agents_share_assigns_nobody():
    shared = Vocabulary(("low",), (("Ann Berg", "ann@desk.example"), ("Ann Cole", "annc@desk.example")))

    assert read_orders("#assign Ann", shared).commands == ()


def test_everything_below_the_first_words_is_text():
    orders = read("#note\n\n#wait 2d\nPlease\n#close\nthe window")

    assert [command.verb for command in orders.commands] == ["note", "wait"]
    assert orders.text == "Please\n#close\nthe window"


def test_a_snippet_stands_above_the_text_and_the_reason_for_a_severity_does_not():
    case = replace(WORDS, snippets={"welcome": "Welcome."})

    assert read_orders("#severity low they say so\n#snippet welcome\n\nBye", case).text == "Welcome.\n\nBye"


@pytest.mark.parametrize("verb", TABLE)
def test_the_table_says_how_every_order_is_written_and_what_it_does(verb):
    assert form_of(verb).startswith(f"#{verb}")
    assert TABLE[verb].does


@pytest.mark.parametrize(
    ("line", "off", "tags"),
    [
        ("#tag billing", False, ("billing",)),
        ("#TAG Billing", False, ("billing",)),
        ("#tag billing, vip", False, ("billing", "vip")),
        ("#tag billing vip billing", False, ("billing", "vip")),
        ("#tag #vip;r\u00fcckgabe", False, ("vip", "r\u00fcckgabe")),
        ("#tag off billing", True, ("billing",)),
        ("#tag billing OFF", True, ("billing",)),
        ("#tag off", None, ()),
        ("#tag", None, ()),
        ("#tag !!", None, ()),
        ("#tag a off b", None, ()),
        ("#tag vip billing off", True, ("vip", "billing")),
        ("#tag off vip off", None, ()),
        ("#tag " + "x" * 41, None, ()),
    ],
)
def test_tags_are_words_and_off_in_front_or_behind_takes_them_away(line, off, tags):
    orders = read(line)

    assert bool(orders.mistakes) == (off is None)
    assert [(one.argument == "off", one.tags) for one in orders.commands] == ([] if off is None else [(off, tags)])


@pytest.mark.parametrize(
    ("line", "undone"),
    [
        ("#severity low", "#severity urgent"),
        ("#assign bob", "#assign! ann@desk.example"),
        ("#team billing", "#team first line"),
        ("#tag billing vip", "#tag off billing vip"),
        ("#tag off billing", "#tag billing"),
        ("#resolve", "#reopen"),
        ("#wait 3d", "#reopen"),
        ("#cc add kim@acme.example", "#cc remove kim@acme.example"),
        ("#requester kim@acme.example", "#requester jo@acme.example"),
        ("#area search", "#area checkout"),
        ("#detail url shop.example", "#detail url old.example"),
        ("#detail steps click", ""),
        ("#detail seen today", ""),
        ("#exclude custom-code", "#exclude off"),
        ("#exclude off", ""),
        ("#note", ""),
        ("#redact", ""),
    ],
)
def test_an_order_knows_the_one_that_takes_it_back(line, undone):
    jo, terms = SimpleNamespace(address="jo@acme.example"), SimpleNamespace(team=SimpleNamespace(name="first line"))
    before = SimpleNamespace(
        severity="urgent",
        assignee="ann@desk.example",
        team="",
        status="open",
        requester=jo,
        area="checkout",
        intake=(("url", "old.example"), ("steps", "log in\npay")),
    )
    fields = ("url", "steps", "seen")
    (command,) = read_orders(line, replace(WORDS, teams=("Billing",), areas=("search",), fields=fields)).commands

    assert undone_by(command, before, terms) == undone


@given(st.text(max_size=400))
@settings(max_examples=400, deadline=None)
@example("#²")
def test_any_text_is_read_without_an_error_and_only_lines_that_begin_with_a_hash_are_orders(text):
    orders = read(text)

    for order in (*orders.commands, *orders.mistakes):
        assert order.line.startswith("#")
        assert order.line in text or order.line in unicodedata.normalize("NFKC", text)  # wide signs are read, too
    assert orders.text in text.replace("\r", "\n").replace("\x0b", "\n") or orders.text.splitlines()


lines = st.one_of(
    st.sampled_from(
        ["#close", "#severity urgent", "#assign bob", "#note", "#wait 3d", "", "Hello,", "#nonsense", "thanks"]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=20),
)


@given(st.lists(lines, max_size=8), st.lists(lines, max_size=8))
@settings(max_examples=300, deadline=None)
def test_what_stands_below_ordinary_words_never_changes_what_is_ordered(above, below):
    top = "\n".join(above)
    assert read(f"{top}\nBest regards, Ann\n" + "\n".join(below)).commands == read(f"{top}\nBest regards, Ann").commands


CUSTOMER = "#close\n#severity low\n#assign bob"


@pytest.mark.parametrize(
    "reply",
    [
        "Thanks.\n\nOn Tue, 19 May 2026 at 09:15, Jo <jo@acme.example> wrote:\n{quoted}",
        "On Tue, 19 May 2026 at 09:15, Jo <jo@acme.example> wrote:\n{plain}",
        "-----Original Message-----\nFrom: Jo\nSent: Tuesday\nSubject: x\n\n{plain}",
        "________________________________\nFrom: Jo Park <jo@acme.example>\nSent: Tuesday, 19 May 2026 09:15\n\n{plain}",
        "Am 19.05.2026 um 09:15 schrieb Jo Park:\n{plain}",
        "Le mar. 19 mai 2026 à 09:15, Jo Park <jo@acme.example> a écrit :\n{plain}",
        "El mar, 19 may 2026 a las 9:15, Jo Park (<jo@acme.example>) escribió:\n{plain}",
        "Jo Park wrote:\n{plain}",
        "\n\nVon: Jo Park\nGesendet: Dienstag, 19. Mai 2026\n\n{plain}",
        "{quoted}",
        "-- \nAnn\n{plain}",
        "---------- Forwarded message ---------\n{plain}",
        "Sent from my iPhone\n\n{plain}",
        "> {plain}",
    ],
)
def test_a_customers_commands_below_any_quote_are_not_obeyed(reply):
    """A13"""
    text = reply.format(plain=CUSTOMER, quoted="\n".join(f"> {line}" for line in CUSTOMER.splitlines()))

    assert read(before_quote(text)).commands == ()
