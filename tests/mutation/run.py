"""Mutation tests of one module: `python tests/mutation/run.py grader/grading/session.py`.

Works on a copy of the checkout, so that a run that is stopped leaves no mutant behind.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SKIPPED = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".grader")
CONFIGURATION = """\
[mutmut]
paths_to_mutate = {module}
tests_dir = {tests}
also_copy =
    grader
    reference
    katas
    hints
"""


def main(module: str) -> None:
    """Mutate a copy of a module, run its quick tests on each mutant, and print the survivors."""
    tests = tomllib.loads(Path(__file__).with_name("modules.toml").read_text("utf-8"))[module]
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(ROOT, Path(folder, "kit"), ignore=SKIPPED)
        text = CONFIGURATION.format(module=module, tests=tests)
        (copy / "setup.cfg").write_text(text, "utf-8")
        subprocess.run(["mutmut", "run", "--max-children", "1"], cwd=copy, check=True)
        found = subprocess.run(
            ["mutmut", "results"], cwd=copy, check=True, capture_output=True, text=True
        )
        for name in re.findall(r"(\S+): (?:survived|no tests)", found.stdout):
            subprocess.run(["mutmut", "show", name], cwd=copy, check=True)


if __name__ == "__main__":
    main(sys.argv[1])
