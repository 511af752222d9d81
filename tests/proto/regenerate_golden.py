#!/usr/bin/env python3
"""regenerate_golden.py GOLDEN TOOLS: what the generator in TOOLS makes is what lies in GOLDEN."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[2])
import make_golden  # noqa: E402

kept = {path.name: path.read_bytes() for path in pathlib.Path(sys.argv[1]).iterdir()}
made = make_golden.make()
different = sorted(name for name in kept.keys() | made.keys() if kept.get(name) != made.get(name))
print("\n".join("differs: " + name for name in different) or f"{len(made)} files are the same")
sys.exit(1 if different or not made else 0)
