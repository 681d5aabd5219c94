"""Line ends looked at piece by piece: the pieces change nothing of what is found."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk import line_ends
from helpdesk.line_ends import are_crlf, pieces, with_lf
from helpdesk.store import spool

ENDS = st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b"a", b"a: b", b"Received: x", b"\r\n\r\n", b" "])).map(
    b"".join
)


@pytest.fixture(autouse=True, params=[1, 3, 2**16], scope="module")
def _piece(request):
    whole = line_ends._PIECE
    line_ends._PIECE = request.param
    yield
    line_ends._PIECE = whole


@given(ENDS)
def test_no_pair_is_torn_and_nothing_is_lost(data):
    cut = list(pieces(data))
    assert b"".join(cut) == data
    assert b"".join(map(with_lf, cut)) == data.replace(b"\r\n", b"\n")


@given(ENDS)
def test_lines_are_whole_where_no_half_of_a_pair_stands_alone(data):
    others = data.replace(b"\r\n", b"")
    assert are_crlf(data) == (b"\r" not in others and b"\n" not in others)


@given(ENDS)
def test_a_mail_is_known_by_what_it_was_known_by_ever_since(data):
    """A desk that is upgraded knows the mails that it has, so what goes into the digest may never change."""
    head, blank, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept = spool._FIELD.sub(spool._without_trace, head + b"\n")
    digest = hashlib.sha256(b"\0".join((b"box", kept, blank, body.rstrip(b"\n"))))
    assert spool.content_key("box", data) == digest.hexdigest()
