#!/usr/bin/env python3
"""A document shows source files exactly as they are built.

  tools/check_readme.py README.md SOURCE...    each SOURCE must stand whole in a fenced block

Exit code 1, with the difference, if one does not.
"""
import difflib
import pathlib
import re
import sys

FENCE = re.compile(r"^```[^\n]*\n(.*?)^```$", re.M | re.S)


def missing(document, source):
    """None if a fenced block of `document` is `source`; else the difference from the nearest one."""
    blocks = FENCE.findall(document)
    if source.strip() in (block.strip() for block in blocks):
        return None
    matcher = difflib.SequenceMatcher(b=source)

    def likeness(block):
        matcher.set_seq1(block)
        return matcher.quick_ratio()

    nearest = max(blocks, key=likeness, default="")
    return "".join(difflib.unified_diff(nearest.splitlines(True), source.splitlines(True), "document", "source"))


def main(document, *sources):
    text = pathlib.Path(document).read_text()
    wrong = {s: missing(text, pathlib.Path(s).read_text()) for s in sources}
    for source, difference in wrong.items():
        if difference is not None:
            print(f"{document} does not quote {source} as it is:\n{difference}")
    return 1 if any(d is not None for d in wrong.values()) else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
