"""Writes base-ot.json: runs of the base OT computed from RFC 9496 and RFC 8032 alone, in plain Python integers.

It shares no code with the package. Usage: python3 base-ot.py > base-ot.json
"""

import hashlib
import json
import struct

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def odd(x):
    return x % P & 1


def absolute(x):
    return (P - x) % P if odd(x) else x % P


def sqrt_ratio(u, v):
    """RFC 9496, section 4.2: (whether u/v is a square, its root or that of SQRT_M1 * u/v)."""
    r = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    check = v * r * r % P
    flipped = check in (-u % P, -u * SQRT_M1 % P)
    square = check in (u % P, -u % P)
    return square, absolute(r * SQRT_M1 if flipped else r)


INVSQRT_A_MINUS_D = sqrt_ratio(1, (-1 - D) % P)[1]


def add(p, q):
    """Affine addition on -x^2 + y^2 = 1 + d x^2 y^2, complete."""
    (x1, y1), (x2, y2) = p, q
    k = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + k, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - k, -1, P)
    return x % P, y % P


def multiply(k, p):
    result = (0, 1)
    while k:
        if k & 1:
            result = add(result, p)
        p = add(p, p)
        k >>= 1
    return result


def encode(p):
    """RFC 9496, section 4.3.2, with z = 1."""
    x, y = p
    t = x * y % P
    u1 = (1 + y) * (1 - y) % P
    u2 = t
    invsqrt = sqrt_ratio(1, u1 * u2 * u2 % P)[1]
    den1, den2 = invsqrt * u1 % P, invsqrt * u2 % P
    z_inv = den1 * den2 * t % P
    if odd(t * z_inv):
        x, y, den = y * SQRT_M1 % P, x * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
    else:
        den = den2
    if odd(x * z_inv):
        y = -y % P
    return absolute(den * (1 - y)).to_bytes(32, "little")


def base_point():
    y = 4 * pow(5, -1, P) % P
    x = sqrt_ratio((y * y - 1) % P, (D * y * y + 1) % P)[1]
    return x, y


B = base_point()
assert encode(multiply(2, B)).hex() == "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"


def scalar(seed):
    return int.from_bytes(seed, "little") % (L - 1) + 1


def message(run, index, sent, agreed):
    number = struct.pack("<I", index)
    return hashlib.sha256(run + number + encode(sent) + encode(agreed)).digest()[:16]


def vector(session, choices):
    """Seeds are SHA-512 of a name, so that the file needs no more than the choices."""
    sender_seed = hashlib.sha512(b"sender " + session).digest()
    seeds = [hashlib.sha512(b"receiver %d " % i + session).digest() for i in range(len(choices))]
    a = scalar(sender_seed)
    A = multiply(a, B)
    run = b"triad/ot-psi/base-ot/1" + hashlib.sha256(session).digest() + encode(A)
    reply, chosen, pairs = b"", b"", (b"", b"")
    for i, (bit, seed) in enumerate(zip(choices, seeds)):
        b = scalar(seed)
        R = multiply(b, B) if bit == 0 else add(multiply(b, B), A)
        minus_A = (-A[0] % P, A[1])
        agreed = (multiply(a, R), multiply(a, add(R, minus_A)))
        assert encode(agreed[bit]) == encode(multiply(b, A))
        reply += encode(R)
        chosen += message(run, i, R, agreed[bit])
        pairs = tuple(pairs[c] + message(run, i, R, agreed[c]) for c in (0, 1))
    return {
        "session": session.hex(),
        "senderSeed": sender_seed.hex(),
        "receiverSeeds": [seed.hex() for seed in seeds],
        "choices": choices,
        "setup": encode(A).hex(),
        "reply": reply.hex(),
        "pairs": [pair.hex() for pair in pairs],
        "messages": chosen.hex(),
    }


print(
    json.dumps(
        {
            "source": "base-ot.py beside this file: RFC 9496 in plain Python integers and hashlib",
            "runs": [vector(b"", [0, 1]), vector(b"triad", [1, 1, 0, 1, 0, 0, 1, 0])],
        },
        indent=2,
    )
)
