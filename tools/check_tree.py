#!/usr/bin/env python3
"""Holds the tree to its rules: who may include what, nothing forgotten, nothing left over.

  tools/check_tree.py [ROOT]    prints every breach, one a line; exit code 1 if there is any

Each rule is a function from Tree to messages. tests/tree/check_tree_test.py plants a breach of each.
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True
import gen_errors  # noqa: E402

# Folder -> the folders of ours that it may include. docs/architecture.md says why.
ALLOWED = {
    "oplog": set(),
    "proto": {"oplog"},
    "replica": {"oplog", "proto"},
    "filelog": {"oplog", "proto"},
    "convergence": {"oplog"},
    "engine": {"oplog", "proto", "replica"},
    "api": {"oplog", "proto", "replica", "filelog", "convergence", "engine"},
    "cli": {"oplog", "api"},
}
# What stands above the modules may include all of them, and any library but another's tools.
ABOVE = {"tests", "fuzz", "bench", "examples"}

# Prefix of a third-party include -> the module folders that own it (None: every .cc, no header).
OWNERS = {
    "sodium": {"oplog"},
    "capnp/": {"proto"},
    "kj/": {"proto"},
    "zstd.h": {"proto"},
    "SQLiteCpp/": {"replica"},
    "sqlite3": {"replica"},
    "libpq": {"replica"},
    "boost/": {"filelog"},
    "CLI/": {"cli"},
    "nlohmann/": {"cli"},
    "toml++/": {"cli"},
    "spdlog/": None,
    "fmt/": None,
    "gtest/": set(),
    "gmock/": set(),
    "rapidcheck": set(),
    "benchmark/": set(),
}
SOURCE_ONLY = {"sodium"}  # kept out of headers even in the folder that owns them

# Whoever includes the face of the library gets the vocabulary with it, and nothing else.
FACE = "api/device.h"
FACE_REACHES = {"api", "oplog"}

# Sources without a test of their own: only entry points, whose parts are tested.
UNTESTED = {"cli/main.cc"}

LINES_MAX = {"header": 300, "source": 600, "test": 700}

# Split, so that this file is not a breach of its own rule.
BANNED = {
    "TO" "DO": "finish it or leave it out",
    "FIX" "ME": "finish it or leave it out",
    "DISABLED" "_": "a test that does not run proves nothing",
    "/w" "ork/": "a path of somebody's machine",
    "deb.deb" "ian.org": "the machine's own sources decide",
    "security.deb" "ian.org": "the machine's own sources decide",
    "py" "pi.org": "nothing outside the package archive is used",
    "python" "hosted.org": "nothing outside the package archive is used",
    "npm" "js.org": "nothing outside the package archive is used",
    "crates" ".io": "nothing outside the package archive is used",
    "proxy.go" "lang.org": "nothing outside the package archive is used",
}
# Only for the data that is too large to ship, and only beside the variable that names it.
BANNED_WITHOUT_DATA = {"GTEST" "_SKIP": "a test runs or it is not there", "../sha" "red": "a path of somebody's machine"}
DATA_VARIABLE = "TIDEMARK_DATA"

TEXT_SUFFIXES = {".h", ".cc", ".py", ".md", ".txt", ".cmake", ".sh", ".json", ".capnp", ".sql", ""}
SKIPPED = {"build", ".git", ".cache", "__pycache__", "data", "corpus", "golden"}

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)
SLUG = r"[a-z]+(?:-[a-z]+)+"


class Tree:
    """The text of every file that the rules look at, by its path from the root."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.text = {}
        self._read(self.root)
        self.includes = {
            path: INCLUDE.findall(text) for path, text in self.text.items() if path.endswith((".h", ".cc"))
        }

    def _read(self, folder):
        for entry in sorted(folder.iterdir()):
            if entry.is_symlink() or entry.name in SKIPPED:
                continue
            if entry.is_dir():
                self._read(entry)
            elif entry.suffix in TEXT_SUFFIXES:
                self.text[entry.relative_to(self.root).as_posix()] = entry.read_text(errors="replace")

    def under(self, *folders, suffix=""):
        return [p for p in self.text if p.split("/")[0] in folders and "/" in p and p.endswith(suffix)]


def folder_of(path):
    return path.split("/", 1)[0]


def check_arrows(tree):
    for path, includes in tree.includes.items():
        folder = folder_of(path)
        for quote, target in includes:
            if quote == "<":
                if folder in ALLOWED and target.startswith("tidemark/"):
                    yield f'{path}: <{target}> is for users; inside, write "folder/x.h"'
            elif "/" not in target:
                yield f'{path}: write the folder in "{target}"'
            elif folder in ALLOWED:
                other = folder_of(target)
                if other != folder and other not in ALLOWED[folder]:
                    yield f"{path}: {folder} may not include {other} ({target})"


def check_libraries(tree):
    for path, includes in tree.includes.items():
        folder = folder_of(path)
        if folder not in ALLOWED:
            continue
        for _, target in includes:
            for prefix, owners in OWNERS.items():
                if not target.startswith(prefix):
                    continue
                if owners is not None and folder not in owners:
                    yield f"{path}: {folder} may not include <{target}>"
                elif path.endswith(".h") and (owners is None or prefix in SOURCE_ONLY):
                    yield f"{path}: <{target}> stays out of headers"


def check_cycles(tree):
    state = {}

    def visit(node, trail):
        if node not in tree.includes or state.get(node) == "done":
            return
        if state.get(node) == "open":
            yield "include cycle: " + " -> ".join(trail[trail.index(node):] + [node])
            return
        state[node] = "open"
        for _, target in tree.includes[node]:
            yield from visit(target, trail + [node])
        state[node] = "done"

    for node in tree.includes:
        yield from visit(node, [])


def check_face(tree):
    reached, open_ = set(), [FACE]
    while open_:
        path = open_.pop()
        if path in reached or path not in tree.includes:
            continue
        reached.add(path)
        if folder_of(path) not in FACE_REACHES:
            yield f"{FACE}: reaches {path}"
        open_ += [target for _, target in tree.includes[path]]


def is_listed(tree, path):
    """Whether a CMakeLists.txt beside or above names the file."""
    folder = pathlib.PurePosixPath(path).parent
    for place in [folder, *folder.parents]:
        lists = tree.text.get((place / "CMakeLists.txt").as_posix(), "")
        name = pathlib.PurePosixPath(path).relative_to(place).as_posix()
        code = re.sub(r"#.*", "", lists)
        if re.search(rf"(?<![\w./]){re.escape(name)}(?![\w.])", code):
            return True
    return False


def check_listed(tree):
    built = [*ALLOWED, *ABOVE]
    for path in tree.under(*built, suffix=".cc"):
        if not is_listed(tree, path):
            yield f"{path}: no CMakeLists.txt names it"
    shared = [p for p in tree.under("tests", suffix=".h") if p.startswith("tests/support/")]
    for path in tree.under(*ALLOWED, suffix=".h") + shared:
        if not is_listed(tree, path):
            yield f"{path}: not among the HEADERS of a CMakeLists.txt, so never compiled alone"
    for path, text in tree.text.items():
        if path.endswith("CMakeLists.txt") and re.search(r"^\s*#\s*(?:[\w/]+\.cc\s*)+$", text, re.M):
            yield f"{path}: a source is commented out"


def check_tested(tree):
    tests = {(folder_of(p[6:]), p.rsplit("/", 1)[1]) for p in tree.under("tests", suffix="_test.cc")}
    for path in tree.under(*ALLOWED, suffix=".cc"):
        name = pathlib.PurePosixPath(path).stem + "_test.cc"
        if path not in UNTESTED and (folder_of(path), name) not in tests:
            yield f"{path}: has no tests/{folder_of(path)}/**/{name}"


def check_lengths(tree):
    for path in tree.includes:
        kind = "test" if folder_of(path) == "tests" else "header" if path.endswith(".h") else "source"
        lines = tree.text[path].count("\n")
        if lines > LINES_MAX[kind]:
            yield f"{path}: {lines} lines, a {kind} has at most {LINES_MAX[kind]}"


def check_invariants(tree):
    known = set(re.findall(rf"^## ({SLUG})$", tree.text.get("docs/invariants.md", ""), re.M))
    mention = re.compile(rf"\binvariant ({SLUG})", re.I)

    def mentioned(*folders):
        return {slug for p in tree.under(*folders) if p in tree.includes for slug in mention.findall(tree.text[p])}

    in_source, in_tests = mentioned(*ALLOWED), mentioned("tests", "fuzz")
    for slug in sorted(known - in_source):
        yield f"docs/invariants.md: no source says that it keeps {slug}"
    for slug in sorted(known - in_tests):
        yield f"docs/invariants.md: no test says that it would catch a breach of {slug}"
    for slug in sorted((in_source | in_tests) - known - planned_invariants(tree)):
        yield f"docs/invariants.md: does not know {slug}, which code mentions"


def planned_invariants(tree):
    return set(re.findall(rf"^- \*\*({SLUG})\*\*", tree.text.get("docs/invariants.md", ""), re.M))


def check_words(tree):
    for path, text in tree.text.items():
        for number, line in enumerate(text.splitlines(), 1):
            for word, why in BANNED.items():
                if word in line:
                    yield f"{path}:{number}: {word}: {why}"
            for word, why in BANNED_WITHOUT_DATA.items():
                if word in line and DATA_VARIABLE not in text:
                    yield f"{path}:{number}: {word}: {why}"


def check_documents(tree):
    """A document that is cited is there: by its path from the root or from beside, or by its name."""
    names = {path.rsplit("/", 1)[-1] for path in tree.text}
    cited = re.compile(r"(?<![\w/.*<])((?:[\w-]+/)*[\w-]+\.md)\b")
    for path, text in tree.text.items():
        for name in sorted(set(cited.findall(text))):
            beside = pathlib.PurePosixPath(path).parent / name
            if name not in names and name not in tree.text and beside.as_posix() not in tree.text:
                yield f"{path}: cites {name}, which is not there"


def check_errors(tree):
    if tree.text.get("docs/errors.md") != gen_errors.render(tree.root):
        yield "docs/errors.md: differs from oplog/error_codes.h; run tools/gen_errors.py"


RULES = [
    check_arrows, check_libraries, check_cycles, check_face, check_listed, check_tested,
    check_lengths, check_invariants, check_words, check_documents, check_errors,
]


def breaches(root):
    tree = Tree(root)
    return [message for rule in RULES for message in rule(tree)]


if __name__ == "__main__":
    found = breaches(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    print("\n".join(found) if found else "the tree keeps its rules")
    sys.exit(1 if found else 0)
