#!/usr/bin/env python3
"""Reads frames of every mode by proto/FRAME.md alone, and verifies them down to the chain.

  tools/golden/read_golden.py FOLDER    one line a frame; exit code 1 if one does not verify
                                        or if a damaged copy of one does

FOLDER/keys.json holds the public keys of signing origins and the keys of the epoch.
"""
import hashlib
import json
import pathlib
import struct
import sys

sys.dont_write_bytecode = True
import crypto  # noqa: E402

ENCRYPTED, SIGNED, CONTROL, REWRITTEN, SCRUBBED = 1, 2, 4, 8, 16
GENESIS = 1
CONTROL_KINDS = {1, 5, 6, 7, 8}
HEADER = struct.Struct("<8sBBHHH16s16sQIIIIQ32s32s32s12sI")
FIELDS = ("magic major codec flags info zero_a group origin first count epoch raw_length stored_length "
          "hlc_max chain_before chain_after payload_hash zero_b crc").split()


class Refused(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Refused(why)


def h(personal, data):
    return hashlib.blake2b(data, digest_size=32, person=personal.encode()).digest()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        need(0 <= size <= len(self.data) - self.at, "cut short")
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def leb(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                need((byte or not shift) and value < 2**64, "a number in a longer form than needed")
                return value
            shift += 7

    def zigzag(self):
        value = self.leb()
        return -(value + 1 >> 1) if value & 1 else value >> 1

    def done(self):
        need(self.at == len(self.data), "bytes left over")


class Header:
    def __init__(self, data):
        need(len(data) >= HEADER.size, "shorter than a header")
        self.bytes = data[:HEADER.size]
        self.__dict__.update(zip(FIELDS, HEADER.unpack(self.bytes)))
        need(self.magic == b"\x89TMF\r\n\x1a\n", "magic")
        need(crc32c(self.bytes[:188]) == self.crc, "CRC")
        need(self.major == 1 and self.codec <= 1 and self.flags < 32, "newer")
        need(self.zero_a == 0 and not any(self.zero_b), "reserved bytes")
        need((self.epoch != 0) == bool(self.flags & ENCRYPTED), "key epoch")
        need(1 <= self.count <= 4096 and self.first + self.count <= 2**48, "count")
        need(1 <= self.raw_length <= 2**20 and 1 <= self.stored_length <= 2**20 + 8192, "length")


def read_codec(header, data):
    if header.codec == 1:
        cursor = Cursor(data)
        need(cursor.number("<I") == 0xFD2FB528 and cursor.number("<B") == 0xA0, "zstd header")
        size = cursor.number("<I")
        block = cursor.number("<H") | cursor.number("<B") << 16
        need(block == (1 | size << 3), "this reader knows zstd with one raw block")
        data = cursor.take(size)
        cursor.done()
    need(len(data) == header.raw_length, "raw length")
    return data


def decrypt(header, data, keys):
    need(header.epoch == keys["epoch"], "no key of this epoch")
    aad, nonce = header.bytes[:144], data[:24]
    plain = crypto.unseal(bytes.fromhex(keys["epoch_key"]), nonce, aad, data[24:])
    nonce_key = bytes.fromhex(keys["nonce_key"])
    derived = hashlib.blake2b(aad + plain, digest_size=24, key=nonce_key, person=b"tidemark.nonce.1").digest()
    need(nonce == derived, "nonce")
    return plain


def check_signature(header, signature, signer, keys, what):
    public = keys["signers"].get(signer.hex())
    need(public is not None, "unknown signer of the " + what)
    message = b"tidemark.frame.1" + header.bytes
    need(crypto.verify(bytes.fromhex(public), message, signature), "signature of the " + what)


def unscrub(header, data, keys):
    """What is behind the scrubber's preface; checks the preface against the header."""
    cursor = Cursor(data)
    scrubber, original, signature = cursor.take(16), Header(cursor.take(192)), cursor.take(64)
    for field in ("group", "origin", "first", "count", "hlc_max", "chain_before", "chain_after"):
        need(getattr(header, field) == getattr(original, field), "scrubbed: other " + field)
    if original.flags & SIGNED:
        check_signature(original, signature, original.origin, keys, "original")
    else:
        need(not any(signature), "scrubbed: signature of an unsigned frame")
    return scrubber, data[cursor.at:]


def read_salts(data, first, live):
    """`live`: for each entry whether it has a payload. None stands for the salt of one that has not."""
    cursor, salts = Cursor(data), []
    while len(salts) < len(live):
        count, form = cursor.leb(), cursor.take(1)[0]
        need(1 <= count <= len(live) - len(salts) and form <= 1, "salt run")
        seed = cursor.take(16) if form == 0 else None
        for at in range(len(salts), len(salts) + count):
            if form == 1:
                salts.append(cursor.take(16) if live[at] else None)
                continue
            index = first + at
            block = hashlib.blake2b(struct.pack("<Q", index // 4), digest_size=64, key=seed, person=b"tidemark.salt.1")
            salts.append(block.digest()[index % 4 * 16:][:16])
    cursor.done()
    return salts


def read_body(header, body):
    """Entries as (hlc, kind, commit, body hash, payload or None)."""
    cursor = Cursor(body)
    need(cursor.number("<I") == 1 and cursor.number("<I") == header.count, "body prefix")
    sizes = cursor.number("<I"), cursor.number("<I")
    salt_bytes, columns = cursor.take(sizes[0]), Cursor(cursor.take(sizes[1]))
    hlcs = [columns.number("<Q")]
    while len(hlcs) < header.count:
        hlcs.append(hlcs[-1] + columns.zigzag())
    kinds, flags = columns.take(header.count), columns.take(header.count)
    lengths = [columns.leb() for _ in range(header.count)]
    columns.done()
    payloads = [cursor.take(length) for length in lengths]
    cursor.done()

    need(all(a < b for a, b in zip(hlcs, hlcs[1:])) and hlcs[-1] < 2**62, "hlc order")
    need(hlcs[-1] == header.hlc_max, "highest hlc")
    need(max(flags) <= 3 and 0 not in kinds and max(lengths) <= 320 * 1024, "entry")
    may_expunge = header.flags & (REWRITTEN | SCRUBBED)
    entries = []
    salts = read_salts(salt_bytes, header.first, [not flag & 2 for flag in flags])
    for hlc, kind, flag, payload, salt in zip(hlcs, kinds, flags, payloads, salts):
        need(not header.flags & CONTROL or kind in CONTROL_KINDS, "kind in a control frame")
        if flag & 2:
            need(may_expunge and len(payload) == 56, "expunged entry")
            entries.append((hlc, kind, flag & 1, payload[:32], None))
        else:
            entries.append((hlc, kind, flag & 1, h("tidemark.body.1", salt + payload), payload))
    need(header.info & 1 or header.first, "a log's first entry begins a transaction")
    need((header.info >> 1 & 1) == entries[-1][2], "end of transaction")
    return entries


def check_origin(header, entries):
    for at, (_, kind, commit, _, payload) in enumerate(entries):
        need((kind == GENESIS) == (header.first + at == 0), "place of the genesis")
        if kind == GENESIS:
            need(commit == 1 and payload[0] == 1, "genesis")
            need(h("tidemark.origin1", payload[1:49])[:16] == header.origin, "origin")
    if header.first == 0:
        need(header.chain_before == h("tidemark.start.1", header.origin), "chain before")


def read_frame(data, group, keys):
    header = Header(data)
    need(header.group == group, "group")
    signed = 64 if header.flags & SIGNED else 0
    need(len(data) == 192 + signed + header.stored_length, "size")
    signature, stored = data[192:192 + signed], data[192 + signed:]
    need(h("tidemark.load.1", stored) == header.payload_hash, "payload hash")
    signer, content = header.origin, stored
    if header.flags & SCRUBBED:
        signer, content = unscrub(header, stored, keys)
    if signed:
        check_signature(header, signature, signer, keys, "frame")
    if header.flags & ENCRYPTED:
        content = decrypt(header, content, keys)
    entries = read_body(header, read_codec(header, content))
    check_origin(header, entries)
    chain = header.chain_before
    for at, (hlc, kind, commit, hashed, _) in enumerate(entries):
        chain = h("tidemark.chain.1", struct.pack("<Q", header.first + at) + chain
                  + struct.pack("<QBB", hlc, kind, commit) + hashed)
    need(chain == header.chain_after, "chain after")
    return header, entries


def repaired(data):
    """The same frame with payload hash and CRC made right: only what lies deeper is wrong."""
    head, signed = bytearray(data[:192]), 64 if data[10] & SIGNED else 0
    head[144:176] = h("tidemark.load.1", data[192 + signed:])
    head[188:192] = struct.pack("<I", crc32c(bytes(head[:188])))
    return bytes(head) + data[192:]


def accepts(data, group, keys):
    try:
        read_frame(data, group, keys)
        return True
    except (Refused, ValueError):
        return False


def read_group(data):
    need(len(data) == 96 and data[:9] == b"\x89TMG\r\n\x1a\n\x01", "group")
    need(crc32c(data[:92]) == struct.unpack("<I", data[92:])[0] and not any(data[10:16] + data[72:92]), "group")
    return h("tidemark.group.1", data[:92])[:16]


def main():
    folder = pathlib.Path(sys.argv[1])
    keys = json.loads((folder / "keys.json").read_text())
    groups = {read_group(p.read_bytes()): p.stem for p in folder.glob("*.tmgroup")}
    failed, files = 0, sorted(folder.glob("*.tmframe"))
    for path in files:
        data = path.read_bytes()
        group = data[16:32]
        try:
            header, entries = read_frame(data, group if group in groups else b"", keys)
            gone = sum(entry[4] is None for entry in entries)
            print(f"{path.name}: group {groups[group]}, flags {header.flags}, {len(entries)} entries, {gone} expunged")
            damaged = bytearray(data)
            damaged[-1] ^= 1
            need(not accepts(repaired(bytes(damaged)), group, keys), "a damaged copy verifies")
        except (Refused, ValueError) as refusal:
            print(f"{path.name}: REFUSED: {refusal}")
            failed += 1
    need(files, "no frames in " + str(folder))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
