"""The table that makes a severity of findings, as a policy file gives it (`[[classifier.rules]]`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from helpdesk.offering.findings import FINDINGS, TABLE, FindingRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helpdesk.offering.files.schema import RuleTable


def read_rules(entries: list[RuleTable], ranks: Mapping[str, int]) -> tuple[FindingRule, ...]:
    """The lines in their order, the shipped table where there are none. `ranks` are those of the severities, by key."""
    rules = tuple(
        FindingRule(ranks[entry.severity], MappingProxyType({name: tuple(said) for name, said in entry.when.items()}))
        for entry in entries
        if entry.severity in ranks
    )
    return rules or TABLE


def wrong_rules(entries: list[RuleTable], ranks: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """What is wrong with them: the place in the file, and what was expected."""
    for number, entry in enumerate(entries, start=1):
        place = f"classifier.rules.{number}"
        if entry.severity not in ranks:
            yield f"{place}.severity", f"expected one of {', '.join(ranks)}, not {entry.severity!r}"
        for name, said in entry.when.items():
            known = FINDINGS.get(name)
            if known is None:
                yield f"{place}.when", f"expected one of {', '.join(FINDINGS)}, not {name!r}"
                continue
            for value in said:
                if value not in known:
                    yield f"{place}.when.{name}", f"expected one of {', '.join(known)}, not {value!r}"
    if entries and entries[-1].when:
        yield f"classifier.rules.{len(entries)}", "expected a last line without `when`: what holds if no other fits"
