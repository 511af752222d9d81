#!/usr/bin/env python3
"""Writes docs/errors.md from the table in oplog/error_codes.h.

  tools/gen_errors.py           writes the file
  tools/gen_errors.py --print   prints what it would write
"""
import pathlib
import re
import sys

ROW = re.compile(r'X\((?P<name>\w+),\s*(?P<number>\d+),\s*"(?P<text>[^"]*)"\)')

HEAD = """# Error codes

Every failure that leaves tidemark bears one of these codes, and a hint that says what to do next.
Numbers are never changed or used again. This file is written by `tools/gen_errors.py`; a test
compares it with the code.

| code | name | meaning |
| --- | --- | --- |
"""


def render(root: pathlib.Path) -> str:
    rows = ROW.finditer((root / "oplog/error_codes.h").read_text())
    return HEAD + "".join(
        f'| TM-E{int(row["number"]):04d} | {row["name"]} | {row["text"]} |\n' for row in rows
    )


if __name__ == "__main__":
    tree = pathlib.Path(__file__).resolve().parent.parent
    if "--print" in sys.argv[1:]:
        sys.stdout.write(render(tree))
    else:
        (tree / "docs/errors.md").write_text(render(tree))
