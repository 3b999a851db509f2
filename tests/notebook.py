"""The tour, run from top to bottom. `python -m tests.notebook` stores its outputs anew.

The tests run it as a process of its own, since the libraries of the kernel's client warn, and leave
sockets to the garbage collector, where the suite takes every warning for an error.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
TOUR = ROOT / "reference" / "demo.ipynb"
SECONDS = 60.0


def execute(notebook: nbformat.NotebookNode, seconds: float) -> None:
    """Run every cell in this interpreter's kernel, and fill in the outputs.

    A cell that raises, and a cell that is still running after `seconds` from the start, raise.
    """
    deadline = time.monotonic() + seconds
    # no folders but ipykernel's own: an installed kernel could be another interpreter
    specs = KernelSpecManager(kernel_dirs=[])
    with tempfile.TemporaryDirectory() as folder:
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=specs,
            connection_file=f"{folder}/kernel.json",
        )
        client = NotebookClient(
            notebook,
            km=manager,
            resources={"metadata": {"path": str(ROOT)}},
            record_timing=False,
            coalesce_streams=True,  # else where a text is cut depends on the moment
            extra_arguments=["--log-level=ERROR"],
            timeout_func=lambda _: max(deadline - time.monotonic(), 0.001),
        )
        client.execute(env=environment(folder))


def environment(folder: str) -> dict[str, str]:
    """Return the kernel's environment: this checkout, and nothing of the home directory."""
    own = {"PYTHONPATH": str(ROOT), "IPYTHONDIR": folder, "MPLCONFIGDIR": folder}
    return {**os.environ, **own, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}


def tidy(notebook: nbformat.NotebookNode) -> None:
    """Leave nothing that differs from run to run or from machine to machine."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {}


def main() -> int:
    """Run a notebook and write it back; one that raises or takes too long stays as it was."""
    parser = argparse.ArgumentParser(prog="python -m tests.notebook", description=main.__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=TOUR)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for all cells together")
    options = parser.parse_args()
    notebook = nbformat.read(options.file, as_version=4)
    started = time.monotonic()
    execute(notebook, options.seconds)
    tidy(notebook)
    nbformat.write(notebook, options.file)
    size = options.file.stat().st_size / 1000
    print(f"{options.file.name}: {time.monotonic() - started:.0f} s, {size:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
