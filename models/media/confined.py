"""What a process may still do once it holds bytes of a stranger: count, and write its answer.

Memory, processor time and files are limited everywhere (getrlimit(2)). Where Linux runs on x86-64 or ARM64
the kernel also refuses every call but those of `_ALLOWED` (seccomp(2), mode filter): no file, no socket, no
other process, no signal to anybody.
"""

import ctypes
import platform
import resource
import signal
import struct
import sys
from typing import Final

MEMORY: Final = 300 << 20
SECONDS: Final = 2  # of processor time, by the kernel's whole seconds
A_LITTLE_LESS: Final = 1.5  # so that the answer is there within two
ON_THE_CLOCK: Final = 6.0  # for a machine that is busy elsewhere

_SET_NO_NEW_PRIVS, _SET_SECCOMP, _SET_DEATH_SIGNAL, _FILTER = 38, 22, 1, 2
# read write close lseek mmap mprotect munmap brk mremap madvise futex rt_sigprocmask rt_sigreturn exit
# exit_group getrandom clock_gettime sched_yield getpid gettid
_ALLOWED: Final = {
    "x86_64": (0xC000003E, (0, 1, 3, 8, 9, 10, 11, 12, 25, 28, 202, 14, 15, 60, 231, 318, 228, 24, 39, 186)),
    "aarch64": (
        0xC00000B7,
        (63, 64, 57, 62, 222, 226, 215, 214, 216, 233, 98, 135, 139, 93, 94, 278, 113, 124, 172, 178),
    ),
}
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _NOT_PERMITTED, _KILL = 0x7FFF0000, 0x00050001, 0x80000000


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def confine() -> None:
    """For good, and for this process only. What it needs has to be loaded before."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CPU, SECONDS)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, 0)  # nothing can be opened any more, a socket neither
    signal.setitimer(signal.ITIMER_PROF, A_LITTLE_LESS)
    signal.setitimer(signal.ITIMER_REAL, ON_THE_CLOCK)
    filter_calls()


def filter_calls() -> bool:
    """Whether the kernel took the filter."""
    machine = _ALLOWED.get(platform_name())
    if machine is None:
        return False
    kernel = ctypes.CDLL(None, use_errno=True)
    written = _filter(*machine)
    program = _Program(len(written) // 8, written)
    return bool(
        kernel.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        and kernel.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0
    )


def die_with_parent() -> None:
    """Where Linux runs: killed when whoever started this process is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def platform_name() -> str:
    return platform.machine() if sys.platform == "linux" and sys.maxsize > 2**32 else ""


def _limit(what: int, much: int) -> None:
    highest = resource.getrlimit(what)[1]
    least = much if highest == resource.RLIM_INFINITY else min(much, highest)
    resource.setrlimit(what, (least, least))


def _filter(machine: int, calls: tuple[int, ...]) -> bytes:
    """linux/filter.h: of struct seccomp_data, the call's number stands at 0, the machine at 4."""
    lines = [
        (_LOAD, 0, 0, 4),
        (_IF_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        *((_IF_EQUAL, len(calls) - at, 0, call) for at, call in enumerate(calls)),
        (_RETURN, 0, 0, _NOT_PERMITTED),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
