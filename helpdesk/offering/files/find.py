"""Which policies there are: the shipped ones, with the operator's own folder laid over them, file by file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.errors import ConfigurationError, NotFound
from helpdesk.offering.files.read import PolicyText, policy_file, survey_policy
from helpdesk.placeholders import BLANK
from helpdesk.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from helpdesk.offering.files.read import Survey
    from helpdesk.offering.policy import Policy


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


def policy_files(folder: Path | None, named: Collection[str] = ()) -> list[Path]:
    """The files that count, the operator's own instead of a shipped one of the same name.

    Of the shipped examples, which are offered to nobody, those whose keys are `named`.
    """
    files = {path.name: path for path in sorted(shipped("policies").glob("*.toml"))}
    files |= {path.name: path for path in example_files() if path.stem in named}
    if folder is not None:
        files |= own_files(folder)
    return list(files.values())


def own_files(folder: Path) -> dict[str, Path]:
    """The operator's own files by name."""
    return {path.name: path for path in sorted(folder.glob("*.toml"))}


def example_files() -> list[Path]:
    """Offerings of others as files, to be read and to begin with."""
    return sorted((shipped("policies") / "examples").glob("*.toml"))


@dataclass(frozen=True, slots=True)
class Collected:
    """Every policy as far as it can be read, and what is wrong with them."""

    book: PolicyBook
    problems: tuple[str, ...]


def load_policies(folder: Path | None = None, named: Collection[str] = ()) -> PolicyBook:
    """Read every policy. Raises ConfigurationError with the problems of all files at once."""
    collected = collect_policies(folder, named)
    if collected.problems:
        raise ConfigurationError(collected.problems)
    return collected.book


def collect_policies(folder: Path | None, named: Collection[str]) -> Collected:
    """Read every policy as far as possible: a name of a policy that has a mistake is no wrong name.

    Of the shipped examples those whose keys are `named`.
    """
    policies: dict[str, Policy] = {}
    texts: dict[str, PolicyText] = {}
    problems: list[str] = []
    for path in policy_files(folder, named):
        survey = _surveyed(path)
        problems += [*survey.problems, *misnamed(path, survey.policy, policies)]
        for key in {survey.policy.key, path.stem} - {BLANK}:
            policies[key], texts[key] = survey.policy, survey.source
    return Collected(PolicyBook(policies, texts), tuple(problems))


def _surveyed(path: Path) -> Survey:
    """A file that cannot be read at all may hold anything."""
    try:
        return survey_policy(policy_file(path))
    except ConfigurationError as wrong:
        return replace(survey_policy(PolicyText(str(path), "")), problems=wrong.problems)


def misnamed(path: Path, policy: Policy, known: Collection[str]) -> Iterator[str]:
    """What is wrong with a file's key in a folder that has `known` ones already."""
    if policy.key == BLANK:
        return
    if path.stem != policy.key:
        yield f"{path}: key: expected {path.stem!r}, the file's own name, not {policy.key!r}"
    elif policy.key in known:
        yield f"{path}: key: expected a key that no other policy has, not {policy.key!r}"
