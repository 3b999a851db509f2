"""The quotations of reference/README.md. `python -m tests.reading` fills them in anew."""

from __future__ import annotations

import ast
import re
from pathlib import Path

REFERENCE = Path(__file__).parent.parent / "reference"
PAGE = REFERENCE / "README.md"
QUOTE = re.compile(
    r"<!-- (?P<file>\w+\.py): (?P<name>[\w.]+) -->\n```python\n(?P<text>.*?)```\n", re.S
)


def source_of(file: str, name: str) -> str:
    """Return a function or a method as it stands in the reference, moved to the left margin."""
    text = (REFERENCE / file).read_text("utf-8")
    node: ast.AST = ast.parse(text)
    for part in name.split("."):
        body = node.body  # type: ignore[attr-defined]
        node = next(child for child in body if getattr(child, "name", None) == part)
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)
    begin = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    lines = text.splitlines()[begin - 1 : node.end_lineno]
    margin = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[margin:] for line in lines) + "\n"


def quotations(text: str) -> list[tuple[str, str, str]]:
    """Return file, name and text of each quotation."""
    return [(found["file"], found["name"], found["text"]) for found in QUOTE.finditer(text)]


def filled(text: str) -> str:
    """Return the page with every quotation as the files have it."""

    def quote(found: re.Match[str]) -> str:
        head = f"<!-- {found['file']}: {found['name']} -->"
        return f"{head}\n```python\n{source_of(found['file'], found['name'])}```\n"

    return QUOTE.sub(quote, text)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
