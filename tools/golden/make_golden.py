#!/usr/bin/env python3
"""Writes a frame of every mode of proto/FRAME.md, and the groups they belong to.

  tools/golden/make_golden.py FOLDER

Shares no code with the library and uses only the standard library: what it writes is what the
documents say. Keys, salts and clocks are fixed, so the bytes are the same on every run.
"""
import hashlib
import json
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
import crypto  # noqa: E402

ENCRYPTED, SIGNED, CONTROL, REWRITTEN, SCRUBBED = 1, 2, 4, 8, 16
GENESIS, SCHEMA, ROW, CHUNK, EXPUNGE, CONTEXT, YIELD, APPLICATION = 1, 2, 3, 4, 5, 9, 10, 12
NULL, INTEGER, REAL, TEXT, BLOB, CHUNKED, OMITTED, INCREMENT = range(8)
INSERT, UPDATE, REMOVE, SEED, LIFT = 1, 2, 3, 4, 8
START = 1_700_000_000_000 << 16
EPOCH = 7
EPOCH_KEY, NONCE_KEY = bytes(range(100, 132)), bytes(range(150, 182))
OWNER_SEED, SCRUBBER_SEED, ADMIN_SEED = (bytes([n]) * 32 for n in (1, 2, 3))


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return struct.pack("<I", crc ^ 0xFFFFFFFF)


def h(personal, data):
    return hashlib.blake2b(data, digest_size=32, person=personal.encode()).digest()


def leb(n):
    out = b""
    while n >= 0x80:
        out, n = out + bytes([n & 0x7F | 0x80]), n >> 7
    return out + bytes([n])


def zigzag(n):
    return leb(n * 2 if n >= 0 else -n * 2 - 1)


def sized(data):
    data = data.encode() if isinstance(data, str) else data
    return leb(len(data)) + data


# Records


def value(v):
    if v is None:
        return bytes([NULL])
    if isinstance(v, int):
        return bytes([INTEGER]) + zigzag(v)
    if isinstance(v, float):
        return bytes([REAL]) + struct.pack("<d", v)
    if isinstance(v, tuple):  # already tagged: (tag, content)
        return bytes([v[0]]) + v[1]
    return bytes([TEXT if isinstance(v, str) else BLOB]) + sized(v)


def key(*values):
    return leb(len(values)) + b"".join(map(value, values))


def row(flags, table, key_values, columns=None, lift=0):
    columns = columns or {}
    mask = bytearray(max(columns, default=-8) // 8 + 1)
    for column in columns:
        mask[column // 8] |= 1 << column % 8
    head = bytes([1, flags | (LIFT if lift else 0)]) + leb(table) + (leb(lift) if lift else b"")
    return head + key(*key_values) + sized(bytes(mask)) + b"".join(value(columns[c]) for c in sorted(columns))


def genesis(device):
    body = b"\x01" + device["key"] + device["nonce"] + sized(device["name"])
    if "predecessor" not in device:
        return body + b"\x00"
    origin, following, chain, reason = device["predecessor"]
    return body + b"\x01" + origin + leb(following) + chain + sized(reason)


def schema():
    columns = [(0, "id", "TEXT", 0, None), (1, "title", "TEXT", 0, None), (2, "count", "INTEGER", 0, value(0)),
               (9, "list", "TEXT", 0, None)]
    out = b"\x01" + leb(3) + sized("notes") + b"\x00" + leb(1) + leb(0) + b"\x00" + leb(len(columns))
    for number, name, kind, group, default in columns:
        out += leb(number) + sized(name) + sized(kind) + b"\x00" + leb(group)
        out += b"\x00" if default is None else b"\x01" + default
    return out + leb(1) + leb(1) + leb(9) + sized("lists") + leb(0) + b"\x01"


# Chain and frames


def device(name, number, seed=None):
    public, nonce = crypto.public_key(seed) if seed else bytes(32), bytes([number]) * 16
    return {"name": name, "key": public, "nonce": nonce, "seed": seed, "origin": h("tidemark.origin1", public + nonce)[:16]}


def seeded_salt(seed, index):
    block = hashlib.blake2b(struct.pack("<Q", index // 4), digest_size=64, key=seed, person=b"tidemark.salt.1").digest()
    return block[16 * (index % 4):][:16]


def body_hash(salt, payload):
    return h("tidemark.body.1", salt + payload)


def chain_next(chain, index, entry, hashed):
    hlc, kind, commit, _ = entry
    return h("tidemark.chain.1", struct.pack("<Q", index) + chain + struct.pack("<QBB", hlc, kind, commit) + hashed)


class Run:
    """Consecutive entries (hlc, kind, commit, payload) of one device, and how they are salted."""

    def __init__(self, who, entries, first=0, before=None, runs=None):
        self.who, self.entries, self.first = who, entries, first
        self.before = before or h("tidemark.start.1", who["origin"])
        self.runs = runs or [(len(entries), bytes(range(32, 48)))]  # (entries, seed or list of salts)
        self.salts = [seeded_salt(kept, first + at) if isinstance(kept, bytes) else kept[at - begin]
                      for begin, count, kept in self._spans() for at in range(begin, begin + count)]
        self.expunged = {}  # position -> (authorising origin, index)
        self.after = self.before
        for at, entry in enumerate(entries):
            self.after = chain_next(self.after, first + at, entry, self.hashed(at))

    def _spans(self):
        begin = 0
        for count, kept in self.runs:
            yield begin, count, kept
            begin += count

    def hashed(self, at):
        return body_hash(self.salts[at], self.entries[at][3])

    def expunge(self, at, origin, index):
        """Drops a payload; the seeds that could tell its salt go too."""
        self.expunged[at] = (origin, index)
        self.runs = [(len(self.entries), [s for i, s in enumerate(self.salts) if i not in self.expunged])]

    def stored(self, at):
        if at not in self.expunged:
            return self.entries[at][3]
        origin, index = self.expunged[at]
        return self.hashed(at) + origin + struct.pack("<Q", index)

    def body(self):
        salts = b"".join(leb(count) + (b"\x00" + kept if isinstance(kept, bytes) else b"\x01" + b"".join(kept))
                         for count, kept in self.runs)
        hlcs = [e[0] for e in self.entries]
        payloads = [self.stored(at) for at in range(len(self.entries))]
        columns = struct.pack("<Q", hlcs[0]) + b"".join(zigzag(b - a) for a, b in zip(hlcs, hlcs[1:]))
        columns += bytes(e[1] for e in self.entries)
        columns += bytes(e[2] | (2 if at in self.expunged else 0) for at, e in enumerate(self.entries))
        columns += b"".join(leb(len(p)) for p in payloads)
        head = struct.pack("<IIII", 1, len(self.entries), len(salts), len(columns))
        return head + salts + columns + b"".join(payloads)


def zstd_raw(data):
    """A zstd frame of one raw block: no compressor is needed for it."""
    return struct.pack("<IBI", 0xFD2FB528, 0xA0, len(data)) + struct.pack("<I", 1 | len(data) << 3)[:3] + data


def front(run, group, flags, codec, raw_length, stored_length):
    info = 1 | (2 if run.entries[-1][2] else 0)
    return (b"\x89TMF\r\n\x1a\n" + struct.pack("<BBHHH", 1, codec, flags, info, 0) + group + run.who["origin"]
            + struct.pack("<QIIIIQ", run.first, len(run.entries), EPOCH if flags & ENCRYPTED else 0, raw_length,
                          stored_length, run.entries[-1][0]) + run.before + run.after)


def frame(run, group, flags=0, codec=0, scrubbed=None, signer=None):
    """`scrubbed`: (origin of the scrubber, the original frame)."""
    body = run.body()
    plain = zstd_raw(body) if codec else body
    outer = scrubbed[0] + scrubbed[1][:192] + (scrubbed[2] or bytes(64)) if scrubbed else b""
    length = len(outer) + len(plain) + (40 if flags & ENCRYPTED else 0)
    head = front(run, group, flags, codec, len(body), length)
    if flags & ENCRYPTED:
        nonce = hashlib.blake2b(head + plain, digest_size=24, key=NONCE_KEY, person=b"tidemark.nonce.1").digest()
        plain = nonce + crypto.seal(EPOCH_KEY, nonce, head, plain)
    head += h("tidemark.load.1", outer + plain) + bytes(12)
    head += crc32c(head)
    signature = crypto.sign(signer, b"tidemark.frame.1" + head) if flags & SIGNED else b""
    return head + signature + outer + plain


def group_file(policy, number, admin=bytes(32)):
    data = b"\x89TMG\r\n\x1a\n" + bytes([1, policy]) + bytes(6) + bytes([number]) * 16 + admin
    data += struct.pack("<Q", 1_700_000_000_000 + number) + bytes(20)
    return data + crc32c(data)


def group_id(data):
    return h("tidemark.group.1", data[:92])[:16]


def plain_run(who):
    context = b"\x01\x00" + leb(2) + bytes([5]) * 16 + leb(7) + bytes([9]) * 16 + leb(300)
    insert = row(INSERT, 3, ["n-1"], {1: "Grüße", 2: -3, 4: None, 9: b"\x00\xff", 10: 0.5})
    update = row(UPDATE, 3, ["n-1"], {2: (INCREMENT, zigzag(2)), 9: (OMITTED, bytes([BLOB]) + leb(2_000_000_000))}, lift=5)
    payloads = [(GENESIS, 1, genesis(who)), (SCHEMA, 0, schema()), (CONTEXT, 0, context), (ROW, 0, insert),
                (ROW, 1, update), (ROW, 0, row(INSERT | SEED, 3, [1.5, b"k"])), (YIELD, 0, b"\x01" + leb(3) + leb(900) + key("n-2")),
                (ROW, 1, row(REMOVE, 3, [-(2**63)])), (APPLICATION, 1, b"hello")]
    return Run(who, [(START + 3 * i * i, kind, commit, payload) for i, (kind, commit, payload) in enumerate(payloads)])


def chunked_run(who):
    pieces = [bytes([n]) * 40 for n in (65, 66)]
    whole = (CHUNKED, bytes([TEXT]) + leb(80) + leb(2) + leb(2))
    payloads = [(GENESIS, 1, genesis(who))] + [(CHUNK, 0, b"\x01" + p) for p in pieces]
    payloads.append((ROW, 1, row(INSERT, 3, ["long"], {1: whole, 2: 1})))
    return Run(who, [(START + i, kind, commit, payload) for i, (kind, commit, payload) in enumerate(payloads)])


def later_run(before):
    entries = [(START + 1000 + i, APPLICATION, i == 4, b"later %d" % i) for i in range(5)]
    runs = [(2, bytes(range(64, 80))), (3, [bytes([n]) * 16 for n in (21, 22, 23)])]
    return Run(before.who, entries, first=len(before.entries), before=before.after, runs=runs)


def secure_run(who):
    entries = [(START, GENESIS, 1, genesis(who)), (START + 1, APPLICATION, 0, b"for members"), (START + 2, APPLICATION, 1, b"only")]
    return Run(who, entries)


def control_run(who, named):
    listed = b"\x01" + leb(1) + named + leb(1) + leb(1)
    return Run(who, [(START, GENESIS, 1, genesis(who)), (START + 9, EXPUNGE, 1, listed)])


def make():
    admin = crypto.public_key(ADMIN_SEED)
    plain_group, secure_group = group_file(0, 1), group_file(0b1011, 2, admin)
    plain, secure = group_id(plain_group), group_id(secure_group)
    laptop, phone, desk = device("laptop", 1), device("phone", 2), device("desk", 3)
    old = plain_run(laptop)
    phone["predecessor"] = (laptop["origin"], 9, old.after, "restored")
    owner, scrubber = device("owner", 4, OWNER_SEED), device("scrubber", 5, SCRUBBER_SEED)
    files = {"plain.tmgroup": plain_group, "secure.tmgroup": secure_group}
    files["genesis.tmframe"] = frame(Run(phone, [(START, GENESIS, 1, genesis(phone))]), plain)
    files["plain.tmframe"] = frame(old, plain)
    files["zstd.tmframe"] = frame(old, plain, codec=1)
    files["later.tmframe"] = frame(later_run(old), plain)
    files["chunked.tmframe"] = frame(chunked_run(desk), plain)
    files["control.tmframe"] = frame(control_run(desk, laptop["origin"]), plain, CONTROL)

    files["signed.tmframe"] = frame(secure_run(owner), secure, SIGNED, signer=OWNER_SEED)
    files["encrypted.tmframe"] = frame(secure_run(owner), plain, ENCRYPTED)
    sealed = files["sealed.tmframe"] = frame(secure_run(owner), secure, SIGNED | ENCRYPTED, signer=OWNER_SEED)

    cut = secure_run(owner)
    cut.expunge(1, scrubber["origin"], 12)
    files["rewritten.tmframe"] = frame(cut, plain, REWRITTEN)
    files["scrubbed.tmframe"] = frame(cut, plain, SCRUBBED, scrubbed=(scrubber["origin"], frame(secure_run(owner), plain), None))
    files["scrubbed_sealed.tmframe"] = frame(cut, secure, SIGNED | ENCRYPTED | SCRUBBED, signer=SCRUBBER_SEED,
                                             scrubbed=(scrubber["origin"], sealed, sealed[192:256]))
    keys = {"epoch": EPOCH, "epoch_key": EPOCH_KEY.hex(), "nonce_key": NONCE_KEY.hex(),
            "signers": {d["origin"].hex(): d["key"].hex() for d in (owner, scrubber)}}
    files["keys.json"] = (json.dumps(keys, indent=1) + "\n").encode()
    return files


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in make().items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
