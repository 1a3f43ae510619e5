"""The work of the `webhook` stage: a call, and the wait for what it started."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from gennaker.client.outbound import Answer, Call
from gennaker.errors import Denied, GennakerError, StageFailed, Temporary
from gennaker.operators._artifacts import bind_produced
from gennaker.operators._base import StageOperator
from gennaker.operators._outcome import Result, Status, failure
from gennaker.operators._run import StageRun, utc_now
from gennaker.operators._triggers import UntilTrigger
from gennaker.operators._values import flag, mapping, number, strings
from gennaker.operators._webhook_call import authorized, build, describe, is_retryable, message_of, send
from gennaker.operators._webhook_status import StatusRules, find_list, find_one, is_worth_retrying
from gennaker.operators._webhook_trigger import WebhookTrigger, cancel_call
from gennaker.security.redact import redact_text

#: Seconds between two attempts of the call, and for how long it is attempted.
RETRY_SECONDS = 10.0
CALL_SECONDS = 300.0
#: Seconds for which the status is asked.
MONITOR_SECONDS = 3600.0


class WebhookOperator(StageOperator):
    """Call an address; wait for what it started."""

    #: They may use the answer of the call (`${webhook.body.id}`), which is not there when the stage starts.
    raw_keys = frozenset({"cancelEndpoint", "cancelPayload", "statusEndpoint"})

    _canceling: dict[str, Any] | None = None

    def work(self, run: StageRun) -> Result:
        """Make the call, or only ask for the status."""
        if flag(run.inputs.get("monitorOnly"), "monitorOnly", default=False):
            return self._guarded(run, self._monitor_only)
        return self._guarded(run, self._call)

    def call_again(self, run: StageRun, event: Any) -> Result:
        """Make the call again after a pause."""
        return self._guarded(run, self._call)

    def monitored(self, run: StageRun, event: Mapping[str, Any]) -> Result:
        """Take over what the status address said at last."""
        webhook = {**run.state.get("webhook", {}), "monitor": event.get("monitor") or {}}
        run.state["webhook"] = webhook
        status, error = event["status"], event.get("error")
        if status == Status.SUCCEEDED:
            return Result(context={"webhook": webhook})
        if status == "TIMEOUT":
            ended = self.timed_out(run, str(error))
            return replace(ended, context={**ended.context, "webhook": webhook})
        self.on_timeout(run)
        result = Status.CANCELED if status == Status.CANCELED else Status.TERMINAL
        return Result(status=result, error=error, context={"webhook": webhook})

    def on_timeout(self, run: StageRun) -> None:
        """Call ``cancelEndpoint``, since the stage has failed; that it cannot be called changes nothing."""
        arguments = self._cancel_arguments(run)
        if arguments is None:
            return
        try:
            cancel_call(arguments)
        except (GennakerError, httpx.HTTPError) as error:
            self.log.warning("cancelEndpoint could not be called: %s", message_of(error))

    def on_kill(self) -> None:
        """Call ``cancelEndpoint``, since the task is killed while it calls."""
        if self._canceling:
            cancel_call(self._canceling)

    # ---- the call ------------------------------------------------------------------------------------

    def _guarded(self, run: StageRun, step: Callable[[StageRun], Result]) -> Result:
        """Take a step; whatever fails is followed by the call that cancels."""
        try:
            result = step(run)
        except Denied as error:
            return failure(str(error), final=True)  # nothing was called
        except GennakerError as error:
            result = failure(str(error), context={"webhook": run.state.get("webhook", {})})
        if result.bad:
            self.on_timeout(run)
        return result

    def _call(self, run: StageRun) -> Result:
        call = self._build(run)
        self._canceling = self._cancel_arguments(run)
        try:
            answer = send(call, run.settings)
        except (httpx.TransportError, Temporary) as error:
            webhook = {"error": message_of(error)}
            if is_retryable(error, call.method):
                return self._again(run, webhook)
            return failure(f"{_name(call)}: {message_of(error)}", context={"webhook": webhook})
        webhook = describe(answer)
        if answer.status >= 400:
            return self._refused(run, call, answer, webhook)
        run.state["webhook"] = webhook
        if flag(run.inputs.get("waitForCompletion"), "waitForCompletion", default=False):
            return self._monitor(run, _status_url(run, call, answer))
        artifacts = find_list(webhook["body"], "$.artifacts")
        outputs = bind_produced(run.inputs.get("expectedArtifacts"), artifacts)
        return Result(context={"webhook": webhook}, outputs=outputs)

    def _build(self, run: StageRun) -> Call:
        url = str(run.stage.url or "")
        if not url:
            raise StageFailed("url: the stage names no address")
        headers = mapping(run.inputs.get("customHeaders"), "customHeaders")
        call = build(url, str(run.stage.method), payload=run.inputs.get("payload"), headers=headers)
        return authorized(call, run.stage.account)

    def _refused(self, run: StageRun, call: Call, answer: Answer, webhook: dict[str, Any]) -> Result:
        """Judge an answer that is an error: first what fails at once, then what is tried again."""
        webhook["error"] = f"{_name(call)} answered {answer.status} {answer.reason}"
        fail_fast = _codes(run, "failFastStatusCodes", default=[504])
        attempts = _attempts_allowed(run)
        listed = [*_codes(run, "webhookRetryStatusCodes"), *attempts]
        again = answer.status not in fail_fast and is_worth_retrying(answer.status, listed)
        most = attempts.get(answer.status)
        if again and (most is None or self._count(run, answer.status) < most):
            return self._again(run, webhook)
        return failure(webhook["error"], context={"webhook": webhook})

    def _count(self, run: StageRun, code: int) -> int:
        """Count the attempts that a status code has answered, this one included."""
        counts = run.state.setdefault("attempts", {})
        counts[str(code)] = counts.get(str(code), 0) + 1
        return int(counts[str(code)])

    def _again(self, run: StageRun, webhook: Mapping[str, Any]) -> Result:
        """Wait for the next attempt; give up when the time for attempts is over."""
        now = utc_now()
        first = datetime.fromisoformat(run.state.setdefault("firstCall", now.isoformat()))
        then = now + timedelta(seconds=RETRY_SECONDS)
        last = self.earliest(run, first + timedelta(seconds=CALL_SECONDS))
        if last is not None and then > last:
            return failure(str(webhook.get("error")), context={"webhook": webhook})
        self.log.warning("%s; it is tried again", webhook.get("error"))
        self.wait_for(run, UntilTrigger(then.isoformat()), then="call_again")

    # ---- the wait ------------------------------------------------------------------------------------

    def _monitor_only(self, run: StageRun) -> Result:
        url = self._late(run, "statusEndpoint") or run.stage.url
        if not url:
            raise StageFailed("statusEndpoint: the stage names no address")
        return self._monitor(run, str(url))

    def _monitor(self, run: StageRun, url: str) -> Result:
        webhook = {**run.state.get("webhook", {}), "statusEndpoint": url}
        pause = number(run.inputs.get("waitBeforeMonitor") or 0, "waitBeforeMonitor")
        start = utc_now() + timedelta(seconds=max(0.0, pause))
        deadline = run.deadline or start + timedelta(seconds=MONITOR_SECONDS)
        trigger = WebhookTrigger(
            url=url,
            rules=_rules(run).plain(),
            start=start.isoformat(),
            deadline=deadline.isoformat(),
            headers=mapping(run.inputs.get("customHeaders"), "customHeaders"),
            account=run.stage.account,
            slowest=number(run.inputs.get("backoffPeriodMs") or 0, "backoffPeriodMs") / 1000,
            cancel=self._cancel_arguments(run),
        )
        self.wait_for(run, trigger, then="monitored", webhook=webhook)

    def _cancel_arguments(self, run: StageRun) -> dict[str, Any] | None:
        """Return the arguments of the call that cancels; None where there is none, or not yet."""
        url = self._late(run, "cancelEndpoint")
        if not url:
            return None
        return {
            "url": url,
            "method": str(run.inputs.get("cancelMethod") or "POST"),
            "payload": self._late(run, "cancelPayload"),
            "headers": mapping(run.inputs.get("customHeaders"), "customHeaders"),
            "account": run.stage.account,
        }

    def _late(self, run: StageRun, key: str) -> Any:
        """Evaluate a field that may use the answer of the call."""
        value = self.raw.get(key)
        if value is None:
            return None
        done = run.evaluate(value, webhook=run.state.get("webhook", {}))
        if done.problems:
            self.log.info("%s cannot be evaluated now: %s", key, done.problems[0].message)
            return None
        return done.value


def _name(call: Call) -> str:
    return f"{call.method} {redact_text(call.url)}"


def _status_url(run: StageRun, call: Call, answer: Answer) -> str:
    resolution = str(run.inputs.get("statusUrlResolution") or "getMethod")
    if resolution == "getMethod":
        return call.url
    if resolution == "locationHeader":
        found = answer.headers.get("location")
        if not found:
            raise StageFailed("statusUrlResolution: the response has no Location header")
    elif resolution == "webhookResponse":
        found = find_one(
            answer.parsed(), str(run.inputs.get("statusUrlJsonPath") or "$"), "statusUrlJsonPath"
        )
    else:
        raise StageFailed(
            f"statusUrlResolution: got {resolution!r}",
            hint="use getMethod, locationHeader or webhookResponse",
        )
    return _resolved(call.url, str(found))


def _resolved(base: str, found: str) -> str:
    """Return a status address; behind a proxy that ends TLS, services often give http for their own https."""
    try:
        origin, target = httpx.URL(base), httpx.URL(base).join(found)
    except httpx.InvalidURL:
        raise StageFailed(f"the status address {found!r} is not a URL") from None
    same = target.host == origin.host and target.port == origin.port
    return str(target.copy_with(scheme=origin.scheme) if same else target)


def _rules(run: StageRun) -> StatusRules:
    def lower(key: str) -> list[str]:
        return [text.lower() for text in strings(run.inputs.get(key), key) if text]

    return StatusRules(
        status_path=run.inputs.get("statusJsonPath") or None,
        progress_path=run.inputs.get("progressJsonPath") or None,
        success=lower("successStatuses"),
        canceled=lower("canceledStatuses"),
        terminal=lower("terminalStatuses"),
        retry_codes=_codes(run, "retryStatusCodes"),
    )


def _codes(run: StageRun, key: str, *, default: list[int] | None = None) -> list[int]:
    given = run.inputs.get(key)
    if given is None:
        return default or []
    given = [given] if isinstance(given, int) else given
    return [int(number(code, key)) for code in strings(given, key) if code]


def _attempts_allowed(run: StageRun) -> dict[int, int | None]:
    """Return ``retries.<code>.maxAttempts`` by code; the same key also holds the retries of any stage."""
    retries = run.inputs.get("retries")
    if not isinstance(retries, Mapping):
        return {}
    allowed: dict[int, int | None] = {}
    for code, entry in retries.items():
        if str(code).isdigit() and isinstance(entry, Mapping):
            most = entry.get("maxAttempts")
            allowed[int(code)] = None if most is None else int(number(most, f"retries.{code}.maxAttempts"))
    return allowed
