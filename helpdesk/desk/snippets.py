"""The snippets that an agent's orders name, as they read on the case that they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.receive.orders.reading import snippets_named
from helpdesk.letters import snippet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms
    from helpdesk.unit import Unit


def snippets_for(unit: Unit, orders_text: str, case: Case, terms: Terms, agent: Agent) -> Mapping[str, str]:
    """Every snippet that there is, and what it says where these orders name it; nothing where they name none."""
    wanted = snippets_named(orders_text)
    if not wanted:
        return {}
    known = unit.rules.snippets
    names = known.names(terms.team.name)
    return {name: snippet(known, name, case, terms, agent) if name in wanted else "" for name in names}
