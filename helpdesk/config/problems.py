"""What of a configuration file does not fit together: each check yields `key: what was expected`."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from functools import partial
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helpdesk.config.amounts import read_apart, read_keep, read_size, read_span
from helpdesk.config.configuration import itself_and_above
from helpdesk.config.tables import ReaderTable
from helpdesk.core.words.addresses import comparable
from helpdesk.core.words.message import is_plain_address
from helpdesk.mail.proof.authenticity import TOPMOST
from helpdesk.mail.proof.spam import read_mark
from helpdesk.offering.files import read_calls
from helpdesk.openhours.calendar import parse_hours
from helpdesk.openhours.walltime import is_zone, parse_daily, parse_handovers, period
from helpdesk.placeholders import BLANK
from helpdesk.wordings import wordings, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from helpdesk.config.tables import (
        AbsenceTable,
        ConfigurationFile,
        ImapTable,
        OAuth2Table,
        OverrideTable,
        RotationTable,
    )

_LAST_PORT = 65535
_EVERY_ADDRESS = frozenset({"0.0.0.0", "[::]", "*", ""})  # noqa: S104 - what is compared, and not where we listen
_LONGEST_ANSWER = timedelta(minutes=5)
_MOST_CONNECTIONS = 50  # each is a thread, and a smarthost that grants more is rare
_MOST_WORKERS = 64
_SIGNATURE_LINES, _SIGNATURE_WIDTH = 10, 72


def file_problems(file: ConfigurationFile) -> Iterator[str]:
    """Everything that is wrong with a configuration file, `where: what was expected`."""
    yield from _value_problems(file)
    yield from _listener_problems(file)
    yield from _web_problems(file)
    yield from _address_problems(file)
    yield from _kept_out_problems(file)
    yield from _reference_problems(file)
    yield from _duty_problems(file)
    yield from _rotation_problems(file)
    yield from _level_problems(file)
    yield from _secret_problems(file)
    yield from _signature_problems(file)
    yield from _reader_problems(file.severity.reader)


def _signature_problems(file: ConfigurationFile) -> Iterator[str]:
    """A signature is short, and leads customers past no reply address."""
    staff = {address.lower() for agent in file.agent for address in (agent.email, *agent.aliases)}
    entries = [(f"mailbox.{n}.signature", entry.signature) for n, entry in enumerate(file.mailbox, start=1)]
    entries += [(f"agent.{n}.signature", entry.signature) for n, entry in enumerate(file.agent, start=1)]
    for place, label in entries:
        yield from (f"{place}: {problem}" for problem in wrong(label) if label)
        for _, text in wordings(label):
            lines = text.splitlines()
            if len(lines) > _SIGNATURE_LINES or max(map(len, lines)) > _SIGNATURE_WIDTH:
                yield f"{place}: expected at most {_SIGNATURE_LINES} lines of {_SIGNATURE_WIDTH} characters"
            if not text.replace("\n", "").isprintable():
                yield f"{place}: expected text without control characters"
            for address in sorted(one for one in staff if one in text.lower()):
                yield f"{place}: expected no address of an agent, past which no case goes on, not {address!r}"


def _reader_problems(reader: ReaderTable) -> Iterator[str]:
    if reader == ReaderTable():
        return
    parts = urlsplit(reader.url) if is_url(reader.url) else None
    if parts is None or "@" in parts.netloc:  # the URL is not repeated: a key may stand in it
        yield "severity.reader.url: expected one without a password, such as https://ai.example/v1/chat/completions"
    elif not _is_safe_url(reader.url):
        yield "severity.reader.url: expected https, or http on this host"
    if not reader.model:
        yield "severity.reader.model: expected the name of a model"
    yield from _refused("severity.reader.timeout", lambda: _answer_time(reader.timeout))
    if reader.daily < 1:
        yield f"severity.reader.daily: expected 1 or more, not {reader.daily}"
    if not 0 < reader.share <= 1:
        yield f"severity.reader.share: expected a share above 0 and up to 1, such as 0.1, not {reader.share:g}"


def _answer_time(text: str) -> timedelta:
    """How long a reader may take. Raises ValueError: what comes later raises nothing any more."""
    span = read_span(text)
    if span > _LONGEST_ANSWER:
        raise ValueError(f"expected at most {_LONGEST_ANSWER.seconds // 60} minutes, such as 20s, not {text}")
    return span


def _value_problems(file: ConfigurationFile) -> Iterator[str]:
    if not file.mailbox:
        yield "mailbox: expected at least one [[mailbox]]"
    if file.desk.keep:
        yield from _refused("desk.keep", lambda: read_keep(file.desk.keep))
    yield from _refused("desk.second_answer_within", lambda: read_apart(file.desk.second_answer_within))
    yield from _refused("smtp_in.max_size", lambda: read_size(file.smtp_in.max_size))
    yield from _refused("smtp_out.attachments", lambda: read_size(file.smtp_out.attachments))
    if file.desk.workers != "auto" and not 0 <= file.desk.workers <= _MOST_WORKERS:
        yield f"desk.workers: expected 0 to {_MOST_WORKERS} or 'auto', not {file.desk.workers}"
    if not 1 <= file.smtp_out.connections <= _MOST_CONNECTIONS:
        yield f"smtp_out.connections: expected 1 to {_MOST_CONNECTIONS}, not {file.smtp_out.connections}"
    for number, entry in enumerate(file.mailbox, start=1):
        if entry.imap:
            yield from _imap_problems(f"mailbox.{number}.imap", entry.imap)
    if not re.match(r"(smtps?://.|maildir:.)", file.smtp_out.url):
        yield f"smtp_out.url: expected smtp://HOST:PORT, smtps://HOST:PORT or maildir:PATH, not {file.smtp_out.url!r}"


def _listener_problems(file: ConfigurationFile) -> Iterator[str]:
    for table, listen in (("smtp_in", file.smtp_in.listen), ("web", file.web.listen)):
        found = re.fullmatch(r"(?:lmtp:)?(?:\[[0-9a-f:]+\]|[^:\s\[\]]+):(\d{1,5})", listen)
        if listen and not (found and int(found[1]) <= _LAST_PORT):
            yield f'{table}.listen: expected an address and a port such as "127.0.0.1:2525", not {listen!r}'
    for relay in file.smtp_in.trusted_relays:
        if not _is_network(relay):
            yield f"smtp_in.trusted_relays: expected an address or a network such as 10.0.0.0/8, not {relay!r}"
    if file.smtp_in.authserv_id.startswith("!") and file.smtp_in.authserv_id != TOPMOST:
        yield f"smtp_in.authserv_id: expected the id of your border, or {TOPMOST}, not {file.smtp_in.authserv_id!r}"
    if bool(file.smtp_in.tls_cert) != bool(file.smtp_in.tls_key):
        yield "smtp_in.tls_key: expected tls_cert and tls_key together"
    if file.smtp_in.require_tls and not file.smtp_in.tls_cert:
        yield "smtp_in.require_tls: expected tls_cert and tls_key, without which there is no TLS to require"


def _imap_problems(place: str, imap: ImapTable) -> Iterator[str]:
    yield from _refused(f"{place}.poll", partial(read_span, imap.poll))
    if not 0 <= imap.port <= _LAST_PORT:
        yield f"{place}.port: expected a port such as 993, not {imap.port}"
    if imap.processed == imap.folder:
        yield f"{place}.processed: expected another folder than {imap.folder!r}, which is the one that is read"
    for key, text in (("username", imap.username), ("folder", imap.folder), ("processed", imap.processed)):
        if not text.isprintable():
            yield f"{place}.{key}: expected text without control characters, not {text!r}"


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _web_problems(file: ConfigurationFile) -> Iterator[str]:
    yield from _refused("desk.public_url", partial(urlsplit, file.desk.public_url))
    if file.web.listen.startswith("lmtp:"):
        yield 'web.listen: expected an address and a port such as "127.0.0.1:8080"'
    elif file.web.listen and _are_one_place(file.web.listen, file.smtp_in.listen.removeprefix("lmtp:")):
        yield f"web.listen: expected another port than that of smtp_in.listen, not {file.web.listen!r}"
    elif file.web.listen and not file.web.token_file and not names_loopback(file.web.listen.rpartition(":")[0]):
        # /health and /metrics know nobody who is signed in.
        yield f"web.token_file: expected one, because others than this host reach {file.web.listen}"
    for proxy in file.web.trusted_proxies:
        if not _is_network(proxy):
            yield f"web.trusted_proxies: expected an address or a network such as 10.0.0.0/8, not {proxy!r}"
    if file.web.user_header and not re.fullmatch(r"[A-Za-z0-9-]+", file.web.user_header):
        yield f"web.user_header: expected the name of a header such as X-Forwarded-Email, not {file.web.user_header!r}"
    if bool(file.web.user_header) != bool(file.web.trusted_proxies):
        yield "web.user_header: expected user_header and trusted_proxies together: nobody else is believed"


def _are_one_place(one: str, other: str) -> bool:
    """Whether only one of two can listen: the port is the same, and the host, or one of them is every address.

    IPv4 and IPv6 have ports of their own, and port 0 is each time another.
    """
    (host, _, port), (other_host, _, other_port) = one.rpartition(":"), other.rpartition(":")
    if port != other_port or port == "0" or ("[" in host) != ("[" in other_host):
        return False
    return host == other_host or not _EVERY_ADDRESS.isdisjoint({host, other_host})


def names_loopback(host: str) -> bool:
    """Whether only this host is reached by that name or address."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _refused(place: str, reading: Callable[[], object]) -> Iterator[str]:
    try:
        reading()
    except ValueError as problem:
        yield f"{place}: {problem}"


def _fronts(file: ConfigurationFile) -> Iterator[tuple[str, str, str]]:
    """What stands between people and a mailbox, as place, address and what it is: groups, and forms."""
    for number, entry in enumerate(file.mailbox, start=1):
        yield from ((f"mailbox.{number}.forms", form, "that a form writes from") for form in entry.forms)
        yield from ((f"mailbox.{number}.groups", group, "of a group in front of it") for group in entry.groups)


_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.)+[\w-]{2,63}")


def _kept_out_problems(file: ConfigurationFile) -> Iterator[str]:
    """What is kept from cases: marks of spam, and who is blocked, which cannot be one of us."""
    for mark in file.smtp_in.spam:
        yield from _refused("smtp_in.spam", partial(read_mark, mark))
    ours = [entry.address for entry in file.mailbox] + [entry.email for entry in file.agent] + file.desk.operators
    ours += [alias for entry in file.agent for alias in entry.aliases]
    above = {one: address for address in reversed(ours) for one in itself_and_above(comparable(address))}
    for entry in file.desk.blocked:
        if not is_plain_address(entry) and not _DOMAIN.fullmatch(entry.lower()):
            yield f"desk.blocked: expected an address or a domain, not {entry!r}"
        elif (known := comparable(entry)) in above:
            yield f"desk.blocked: expected somebody else's address or domain, {entry!r} is that of {above[known]}"


def _address_problems(file: ConfigurationFile) -> Iterator[str]:
    named = [(f"mailbox.{n}.address", entry.address) for n, entry in enumerate(file.mailbox, start=1)]
    staff = [(f"agent.{n}.email", entry.email) for n, entry in enumerate(file.agent, start=1)]
    staff += [(f"agent.{n}.aliases", alias) for n, entry in enumerate(file.agent, start=1) for alias in entry.aliases]
    others = [(f"team.{n}.lead", entry.lead) for n, entry in enumerate(file.team, start=1) if entry.lead]
    others += [("desk.operators", address) for address in file.desk.operators]
    fronts = list(_fronts(file))
    for place, address in [*named, *staff, *others, *((place, address) for place, address, _ in fronts)]:
        if not is_plain_address(address):
            yield f"{place}: expected a bare address such as ann@desk.example, not {address!r}"
    for place, address in named:
        if "+" in address:
            yield f"{place}: expected an address without +: the part behind it carries the reply token"
    ours = {address.lower() for _, address in [*named, *staff, *others]}
    for place, address, what in fronts:
        if address.lower() in ours:
            yield f"{place}: expected the address {what}, not {address!r}, which is one of ours"
    seen = Counter(address.lower() for _, address in [*named, *staff])
    for address, times in seen.items():
        if times > 1:
            yield f"{address}: expected once among mailboxes and agents, found {times} times"


def _reference_problems(file: ConfigurationFile) -> Iterator[str]:
    teams = [entry.name for entry in file.team]
    for number, mailbox in enumerate(file.mailbox, start=1):
        yield from _among(f"mailbox.{number}.team", mailbox.team, teams)
    for number, agent in enumerate(file.agent, start=1):
        for team in agent.teams:
            yield from _among(f"agent.{number}.teams", team, teams)
    for name, times in Counter(teams).items():
        if times > 1:
            yield f"team: expected each name once, {name!r} is there {times} times"


def _among(place: str, name: str, known: Collection[str], *, what: str = "team") -> Iterator[str]:
    if name not in known and BLANK not in known:
        there = ", ".join(sorted(known)) or "there are none"
        yield f"{place}: expected the name of a [[{what}]] ({there}), not {name!r}"


def is_url(text: str) -> bool:
    """Whether it is the address of a web server."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and " " not in text
    except ValueError:
        return False


def _is_safe_url(text: str) -> bool:
    """Whether nobody on the way reads what is sent there."""
    return is_url(text) and (urlsplit(text).scheme == "https" or names_loopback(urlsplit(text).hostname or ""))


def _duty_problems(file: ConfigurationFile) -> Iterator[str]:
    """When agents are there, and when the operators get the digest."""
    if file.desk.heartbeat and not is_url(file.desk.heartbeat):
        yield "desk.heartbeat: expected a URL such as https://monitor.example/ping/desk"
    if file.desk.digest:
        yield from _refused("desk.digest", partial(parse_daily, file.desk.digest))
        if not file.desk.operators:
            yield "desk.operators: expected somebody who gets the digest"
    for number, agent in enumerate(file.agent, start=1):
        place = f"agent.{number}"
        if agent.timezone or agent.hours:
            yield from _zone_problems(place, agent.timezone)
        if agent.hours:
            yield from _refused(f"{place}.hours", partial(parse_hours, agent.hours))
        for which, absence in enumerate(agent.absences, start=1):
            yield from _period_problems(f"{place}.absences.{which}", absence, agent.timezone)


def _rotation_problems(file: ConfigurationFile) -> Iterator[str]:
    """What is wrong with who is on call, and for whom."""
    names = [entry.name for entry in file.rotation]
    for name, times in Counter(names).items():
        if times > 1:
            yield f"rotation: expected each name once, {name!r} is there {times} times"
    for number, team in enumerate(file.team, start=1):
        if team.calls:
            yield from _refused(f"team.{number}.calls", partial(read_calls, team.calls))
        if team.rotation:
            yield from _among(f"team.{number}.rotation", team.rotation, names, what="rotation")
    known = {address.lower() for agent in file.agent for address in (agent.email, *agent.aliases)}
    known |= {address.lower() for address in (*(team.lead for team in file.team), *file.desk.operators)}
    for number, entry in enumerate(file.rotation, start=1):
        place = f"rotation.{number}"
        yield from _zone_problems(place, entry.timezone)
        yield from _refused(f"{place}.handover", partial(parse_handovers, entry.handover, entry.timezone))
        if not entry.primary:
            yield f"{place}.primary: expected at least one member"
        seats = [("primary", address) for address in entry.primary]
        seats += [("secondary", address) for address in entry.secondary]
        yield from _seat_problems(place, seats, known)
        yield from _override_problems(place, entry, known)


def _level_problems(file: ConfigurationFile) -> Iterator[str]:
    """Each seat is taken by somebody, once for each team."""
    rotations, teams = [entry.name for entry in file.rotation], [entry.name for entry in file.team]
    taken = Counter((entry.name.lower(), entry.team) for entry in file.level)
    for number, entry in enumerate(file.level, start=1):
        place = f"level.{number}"
        if bool(entry.to) == bool(entry.rotation):
            yield f"{place}.to: expected addresses, or the name of a rotation as rotation, and not both"
        for address in entry.to:
            if not is_plain_address(address):
                yield f"{place}.to: expected a bare address such as boss@desk.example, not {address!r}"
        if entry.rotation:
            yield from _among(f"{place}.rotation", entry.rotation, rotations, what="rotation")
        if entry.team:
            yield from _among(f"{place}.team", entry.team, teams, what="team")
        if taken[entry.name.lower(), entry.team] > 1:
            yield f"{place}.name: expected each name once, {entry.name!r} is there more often"


def _override_problems(place: str, rotation: RotationTable, known: Collection[str]) -> Iterator[str]:
    for number, override in enumerate(rotation.overrides, start=1):
        here = f"{place}.overrides.{number}"
        yield from _period_problems(here, override, rotation.timezone)
        if not override.primary and not override.secondary:
            yield f"{here}: expected primary, secondary or both"
        seats = [("primary", override.primary), ("secondary", override.secondary)]
        yield from _seat_problems(here, [(seat, address) for seat, address in seats if address], known)


def _seat_problems(place: str, seats: Sequence[tuple[str, str]], known: Collection[str]) -> Iterator[str]:
    """Everybody who is called must be able to act by replying."""
    for seat, address in seats:
        if address.lower() not in known and BLANK not in known:
            yield f"{place}.{seat}: expected the address of an [[agent]], a lead or an operator, not {address!r}"


def _period_problems(place: str, entry: AbsenceTable | OverrideTable, zone: str) -> Iterator[str]:
    known = zone if is_zone(zone) else "UTC"
    yield from _refused(f"{place}.to", lambda: period(entry.since, entry.to, known))


def _zone_problems(place: str, zone: str) -> Iterator[str]:
    if not is_zone(zone):
        yield f'{place}.timezone: expected a zone of the IANA database ("Europe/Berlin"), not {zone!r}'


def _secret_problems(file: ConfigurationFile) -> Iterator[str]:
    for number, mailbox in enumerate(file.mailbox, start=1):
        imap = mailbox.imap
        ways = [bool(way) for way in (imap.password_env, imap.password_file, imap.oauth2)] if imap else [True]
        if sum(ways) != 1:
            yield f"mailbox.{number}.imap: expected exactly one of password_env, password_file, oauth2"
    signing = [
        bool(part) for part in (file.smtp_out.dkim_domain, file.smtp_out.dkim_selector, file.smtp_out.dkim_key_file)
    ]
    if any(signing) and not all(signing):
        yield "smtp_out: expected dkim_domain, dkim_selector and dkim_key_file together"
    out = file.smtp_out
    if out.username and sum(map(bool, (out.password_env, out.password_file, out.oauth2))) != 1:
        yield "smtp_out: expected exactly one of password_env, password_file, oauth2 beside username"
    if out.oauth2 and not out.username:
        yield "smtp_out.username: expected the one that oauth2 signs in as"
    accounts = [(f"mailbox.{number}.imap", mailbox.imap) for number, mailbox in enumerate(file.mailbox, start=1)]
    for place, account in [*accounts, ("smtp_out", out)]:
        if account and account.oauth2:
            yield from _grant_problems(f"{place}.oauth2", account.oauth2)


def _grant_problems(place: str, grant: OAuth2Table) -> Iterator[str]:
    if bool(grant.refresh_token_env) == bool(grant.refresh_token_file):
        yield f"{place}: expected exactly one of refresh_token_env, refresh_token_file"
    if grant.device_url and grant.authorize_url:
        yield f"{place}: expected one way to sign in, device_url or authorize_url"
    urls = {"token_url": grant.token_url, "device_url": grant.device_url, "authorize_url": grant.authorize_url}
    for key, url in urls.items():
        if url and not _is_safe_url(url):
            yield f"{place}.{key}: expected an address that begins with https://, or http:// on this host, not {url!r}"
