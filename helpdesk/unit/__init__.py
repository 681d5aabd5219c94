"""The unit of work: what a door of the desk opens, and all who work in it are given.

A `Unit` is one transaction at one instant, with the `Rules` that the operator wrote, what applies to each case, and
proof of who sent a mail. A decision that it records is on disk with its letters, or never was.
"""

from __future__ import annotations

from helpdesk.unit.rules import Rules, load_rules
from helpdesk.unit.sender_auth import checked, from_our_border, sender_proof
from helpdesk.unit.unit import Unit, Units
from helpdesk.unit.versions import policy_source, store_policies

__all__ = [
    "Rules",
    "Unit",
    "Units",
    "checked",
    "from_our_border",
    "load_rules",
    "policy_source",
    "sender_proof",
    "store_policies",
]
