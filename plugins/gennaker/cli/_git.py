"""Ask Git where a folder comes from."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


def origin(folder: Path) -> tuple[str, str]:
    """
    Return the repository and the commit of a folder.

    The repository is the address of the remote ``origin`` without a user or password, else the checkout's
    path; the commit is empty where there is none, or where the folder differs from it.
    """
    remote = _git(folder, "config", "--get", "remote.origin.url")
    top = _git(folder, "rev-parse", "--show-toplevel")
    repository = _without_credentials(remote) if remote else top or str(folder.resolve())
    changed = _git(folder, "status", "--porcelain", "--", ".")
    return repository, "" if changed else _git(folder, "rev-parse", "--verify", "--quiet", "HEAD")


def _git(folder: Path, *arguments: str) -> str:
    """Return what Git says; nothing where there is no Git, or no checkout."""
    program = shutil.which("git")
    if program is None:
        return ""
    done = subprocess.run(
        [program, "-C", str(folder), *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def _without_credentials(address: str) -> str:
    parts = urlsplit(address)
    if not parts.scheme or not parts.netloc:
        return address
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
