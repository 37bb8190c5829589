"""Writes kkrt16.json: bins, codes and masks of items computed from FIPS 197 and the BLAKE3 paper alone, in plain Python integers.

It shares no code with the package. Usage: python3 kkrt16.py > kkrt16.json
"""

import hashlib
import json
import struct


def field_multiply(a, b):
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def substitute(x):
    """FIPS 197, section 5.1.1: the inverse in GF(2^8), then an affine map."""
    inverse = next((y for y in range(256) if field_multiply(x, y) == 1), 0)
    return 0x63 ^ inverse ^ rotated(inverse, 4) ^ rotated(inverse, 5) ^ rotated(inverse, 6) ^ rotated(inverse, 7)


def rotated(x, k):
    return (x << 8 | x) >> k & 0xFF


SBOX = [substitute(x) for x in range(256)]


def expand(key):
    words = [list(key[i : i + 4]) for i in range(0, 16, 4)]
    constant = 1
    for i in range(4, 44):
        word = list(words[-1])
        if i % 4 == 0:
            word = [SBOX[b] for b in word[1:] + word[:1]]
            word[0] ^= constant
            constant = field_multiply(constant, 2)
        words.append([a ^ b for a, b in zip(words[i - 4], word)])
    return [sum(words[i : i + 4], []) for i in range(0, 44, 4)]


def mix(column):
    a, b, c, d = column
    two, three = (lambda x: field_multiply(x, 2)), (lambda x: field_multiply(x, 3))
    return [two(a) ^ three(b) ^ c ^ d, a ^ two(b) ^ three(c) ^ d, a ^ b ^ two(c) ^ three(d), three(a) ^ b ^ c ^ two(d)]


def aes(key, block):
    keys = expand(key)
    state = [a ^ b for a, b in zip(block, keys[0])]
    for number in range(1, 11):
        state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if number < 10:
            state = sum((mix(state[i : i + 4]) for i in range(0, 16, 4)), [])
        state = [a ^ b for a, b in zip(state, keys[number])]
    return bytes(state)


# FIPS 197, appendix B.
assert aes(
    bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"), bytes.fromhex("3243f6a8885a308d313198a2e0370734")
).hex() == "3925841d02dc09fbdc118597196a0b32"

IV = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19]
PERMUTATION = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
LANES = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
CHUNK_START, CHUNK_END, ROOT, KEYED = 1, 2, 8, 16


def rotate(x, k):
    return (x >> k | x << 32 - k) & 0xFFFFFFFF


def quarter(v, lanes, x, y):
    a, b, c, d = lanes
    for word, first, second in ((x, 16, 12), (y, 8, 7)):
        v[a] = v[a] + v[b] + word & 0xFFFFFFFF
        v[d] = rotate(v[d] ^ v[a], first)
        v[c] = v[c] + v[d] & 0xFFFFFFFF
        v[b] = rotate(v[b] ^ v[c], second)


def blake3_block(chain, message, flags):
    """The first 32 bytes of the hash of one block (BLAKE3, section 2.2)."""
    words = list(struct.unpack("<16I", message.ljust(64, b"\0")))
    v = list(chain) + IV[:4] + [0, 0, len(message), flags]
    for _ in range(7):
        for i, lanes in enumerate(LANES):
            quarter(v, lanes, words[2 * i], words[2 * i + 1])
        words = [words[k] for k in PERMUTATION]
    return struct.pack("<8I", *(a ^ b for a, b in zip(v[:8], v[8:])))


assert blake3_block(IV, b"", CHUNK_START | CHUNK_END | ROOT).hex() == (
    "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
)


def keyed(key, message):
    return blake3_block(struct.unpack("<8I", key), message, KEYED | CHUNK_START | CHUNK_END | ROOT)


assert keyed(b"whats the Elvish word for friend", b"").hex() == (
    "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26"
)


def three_bins(key, digest, count):
    """Each number is drawn among the bins that the ones before it left."""
    chosen = []
    for uniform in struct.unpack("<4I", aes(key, digest))[:3]:
        left = [b for b in range(count) if b not in chosen]
        chosen.append(left[uniform * len(left) >> 32])
    return chosen


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def code(keys, digest):
    return b"".join(xor(aes(key, digest), digest) for key in keys)


def vector(name, count, items):
    def seed(what):
        return hashlib.sha512(f"{name} {what}".encode()).digest()

    keys = [seed(f"key {i}")[:16] for i in range(7)]
    secret = seed("secret")
    hash_key = keys[5] + keys[6]
    out = []
    for i in range(items):
        digest, row = seed(f"digest {i}")[:16], seed(f"row {i}")
        its_code = code(keys[:4], digest)
        chosen = bytes(c & s for c, s in zip(its_code, secret))
        out.append(
            {
                "digest": digest.hex(),
                "bins": three_bins(keys[4], digest, count),
                "code": its_code.hex(),
                "row": row.hex(),
                "mask": keyed(hash_key, xor(row, chosen))[:16].hex(),
            }
        )
    return {"keys": b"".join(keys).hex(), "secret": secret.hex(), "count": count, "items": out}


print(
    json.dumps(
        {
            "source": "kkrt16.py beside this file: FIPS 197 and the BLAKE3 paper in plain Python integers",
            "runs": [vector("triad", 3, 3), vector("kkrt16", 650, 7)],
        },
        indent=2,
    )
)
