"""To whom a call goes on that nobody acknowledges, where the ladder names some of them itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.core.clocks.calling import further
from helpdesk.offering.policy import Calls, Step

CALL = Step("call", "escalation", 0, timedelta(), ("on-call",), only=("s1",))
ALL = ["on-call-secondary", "lead", "account-contacts", "operators"]


def also(*to, share=0.0, only=("s1",)):
    return Step("also", "escalation", share, timedelta(), to, only=only, unless_acknowledged=timedelta(minutes=5))


@pytest.mark.parametrize(
    ("ladder", "seats"),
    [
        ([CALL], ALL),
        ([CALL, also("lead")], ["on-call-secondary", "account-contacts", "operators"]),
        ([CALL, also("lead", "operators")], ["on-call-secondary", "account-contacts"]),
        ([CALL, also("lead", share=1)], ALL),  # the breach is no call
        ([CALL, also("lead", only=("s2",))], ALL),  # nor is another severity's
        ([also("lead")], []),  # who does not call at once is no call to go on with
    ],
)
def test_a_call_goes_on_to_the_seats_that_no_step_calls(ladder, seats):
    found = list(further(ladder, Calls()))
    assert [step.to for step in found] == [(seat,) for seat in seats]
    assert [step.unless_acknowledged for step in found] == sorted(step.unless_acknowledged for step in found)
    assert {step.only for step in found} <= {("s1",)}
