"""Which policies there are: the shipped ones, with the operator's own folder laid over them, file by file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.errors import ConfigurationError, NotFound
from helpdesk.policies.read import PolicyText, policy_file, read_whole
from helpdesk.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from helpdesk.core.policy import Policy


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """Every policy by key, with the text it was read from."""

    policies: Mapping[str, Policy]
    texts: Mapping[str, PolicyText]

    def policy(self, key: str) -> Policy:
        """The policy of that key. Raises NotFound that says which there are."""
        if key not in self.policies:
            raise NotFound(f"there is no policy {key!r}; there are {', '.join(sorted(self.policies)) or 'none'}")
        return self.policies[key]


def policy_files(folder: Path | None) -> list[Path]:
    """The files that count, the operator's own instead of a shipped one of the same name."""
    files = {path.name: path for path in sorted(shipped("policies").glob("*.toml"))}
    if folder is not None:
        files |= {path.name: path for path in sorted(folder.glob("*.toml"))}
    return list(files.values())


def load_policies(folder: Path | None = None) -> PolicyBook:
    """Read every policy. Raises ConfigurationError with the problems of all files at once."""
    policies: dict[str, Policy] = {}
    texts: dict[str, PolicyText] = {}
    problems: list[str] = []
    for path in policy_files(folder):
        try:
            policy, source = read_whole(policy_file(path))
        except ConfigurationError as wrong:
            problems += wrong.problems
            continue
        problems += misnamed(path, policy, policies)
        policies[policy.key], texts[policy.key] = policy, source
    if problems:
        raise ConfigurationError(problems)
    return PolicyBook(policies, texts)


def misnamed(path: Path, policy: Policy, known: Collection[str]) -> Iterator[str]:
    """What is wrong with a file's key in a folder that has `known` ones already."""
    if path.stem != policy.key:
        yield f"{path}: key: expected {path.stem!r}, the file's own name, not {policy.key!r}"
    elif policy.key in known:
        yield f"{path}: key: expected a key that no other policy has, not {policy.key!r}"
