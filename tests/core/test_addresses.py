"""Addresses in letters of their own: one name in every spelling."""

from __future__ import annotations

import pytest

from helpdesk.core.words.addresses import comparable
from helpdesk.core.words.people import Contact, Customer
from helpdesk.customers import directory

BUCH = Customer(
    "buch",
    "Bücher AG",
    "logik",
    domains=("bücher.example",),
    contacts=(Contact("jo@xn--bro-hoa.example", registered=True),),
)


@pytest.mark.parametrize(
    "address", ["kim@bücher.example", "kim@BÜCHER.example", "kim@xn--bcher-kva.example", "jo@büro.example"]
)
def test_a_customer_is_found_however_the_name_of_their_domain_is_written(address):
    """Mail programs write `xn--`, people write umlauts, and both mean one host (RFC 5890)."""
    assert directory([BUCH]).find(address) is BUCH
    assert BUCH.includes(address)


@pytest.mark.parametrize("address", ["kim@bucher.example", "kim@eu.bücher.example", "kim@büro.example", "kim", ""])
def test_nobody_else_is(address):
    assert directory([BUCH]).find(address) is None
    assert not BUCH.includes(address)


def test_a_registered_contact_is_one_in_both_spellings():
    assert BUCH.registers("jo@büro.example")
    assert not BUCH.registers("kim@büro.example")


@pytest.mark.parametrize("odd", ["", "@", "jo", "jo@", "jo@" + "ä" * 80 + ".example", "jo@ä..example", "\ud800@\ud800"])
def test_what_has_no_such_form_is_compared_as_it_is(odd):
    assert comparable(comparable(odd)) == comparable(odd)
