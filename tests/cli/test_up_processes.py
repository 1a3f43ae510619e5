"""Starting, noticing and ending processes; with real ones."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from gennaker.cli.up.health import wait_for
from gennaker.cli.up.processes import Processes
from gennaker.errors import GennakerError

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "plugins")}

# Starts a grandchild, loses it to init, and lives on; writes both pids when they are up. Nobody lives for
# ever, whatever happens to the test.
FAMILY = """
import os, subprocess, sys, time

code = (
    "import subprocess as s, sys;"
    "sleep = [sys.executable, '-c', 'import time; time.sleep(120)'];"
    "print(s.Popen(sleep, stdin=s.DEVNULL, stdout=s.DEVNULL, stderr=s.DEVNULL).pid)"
)
orphan = int(subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True).stdout)
with open(sys.argv[1] + ".new", "w") as file:
    file.write(f"{os.getpid()} {orphan}")
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(120)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "family.py").write_text(FAMILY)
    (tmp_path / "brief.py").write_text("print('the reason'); raise SystemExit(3)")
    (tmp_path / "echo.py").write_text(
        "import sys; print(sys.stdin.read()); raise SystemExit(len(sys.argv) - 1)"
    )
    return tmp_path


@pytest.fixture
def processes(folder: Path) -> Iterator[Processes]:
    made = Processes(folder, os.environ)
    yield made
    made.stop()


def start_family(processes: Processes, folder: Path) -> list[int]:
    pids = folder / "pids"
    processes.start("family", ("family", str(pids)))
    wait_for(pids.exists, timeout=30, what="the family")
    return [int(pid) for pid in pids.read_text().split()]


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_stop_ends_also_those_who_lost_their_parents(processes: Processes, folder: Path) -> None:
    pids = start_family(processes, folder)
    assert all(alive(pid) for pid in pids)

    processes.stop()

    assert not any(alive(pid) for pid in pids)
    assert processes.pids == {}


def test_a_new_launch_ends_what_a_killed_one_left_behind(folder: Path) -> None:
    code = (
        "import os; from pathlib import Path; from gennaker.cli.up.processes import Processes\n"
        "from gennaker.cli.up.health import wait_for\n"
        f"folder = Path({str(folder)!r}); p = Processes(folder, os.environ); p.claim()\n"
        "p.start('family', ('family', str(folder / 'pids')))\n"
        "wait_for((folder / 'pids').exists, timeout=30, what='the family')\n"
        "os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, check=False)
    assert killed.returncode == -9
    pids = [int(pid) for pid in (folder / "pids").read_text().split()]
    assert all(alive(pid) for pid in pids)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"])

    Processes(folder, os.environ).claim()

    try:
        assert not any(alive(pid) for pid in pids)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_two_instances_of_one_folder_are_refused(processes: Processes, folder: Path) -> None:
    code = (
        "import os; from pathlib import Path; from gennaker.cli.up.processes import Processes\n"
        f"Processes(Path({str(folder)!r}), os.environ).claim(); print('claimed', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "claimed\n"

        with pytest.raises(GennakerError, match=f"already running, started by process {first.pid}"):
            processes.claim()

        first.communicate("\n")
    processes.claim()


def test_a_death_is_noticed_with_the_last_words(processes: Processes) -> None:
    processes.start("brief", ("brief",))

    with pytest.raises(GennakerError, match=r"brief ended with status 3:\nthe reason"):
        wait_for(processes.check, timeout=30, what="the death")


def test_run_gives_standard_input_and_raises_on_failure(processes: Processes) -> None:
    processes.run("echo", ("echo",), text="a secret")
    assert "a secret" in processes.log("echo").read_text()

    with pytest.raises(GennakerError, match="echo one failed"):
        processes.run("echo", ("echo", "one"))


def test_wait_for_gives_up_and_says_for_what() -> None:
    start = time.monotonic()

    with pytest.raises(GennakerError, match=r"waited 0\.2 s in vain for rain"):
        wait_for(lambda: None, timeout=0.2, what="rain", interval=0.05)

    assert time.monotonic() - start < 5
