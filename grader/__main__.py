"""Entry of `python -m grader`.

Python puts the current folder first on the import path. A learner's `random.py` lying there must
not stand in for the standard library's, so the folder moves to the end before anything else loads.
"""

import os
import sys

if sys.path and sys.path[0] in ("", os.getcwd()):
    sys.path.append(os.path.abspath(sys.path.pop(0) or os.getcwd()))

from grader import bytecode

bytecode.install()

from grader.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
