"""A private view of the file system for one job: its folder is `/opt/ml`, and nothing but its own folders is writable.

Runs in the job's process, before the program takes its place. A mount namespace needs no container: root has it, and
others have it inside a user namespace where the kernel allows those. `probe` finds out in a process of its own, since
a half-made namespace cannot be left again.

::

    /             read-only, as it is
    /opt/ml       the job's `ml` folder
    <folder>      the job's folder: writable
    /tmp, /dev, /proc, /sys, /run/user, /var/tmp    as they are
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

ML = "/opt/ml"
_WRITABLE = ("/tmp", "/var/tmp", "/dev", "/proc", "/dev/shm", "/dev/pts", "/dev/mqueue")  # noqa: S108 (named, not made)
_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_MOUNT_ATTR_RDONLY, _AT_FDCWD, _AT_RECURSIVE = 1, -100, 0x8000
_SYS_MOUNT_SETATTR = 442  # the same number on all architectures: it is newer than their common table


class _MountAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd")]


def enter(folder: str, *, confine: bool) -> bool:
    """Make this process see `<folder>/ml` as `/opt/ml`; with `confine`, make the rest read-only.

    Returns
    -------
    Whether the rest is read-only: kernels before 5.12 cannot do it for all mounts at once.

    Raises
    ------
    OSError
        The system allows no namespace, or there is no place for `/opt/ml`.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    root = os.geteuid() == 0
    _check(libc.unshare(_CLONE_NEWNS | (0 if root else _CLONE_NEWUSER)), "unshare")
    if not root:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    _mount(libc, None, "/", _MS_REC | _MS_PRIVATE)
    _bind(libc, folder, folder)
    _make_place(libc)
    _bind(libc, f"{folder}/ml", ML)
    return confine and _read_only(libc, [folder, ML])


def probe(folder: str, *, confine: bool) -> str | None:
    """Try `enter` in a process of its own; None when it works, else the reason why not."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        message = b"a private mount namespace failed"
        try:
            enter(folder, confine=confine)
            message = b""
        except OSError as error:
            message = str(error).encode()
        finally:
            os.write(writer, message)
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        reason = stream.read().decode()
    os.waitpid(child, 0)
    return reason or None


def _make_place(libc: ctypes.CDLL) -> None:
    """Have a folder `/opt/ml` to mount on. Where there is none, `/opt` becomes a copy that only this process sees."""
    if Path(ML).is_dir():
        return
    parent = Path(ML).parent
    parent.mkdir(exist_ok=True)
    children = sorted(parent.iterdir())
    links = [(child, child.readlink()) for child in children if child.is_symlink()]
    held = [(child, os.open(child, os.O_PATH)) for child in children if not child.is_symlink()]
    _mount(libc, "tmpfs", str(parent), 0, "tmpfs")
    Path(ML).mkdir()
    for child, place in links:
        child.symlink_to(place)
    for child, descriptor in held:
        if Path(f"/proc/self/fd/{descriptor}").is_dir():
            child.mkdir()
        else:
            child.touch()
        _bind(libc, f"/proc/self/fd/{descriptor}", str(child))
        os.close(descriptor)


def _read_only(libc: ctypes.CDLL, writable: list[str]) -> bool:
    places = [place for place in (*writable, *_WRITABLE) if Path(place).exists()]
    for place in places:
        if not os.path.ismount(place):
            _bind(libc, place, place)
    if _set_read_only(libc, "/", _AT_RECURSIVE, on=True):
        return False
    for place in places:
        _set_read_only(libc, place, 0, on=False)
    return True


def _set_read_only(libc: ctypes.CDLL, place: str, flags: int, *, on: bool) -> int:
    attributes = _MountAttr(attr_set=_MOUNT_ATTR_RDONLY) if on else _MountAttr(attr_clr=_MOUNT_ATTR_RDONLY)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    call = ctypes.c_long(_SYS_MOUNT_SETATTR)
    result: int = libc.syscall(
        call, ctypes.c_int(_AT_FDCWD), place.encode(), ctypes.c_uint(flags), ctypes.byref(attributes), size
    )
    return result


def _bind(libc: ctypes.CDLL, source: str, target: str) -> None:
    _mount(libc, source, target, _MS_BIND | _MS_REC)


def _mount(libc: ctypes.CDLL, source: str | None, target: str, flags: int, kind: str | None = None) -> None:
    texts = [None if text is None else text.encode() for text in (source, target, kind)]
    _check(libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), None), f"mount on {target}")


def _check(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
