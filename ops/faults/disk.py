"""A disk that can be made full: a small file system of our own where that is allowed, else limits on file sizes.

With a tmpfs the whole data folder is on it and is full for everybody, logs included. Without the right to
mount, each process of the product is forbidden to write any file beyond the size that its database has now.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SIZE_MB = 4_096  # what is not written takes no memory
_PAGE = 4_096


@dataclass(frozen=True)
class Disk:
    """Where the data folder is, and how it becomes full."""

    folder: Path
    kind: str  # tmpfs or file-size-limit
    list_pids: Callable[[], Iterable[int]]

    @contextmanager
    def full(self) -> Iterator[None]:
        """Let nothing more be written for as long as the block lasts."""
        self._limit()
        try:
            yield
        finally:
            self._release()

    def _limit(self) -> None:
        if self.kind == "tmpfs":
            found = os.statvfs(self.folder)
            used = (found.f_blocks - found.f_bfree) * found.f_frsize
            _remount(self.folder, f"{max(used, _PAGE)}")
            return
        sizes = [path.stat().st_size for path in self.folder.glob("*.db*")]
        for pid in self.list_pids():
            _limit_files(pid, max(sizes, default=_PAGE))

    def _release(self) -> None:
        if self.kind == "tmpfs":
            _remount(self.folder, f"{_SIZE_MB}m")
            return
        for pid in self.list_pids():
            _limit_files(pid, resource.RLIM_INFINITY)


@contextmanager
def small_disk(folder: Path) -> Iterator[str]:
    """Make `folder` a file system of its own for as long as the block lasts, where that is allowed; yield the kind."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE_MB}m,mode=0700", "tmpfs", str(folder)]
    try:
        is_mounted = subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        is_mounted = False
    try:
        yield "tmpfs" if is_mounted else "file-size-limit"
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], capture_output=True)


def _remount(folder: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True, capture_output=True)


def _limit_files(pid: int, limit: int) -> None:
    try:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, hard))
    except (ProcessLookupError, PermissionError):
        pass
