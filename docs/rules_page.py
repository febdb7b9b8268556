"""Keeps the last column of rules.md true: which tests carry a rule's number. Run it after adding a test: python docs/rules_page.py

A test carries a number as `@pytest.mark.rule("Z-DED-5")`, or as `rule = "Z-DED-5"` in a TOML of worked examples beside it.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "rules.md"
NUMBER = r"[ZJ]-[A-Z]+-\d+"
IN_PYTHON = re.compile(r"mark\.rule\(([^)]*)\)")
IN_TOML = re.compile(rf'^rule\s*=\s*"({NUMBER})"', re.MULTILINE)
ROW = re.compile(rf"^\| ({NUMBER}) \| (.*) \| (.*) \| (.*) \| (.*) \|$")
NOT_YET = "not yet"


def carried() -> dict[str, list[str]]:
    """Rule number → the test files that carry it, in order."""
    found = defaultdict(set)
    for file in sorted((ROOT / "tests").rglob("*")):
        if file.suffix == ".py":
            text = file.read_text(encoding="utf-8")
            numbers = [n for arguments in IN_PYTHON.findall(text) for n in re.findall(NUMBER, arguments)]
        elif file.suffix == ".toml":
            numbers = IN_TOML.findall(file.read_text(encoding="utf-8"))
        else:
            continue
        for number in numbers:
            found[number].add(str(file.relative_to(ROOT / "tests")))
    return {number: sorted(files) for number, files in found.items()}


def rows() -> list[tuple[str, str, str, str, str]]:
    """The page's rows: number, what it says, clause, where it lives, tests."""
    return [match.groups() for line in PAGE.read_text(encoding="utf-8").splitlines() if (match := ROW.match(line))]


def tests_cell(files: list[str]) -> str:
    return ", ".join(f"`{file}`" for file in files) if files else NOT_YET


def rewritten() -> str:
    """The page with its last column as it must be."""
    known, lines = carried(), []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if match := ROW.match(line):
            number, says, clause, lives, _tests = match.groups()
            line = f"| {number} | {says} | {clause} | {lives} | {tests_cell(known.get(number, []))} |"
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    page = rewritten()
    changed = page != PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page, encoding="utf-8")
    sys.stdout.write("docs/rules.md rewritten\n" if changed else "docs/rules.md was true\n")
