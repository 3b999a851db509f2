"""System calls that a graded file has no use for, refused by Linux (man 2 seccomp); no powers.

Landlock looks at paths and knows no sockets of files, no owners, modes and times, and no memory
that outlives a process; this filter closes those. It can compare numbers alone, so it refuses by
the kind of call, and what is refused is nothing that an honest solution needs:

- every `connect`, `bind` and `listen`, any socket but a stream of the internet's, and whatever
  is sent to an address, which may connect on its way (TCP fast open), or with open files in it;
  a socket pair, which asyncio talks to itself by, needs none of these
- owner, mode, times and attributes of files: the call does nothing and reports success, because
  honest code that copies a file in its own folder sets them as well
- shared memory, semaphores and queues that stay when the process is gone
- other processes' memory, limits and priorities, what happens to other files, name spaces, mounts,
  keys, and io_uring, which passes filters by
- what an older kernel's Landlock does not know: to empty a file, and whom a signal is for
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

SET_SECCOMP, FILTER, SET_NO_NEW_PRIVS = 22, 2, 38
CAPABILITIES_VERSION_3 = 0x20080522
ALLOW, ERROR = 0x7FFF0000, 0x00050000
NOTHING, DENIED, ABSENT = ERROR, ERROR | errno.EACCES, ERROR | errno.ENOSYS

# What a filter's instructions are made of (linux/bpf_common.h).
LOAD, AND, RETURN = 0x20, 0x54, 0x06
IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT = 0x15, 0x35, 0x45
NUMBER, ARCHITECTURE = 0, 4  # places in struct seccomp_data
FIRST, SECOND, THIRD, FIFTH = 16, 24, 32, 48  # of the arguments
HIGHER = 4  # from a number's lower half to its higher one

AF_INET, AF_INET6, SOCK_STREAM, TYPE_BITS = 2, 10, 1, 0xF
READ_OR_WRITE, EMPTY_IT = 0o3, 0o1000  # O_ACCMODE, O_TRUNC
NAME_SPACES = 0x7E020000  # CLONE_NEW*: what makes a clone more than a process or a thread
X32 = 0x40000000

# name: numbers on x86_64 and on aarch64, None where there is no such call
Numbers = dict[str, tuple[int | None, int | None]]
METADATA: Numbers = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
NETWORK: Numbers = {
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
}
REFUSED: Numbers = {
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "semget": (64, 190),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "semctl": (66, 191),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "kcmp": (312, 272),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "inotify_add_watch": (254, 27),
    "fanotify_init": (300, 262),
    "pidfd_getfd": (438, 438),
    "perf_event_open": (298, 241),
    "bpf": (321, 280),
    "add_key": (248, 217),
    "keyctl": (250, 219),
    "request_key": (249, 218),
    "userfaultfd": (323, 282),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "move_mount": (429, 429),
    "mount_setattr": (442, 442),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "open_by_handle_at": (304, 265),
    "io_uring_setup": (425, 425),
    "openat2": (437, 437),  # its flags lie in memory; the C library does not use it
    "clone3": (435, 435),  # its flags lie in memory; the C library falls back to clone
}
SIGNALS: Numbers = {
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
}
EMPTYING: Numbers = {"truncate": (76, 45)}
SOCKET, SENDTO, CLONE, PRLIMIT = (41, 198), (44, 206), (56, 220), (302, 261)
OPEN, OPENAT = (2, None), (257, 56)
TO_A_PROCESS = ((62, 129), (234, 131))  # kill, tgkill
FCNTL, IOCTL = (72, 25), (16, 29)
# What has the kernel signal another process when a file has news: F_SETOWN, F_SETSIG, F_SETOWN_EX;
# FIOSETOWN, SIOCSPGRP.
OWNERS = ((FCNTL, (8, 10, 15)), (IOCTL, (0x8901, 0x8902)))
KNOWS_EMPTYING, KNOWS_SIGNALS = 3, 6  # versions of Landlock
MACHINES = {"x86_64": (0, 0xC000003E, 126), "aarch64": (1, 0xC00000B7, 91)}  # audit arch, capset

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def shut(landlock: int) -> bool:
    """Drop every capability and install the filter; return whether the kernel agreed.

    `landlock` is the version that stands before it, 0 for none: what it lacks is closed as well.
    """
    machine = MACHINES.get(platform.machine())
    if machine is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    libc = ctypes.CDLL(None)
    drop_capabilities(libc, machine[2])
    instructions = program(machine[0], machine[1], os.getpid(), landlock)
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)
    buffer = ctypes.create_string_buffer(code)
    whole = ctypes.create_string_buffer(
        struct.pack("HxxxxxxQ", len(instructions), ctypes.addressof(buffer))
    )
    long = ctypes.c_ulong
    if libc.prctl(SET_NO_NEW_PRIVS, long(1), long(0), long(0), long(0)):
        return False
    return int(libc.prctl(SET_SECCOMP, long(FILTER), whole, long(0), long(0))) == 0


def drop_capabilities(libc: ctypes.CDLL, capset: int) -> None:
    """Give up root's powers; with no new privileges, no program that is started gets them back."""
    header = struct.pack("Ii", CAPABILITIES_VERSION_3, 0)
    libc.syscall(ctypes.c_long(capset), header, bytes(24))


def load(place: int) -> Instruction:
    """Return the instruction that takes a number of the call to be looked at."""
    return LOAD, 0, 0, place


def answer(decision: int) -> Instruction:
    """Return the instruction that decides."""
    return RETURN, 0, 0, decision


def program(machine: int, architecture: int, process: int, landlock: int) -> list[Instruction]:
    """Return the filter: the first rule whose call it is decides, and the rest is allowed."""
    made: list[Instruction] = [
        load(ARCHITECTURE),
        (IF_EQUAL, 1, 0, architecture),
        answer(ABSENT),
        load(NUMBER),
        (IF_AT_LEAST, 0, 1, X32),
        answer(ABSENT),
    ]
    plain = [(METADATA, NOTHING), (NETWORK, DENIED), (REFUSED, ABSENT)]
    if landlock < KNOWS_SIGNALS:
        plain.append((SIGNALS, DENIED))
    if landlock < KNOWS_EMPTYING:
        plain.append((EMPTYING, DENIED))
    for calls, found in plain:
        for numbers in calls.values():
            made += rule(numbers[machine], [answer(found)])
    made += rule(SOCKET[machine], only_streams())
    made += rule(SENDTO[machine], no_address())
    made += rule(CLONE[machine], no_name_spaces())
    made += rule(OPEN[machine], no_emptying(SECOND))
    made += rule(OPENAT[machine], no_emptying(THIRD))
    for numbers in (PRLIMIT, *(TO_A_PROCESS if landlock < KNOWS_SIGNALS else ())):
        made += rule(numbers[machine], only_to(process))
    for numbers, commands in OWNERS if landlock < KNOWS_SIGNALS else ():
        made += rule(numbers[machine], none_of(commands))
    return [*made, answer(ALLOW)]


def rule(number: int | None, then: list[Instruction]) -> list[Instruction]:
    """Return instructions that do `then`, which returns, if this is the call."""
    return [] if number is None else [(IF_EQUAL, 0, len(then), number), *then]


def only_streams() -> list[Instruction]:
    """Let a socket pass if it is a stream of the internet's, which can't be connected."""
    return [
        load(FIRST),
        (IF_EQUAL, 1, 0, AF_INET),
        (IF_EQUAL, 0, 3, AF_INET6),
        load(SECOND),
        (AND, 0, 0, TYPE_BITS),
        (IF_EQUAL, 1, 0, SOCK_STREAM),
        answer(DENIED),
        answer(ALLOW),
    ]


def no_address() -> list[Instruction]:
    """Let pass what is sent to whom the socket is connected with."""
    return [
        load(FIFTH),
        (IF_EQUAL, 0, 2, 0),
        load(FIFTH + HIGHER),
        (IF_EQUAL, 1, 0, 0),
        answer(DENIED),
        answer(ALLOW),
    ]


def no_emptying(flags: int) -> list[Instruction]:
    """Let a file be opened unless it were emptied by one who only asks to read."""
    return [
        load(flags),
        (AND, 0, 0, READ_OR_WRITE | EMPTY_IT),
        (IF_EQUAL, 0, 1, EMPTY_IT),
        answer(DENIED),
        answer(ALLOW),
    ]


def no_name_spaces() -> list[Instruction]:
    """Let a clone pass that makes a process or a thread, and no more."""
    return [load(FIRST), (IF_ANY_BIT, 0, 1, NAME_SPACES), answer(DENIED), answer(ALLOW)]


def none_of(commands: tuple[int, ...]) -> list[Instruction]:
    """Let a call pass whose second argument is none of these."""
    last = len(commands)
    jumps = [(IF_EQUAL, last - place, 0, command) for place, command in enumerate(commands)]
    return [load(SECOND), *jumps, answer(ALLOW), answer(DENIED)]


def only_to(process: int) -> list[Instruction]:
    """Let a call pass that is about this process, or (0) about itself or its own group."""
    return [
        load(FIRST),
        (IF_EQUAL, 2, 0, process),
        (IF_EQUAL, 1, 0, 0),
        answer(DENIED),
        answer(ALLOW),
    ]
