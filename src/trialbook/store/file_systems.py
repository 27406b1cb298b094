"""Which file systems a SQLite store may lie on: not those of a network, where its write-ahead log would lose data."""

from __future__ import annotations

from pathlib import Path

from trialbook.errors import StoreError

# 9p is not here: containers (gVisor) show their local disk as 9p. Where it is a real network, WAL fails to open.
NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "lustre", "beegfs", "gpfs"}
    | {"fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone"}
)


def refuse_network(folder: Path, mounts: str | None = None) -> None:
    """Raise `StoreError` when `folder` lies on a network file system. `mounts` is the text of /proc/mounts."""
    if mounts is None:
        table = Path("/proc/self/mounts")
        mounts = table.read_text(errors="replace") if table.exists() else ""
    kind = file_system(folder.resolve(), mounts)
    if kind in NETWORK_FILE_SYSTEMS:
        message = (
            f"{folder} lies on a network file system ({kind}), where SQLite would lose data: "
            "use a folder on a local disk, or a postgresql:// store"
        )
        raise StoreError(message)


def file_system(path: Path, mounts: str) -> str:
    """Name the type of the file system that holds `path`, by the text of /proc/mounts; "" when it does not say."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = Path(fields[1].replace("\\040", " "))
        # Later lines are mounted over earlier ones.
        if (place == path or place in path.parents) and len(place.parts) >= best:
            best, kind = len(place.parts), fields[2]
    return kind
