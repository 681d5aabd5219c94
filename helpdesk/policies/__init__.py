"""Support offerings as files: read, find, check. The only room that knows TOML policies and public holidays."""

from helpdesk.policies.find import PolicyBook, load_policies
from helpdesk.policies.read import PolicyText, read_policy

__all__ = ["PolicyBook", "PolicyText", "load_policies", "read_policy"]
