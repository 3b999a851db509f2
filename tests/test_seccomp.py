"""The filter of system calls: read as the kernel reads it, for both kinds of processors."""

from __future__ import annotations

import ctypes
import errno
import platform

import pytest

from grader.sandbox import seccomp

MACHINES = sorted(seccomp.MACHINES)
PROCESS = 4711
Calls = dict[str, tuple[int | None, int | None]]


def verdict_of(
    machine: str, number: int, *arguments: int, audit: int = 0, landlock: int = 6
) -> int:
    """Return what the filter says to a call, as the kernel would run it."""
    index, architecture, _ = seccomp.MACHINES[machine]
    instructions = seccomp.program(index, architecture, PROCESS, landlock)
    words = {seccomp.NUMBER: number, seccomp.ARCHITECTURE: audit or architecture}
    for place, argument in enumerate((*arguments, *[0] * (6 - len(arguments)))):
        words[16 + 8 * place] = argument & 0xFFFFFFFF
        words[20 + 8 * place] = argument >> 32
    register, at = 0, 0
    while True:
        code, yes, no, operand = instructions[at]
        at += 1
        if code == seccomp.RETURN:
            return operand
        if code == seccomp.LOAD:
            register = words[operand]
        elif code == seccomp.AND:
            register &= operand
        else:
            holds = {
                seccomp.IF_EQUAL: register == operand,
                seccomp.IF_AT_LEAST: register >= operand,
                seccomp.IF_ANY_BIT: bool(register & operand),
            }[code]
            at += yes if holds else no


def numbers(calls: Calls, machine: str) -> dict[str, int]:
    """Return the numbers that calls have on a machine, where they exist there."""
    index = seccomp.MACHINES[machine][0]
    return {name: found for name, pair in calls.items() if (found := pair[index]) is not None}


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("calls", "answer"),
    [
        (seccomp.METADATA, seccomp.ERROR),
        (seccomp.NETWORK, seccomp.ERROR | errno.EACCES),
        (seccomp.REFUSED, seccomp.ERROR | errno.ENOSYS),
    ],
)
def test_each_call_of_a_table_gets_its_answer(machine: str, calls: Calls, answer: int) -> None:
    """What is refused is refused whatever its arguments are."""
    for name, number in numbers(calls, machine).items():
        assert verdict_of(machine, number, 1, 2, 3) == answer, name


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_another_kind_of_program_do_not_exist(machine: str) -> None:
    """Numbers of 32-bit programs and of x32 would mean other calls than those of the tables."""
    absent = seccomp.ERROR | errno.ENOSYS

    assert verdict_of(machine, 500, audit=0x40000003) == absent
    assert verdict_of(machine, 500 | seccomp.X32) == absent
    assert verdict_of(machine, 500) == seccomp.ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_a_socket_is_a_stream_and_sends_to_nobody_by_address(machine: str) -> None:
    """A datagram needs no connection, and neither does a stream with TCP fast open."""
    index = seccomp.MACHINES[machine][0]
    socket, sendto = seccomp.SOCKET[index], seccomp.SENDTO[index]
    unix, inet, stream, datagram, raw, closed_on_exec = 1, 2, 1, 2, 3, 0o2000000

    assert verdict_of(machine, socket, inet, stream | closed_on_exec) == seccomp.ALLOW
    for family, kind in ((unix, stream), (unix, datagram), (inet, datagram), (inet, raw), (17, 3)):
        assert verdict_of(machine, socket, family, kind | closed_on_exec) == seccomp.DENIED
    assert verdict_of(machine, sendto, 3, 99, 1, 0, 0) == seccomp.ALLOW
    for address in (0x7F0000000010, 0x10, 0x7F0000000000):
        assert verdict_of(machine, sendto, 3, 99, 1, 0, address) == seccomp.DENIED


@pytest.mark.parametrize("machine", MACHINES)
def test_no_file_has_the_kernel_signal_another_process(machine: str) -> None:
    """A file's owner gets its signals, and may be anybody where Landlock does not know of it."""
    index = seccomp.MACHINES[machine][0]
    fcntl, ioctl = seccomp.FCNTL[index], seccomp.IOCTL[index]
    duplicate, set_owner, set_signal, set_owner_ex, winsize = 0, 8, 10, 15, 0x5413

    def said(call: int, command: int, landlock: int = 5) -> int:
        return verdict_of(machine, call, 3, command, 1, landlock=landlock)

    for command in (set_owner, set_signal, set_owner_ex):
        assert said(fcntl, command) == seccomp.DENIED
        assert said(ioctl, command) == said(fcntl, command, landlock=6) == seccomp.ALLOW
    assert said(ioctl, 0x8901) == said(ioctl, 0x8902) == seccomp.DENIED
    assert said(fcntl, duplicate) == said(ioctl, winsize) == seccomp.ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_a_clone_makes_no_name_space(machine: str) -> None:
    """A thread and a fork pass, each kind of name space does not."""
    clone = seccomp.CLONE[seccomp.MACHINES[machine][0]]

    for thread_or_fork in (0x3D0F00, 0x1200011):
        assert verdict_of(machine, clone, thread_or_fork) == seccomp.ALLOW
    for kind in (17, 25, 26, 27, 28, 29, 30):
        assert verdict_of(machine, clone, 1 << kind | 17) == seccomp.DENIED


@pytest.mark.parametrize("machine", MACHINES)
def test_limits_and_signals_are_for_oneself(machine: str) -> None:
    """Limits always; signals only where Landlock does not tell for whom they are."""
    index = seccomp.MACHINES[machine][0]
    kill = seccomp.TO_A_PROCESS[0][index]

    for target, answer in ((0, "ALLOW"), (PROCESS, "ALLOW"), (1, "DENIED"), (2**32 - 1, "DENIED")):
        expected = getattr(seccomp, answer)
        assert verdict_of(machine, seccomp.PRLIMIT[index], target) == expected
        assert verdict_of(machine, kill, target, landlock=5) == expected
        assert verdict_of(machine, kill, target) == seccomp.ALLOW
    for name, number in numbers(seccomp.SIGNALS, machine).items():
        assert verdict_of(machine, number, 1, landlock=5) == seccomp.DENIED, name


@pytest.mark.parametrize("machine", MACHINES)
def test_an_older_landlock_is_no_way_to_empty_a_file(machine: str) -> None:
    """Neither by name, nor by opening it for reading; whoever may write it may empty it."""
    index = seccomp.MACHINES[machine][0]
    at_path, truncate = seccomp.OPENAT[index], seccomp.EMPTYING["truncate"][index]
    read, write, create, empty = 0, 1, 0o100, 0o1000

    assert truncate is not None
    assert verdict_of(machine, truncate, landlock=2) == seccomp.DENIED
    assert verdict_of(machine, truncate, landlock=3) == seccomp.ALLOW
    for flags in (read, write, write | create | empty, 2 | empty):
        assert verdict_of(machine, at_path, 0, 0, flags) == seccomp.ALLOW
        assert verdict_of("x86_64", 2, 0, flags) == seccomp.ALLOW
    assert verdict_of(machine, at_path, 0, 0, read | empty | 0o2000000) == seccomp.DENIED
    assert verdict_of("x86_64", 2, 0, read | empty) == seccomp.DENIED


@pytest.mark.parametrize(
    ("answers", "agreed"), [([0, 0], True), ([0, -1], False), ([-1], False)], ids=str
)
def test_what_the_kernel_says_is_told(
    monkeypatch: pytest.MonkeyPatch, answers: list[int], agreed: bool
) -> None:
    """First that there are no new privileges, and only then the filter, with each argument."""
    asked: list[list[object]] = []

    class Library:
        def __init__(self, name: None) -> None:
            assert name is None

        def syscall(self, *_: object) -> None:
            assert not asked  # powers go before anything else

        def prctl(self, option: int, *arguments: object) -> int:
            asked.append([option, *(getattr(value, "value", value) for value in arguments)])
            return answers[len(asked) - 1]

    monkeypatch.setattr(ctypes, "CDLL", Library)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")

    assert seccomp.shut(0) is agreed
    assert asked[0] == [38, 1, 0, 0, 0]
    assert [[*found[:2], *found[3:]] for found in asked[1:]] == [[22, 2, 0, 0]] * len(answers[1:])
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert seccomp.shut(0) is False
