"""Orders in an agent's name that nothing proves: when the agent is asked whether they are theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.core.receive.refused import asked
from helpdesk.core.words.agent_text import AgentText
from helpdesk.core.words.placement import Placement
from tests.core.mill import ANN, arrival, opened, terms, utc


@pytest.mark.parametrize(
    ("text", "placed", "before", "lines"),
    [
        ("#close", {}, 0, ("#close",)),
        ("#close", {}, 2, ("#close",)),
        ("#close", {}, 3, None),  # so many an hour: a From may be made up
        ("#close", {"askable": False}, 0, None),
        ("#close", {"agent": None}, 0, None),
        ("#severity stopped\n#close", {}, 0, ("#severity stopped", "#close")),
        ("#note\nHm.", {}, 0, None),  # its text is never sent
        ("#closee", {}, 0, None),  # what nobody could obey
        ("We look at it.", {}, 0, None),
    ],
)
def test_an_agent_is_asked_whether_orders_in_their_name_are_theirs(text, placed, before, lines):
    placement = replace(Placement(1, "outsider", "test", agent=ANN, askable=True), **placed)
    came = arrival(ANN.person, text, placement=placement, asked=before, written=AgentText(head=text))
    events, drafts = asked(opened(), came, terms(), utc("22 12:00"))
    assert [event.lines for event in events] == ([lines] if lines else [])
    assert [(draft.content.lines, draft.to) for draft in drafts] == ([(lines, ANN.person)] if lines else [])
