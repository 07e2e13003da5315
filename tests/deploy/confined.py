"""Run a program under the system call filter of a unit file, without systemd.

    python -m tests.deploy.confined UNIT PROGRAM [ARGUMENT ...]

The same rules as systemd's, in the same library: `SystemCallFilter=`, `MemoryDenyWriteExecute=` and
`RestrictAddressFamilies=`. What the unit hides of the file system is not hidden here.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import mmap
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ALLOW = 0x7FFF0000
#: What systemd gives a system call that is not let through here.
EPERM = 0x00050001
NOT_EQUAL = 1
MASKED_EQUAL = 7
SHM_EXEC = 0o100000


class Comparison(ctypes.Structure):
    """libseccomp's scmp_arg_cmp: an argument, how it is compared, and with what."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def missing() -> str:
    """What is not here of what it takes, or ""."""
    if not sys.platform.startswith("linux") or not ctypes.util.find_library("seccomp"):
        return "libseccomp"
    return "" if shutil.which("systemd-analyze") else "systemd-analyze"


def settings_of(unit: Path) -> dict[str, list[str]]:
    """Every setting of a unit file with its values, in their order."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"(?m)^(\w+)=(.*)$", unit.read_text()):
        found.setdefault(name, []).append(value)
    return found


def calls_of(group: str) -> frozenset[str]:
    """The system calls of a group such as @system-service, those of its groups among them."""
    command = ["systemd-analyze", "syscall-filter", "--no-pager", group]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: set[str] = set()
    for line in said.splitlines()[1:]:
        name = line.strip()
        if name.startswith("@"):
            found |= calls_of(name)
        elif name and not name.startswith("#"):
            found.add(name)
    return frozenset(found)


def allowed(filters: list[str]) -> frozenset[str]:
    """The system calls that a unit lets through."""
    found: set[str] = set()
    for each in filters:
        names = each.removeprefix("~").split()
        calls = {call for name in names for call in (calls_of(name) if "@" in name else {name})}
        found = found - calls if each.startswith("~") else found | calls
    return frozenset(found)


def confine(unit: Path) -> None:
    """Put this process, and all that it starts, under the filters of a unit. Raises OSError."""
    settings = settings_of(unit)
    names = allowed(settings["SystemCallFilter"])
    family = [int(getattr(socket, each)) for each in settings["RestrictAddressFamilies"][0].split()]
    _load({}, [*_no_code_from_data(), *_only_families(family)])
    _load(dict.fromkeys(names, ALLOW), [])  # last: it lets nobody load another


def _no_code_from_data() -> Iterator[tuple[str, list[Comparison]]]:
    """MemoryDenyWriteExecute: no memory that can be written and run, nor made so later."""
    both = mmap.PROT_WRITE | mmap.PROT_EXEC
    yield "mmap", [Comparison(2, MASKED_EQUAL, both, both)]
    for call in ("mprotect", "pkey_mprotect"):
        yield call, [Comparison(2, MASKED_EQUAL, mmap.PROT_EXEC, mmap.PROT_EXEC)]
    yield "shmat", [Comparison(2, MASKED_EQUAL, SHM_EXEC, SHM_EXEC)]


def _only_families(families: list[int]) -> Iterator[tuple[str, list[Comparison]]]:
    """RestrictAddressFamilies: no socket of another family."""
    for family in range(max(socket.AF_NETLINK, socket.AF_PACKET, *families) + 30):
        if family not in families:
            yield "socket", [Comparison(0, MASKED_EQUAL, 0xFFFFFFFF, family)]


def _load(known: dict[str, int], rules: list[tuple[str, list[Comparison]]]) -> None:
    """Load one filter: of `known` calls everything else is refused; without, what rules match."""
    library = ctypes.CDLL(ctypes.util.find_library("seccomp"), use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(EPERM if known else ALLOW)))
    for name, action in known.items():
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # other machines have calls that this one has not
            _add(library, context, action, number, [])
    for name, compared in rules:
        _add(library, context, EPERM, library.seccomp_syscall_resolve_name(name.encode()), compared)
    if error := library.seccomp_load(context):
        raise OSError(-error, os.strerror(-error))


def _add(
    library: ctypes.CDLL,
    context: ctypes.c_void_p,
    action: int,
    number: int,
    compared: list[Comparison],
) -> None:
    array = (Comparison * len(compared))(*compared)
    error = library.seccomp_rule_add_array(
        context, ctypes.c_uint32(action), number, len(compared), array
    )
    if error:
        raise OSError(-error, os.strerror(-error))


if __name__ == "__main__":
    confine(Path(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
