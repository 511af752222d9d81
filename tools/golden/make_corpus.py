#!/usr/bin/env python3
"""Writes seeds for fuzz/frame_fuzz: every golden file, damaged ones, and each record alone.

  tools/golden/make_corpus.py FOLDER    usually fuzz/corpus/frame_fuzz
"""
import pathlib
import sys

sys.dont_write_bytecode = True
import make_golden as golden  # noqa: E402


def seeds():
    files = {name: data for name, data in golden.make().items() if not name.endswith(".json")}
    yield from files.items()
    plain = files["plain.tmframe"]
    for size in (100, 192, 200, len(plain) - 1):
        yield f"cut_{size}", plain[:size]
    for at in (9, 50, 56, 64, 200, 204, 208, 230, 260, 300, len(plain) - 9):
        yield f"bent_{at}", plain[:at] + bytes([plain[at] ^ 0x81]) + plain[at + 1:]
    yield "twice", plain + plain
    yield "bent_zstd", files["zstd.tmframe"][:200] + b"\xff" + files["zstd.tmframe"][201:]
    for run in (golden.plain_run(golden.device("seed", 9)), golden.chunked_run(golden.device("seed", 9))):
        for at, (_, kind, _, payload) in enumerate(run.entries):
            yield f"record_{kind}_{at}", payload


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for name, data in seeds():
    (folder / name).write_bytes(data)
