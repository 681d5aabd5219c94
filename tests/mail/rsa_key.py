"""An RSA key made on the spot, so that no private key lies in the project; for tests only, never for a secret."""

from __future__ import annotations

import base64
import random


def make_key(seed: int, *, bits: int = 1024) -> tuple[bytes, bytes]:
    """A private key as PEM (PKCS #1, RFC 8017 A.1.2) and its DKIM record (RFC 6376 section 3.6.1)."""
    rng = random.Random(seed)
    e = 65537
    while True:
        p, q = _prime(rng, bits // 2), _prime(rng, bits // 2)
        if p != q and (p - 1) % e and (q - 1) % e:
            break
    n, d = p * q, pow(e, -1, (p - 1) * (q - 1))
    numbers = (0, n, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    private = base64.encodebytes(_sequence(*map(_integer, numbers))).decode()
    public = _sequence(_integer(n), _integer(e))
    rsa = _sequence(bytes.fromhex("06092a864886f70d010101"), b"\x05\x00")  # rsaEncryption, no parameters
    info = _sequence(rsa, _tagged(3, b"\x00" + public))
    pem = f"-----BEGIN RSA PRIVATE KEY-----\n{private}-----END RSA PRIVATE KEY-----\n"
    return pem.encode(), b"v=DKIM1; k=rsa; p=" + base64.b64encode(info)


def _prime(rng: random.Random, bits: int) -> int:
    while True:
        candidate = rng.getrandbits(bits) | (3 << (bits - 2)) | 1
        if all(candidate % small for small in (3, 5, 7, 11, 13, 17, 19, 23)) and _passes(rng, candidate):
            return candidate


def _passes(rng: random.Random, n: int) -> bool:
    """Miller and Rabin, twenty times."""
    r, d = 0, n - 1
    while d % 2 == 0:
        r, d = r + 1, d // 2
    for _ in range(20):
        x = pow(rng.randrange(2, n - 1), d, n)
        if x in {1, n - 1}:
            continue
        for _ in range(r - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def _integer(number: int) -> bytes:
    return _tagged(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))
