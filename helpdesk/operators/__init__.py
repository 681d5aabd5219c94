"""The operators: what the desk says of itself to those who run it, and what they order.

    raise_alert   something went wrong: told once, and counted where there are many alike
    Conditions    what ails the desk: its beginning once, and its end once
    Rounds        the digest, with mailboxes that are silent, and the mail to who comes on call
    hand_on       the cases of who is no agent any more; `Absences` of who is away
    settle, obey  orders by mail, and what both mail and the command line can declare

All of it is queued in the transaction of what caused it, and each mail once.
"""

from __future__ import annotations

from helpdesk.operators.alerts import WITHHELD_FROM_ALL, raise_alert
from helpdesk.operators.conditions import DISK_LOW, Condition, Conditions, MailboxReading
from helpdesk.operators.declare import Done, Order, obey
from helpdesk.operators.departed import Absences, hand_on
from helpdesk.operators.open_alerts import OpenAlerts
from helpdesk.operators.orders import settle
from helpdesk.operators.planned import coming
from helpdesk.operators.rounds import Rounds

__all__ = [
    "DISK_LOW",
    "WITHHELD_FROM_ALL",
    "Absences",
    "Condition",
    "Conditions",
    "Done",
    "MailboxReading",
    "OpenAlerts",
    "Order",
    "Rounds",
    "coming",
    "hand_on",
    "obey",
    "raise_alert",
    "settle",
]
