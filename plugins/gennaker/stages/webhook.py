"""Call an HTTP address."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from gennaker.spec.types import ExprBool, ExprInt, ExprItems, ExprMap, ExprStr, ExprStrs, Seconds
from gennaker.stages._base import Stage


class Webhook(Stage):
    """
    Call an HTTP address and, if asked to, wait until what it started is done.

    An answer below 400 is a success. A code in `failFastStatusCodes` fails the stage; 429, 5xx and the codes
    in `webhookRetryStatusCodes` are tried again every 10 seconds for 5 minutes; everything else fails.
    A host that cannot be looked up is tried again, a timeout only for GET: the call may have been heard.

    With `waitForCompletion` a status address is then asked every second for the first minute and every
    15 seconds after that, for an hour at most (or `stageTimeoutMs`), without holding a worker. What
    `statusJsonPath` finds there decides: a number is a percentage and done at 100, a text is looked up in the
    three lists of statuses, and anything else means that it still runs. Without `statusJsonPath` the first
    good answer is the end.

    Later stages read the answer as `${#stage('name').context.webhook.body}`. `cancelEndpoint` is called when
    the stage fails or is canceled; it may use the answer: `https://ci/jobs/${webhook.body.id}/cancel`.

    Only addresses that the administrator allows can be called (`[gennaker] allowed_urls`). `account` names an
    Airflow connection of type HTTP for exactly the called host: its login and password are sent as basic
    authentication, a password alone as a bearer token, its extras as headers.
    """

    KIND: ClassVar[str] = "webhook"
    OPERATOR: ClassVar[str] = "gennaker.operators.webhook:WebhookOperator"
    NOTES: ClassVar[str] = (
        "While it waits, a refused connection is asked again, where Orca fails. `retries.<code>.maxAttempts` "
        "limits the attempts for one status code. Preconfigured webhooks come in as their plain form."
    )

    url: ExprStr | None = Field(default=None, description="The address to call.")
    method: ExprStr = Field(default="POST", description="GET, POST, PUT, PATCH, DELETE or HEAD.")
    payload: Any = Field(default=None, description="What is sent: JSON, or text as it is.")
    custom_headers: ExprMap | None = Field(default=None, description="Headers to send, by name.")
    account: ExprStr | None = Field(
        default=None, description="Airflow connection of type HTTP whose credentials are sent."
    )

    fail_fast_status_codes: ExprItems[ExprInt] = Field(
        default=(504,), description="Status codes that fail the stage at once."
    )
    webhook_retry_status_codes: ExprItems[ExprInt] = Field(
        default=(), description="Further status codes of the call that are tried again."
    )

    wait_for_completion: ExprBool = Field(default=False, description="Ask for the status until it is done.")
    status_url_resolution: ExprStr = Field(
        default="getMethod",
        description="Where the status is: `getMethod` (the same address), `locationHeader` or "
        "`webhookResponse` (found by `statusUrlJsonPath`).",
    )
    status_url_json_path: ExprStr | None = Field(
        default=None, description="JSONPath of the status address in the answer."
    )
    wait_before_monitor: Seconds = Field(default=0, description="Pause before the status is first asked.")
    status_json_path: ExprStr | None = Field(
        default=None, description="JSONPath of the status; absent: any good answer is a success."
    )
    progress_json_path: ExprStr | None = Field(
        default=None, description="JSONPath of a text that describes the progress."
    )
    success_statuses: ExprStrs = Field(
        default=(), description="Statuses of success, with commas between them; case does not matter."
    )
    canceled_statuses: ExprStrs = Field(default=(), description="Statuses that mean it was canceled.")
    terminal_statuses: ExprStrs = Field(default=(), description="Statuses of failure.")
    retry_status_codes: ExprItems[ExprInt] = Field(
        default=(), description="Further status codes of the status address that are asked again."
    )
    monitor_only: ExprBool = Field(default=False, description="Call nothing, only ask `statusEndpoint`.")
    status_endpoint: ExprStr | None = Field(
        default=None, description="The status address, with `monitorOnly`."
    )

    cancel_endpoint: ExprStr | None = Field(
        default=None, description="Address to call when the stage fails or is canceled."
    )
    cancel_method: ExprStr = Field(default="POST", description="Method of that call.")
    cancel_payload: Any = Field(default=None, description="What that call sends.")

    parameter_values: ExprMap | None = Field(
        default=None, description="Parameters of a preconfigured webhook; kept."
    )
