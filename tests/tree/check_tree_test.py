#!/usr/bin/env python3
"""Plants a breach of every rule of tools/check_tree.py in a small tree and wants it found."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import check_tree  # noqa: E402
import gen_errors  # noqa: E402

SOUND = {
    "oplog/error_codes.h": '#define CODES(X) X(io_failed, 2, "refused")\n',
    "oplog/a.h": "#include <string>\n",
    "oplog/a.cc": '#include "oplog/a.h"\n\n#include <sodium.h>\n// Invariant no-holes: kept here.\n',
    "oplog/CMakeLists.txt": "m(oplog HEADERS a.h error_codes.h SOURCES a.cc)  # all\n",
    "proto/b.h": '#include "oplog/a.h"\n',
    "proto/CMakeLists.txt": "m(proto HEADERS b.h)\n",
    "replica/deep/c.cc": '#include "proto/b.h"\n#include <spdlog/spdlog.h>\n',
    "replica/CMakeLists.txt": "m(replica SOURCES deep/c.cc)\n",
    "api/device.h": '#include "oplog/a.h"\n',
    "api/CMakeLists.txt": "m(api HEADERS device.h)\n",
    "tests/oplog/a_test.cc": "#include <gtest/gtest.h>\n// Invariant no-holes.\n",
    "tests/oplog/CMakeLists.txt": "t(oplog SOURCES a_test.cc)\n",
    "tests/replica/c_test.cc": '#include "tests/support/d.h"\n',
    "tests/replica/CMakeLists.txt": "t(replica SOURCES c_test.cc)\n",
    "tests/support/d.h": "// See docs/invariants.md.\n",
    "tests/support/CMakeLists.txt": "s(HEADERS d.h)\n",
    "docs/invariants.md": "# Invariants\n\n## no-holes\n\nText.\n\n- **some-day** is planned.\n",
}


class CheckTree(unittest.TestCase):
    def breaches(self, files=None):
        """What is found in the sound tree with `files` changed: path -> text, None = no such file."""
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            files = {**SOUND, **(files or {})}
            for path, text in files.items():
                if text is None:
                    continue
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            if "docs/errors.md" not in files:
                (root / "docs/errors.md").write_text(gen_errors.render(root))
            return check_tree.breaches(root)

    def finds(self, message, files):
        found = self.breaches(files=files)
        self.assertTrue(any(message in f for f in found), f"{message!r} is not in {found}")

    def added(self, path, text):
        return {path: SOUND[path] + text}

    def test_a_sound_tree_has_no_breach(self):
        self.assertEqual(self.breaches(), [])

    def test_an_arrow_upwards(self):
        self.finds("oplog may not include proto", self.added("oplog/a.h", '#include "proto/b.h"\n'))

    def test_a_module_that_includes_a_test(self):
        self.finds("proto may not include tests", self.added("proto/b.h", '#include "tests/support/d.h"\n'))

    def test_an_include_without_its_folder(self):
        self.finds('write the folder in "a.h"', self.added("oplog/a.cc", '#include "a.h"\n'))

    def test_an_include_in_the_form_for_users(self):
        self.finds("is for users", self.added("proto/b.h", "#include <tidemark/oplog/a.h>\n"))

    def test_a_library_in_another_folder(self):
        for header in ["sodium.h", "SQLiteCpp/SQLiteCpp.h", "sqlite3.h", "boost/filesystem.hpp",
                       "CLI/CLI.hpp", "nlohmann/json.hpp", "gtest/gtest.h"]:
            self.finds(f"proto may not include <{header}>", self.added("proto/b.h", f"#include <{header}>\n"))
        for header in ["capnp/message.h", "kj/common.h", "zstd.h"]:
            self.finds(f"replica may not include <{header}>",
                       self.added("replica/deep/c.cc", f"#include <{header}>\n"))

    def test_a_library_in_a_header(self):
        self.finds("<spdlog/spdlog.h> stays out", self.added("proto/b.h", "#include <spdlog/spdlog.h>\n"))
        self.finds("<sodium.h> stays out", self.added("oplog/a.h", "#include <sodium.h>\n"))

    def test_an_include_cycle(self):
        self.finds("include cycle: proto/b.h -> proto/e.h -> proto/b.h",
                   {**self.added("proto/b.h", '#include "proto/e.h"\n'), "proto/e.h": '#include "proto/b.h"\n'})

    def test_a_face_that_shows_its_inside(self):
        self.finds("api/device.h: reaches proto/b.h",
                   {**self.added("api/device.h", '#include "api/more.h"\n'), "api/more.h": '#include "proto/b.h"\n'})

    def test_a_source_that_is_not_built(self):
        self.finds("oplog/z.cc: no CMakeLists.txt names it", {"oplog/z.cc": ""})
        self.finds("oplog/a.cc: no CMakeLists.txt names it",
                   {"oplog/CMakeLists.txt": "m(HEADERS a.h error_codes.h SOURCES aa.cc)\n"})

    def test_a_test_that_is_not_built(self):
        self.finds("tests/oplog/a_test.cc: no CMakeLists.txt names it", {"tests/oplog/CMakeLists.txt": ""})

    def test_a_source_that_is_commented_out(self):
        self.finds("a source is commented out", self.added("oplog/CMakeLists.txt", "  # b.cc\n"))

    def test_a_header_that_is_not_compiled_alone(self):
        self.finds("oplog/z.h: not among the HEADERS", {"oplog/z.h": ""})
        self.finds("tests/support/z.h: not among the HEADERS", {"tests/support/z.h": ""})

    def test_a_source_without_a_test(self):
        self.finds("replica/deep/c.cc: has no", {"tests/replica/c_test.cc": None, "tests/replica/CMakeLists.txt": ""})

    def test_a_file_that_is_too_long(self):
        self.finds("a header has at most 300", self.added("oplog/a.h", "\n" * 300))
        self.finds("a source has at most 600", self.added("oplog/a.cc", "\n" * 600))
        self.finds("a test has at most 700", self.added("tests/oplog/a_test.cc", "\n" * 700))

    def test_an_invariant_that_no_source_keeps(self):
        self.finds("no source says that it keeps no-holes", {"oplog/a.cc": ""})

    def test_an_invariant_that_no_test_watches(self):
        self.finds("no test says that it would catch a breach of no-holes", {"tests/oplog/a_test.cc": ""})

    def test_an_invariant_that_is_not_documented(self):
        self.finds("does not know no-hole,", self.added("oplog/a.cc", "// Invariant no-hole.\n"))
        self.assertEqual(self.breaches(files=self.added("oplog/a.cc", "// Invariant some-day.\n")), [])

    def test_banned_words(self):
        for word in check_tree.BANNED:
            self.finds(f"oplog/a.h:2: {word}", self.added("oplog/a.h", f"// {word}\n"))

    def test_a_skipped_test_is_only_for_data_that_is_too_large_to_ship(self):
        skip = "GTEST" "_SKIP() << 1;\n"
        self.finds("tests/oplog/a_test.cc:3", self.added("tests/oplog/a_test.cc", skip))
        self.assertEqual(self.breaches(files=self.added("tests/oplog/a_test.cc", 'f("TIDEMARK_DATA");' + skip)), [])

    def test_a_document_that_is_not_there(self):
        self.finds("cites docs/merge.md", self.added("oplog/a.h", "// See docs/merge.md.\n"))

    def test_error_codes_that_are_not_documented(self):
        self.finds("docs/errors.md: differs", {"docs/errors.md": "# Error codes\n"})


if __name__ == "__main__":
    unittest.main()
