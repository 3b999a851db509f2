"""The kit where a learner may run it: locales, terminals, folders, users, no home to write in."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from grader.content import catalog
from tests.conftest import ROOT, run_kit

KATA = catalog.find_kata("kata02")
WRONG = catalog.mutate(KATA, catalog.read_mutants(KATA)[0])
PLACES: dict[str, dict[str, str]] = {
    "C": {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "gbk": {"PYTHONIOENCODING": "gbk"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "dumb": {"TERM": "dumb"},
    "no-term": {"TERM": ""},
    "narrow": {"COLUMNS": "20"},
    "no-home": {"HOME": "/nonexistent"},
    "no-colour": {"NO_COLOR": "1"},
}


def graded(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Grade a wrong kata02 in a practice folder."""
    katas = folder / "katas"
    katas.mkdir(parents=True, exist_ok=True)
    (katas / f"{KATA.name}.py").write_text(WRONG, "utf-8")
    return run_kit("kata02", cwd=folder, **environment)


@pytest.mark.parametrize("place", PLACES)
def test_a_verdict_is_shown_in_every_locale_and_terminal(tmp_path: Path, place: str) -> None:
    """The words are there, no traceback is, and the exit code says that the kata is not passed."""
    found = graded(tmp_path, **PLACES[place])

    assert found.returncode == 1, found.stderr
    assert "Traceback" not in found.stderr
    assert "kata02" in found.stdout
    assert "a.grad" in found.stdout


@pytest.mark.parametrize("name", ["with spaces", "反向传播 练习", 'quote\'s and "double"', "-dash"])
def test_a_practice_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    """Spaces, Chinese characters, quotes and a leading dash are no obstacle."""
    folder = tmp_path / name
    found = graded(folder)

    assert found.returncode == 1, found.stderr
    assert found.stderr == ""


def test_a_home_that_can_not_be_written_costs_the_record_alone(tmp_path: Path) -> None:
    """The verdict is the same, and a sentence says that nothing was kept."""
    (tmp_path / "file").write_text("in the way")
    found = graded(tmp_path, GRADER_HOME=str(tmp_path / "file" / "home"))

    assert found.returncode == 1, found.stderr
    assert "a.grad" in found.stdout
    assert "Not recorded: The progress file " in " ".join(found.stdout.split())


def closed_to_others(*places: Path) -> list[Path]:
    """Return the folders on the way to some places that only root may pass, outermost first."""
    way = {folder for place in places for folder in (place, *place.parents)}
    return sorted(folder for folder in way if os.stat(folder).st_mode & 0o005 != 0o005)


def opening(folders: list[Path], work: Path) -> str:
    """Return what opens folders to others, in a name space of mounts and nowhere else."""
    lines = [f"mount -t tmpfs none {work}"]
    for number, folder in enumerate(map(str, folders)):
        upper, below = f"{work}/{number}u", f"{work}/{number}w"
        layers = shlex.quote(f"lowerdir={folder},upperdir={upper},workdir={below}")
        name = shlex.quote(folder)
        lines.append(f"mkdir {upper} {below}; mount -t overlay none -o {layers} {name}")
        lines.append(f"chmod o+rx {name}")
    return "\n".join(lines)


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0,
    reason="only root can become another user, and only Linux can open a folder for one process",
)
def test_an_ordinary_user_has_the_same_verdict(tmp_path: Path) -> None:
    """Without root's powers, from a folder of one's own."""
    folder, work = tmp_path / "mine", tmp_path / "work"
    (folder / "katas").mkdir(parents=True)
    work.mkdir()
    (folder / "katas" / f"{KATA.name}.py").write_text(WRONG, "utf-8")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 65534, 65534)
    for place in (tmp_path, *tmp_path.parents):
        os.chmod(place, os.stat(place).st_mode | 0o005)
    python = Path(sys.executable)
    closed = closed_to_others(ROOT, python.parent, python.resolve().parent)
    script = opening(closed, work)
    alone = ["unshare", "--mount", "sh", "-ec"]
    if subprocess.run([*alone, script], capture_output=True, check=False).returncode:
        pytest.skip("the system lets nobody mount anything")
    user = "exec setpriv --reuid 65534 --regid 65534 --clear-groups"
    command = shlex.join([sys.executable, "-m", "grader", "kata02", "--plain"])
    found = subprocess.run(
        [*alone, f"{script}\ncd {shlex.quote(str(folder))}\n{user} {command}"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert found.returncode == 1, found.stderr
    assert "a.grad" in found.stdout
    assert (folder / ".grader" / "progress.sqlite3").stat().st_uid == 65534
