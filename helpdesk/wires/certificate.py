"""Certificates: until when one is valid, and a server's own with its key."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from helpdesk.errors import ConfigurationError, Unavailable

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def valid_until(der: bytes) -> datetime:
    """The instant after which nobody accepts this certificate. Raises Unavailable where it is none."""
    from asn1crypto.x509 import Certificate  # noqa: PLC0415 - only where somebody looks at one

    try:
        until: datetime = Certificate.load(der).not_valid_after
    except (ValueError, TypeError) as problem:
        raise Unavailable(f"a certificate that cannot be read: {problem}") from None
    return until


def first_of(path: Path) -> bytes:
    """The first certificate of a PEM file: a server's own stands before those that vouch for it."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    try:
        text = path.read_text(encoding="ascii", errors="replace")
        return ssl.PEM_cert_to_DER_cert(begin + text.partition(begin)[2].partition(end)[0] + end)
    except (OSError, ValueError) as problem:
        raise Unavailable(f"{path}: expected a certificate in PEM: {problem}") from None


def server_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What a listener speaks TLS with; None where it has no certificate. Raises ConfigurationError."""
    if certificate is None or key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as problem:
        raise ConfigurationError([_in_words(certificate, key, problem)]) from None
    return context


def _in_words(certificate: Path, key: Path, problem: OSError) -> str:
    for name, path, what in (("tls_cert", certificate, "certificate"), ("tls_key", key, "key")):
        try:
            text = path.read_text(encoding="ascii", errors="replace")
        except OSError as unreadable:
            return f"smtp_in.{name}: expected a readable file {path}: {unreadable.strerror}"
        if "-----BEGIN " not in text:
            return f"smtp_in.{name}: there is no {what} in PEM in {path}"
    if isinstance(problem, ssl.SSLError) and problem.reason == "KEY_VALUES_MISMATCH":
        return f"smtp_in.tls_key: the key is that of another certificate than {certificate}; name its own"
    return f"smtp_in.tls_cert: expected a certificate and its key in {certificate} and {key}: {problem}"
