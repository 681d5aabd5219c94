"""An agent asks somebody who is neither one of us nor of the customer's, such as a vendor.

They get what the agent typed below the order and nothing else of the case, under a reply address of their own. It is no
answer to the customer: it meets no promise and sets no wait. What they write back is a note
(`outsider.answers_question`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import AskMail
from helpdesk.core.words.events import ThirdPartyAsked

if TYPE_CHECKING:
    from helpdesk.core.receive.orders.command import Command
    from helpdesk.core.receive.orders.execution import Execution


def ask(execution: Execution, command: Command) -> None:
    """Obey `#ask`."""
    (person,) = command.people
    arrival = execution.arrival
    asked = ThirdPartyAsked(
        *execution.stamp,
        address=person.address,
        name=person.name,
        message_id=arrival.message.message_id,
        key=arrival.key,
    )
    execution.happened(asked)
    content = AskMail(topic=command.detail)
    execution.drafts.append(Draft(content, person, arrival.key, execution.orders.text, execution.agent.name))
    execution.done.append(
        f"asked {person.address}: what they answer comes as a note; no promise is met, no clock stops"
    )
