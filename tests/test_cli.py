"""The command line: what a person types, sees, and gets back as an exit code."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.cli import main
from grader.content import catalog
from grader.practice.commands import quoted
from tests.conftest import ROOT

Cli = Callable[..., subprocess.CompletedProcess[str]]
Solution = Callable[[str], str]

OVERWRITES = ("+= self.data * out.grad", "= self.data * out.grad")


@pytest.fixture
def wrong(tmp_path: Path, solution: Solution) -> Path:
    """A file of kata02 with `=` for `+=`."""
    path = tmp_path / "wrong.py"
    path.write_text(solution("kata02").replace(*OVERWRITES), "utf-8")
    return path


@pytest.mark.parametrize("query", ["02", "2", "mul_backward", "kata02_mul_backward", "KATA02"])
def test_a_kata_has_many_names(query: str) -> None:
    """Number, short name, slug and full name mean the same kata."""
    assert catalog.find_kata(query) == catalog.find_kata("kata02")


@pytest.mark.parametrize("query", ["kata02", "mul_backward"])
def test_a_kata_is_graded_by_any_of_its_names(cli: Cli, query: str) -> None:
    """The short name is as good as the slug."""
    path = catalog.find_kata("kata02").folder / "solution.py"
    found = cli(query, "--solution", str(path), "--json")

    assert found.returncode == 0
    assert json.loads(found.stdout)["kata"] == "kata02_mul_backward"


def test_passed_verdict_keeps_to_the_contract(cli: Cli) -> None:
    """Schema 1: the keys, their types, and nothing else on stdout."""
    path = catalog.find_kata("kata02").folder / "solution.py"
    verdict = json.loads(cli("kata02", "--solution", str(path), "--json").stdout)

    assert list(verdict) == [
        "schema",
        "kata",
        "file",
        "passed",
        "seconds",
        "status",
        "message",
        "checks",
        "diagnosis",
        "stretch",
    ]
    assert (verdict["schema"], verdict["passed"], verdict["status"]) == (1, True, "passed")
    assert verdict["stretch"] == {"passed": 1, "total": 1}
    assert [list(check) for check in verdict["checks"]] == 10 * [
        ["id", "title", "level", "outcome", "message", "counterexample"]
    ]


def test_failed_verdict_shows_program_and_table(cli: Cli, wrong: Path) -> None:
    """One line a check, the first failure in full, and the next step; plain on a pipe."""
    found = cli("kata02", "--solution", str(wrong))
    shown = re.sub(r"\d+\.\d\d s", "N s", found.stdout)

    assert found.returncode == 1
    assert "kata02 · The backward of *" in shown.splitlines()[0]
    assert "  FAIL In `a * a` the one operand receives the shares of both sides\n" in shown
    assert (
        "      from kata02_mul_backward import Value\n"
        "      a = Value(3.0)\n"
        "      b = a * a\n"
        "      b.grad = 5.0\n"
        "      b._backward()\n"
        "\n"
        "      node  operation  data  your grad  reference  PyTorch\n"
        "      a     input      3.0   15.0       30.0       30.0     <- wrong first\n"
        "      b     a * a      9.0   5.0        5.0        5.0\n"
    ) in shown
    assert "Stuck? python -m grader hint kata02" in " ".join(shown.split())
    assert max(len(line) for line in shown.splitlines() if "wrong.py" not in line) <= 80
    assert "\x1b" not in shown


def test_shown_program_pasted_into_python_gives_what_the_table_says(cli: Cli, wrong: Path) -> None:
    """The counterexample is a program: run on the attempt it gives the number got."""
    verdict = json.loads(cli("kata02", "--solution", str(wrong), "--json").stdout)
    example = next(c["counterexample"] for c in verdict["checks"] if c["counterexample"])
    names: dict[str, object] = {}
    exec(wrong.read_text("utf-8"), names)
    for name, number in example["inputs"].items():
        names[name] = names["Value"](number)  # type: ignore[operator]
    exec(example["code"], names)

    for row in example["rows"]:
        assert eval(row["name"], names) == row["got"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["kata99"],
            "There is no kata called 'kata99'.\nThe last one is kata33; 'python -m grader list' "
            "shows all.\n",
        ),
        (
            ["topo_srot"],
            "There is no kata called 'topo_srot'. Did you mean 'kata03_topo_sort'?\nThe last one "
            "is kata33; 'python -m grader list' shows all.\n",
        ),
        (["kata02", "--solution", "no.py"], "There is no file 'no.py'.\nName the file to grade.\n"),
        (["kata02", "--solution", "."], "'.' is a folder.\nName the file to grade.\n"),
        (
            ["kata02", "--solution", os.devnull],
            f"{os.devnull!r} is not a regular file.\nName the file to grade.\n",
        ),
        (
            ["kata02", "--seed", "x"],
            "Argument --seed: a seed is a whole number from 0 to 4294967295, not 'x'.\n",
        ),
        (["kata02", "--sed", "1"], "Unrecognized arguments: --sed 1.\n"),
        (["hint", "kata02", "--tier", "9"], "There is no tier 9.\nTiers go from 1 to 4.\n"),
        (
            ["dev", "new", "Bad Slug"],
            "'Bad Slug' is not a slug.\nUse small letters and underscores, such as 'softplus'.\n",
        ),
    ],
)
def test_what_to_fix_before_grading_is_exit_2_with_a_sentence(
    cli: Cli, arguments: list[str], message: str
) -> None:
    """The problem with its value, then what to do; stdout stays empty."""
    found = cli(*arguments)

    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith(message)
    assert "Traceback" not in found.stderr


def test_error_as_json_is_one_object(cli: Cli) -> None:
    """With --json the error stands on stdout too, as an object."""
    found = cli("kata02", "--solution", "no.py", "--json")

    assert found.returncode == 2
    assert json.loads(found.stdout) == {
        "schema": 1,
        "status": "error",
        "message": "There is no file 'no.py'. Name the file to grade.",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipe_is_not_waited_for(cli: Cli, tmp_path: Path) -> None:
    """A named pipe that nobody writes to is refused at once."""
    os.mkfifo(tmp_path / "pipe")
    found = cli("kata02", "--solution", str(tmp_path / "pipe"))

    assert found.returncode == 2
    assert "is not a regular file." in found.stderr


def test_prints_are_shown_and_never_mixed_into_json(
    cli: Cli, tmp_path: Path, solution: Solution
) -> None:
    """What the file prints is shown below the verdict; JSON has none of it."""
    path = tmp_path / "loud.py"
    path.write_text("print('\\x1b[31mhello', flush=True)\n" + solution("kata03"), "utf-8")
    shown = cli("kata03", "--solution", str(path)).stdout
    document = cli("kata03", "--solution", str(path), "--json").stdout

    assert "  Your file printed:\n      \\x1b[31mhello\n" in shown
    assert "\x1b" not in shown
    assert json.loads(document)["passed"] is True
    assert "hello" not in document


def test_learners_folder_can_not_reach_the_judge(tmp_path: Path, solution: Solution) -> None:
    """conftest.py, pytest.ini and modules named like the standard library's change nothing."""
    trap = "raise SystemExit('caught in a trap')\n"
    (tmp_path / "katas").mkdir()
    (tmp_path / "katas" / "kata03_topo_sort.py").write_text(solution("kata03"), "utf-8")
    for folder in (tmp_path, tmp_path / "katas"):
        for name in ("conftest", "sitecustomize", "random", "json", "pytest", "ast", "queue"):
            (folder / f"{name}.py").write_text(trap)
        (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    found = subprocess.run(
        [sys.executable, "-m", "grader", "kata03"],
        cwd=tmp_path,
        env={
            **{name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"},
            "PYTHONPATH": str(ROOT),
            "PYTEST_ADDOPTS": "--no-such-option",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert found.returncode == 0, found.stderr
    assert "passed" in found.stdout


def test_grading_writes_nothing_into_the_tree(cli: Cli, tmp_path: Path) -> None:
    """A verdict leaves the practice folder as it was, but for the progress folder."""
    assert cli("init", str(tmp_path / "p")).returncode == 0
    before = sorted(tmp_path.rglob("*"))
    found = cli("kata01", cwd=tmp_path / "p", GRADER_HOME=str(tmp_path / "p" / ".grader"))
    after = [path for path in tmp_path.rglob("*") if ".grader" not in path.parts]

    assert found.returncode == 1
    assert sorted(after) == before


def test_pass_with_a_missed_star_says_both(cli: Cli, tmp_path: Path, solution: Solution) -> None:
    """A stretch check that failed is explained below the pass, and does not change it."""
    path = tmp_path / "no_repr.py"
    text = solution("kata01").partition("    # >>>\n")[0]
    path.write_text(text, "utf-8")
    found = cli("kata01", "--solution", str(path))
    shown = " ".join(found.stdout.split())

    assert found.returncode == 0
    assert "kata01 passed: 11 of 11 core checks." in shown
    assert "miss `repr` of a Value shows its number (stretch)" in shown
    assert "repr(Value(2.5)) should show the number and is '<kata01_value.Value object at" in shown


def test_stub_names_the_next_step(cli: Cli, tmp_path: Path) -> None:
    """A fresh practice folder: kata01 fails as a stub, and the file to open is named."""
    cli("init", str(tmp_path))
    found = cli("kata01", cwd=tmp_path)

    assert found.returncode == 1
    assert found.stdout.splitlines()[0].split()[-3] == "stub"
    assert "Next: open katas/kata01_value.py, write the missing part" in " ".join(
        found.stdout.split()
    )


def test_init_keeps_what_is_there(cli: Cli, tmp_path: Path) -> None:
    """A second init writes only what is missing."""
    cli("init", str(tmp_path))
    (tmp_path / "katas" / "kata01_value.py").write_text("mine")
    (tmp_path / "katas" / "kata02_mul_backward.py").unlink()
    found = cli("init", str(tmp_path))

    assert found.stdout.startswith("1 katas written to")
    assert (tmp_path / "katas" / "kata01_value.py").read_text() == "mine"


@pytest.mark.parametrize(
    ("path", "posix", "shown"),
    [("/my katas", True, "'/my katas'"), (r"C:\my katas", False, r'"C:\my katas"')],
)
def test_a_path_is_quoted_as_the_shell_wants_it(path: str, posix: bool, shown: str) -> None:
    """Those of Windows take single quotes for letters."""
    assert quoted(path, posix) == shown


def test_init_says_how_to_go_there_from_any_shell(cli: Cli, tmp_path: Path) -> None:
    """A folder with spaces and quotes is quoted; an ordinary one is not."""
    said = " ".join(cli("init", "my katas' $HOME", cwd=tmp_path).stdout.split())
    plain = cli("init", "katas", cwd=tmp_path).stdout

    assert """Next: cd 'my katas'"'"' $HOME' and python -m grader show kata01""" in said
    assert "Next: cd katas and python -m grader show kata01" in plain
    assert (tmp_path / "my katas' $HOME" / "katas" / "kata01_value.py").is_file()


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_all_grades_every_kata_and_needs_every_pass(
    cli: Cli, tmp_path: Path, solution: Solution
) -> None:
    """Exit 0 only when all passed; a line a kata, or one JSON document."""
    cli("init", str(tmp_path))
    assert cli("all", cwd=tmp_path).returncode == 1
    for kata in catalog.all_katas():
        (tmp_path / "katas" / f"{kata.name}.py").write_text(catalog.solution_of(kata), "utf-8")
    count = len(catalog.all_katas())
    shown = cli("all", cwd=tmp_path)
    document = json.loads(cli("all", "--json", cwd=tmp_path).stdout)

    assert shown.returncode == 0
    assert shown.stdout.rstrip().endswith(f"{count} of {count} katas passed.")
    assert document["passed"] is True
    assert [verdict["status"] for verdict in document["verdicts"]] == ["passed"] * count


def test_list_tells_untouched_from_edited(cli: Cli, tmp_path: Path) -> None:
    """The list shows each kata's state, also as JSON."""
    cli("init", str(tmp_path))
    (tmp_path / "katas" / "kata01_value.py").write_text("x = 1\n")
    (tmp_path / "katas" / "kata03_topo_sort.py").unlink()
    states = {
        k["kata"]: k["state"]
        for k in json.loads(
            cli("list", "--json", cwd=tmp_path, GRADER_HOME=str(tmp_path / "home")).stdout
        )["katas"]
    }

    assert states.pop("kata01_value") == "edited"
    assert states.pop("kata03_topo_sort") == "missing"
    assert set(states.values()) == {"untouched"}
    assert "kata03  Topological order" in cli("list", cwd=tmp_path).stdout


def test_show_and_hint_print_the_task_and_a_tier(cli: Cli, tmp_path: Path) -> None:
    """The statement with its formula; one tier, how to get the next, and what was skipped."""
    home = str(tmp_path)
    task = cli("show", "kata03", GRADER_HOME=home).stdout
    jump = cli("hint", "kata03", "--tier", "3", GRADER_HOME=home).stdout
    hint = cli("hint", "kata03", "--tier", "2", GRADER_HOME=home).stdout

    assert task.startswith("kata03 · Topological order · 12 minutes\n")
    assert "python -m grader kata03" in task
    assert hint.startswith("kata03 · hint 2 of 4 · Idea\n")
    assert hint.rstrip().endswith("More: python -m grader hint kata03 --tier 3")
    assert jump.endswith("You went past 2 milder hints; the highest one seen counts.\n")


def test_help_of_every_command_has_an_example(cli: Cli) -> None:
    """A person can learn the program from its help."""
    whole = cli("--help").stdout
    commands = re.findall(r"^    (\w+) ", whole, re.MULTILINE)

    assert {"grade", "all", "list", "show", "hint", "init", "doctor", "dev"} <= set(commands)
    for command in commands:
        assert "example:\n  python -m grader" in cli(command, "--help").stdout


def test_overview_shows_what_is_next(cli: Cli, tmp_path: Path) -> None:
    """Without arguments: the katas and the first one to do."""
    cli("init", str(tmp_path))
    found = cli(cwd=tmp_path, GRADER_HOME=str(tmp_path / "home"))

    assert found.returncode == 0
    assert "Next: kata01, Value: record the graph" in " ".join(found.stdout.split())


def test_doctor_names_versions_folders_and_the_wall(cli: Cli, tmp_path: Path) -> None:
    """The doctor's report has a line for everything that grading rests on."""
    cli("init", str(tmp_path))
    found = cli("doctor", cwd=tmp_path)
    names = [line[2:20].strip() for line in found.stdout.splitlines() if line[2:3].strip()]

    assert found.returncode == 0
    assert names == [
        "kit",
        "Python",
        "PyTorch",
        "practice folder",
        "progress folder",
        "progress file",
        "wall",
        "output",
    ]
    assert str(tmp_path) in found.stdout


def test_fault_of_the_kit_is_exit_3_with_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What we did not foresee keeps its traceback."""
    monkeypatch.setattr("grader.cli.catalog.find_kata", lambda query: 1 / 0)

    assert main(["kata02"]) == 3
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", ["list", "kata14 --json --no-record"])
def test_a_reader_that_goes_away_is_no_fault(command: str, unbuffered: str) -> None:
    """As in `python -m grader list | head -0`: nothing more is said, at Python's end either."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer) as gone:
        found = subprocess.run(
            [sys.executable, "-m", "grader", *command.split()],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )

    assert (found.returncode, found.stderr) == (2, "")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 2),
        (OSError(errno.EINVAL, "Invalid argument"), 2),  # the same on Windows
        (OSError(errno.EINVAL, "Invalid argument", "kata02.py"), 3),
    ],
)
def test_a_closed_pipe_has_two_names(
    monkeypatch: pytest.MonkeyPatch, fault: OSError, code: int
) -> None:
    """What is said of a file is no pipe."""
    muted = []

    def run(given: list[str]) -> int:
        raise fault

    monkeypatch.setattr("grader.cli._run", run)
    monkeypatch.setattr(os, "dup2", lambda source, target: muted.append(target))

    assert main(["kata02"]) == code
    assert muted == ([1] if code == 2 else [])


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("extra", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_only_where_it_serves(wrong: Path, extra: dict[str, str], coloured: bool) -> None:
    """A terminal gets colour; NO_COLOR and a dumb terminal get none."""
    import pty

    master, slave = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "kata02", "--solution", str(wrong)],
        cwd=ROOT,
        env={**environment, "TERM": "xterm-256color", "COLUMNS": "80", **extra},
        stdout=slave,
        stdin=subprocess.DEVNULL,
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
    os.close(master)

    assert process.wait(30) == 1
    assert (b"\x1b[" in shown) == coloured
    assert ("✗".encode() in shown) == coloured


def test_completion_knows_commands_katas_and_options(cli: Cli, tmp_path: Path) -> None:
    """bash completes a command, a kata and an option from the script alone."""
    script = tmp_path / "kata.bash"
    script.write_text(cli("completion", "bash").stdout)
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("needs bash")
    tries = (("hi",), ("hint", "kata0"), ("kata03", "--s"))
    found = []
    for words in tries:
        line = (
            f"source {script}; COMP_WORDS=(kata {' '.join(words)}); COMP_CWORD={len(words)}; "
            '_kata; echo "${COMPREPLY[@]}"'
        )
        found.append(subprocess.run([bash, "-c", line], capture_output=True, text=True, check=True))

    assert found[0].stdout == "hint history\n"
    assert found[1].stdout.startswith("kata01 kata02")
    assert found[2].stdout == "--solution --seed\n"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_of_other_shells_is_their_language(cli: Cli, tmp_path: Path, shell: str) -> None:
    """The shell itself accepts the script."""
    path = tmp_path / shell
    path.write_text(cli("completion", shell).stdout)
    program = shutil.which(shell)

    assert "kata14" in path.read_text()
    if program is None:
        pytest.skip(f"needs {shell}")
    subprocess.run([program, "-n", str(path)], check=True)


def test_completion_for_an_unknown_shell_is_refused(cli: Cli) -> None:
    """A sentence with the ones there are."""
    found = cli("completion", "tcsh")

    assert found.returncode == 2
    assert found.stderr == "There is no completion for 'tcsh'.\nChoose bash, zsh, fish.\n"
