"""Which system calls the Engine may still make on Linux, assembled as the kernel's filter program. Pure.

Rules this file keeps: a call that would reach another process, another machine or a file's content fails with EPERM; a
call that the C library tries first and does without, or that is newer than this list, fails with ENOSYS; a call in
another machine's numbers ends the process.
"""

from __future__ import annotations

import errno
import os
import struct
from typing import Final

from msgspec import Struct

INSTRUCTION: Final = struct.Struct("<HBBI")
"""struct sock_filter: operation, distance to jump when true and when not, operand."""

LOAD: Final = 0x20
EQUAL: Final = 0x15
AT_LEAST: Final = 0x35
ANY_BIT: Final = 0x45
RETURN: Final = 0x06

NUMBER_AT: Final = 0
ARCHITECTURE_AT: Final = 4
ARGUMENTS_AT: Final = 16
"""Where struct seccomp_data keeps them (bytes); an argument takes eight bytes, its lower half comes first."""

KILL: Final = 0x8000_0000
ERROR: Final = 0x0005_0000
ALLOW: Final = 0x7FFF_0000

CLONE_THREAD: Final = 0x0001_0000
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

NEWEST: Final = 469
"""Highest number that this list was made with (Linux 6.17). x86-64's second numbering, x32, lies above it too."""


class Machine(Struct, frozen=True):
    """``audit``: the kernel's name of it; ``column``: where NUMBERS keep its numbers."""

    audit: int
    column: int


MACHINES: Final = {"x86_64": Machine(0xC000_003E, 0), "aarch64": Machine(0xC000_00B7, 1)}

Numbers = dict[str, tuple[int | None, int | None]]
"""System call -> its numbers on x86-64 and on ARM, where it has one."""

FORBIDDEN: Final[Numbers] = {
    # other machines and processes: no new ends of connections
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    # other programs
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    # memory, messages and locks that processes share by a number or a name
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmdt": (67, 197),
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
    # other processes' memory, descriptors and signals
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    # how processes are scheduled and limited; sched_setaffinity stays, as OpenMP binds each of its threads by its id
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "setrlimit": (160, 164),
    # what others do with files
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    # the file system's names and attributes
    "creat": (85, None),
    "truncate": (76, 45),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
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
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # ways around a filter: rings of requests, which the kernel carries out itself
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # the machine: mounts, name spaces, modules, keys, clocks
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "personality": (135, 92),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
}

DONE_WITHOUT: Final[Numbers] = {"clone3": (435, 435), "openat2": (437, 437)}
"""They keep their arguments where a filter cannot look; the C library falls back on the calls below."""

CLONE: Final = (56, 220)
OPEN: Final = (2, None)
OPENAT: Final = (257, 56)
KILL_CALL: Final = (62, 129)
TGKILL: Final = (234, 131)
PRLIMIT: Final = (302, 261)


def program(machine: Machine, process: int, *, may_open_for_writing: bool) -> bytes:
    """The filter for process ``process``, which may start threads, send signals to itself and ask for limits."""
    denied = ERROR | errno.EPERM
    absent = ERROR | errno.ENOSYS
    code = [_load(ARCHITECTURE_AT), INSTRUCTION.pack(EQUAL, 1, 0, machine.audit), _return(KILL), _load(NUMBER_AT)]
    code += _answer(AT_LEAST, NEWEST + 1, absent)
    for numbers in DONE_WITHOUT.values():
        code += _answer(EQUAL, numbers[machine.column], absent)
    for numbers in FORBIDDEN.values():
        code += _answer(EQUAL, numbers[machine.column], denied)
    code += _look(CLONE[machine.column], 0, ANY_BIT, CLONE_THREAD, ALLOW, denied)
    code += _look(KILL_CALL[machine.column], 0, EQUAL, process, ALLOW, denied)
    code += _look(TGKILL[machine.column], 0, EQUAL, process, ALLOW, denied)
    code += _null(PRLIMIT[machine.column], 2, ALLOW, denied)
    if not may_open_for_writing:
        code += _look(OPEN[machine.column], 1, ANY_BIT, WRITING, denied, ALLOW)
        code += _look(OPENAT[machine.column], 2, ANY_BIT, WRITING, denied, ALLOW)
    code.append(_return(ALLOW))
    return b"".join(code)


def _load(offset: int) -> bytes:
    return INSTRUCTION.pack(LOAD, 0, 0, offset)


def _return(verdict: int) -> bytes:
    return INSTRUCTION.pack(RETURN, 0, 0, verdict)


def _answer(test: int, operand: int | None, verdict: int) -> list[bytes]:
    """``verdict`` when ``test`` holds; nothing where this machine has no such call."""
    return [] if operand is None else [INSTRUCTION.pack(test, 0, 1, operand), _return(verdict)]


def _look(number: int | None, argument: int, test: int, operand: int, when: int, otherwise: int) -> list[bytes]:
    """The verdict on call ``number`` by one of its arguments."""
    if number is None:
        return []
    return [
        INSTRUCTION.pack(EQUAL, 0, 4, number),
        _load(ARGUMENTS_AT + 8 * argument),
        INSTRUCTION.pack(test, 0, 1, operand),
        _return(when),
        _return(otherwise),
    ]


def _null(number: int, argument: int, when: int, otherwise: int) -> list[bytes]:
    """The verdict on call ``number`` by whether one of its arguments, a pointer, is NULL."""
    return [
        INSTRUCTION.pack(EQUAL, 0, 6, number),
        _load(ARGUMENTS_AT + 8 * argument),
        INSTRUCTION.pack(EQUAL, 0, 3, 0),
        _load(ARGUMENTS_AT + 8 * argument + 4),
        INSTRUCTION.pack(EQUAL, 0, 1, 0),
        _return(when),
        _return(otherwise),
    ]
