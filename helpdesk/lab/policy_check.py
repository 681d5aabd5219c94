"""All that there is to say about a policy file: what it says about itself, and its stories, lived through.

`offering.files.lint` reads; the stories need the case engine, which stands above it.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.errors import ConfigurationError, HelpdeskError, NotFound
from helpdesk.offering.files import policy_file, read_policy
from helpdesk.offering.files.find import misnamed, own_files, policy_files
from helpdesk.offering.files.lint import Finding, check_file, error_of
from helpdesk.offering.files.read import survey_policy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date
    from pathlib import Path

    from helpdesk.offering.policy import Policy, WorkedExample

_EXAMPLE = re.compile(r"example\.(\d+)")


def files_of_desk(folder: Path | None, used: Collection[str]) -> list[Path]:
    """The files that a desk may answer for: all of its own, and the shipped ones that are used."""
    own = own_files(folder) if folder else {}
    return [path for path in policy_files(folder, used) if path.name in own or path.stem in used]


def check_files(paths: Collection[Path], *, today: date | None = None) -> list[Finding]:
    """Everything there is to say about the files of one desk, which also have to have the keys of their names."""
    found: list[Finding] = []
    known: list[str] = []
    for path in paths:
        of_file = check_whole(path, today=today)
        with contextlib.suppress(ConfigurationError):
            policy = survey_policy(policy_file(path)).policy
            of_file += [error_of(str(path), problem) for problem in misnamed(path, policy, known)]
            known.append(policy.key)
        found += of_file
    return found


def check_whole(path: Path, *, today: date | None = None) -> list[Finding]:
    """Everything there is to say about one file, errors first, each example with how it was counted."""
    found = check_file(path, today=today)
    try:
        policy = read_policy(policy_file(path))
    except ConfigurationError:
        return found  # what cannot be read cannot be lived through
    if any(finding.level == "error" and finding.key.startswith("targets.") for finding in found):
        return found  # nor can what never falls due
    if not all(_can_be_asked(policy, example) for example in policy.examples):
        return found  # nor what is of a plan or a severity that is not there
    counted = [_with_spans(finding, policy) for finding in found]
    errors = [finding for finding in counted if finding.level == "error"]
    others = [finding for finding in counted if finding.level != "error"]
    return [*errors, *_stories(policy, str(path)), *_mails(policy, str(path)), *others]


def _can_be_asked(policy: Policy, example: WorkedExample) -> bool:
    try:
        policy.promise_in(example)
    except NotFound:
        return False
    return True


def _stories(policy: Policy, name: str) -> Iterator[Finding]:
    if any(example.story for example in policy.examples):
        from helpdesk.lab.story import discrepancies  # noqa: PLC0415 - the case engine, for those who tell stories

        for one in discrepancies(policy):
            yield Finding("error", name, one.key, one.text, one.lines)


def _mails(policy: Policy, name: str) -> Iterator[Finding]:
    """Where another severity is found for the words of an example than it says."""
    from helpdesk.severity import assess  # noqa: PLC0415 - the model, for those whose examples give words

    for number, example in enumerate(policy.examples, start=1):
        if not example.mail:
            continue
        expected = (example.language, *policy.languages) if example.language else policy.languages
        verdict = assess(
            subject=example.subject,
            text=example.mail,
            terms=policy.severity,
            fields=example.fields,
            channel=example.channel,
            expected=expected,
        )
        if policy.severity_in(example.plan, verdict.severity) != policy.severity_in(example.plan, example.severity):
            text = f"expected {example.severity}, but its words are found to be {verdict.severity}"
            why = tuple(f"{reason.effect}: {reason.evidence}" for reason in verdict.reasons)
            yield Finding("error", name, f"example.{number}.mail", text, why)


def _with_spans(finding: Finding, policy: Policy) -> Finding:
    """The finding with the span table of its example, where one does not come out."""
    number = _EXAMPLE.fullmatch(finding.key)
    if number is None:
        return finding
    from helpdesk.report.due import due_text, question_in  # noqa: PLC0415 - as above

    example = policy.examples[int(number[1]) - 1]
    try:
        return replace(finding, details=tuple(due_text(policy, question_in(policy, example)).splitlines()))
    except HelpdeskError:
        return finding  # its text says what cannot be asked
