"""
An executor that runs the tasks of some DAGs as a Kubernetes pod would: in a process of their own, with
nothing of the scheduler's environment and no settings of a database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from airflow.configuration import conf
from airflow.executors.local_executor import LocalExecutor

#: DAGs whose tasks run in pods.
PREFIX = "pods."


class PodExecutor(LocalExecutor):
    """A LocalExecutor, except for the DAGs whose id begins with the prefix."""

    def start(self) -> None:
        super().start()
        self._pods: dict[Any, subprocess.Popen[bytes]] = {}

    def _process_workloads(self, workload_list: Sequence[Any]) -> None:
        pods = [load for load in workload_list if load.display_name and load.ti.dag_id.startswith(PREFIX)]
        super()._process_workloads([load for load in workload_list if load not in pods])
        for load in pods:
            self.queued_tasks.pop(load.key, None)
            self._pods[load.key] = _start(load)

    def sync(self) -> None:
        super().sync()
        for key, process in list(self._pods.items()):
            if process.poll() is not None:
                del self._pods[key]
                self.success(key) if process.returncode == 0 else self.fail(key)


def folder() -> Path:
    """Return where the pods have their homes."""
    return Path(conf.get("logging", "base_log_folder")).parent / "pods"


def _start(load: Any) -> subprocess.Popen[bytes]:
    """Run a workload with the command of the Kubernetes executor."""
    folder().mkdir(exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix=f"{load.ti.task_id}-", dir=folder()))
    base_url = conf.get("api", "base_url")
    bundles = [{"name": "gennaker", "classpath": "gennaker.bundle.PipelineBundle", "kwargs": {}}]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ["PYTHONPATH"],
        "HOME": str(home),
        "TMPDIR": str(home),
        "NO_PROXY": "127.0.0.1",
        "GENNAKER_INSTANCE": os.environ.get("GENNAKER_INSTANCE", ""),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{base_url}/execution/",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__GENNAKER__API_URL": base_url,
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(bundles),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(home / "bundles"),
    }
    with (home / "output.log").open("wb") as output:
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "airflow.sdk.execution_time.execute_workload",
                "--json-string",
                load.model_dump_json(),
            ],
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
