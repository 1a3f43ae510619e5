"""Ask the API server, once for each try, whether a stage may work: every start passes this gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gennaker.operators._execution import ADMISSION
from gennaker.operators._halt import internal_client
from gennaker.operators._outcome import Result, failure
from gennaker.spec.model import FailurePolicy

if TYPE_CHECKING:
    from gennaker.operators._run import StageRun


def ask_admission(run: StageRun) -> str | None:
    """
    Return why a stage may not work, or None; keep what the server knows of the run.

    Nobody is asked in the files-only mode, which has no server to ask.
    """
    sequence = run.operator.pipeline.sequence
    if not sequence:
        return None
    ti = run.ti
    answer = internal_client(run.settings).admit(ti.dag_id, ti.run_id, ti.task_id, str(ti.id), sequence)
    run.state[ADMISSION] = answer.get("context") or {}
    return None if answer["allowed"] else str(answer["reason"])


def not_admitted(reason: str) -> Result:
    """
    Return the failure of a stage that may not work.

    It fails the run whatever the stage's failure option says, or a run in which nothing was done could end as
    a success. It halts nobody: the other stages ask for themselves.
    """
    return failure(
        f"not admitted: {reason}",
        final=True,
        alone=True,
        policy=FailurePolicy.HALT_PIPELINE,
        context={"notAdmitted": reason},
    )
