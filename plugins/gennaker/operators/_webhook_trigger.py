"""Ask a status address until it says that the work is done, without a worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx
from airflow.triggers.base import BaseTrigger, TriggerEvent
from asgiref.sync import sync_to_async

from gennaker.client.outbound import AsyncOutbound, Call, Limits
from gennaker.errors import GennakerError, Temporary
from gennaker.operators._outcome import Status
from gennaker.operators._webhook_call import authorized, build, message_of, policy_of, send
from gennaker.operators._webhook_status import Reading, StatusRules, read_status
from gennaker.settings import from_airflow

FIRST_INTERVAL = 1.0
LATER_INTERVAL = 15.0
#: Seconds for which the first interval holds.
EAGER_SECONDS = 60.0
#: Seconds for the call that cancels; Airflow gives a killed task five.
CANCEL_SECONDS = 4.0


class WebhookTrigger(BaseTrigger):
    """
    Fire when a status address says that the work is over, or when the time is.

    :param url: the status address.
    :param rules: `StatusRules` as JSON.
    :param start: when to ask first; ISO 8601 with an offset, as is `deadline`.
    :param slowest: an interval that is longer than the usual ones, in seconds; 0 is none.
    :param cancel: arguments of the call to make if a person ends the waiting task.
    """

    #: Nobody can say what the work that is waited for would have given.
    skippable: ClassVar[bool] = False

    def __init__(
        self,
        *,
        url: str,
        rules: dict[str, Any],
        start: str,
        deadline: str,
        headers: dict[str, str] | None = None,
        account: str | None = None,
        slowest: float = 0.0,
        cancel: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.arguments: dict[str, Any] = {
            "url": url,
            "rules": rules,
            "start": start,
            "deadline": deadline,
            "headers": headers,
            "account": account,
            "slowest": slowest,
            "cancel": cancel,
        }

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what the triggerer needs to build it again."""
        return "gennaker.operators._webhook_trigger.WebhookTrigger", self.arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Ask until there is an end."""
        settings = from_airflow()
        start, deadline = (datetime.fromisoformat(self.arguments[key]) for key in ("start", "deadline"))
        rules = StatusRules(**self.arguments["rules"])
        codes: list[int] = []
        last: Mapping[str, Any] = {}
        await self.pause((start - self.now()).total_seconds())
        call = await sync_to_async(self._call)()
        async with AsyncOutbound(policy_of(settings), limits=Limits(settings.max_response_bytes)) as outbound:
            while self.now() < deadline:
                reading = await self._ask(outbound, call, rules)
                last = reading.monitor
                codes += [last["statusCodeValue"]] if "statusCodeValue" in last else []
                if reading.status is not Status.RUNNING:
                    yield self._event(str(reading.status), last, codes, reading.error)
                    return
                left = (deadline - self.now()).total_seconds()
                await self.pause(min(self._interval(start), left))
        yield self._event("TIMEOUT", last, codes, "the work that was started did not end in time")

    async def _ask(self, outbound: AsyncOutbound, call: Call, rules: StatusRules) -> Reading:
        try:
            return read_status(await outbound.send(call), rules)
        except (httpx.TransportError, Temporary) as error:
            # To ask does no harm, so whatever may pass is waited for until the deadline.
            return Reading(Status.RUNNING, {"error": message_of(error)})
        except GennakerError as error:
            return Reading(Status.TERMINAL, {"error": str(error)})

    def _call(self) -> Call:
        call = build(self.arguments["url"], "GET", headers=self.arguments["headers"])
        return authorized(call, self.arguments["account"], optional=True)

    def _interval(self, start: datetime) -> float:
        eager = self.now() - start < timedelta(seconds=EAGER_SECONDS)
        return max(FIRST_INTERVAL if eager else LATER_INTERVAL, float(self.arguments["slowest"]))

    @staticmethod
    def _event(status: str, monitor: Mapping[str, Any], codes: list[int], error: str | None) -> TriggerEvent:
        shown = {**monitor, "pastStatusCodes": codes}
        event = {"status": status, "monitor": shown, "error": error}
        return TriggerEvent(event)

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC)

    async def pause(self, seconds: float) -> None:
        """Wait."""
        if seconds > 0:
            await asyncio.sleep(seconds)

    async def on_kill(self) -> None:
        """Cancel the work: a person, or a halt, has ended the stage that waits for it."""
        if self.arguments["cancel"]:
            await sync_to_async(cancel_call)(self.arguments["cancel"])


def cancel_call(arguments: Mapping[str, Any]) -> None:
    """Make the call that cancels; ``arguments`` are those of :func:`build`, and the account."""
    rest = {key: value for key, value in arguments.items() if key != "account"}
    call = authorized(build(**rest), arguments.get("account"), optional=True)
    send(call, from_airflow(), seconds=CANCEL_SECONDS)
