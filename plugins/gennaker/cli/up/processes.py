"""
Start Airflow's processes, notice their death, and end them with everything that they started.

Each gets a process group of its own, so that Ctrl-C reaches only the launcher, which then ends them in order.
All carry a mark in their environment that no other launch has. A launcher that was killed leaves its children
behind; the next one finds the mark in a file and ends exactly those, also the ones that lost their parents.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from gennaker.errors import GennakerError

_MARK = "GENNAKER_INSTANCE"


class Processes:
    """The processes of one instance."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._mark = secrets.token_hex(16)
        # Without SPT_NOENV a process that sets its title overwrites the mark.
        self._environment = {**environment, _MARK: self._mark, "SPT_NOENV": "1"}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._record = folder / "instance.json"

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name."""
        return {name: process.pid for name, process in self._running.items()}

    def log(self, name: str) -> Path:
        """Return the file with what a process prints."""
        return self.folder / f"{name}.log"

    def claim(self) -> None:
        """Become the instance of this folder: refuse beside a living one, end what a dead one left behind."""
        if self._record.exists():
            record = json.loads(self._record.read_text())
            if _lives(record):
                raise GennakerError(
                    f"already running, started by process {record['pid']}",
                    hint="use it, or end it with Ctrl-C in its terminal",
                )
            _end(_marked(record["mark"]), grace=10.0)
        me = psutil.Process()
        self._record.write_text(json.dumps({"mark": self._mark, "pid": me.pid, "started": me.create_time()}))

    def start(self, name: str, arguments: Sequence[str]) -> None:
        """Start ``python -m <arguments>`` under a name."""
        with self.log(name).open("wb") as output:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def run(self, name: str, arguments: Sequence[str], *, text: str = "") -> None:
        """Run ``python -m <arguments>`` to its end; raise with its output when it fails."""
        with self.log(name).open("wb") as output:
            done = subprocess.run(
                [sys.executable, "-m", *arguments],
                cwd=self.folder,
                env=self._environment,
                input=text.encode(),
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise GennakerError(f"{' '.join(arguments)} failed:\n{tail(self.log(name))}")

    def check(self) -> None:
        """Raise when a process has died."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise GennakerError(
                    f"{name} ended with status {process.returncode}:\n{tail(self.log(name))}",
                    hint=f"the whole output is in {self.log(name)}",
                )

    def end(self, name: str) -> None:
        """End one of them and let the others go on."""
        process = self._running.pop(name)
        _signal([process])
        _wait([process], timeout=10.0)

    def stop(self, *, last: str = "") -> None:
        """End all of them and whatever they started; `last` serves the others until they are gone."""
        served = [process for name, process in self._running.items() if name != last]
        # Airflow takes a second signal for "don't wait": triggers go on later, tasks are run again.
        for _ in range(2):
            _signal(served)
            _wait(served, timeout=3.0)
        _signal(self._running.values())
        psutil.wait_procs(_marked(self._mark), timeout=5.0)
        _end(_marked(self._mark), grace=3.0)
        _wait(self._running.values(), timeout=5.0)
        self._running.clear()
        self._record.unlink(missing_ok=True)


def tail(path: Path, lines: int = 25) -> str:
    """Return the end of a log."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def _lives(record: Mapping[str, float]) -> bool:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(int(record["pid"]))
        # The kernel counts from boot, so a corrected clock moves this a little.
        same = abs(process.create_time() - record["started"]) < 2
        return same and process.pid != os.getpid()
    return False


def _marked(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(_MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _signal(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)


def _wait(processes: Iterable[subprocess.Popen[bytes]], *, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))


def _end(family: Sequence[psutil.Process], *, grace: float) -> None:
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(family, timeout=grace)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
