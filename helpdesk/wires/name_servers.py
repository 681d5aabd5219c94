"""Questions to the system's name servers, for what others have published about who may send in their name."""

from __future__ import annotations

from typing import Any

from helpdesk.errors import Unavailable


def resolve(name: str, kind: str, seconds: float) -> list[str]:
    """The records of that type (A, AAAA, MX, PTR, TXT), as text; none where the name or the type does not exist.

    Raises Unavailable where the servers did not answer within `seconds`, or not for sure.
    """
    import dns.exception  # noqa: PLC0415 - only where a mail is to be checked
    import dns.resolver  # noqa: PLC0415

    try:
        resolver = dns.resolver.Resolver()
        found = resolver.resolve(name, kind, lifetime=seconds, search=False, raise_on_no_answer=False)
        return [_text(record, kind) for record in found.rrset or ()]
    except (dns.resolver.NXDOMAIN, dns.name.EmptyLabel, dns.name.LabelTooLong, dns.name.NameTooLong):
        return []
    except (dns.exception.DNSException, OSError, ValueError) as problem:
        raise Unavailable(f"{name}: {type(problem).__name__}") from None


def _text(record: Any, kind: str) -> str:
    match kind:
        case "TXT":
            return b"".join(record.strings).decode("ascii", "replace")
        case "MX":
            return str(record.exchange.to_text(omit_final_dot=True))
        case "PTR":
            return str(record.target.to_text(omit_final_dot=True))
        case _:
            return str(record.to_text())
