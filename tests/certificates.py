"""Certificates for tests, made by openssl for any span of time: each is its own authority."""

from __future__ import annotations

import ssl
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_AUTHORITY = """
[ca]
default_ca = one
[one]
database = index
serial = serial
default_md = sha256
policy = name
x509_extensions = is
[name]
commonName = supplied
[is]
basicConstraints = CA:TRUE
subjectAltName = IP:127.0.0.1, DNS:localhost
"""
_KEY = "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout key.pem -out request"
_SIGN = "openssl ca -batch -config ca.cnf -selfsign -notext -outdir . -keyfile key.pem -in request -out cert.pem"


def make_certificate(folder: Path, since: datetime, until: datetime) -> Path:
    """A certificate of localhost with its key, as `cert.pem` and `key.pem` in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "ca.cnf").write_text(_AUTHORITY)
    (folder / "index").write_text("")
    (folder / "serial").write_text("01")
    span = f" -startdate {since:%Y%m%d%H%M%SZ} -enddate {until:%Y%m%d%H%M%SZ}"
    for command in (_KEY, _SIGN + span):
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem"


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context
