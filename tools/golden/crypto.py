"""Ed25519 (RFC 8032) and XChaCha20-Poly1305, for golden files: short, slow, not for secrets."""
import hashlib
import struct

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P


def recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        raise ValueError("not a point of the curve")
    return P - x if x & 1 != sign else x


def add(p, q):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = p, q
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(p, n):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = add(total, p)
        p, n = add(p, p), n >> 1
    return total


def pack(p):
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def unpack(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    x = recover_x(y, sign)
    return x, y, 1, x * y % P


BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)


def sha512_number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def secret_scalar(seed):
    digest = hashlib.sha512(seed).digest()
    return int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254), digest[32:]


def public_key(seed):
    return pack(multiply(BASE, secret_scalar(seed)[0]))


def sign(seed, message):
    scalar, prefix = secret_scalar(seed)
    public = public_key(seed)
    r = sha512_number(prefix, message) % L
    point = pack(multiply(BASE, r))
    s = (r + sha512_number(point, public, message) % L * scalar) % L
    return point + s.to_bytes(32, "little")


def verify(public, message, signature):
    point, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = sha512_number(point, public, message) % L
    return pack(multiply(BASE, s)) == pack(add(unpack(point), multiply(unpack(public), k)))


def rotate(value, bits):
    return (value << bits | value >> (32 - bits)) & 0xFFFFFFFF


def rounds(state):
    s = list(state)
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            for x, y, z, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                s[x] = (s[x] + s[y]) & 0xFFFFFFFF
                s[z] = rotate(s[z] ^ s[x], bits)
    return s


def initial(key, tail):
    return struct.unpack("<16I", b"expand 32-byte k" + key + tail)


def stream(key, nonce, counter):
    state = initial(key, struct.pack("<I", counter) + nonce)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(rounds(state), state)))


def chacha20(key, nonce, counter, data):
    out = b""
    for at in range(0, len(data), 64):
        block = stream(key, nonce, counter + at // 64)
        out += bytes(a ^ b for a, b in zip(data[at:at + 64], block))
    return out


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at:at + 16] + b"\x01", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def tag_of(key, nonce, aad, cipher):
    def padded(data):
        return data + bytes(-len(data) % 16)
    lengths = struct.pack("<QQ", len(aad), len(cipher))
    return poly1305(stream(key, nonce, 0)[:32], padded(aad) + padded(cipher) + lengths)


def subkey(key, nonce):
    words = rounds(initial(key, nonce[:16]))
    return struct.pack("<8I", *words[:4], *words[12:]), bytes(4) + nonce[16:]


def seal(key, nonce, aad, plain):
    inner_key, inner_nonce = subkey(key, nonce)
    cipher = chacha20(inner_key, inner_nonce, 1, plain)
    return cipher + tag_of(inner_key, inner_nonce, aad, cipher)


def unseal(key, nonce, aad, sealed):
    inner_key, inner_nonce = subkey(key, nonce)
    cipher, tag = sealed[:-16], sealed[-16:]
    if tag_of(inner_key, inner_nonce, aad, cipher) != tag:
        raise ValueError("the tag is wrong")
    return chacha20(inner_key, inner_nonce, 1, cipher)
