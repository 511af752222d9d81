"""tools/check_readme.py finds a quotation that differs, and only that."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import check_readme  # noqa: E402

SOURCE = "int main() {\n  return 0;\n}\n"


class CheckReadme(unittest.TestCase):
    def test_a_whole_quotation_passes(self):
        self.assertIsNone(check_readme.missing(f"text\n\n```cpp\n{SOURCE}```\n", SOURCE))

    def test_other_blocks_do_not_matter(self):
        self.assertIsNone(check_readme.missing(f"```sh\nls\n```\n\n```cpp\n{SOURCE}```\n", SOURCE))

    def test_a_changed_line_is_shown(self):
        difference = check_readme.missing("```cpp\n" + SOURCE.replace("0", "1") + "```\n", SOURCE)
        self.assertIn("-  return 1;", difference)
        self.assertIn("+  return 0;", difference)

    def test_text_outside_a_block_is_no_quotation(self):
        self.assertIsNotNone(check_readme.missing(SOURCE, SOURCE))

    def test_a_document_without_blocks_quotes_nothing(self):
        self.assertIsNotNone(check_readme.missing("", SOURCE))


if __name__ == "__main__":
    unittest.main()
