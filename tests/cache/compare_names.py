#!/usr/bin/env python3
"""Names of entries against docs/cache.md, with hashlib and hmac: a serialiser of its own.

usage: compare_names.py cache_names
"""
import hashlib
import hmac
import struct
import subprocess
import sys

FILE = b"the bytes of a photograph"
SECRET = b"a secret of a tenant"
PIXELS = bytes(i * 7 % 256 for i in range(64))


def field(data):
    return struct.pack("<Q", len(data)) + data


def number(value):
    return field(struct.pack("<q", value - 2**64 if value >= 2**63 else value))


def real(value):
    return number(struct.unpack("<I", struct.pack("<f", value))[0])


def pixels(row):
    """Of 3 x 4 pixels in RGB8 (2), with the last row of the memory first."""
    head = field(b"inspyr/pixels") + number(2) + number(3) + number(4)
    return head + b"".join(PIXELS[start:start + row] for start in (48, 32, 16, 0))


def sha(data):
    return hashlib.sha256(data).digest()


def keyed(secret):
    if not secret:
        return sha
    key = hmac.new(secret, b"inspyr/names", "sha256").digest()
    return lambda data: hmac.new(key, data, "sha256").digest()


def common(secret, kind, model, full):
    out = number(1) + field(b"hmac-sha256" if secret else b"sha256") + number(1) + number(kind) + number(bool(model))
    if model:
        out += field(model[1]) + number(384) + number(384) + number(0) + field(model[0]) + field(b"cpu") + field(b"exact")
    if not full:
        return out + number(0) * 5 + number(0) * 5 + field(b"") + number(5) + number(0)
    out += number(1 | 4) + number(1) + number(2**64 - 1) + number(3) + number(2)
    out += number(0x100) + number(384) + number(416) + number(1) + number(640) + field(sha(b"a profile"))
    return out + number(6) + number(2)


def behind(full):
    if not full:
        return number(0) * 6 + field(b"") + number(0) * 4 + number(1) + number(0) * 4 + field(b"")
    out = number(8 | 0x100) + number(5) + number(0x123456) + number(7) + real(0.25) + real(1.5)
    out += field(sha(pixels(9))) + number(2) + field(b"popart@1:contrast=3") + field(b"sketch@1")
    out += number(2**64 - 2) + number(1) + number(300)
    return out + number(1) + number(1) + number(2) + number(80) + number(2) + field(sha(b"a profile"))


def names(secret, model):
    digest = keyed(secret)
    for full in (False, True):
        source = digest(pixels(9) if full else FILE)
        shared = common(secret, 2 if full else 1, model, full)
        matte = digest(field(b"inspyr/matte") + shared)
        result = digest(field(b"inspyr/result") + shared + behind(full))
        together = digest(field(b"inspyr/set") + number(1) + field(matte) + field(result))
        for recipe in (matte, result, together):
            yield f"1/{source.hex()}/{recipe.hex()}"


def main():
    lines = [line.split() for line in subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True)
             .stdout.splitlines()]
    model = next(((line[1].encode(), bytes.fromhex(line[2])) for line in lines if line[0] == "model"), None)
    theirs = [line for line in lines if line[0] != "model"]
    ours = [name for each in ([None, model] if model else [None]) for secret in (None, SECRET)
            for name in names(secret, each)]
    wrong = [word for (word, name), mine in zip(theirs, ours) if name != mine]
    print(f"{len(theirs)} names, {len(wrong)} differ: {' '.join(wrong)}")
    return 1 if wrong or len(theirs) != len(ours) or len(theirs) < 12 or len(set(ours)) != len(ours) else 0


if __name__ == "__main__":
    sys.exit(main())
