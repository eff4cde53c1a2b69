"""Small disks of our own under a folder, which can be filled: file systems in memory, mounted in a namespace of ours.

No disk of the machine is touched. Root may mount in a mount namespace of its own; others need a user namespace too,
which some containers forbid. Where neither is to be had, disks are not filled, and the run says so.
"""

import errno
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

DISK_BYTES = 12 * 1024**2
BALLAST = "ballast"


def own_mounts() -> Sequence[str] | None:
    """The command line that starts a program which may mount; None where nothing may."""
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("mount") is None:
        return None
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = [unshare, "--mount", *user]
    probe = [*command, "mount", "-t", "tmpfs", "-o", "size=1m", "probe", "/mnt"]
    done = subprocess.run(probe, capture_output=True, timeout=30, check=False)
    return command if done.returncode == 0 else None


def mount_disk(folder: Path) -> None:
    """Have `folder` on a small disk of its own."""
    folder.mkdir(parents=True, mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "media", str(folder)], check=True)


def unmount_disk(folder: Path) -> None:
    """Take the disk away again, with all that is on it."""
    subprocess.run(["umount", "--lazy", str(folder)], check=False)


def fill(folder: Path) -> None:
    """Leave no room on its disk."""
    with (folder / BALLAST).open("ab", buffering=0) as file:
        for size in (1024**2, 4096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


def empty(folder: Path) -> None:
    """Make room again."""
    (folder / BALLAST).unlink(missing_ok=True)
