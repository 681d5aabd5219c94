"""What the desk does with a few thousand mails, as digests: two commits behave alike where the digests are alike.

    python bench/behaviour.py record OLD.tsv --keep FOLDER   # before a redesign, and after each of its steps
    python bench/behaviour.py compare OLD.tsv NEW.tsv        # exit code 1 where one differs

Every mail goes through `helpdesk simulate`: the message corpora and labelled mails beside the project where they are
there, those of `bench/severity_mails`, and conversations made of the latter. A digest is of one case (its clocks,
events, messages and verdict), one mail that was sent, or one outcome. `--keep` writes the whole JSON into a folder
outside the project, to see what a difference is.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"
POLICIES = ("logik", "laioutr", "threekit", "celigo", "cloudextend", "logicgate")
START = datetime(2026, 5, 19, 7, 0, tzinfo=UTC)  # a Tuesday
BATCH = 60  # mails of one scenario
DESTINATIONS = re.compile(rb"(?im)^(to|cc|delivered-to|x-original-to|envelope-to):.*\r?\n(?:[ \t].*\r?\n)*")
ANSWERS = (
    "We look into it.",
    "#ack\nOn it.",
    "#resolve\nThis is solved now.",
    "#wait 3d\nWhich version is it?",
    "#severity high",
)
REPLIES = (
    "Thank you, that works!",
    "It still fails here, for all of us.",
    "Version 4.2, and it happens on every save.",
)


def _configuration() -> str:
    lines = ['[desk]\nname = "Desk"\ncustomers = "customers.toml"\noperators = ["ops@desk.example"]', "[database]"]
    lines += ['url = "sqlite:///helpdesk.db"', '[smtp_out]\nurl = "maildir:outgoing"']
    for policy in POLICIES:
        lines.append(f'[[mailbox]]\naddress = "support@{policy}.example"\npolicy = "{policy}"\nteam = "line"')
    lines.append('[[team]]\nname = "line"\nlead = "lena@desk.example"')
    for name in ("Ann", "Bob"):
        lines.append(f'[[agent]]\nname = "{name}"\nemail = "{name.lower()}@desk.example"\nteams = ["line"]')
    return "\n".join(lines) + "\n"


def _customers() -> str:
    plans = {
        "logik": "standard",
        "laioutr": "",
        "threekit": "premier",
        "celigo": "",
        "cloudextend": "",
        "logicgate": "",
    }
    rows = []
    for policy, plan in plans.items():
        row = f'[[customer]]\nkey = "{policy}-one"\nname = "One {policy}"\npolicy = "{policy}"\n'
        rows.append(row + (f'plan = "{plan}"\n' if plan else "") + f'domains = ["{policy}-one.example"]\n')
    return "\n".join(rows)


def _step(at: datetime, **values: object) -> str:
    lines = ["[[step]]", f"at = {at.isoformat()}"]
    for key, value in values.items():
        if isinstance(value, dict):
            fields = ", ".join(f"{name} = {_quoted(text)}" for name, text in value.items())
            lines.append(f"{key} = {{ {fields} }}")
        else:
            lines.append(f"{key} = {json.dumps(value) if isinstance(value, bool) else _quoted(str(value))}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's, with what TOML alone forbids taken out."""
    return json.dumps(text.replace("\x7f", ""), ensure_ascii=False)


def _labelled() -> list[dict[str, str]]:
    files = [*sorted((PROJECT / "bench/severity_mails").rglob("*.jsonl")), SHARED / "severity/dev.jsonl"]
    return [
        json.loads(line) for file in files if file.exists() for line in file.read_text("utf-8").splitlines() if line
    ]


def _batches(items: list) -> Iterator[tuple[int, list]]:
    for start in range(0, len(items), BATCH):
        yield start // BATCH, items[start : start + BATCH]


def _write(folder: Path, steps: list[str], last: datetime) -> Path:
    (folder / "helpdesk.toml").write_text(_configuration(), "utf-8")
    (folder / "customers.toml").write_text(_customers(), "utf-8")
    until = f'config = "helpdesk.toml"\nuntil = {(last + timedelta(hours=30)).isoformat()}\n\n'
    scenario = folder / "s.toml"
    scenario.write_text(until + "\n".join(steps), "utf-8")
    return scenario


def _corpus(root: Path) -> Iterator[tuple[str, Path]]:
    """Each message of the corpora, to one of our mailboxes in turn."""
    mails = sorted((SHARED / "corpora").rglob("*.eml"))
    for number, batch in _batches(mails):
        folder = root / f"corpus-{number:02}"
        folder.mkdir()
        at, steps = START, []
        for index, mail in enumerate(batch):
            policy = POLICIES[index % len(POLICIES)].encode()
            raw = b"To: support@%s.example\r\n" % policy + DESTINATIONS.sub(b"", mail.read_bytes())
            (folder / f"{index}.eml").write_bytes(raw)
            at += timedelta(minutes=7)
            steps.append(_step(at, mail=f"{index}.eml"))
        yield folder.name, _write(folder, steps, at)


def _conversations(root: Path) -> Iterator[tuple[str, Path]]:
    """Every second labelled mail, an agent's answer to it, and what the customer says to that."""
    for number, batch in _batches(_labelled()[::2]):
        folder = root / f"mails-{number:02}"
        folder.mkdir()
        at, steps = START, []
        for index, mail in enumerate(batch):
            policy = POLICIES[(index + number) % len(POLICIES)]
            domain = f"{policy}-one.example" if index % 3 else "elsewhere.example"
            sender, to = f"Kit{index} <kit{index}@{domain}>", f"support@{policy}.example"
            at += timedelta(minutes=11)
            steps.append(_step(at, **{"from": sender, "to": to, "subject": mail["subject"], "body": mail["body"]}))
            if index % 4 == 0:
                answer = ANSWERS[index // 4 % len(ANSWERS)]
                at += timedelta(minutes=5)
                agent = "lena" if index % 40 == 0 else ("ann", "bob")[index // 4 % 2]
                steps.append(_step(at, answer={"to": f"{agent}@desk.example"}, body=answer, quote=index % 8 == 0))
            if index % 6 == 0:
                at += timedelta(minutes=9)
                address = f"kit{index}@{domain}"
                reply = REPLIES[index // 6 % len(REPLIES)]
                steps.append(_step(at, answer={"to": address}, body=reply, quote=index % 12 == 0))
        yield folder.name, _write(folder, steps, at)


def _cases(_root: Path) -> Iterator[tuple[str, Path]]:
    for scenario in sorted((SHARED / "cases").rglob("s.toml")):
        yield f"case-{scenario.parent.name}", scenario


def _run(name: str, scenario: Path) -> tuple[str, dict]:
    """Steps that answer a mail that was never sent are left out, one after the other, as the desk names them."""
    command = [sys.executable, "-m", "helpdesk", "simulate", str(scenario), "--json"]
    while True:
        done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "TZ": "UTC"})
        if done.returncode == 0:
            return name, json.loads(done.stdout)
        message = done.stderr.decode()
        missing = re.search(r"step\.(\d+)\.answer: expected", message)
        if not missing:
            raise SystemExit(f"{name}: {message}")
        head, *steps = scenario.read_text("utf-8").split("[[step]]")
        steps[int(missing[1]) - 1] = re.sub(r"(?m)^(answer|body|quote) =.*\n", "", steps[int(missing[1]) - 1])
        scenario.write_text("[[step]]".join([head, *steps]), "utf-8")


def _digests(name: str, outcome: dict) -> Iterator[str]:
    for kind in ("cases", "sent", "inbox"):
        for index, value in enumerate(outcome[kind]):
            text = json.dumps(value, sort_keys=True, ensure_ascii=False)
            yield f"{name}\t{kind}\t{index}\t{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def record(file: Path, keep: Path | None, every: int) -> None:
    """Write the digests of all that the desk does with all mails, or with every so-manyth scenario."""
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
        root = Path(name)
        jobs = [*_corpus(root), *_conversations(root), *_cases(root)][::every]
        lines: list[str] = []
        for label, outcome in pool.map(lambda job: _run(*job), jobs):
            lines += _digests(label, outcome)
            if keep:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{label}.json").write_text(
                    json.dumps(outcome, indent=1, sort_keys=True, ensure_ascii=False), "utf-8"
                )
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    print(f"{len(lines)} digests of {len(jobs)} scenarios in {file}")


def compare(old: Path, new: Path) -> int:
    """Name what differs; returns the exit code."""
    before, after = (dict(line.rsplit("\t", 1) for line in path.read_text().splitlines()) for path in (old, new))
    different = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    for key in different:
        print(key.replace("\t", " "))
    print(f"{len(different)} of {len(before)} differ")
    return 1 if different else 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record")
    recording.add_argument("file", type=Path)
    recording.add_argument("--keep", type=Path)
    recording.add_argument("--every", type=int, default=1, help="of so many scenarios one, for a quick look")
    comparing = commands.add_parser("compare")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    given = parser.parse_args()
    if given.command == "compare":
        return compare(given.old, given.new)
    record(given.file, given.keep, given.every)
    return 0


if __name__ == "__main__":
    sys.exit(main())
