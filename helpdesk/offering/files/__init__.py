"""Support offerings as files: read, find, check. The only room that knows TOML policies and public holidays."""

from helpdesk.offering.files.find import PolicyBook, collect_policies, load_policies
from helpdesk.offering.files.known_days import from_shape as days_from_shape
from helpdesk.offering.files.read import PolicyText, policy_file, read_calls, read_policy, read_whole

__all__ = [
    "PolicyBook",
    "PolicyText",
    "collect_policies",
    "days_from_shape",
    "load_policies",
    "policy_file",
    "read_calls",
    "read_policy",
    "read_whole",
]
