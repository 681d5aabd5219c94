"""A desk for each of the six offerings, with a customer on every plan and region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.desk import load_rules
from tests.desk import KEY, TestDesk
from tests.memory import in_memory

if TYPE_CHECKING:
    from pathlib import Path

_DESK = """
[desk]
name = "Acme Support"
customers = "customers.toml"
operators = ["ops@desk.example"]
{desk}

[smtp_out]
url = "maildir:outgoing"

[[team]]
name = "first line"
lead = "lena@desk.example"

[[agent]]
name = "Ann Berg"
email = "ann@desk.example"
teams = ["first line"]
"""

_MAILBOX = """
[[mailbox]]
address = "{address}"
policy = "{policy}"
team = "first line"
channel = "{channel}"
"""


def open_desk(
    folder: Path,
    *,
    policy: str,
    channels: tuple[str, ...] = ("email",),
    customers: str = "",
    start: str,
    desk: str = "",
    more: str = "",
) -> TestDesk:
    """A desk in memory for one policy: the mailbox of a channel is `<channel>@<policy>.example`. `more` is added."""
    boxes = "".join(
        _MAILBOX.format(address=f"{channel}@{policy}.example", policy=policy, channel=channel) for channel in channels
    )
    (folder / "helpdesk.toml").write_text(_DESK.format(desk=desk) + boxes + more, encoding="utf-8")
    (folder / "customers.toml").write_text(customers, encoding="utf-8")
    rules = load_rules(folder / "helpdesk.toml", environment={}, signing_key=KEY)
    return TestDesk(rules, in_memory(), start=start)


def customer(key: str, policy: str, **more: object) -> str:
    """A `[[customer]]` whose domain is `<key>.example`."""
    facts = {"key": key, "name": key.title(), "policy": policy, "domains": [f"{key}.example"], **more}
    return "[[customer]]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in facts.items()) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(entry)}" for name, entry in value.items()) + "}"
    return str(value)
