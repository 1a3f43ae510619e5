"""Who is asking."""

from __future__ import annotations

from pydantic import Field

from gennaker.api.models._base import Answer


class May(Answer):
    """What somebody may do where no application says otherwise."""

    read: bool = Field(description="See pipelines at all.")
    create: bool = Field(description="Create applications and pipelines.")


class Whoami(Answer):
    """Who is logged in."""

    name: str = Field(examples=["ann"])
    roles: list[str] = Field(description="Names of roles and groups.", examples=[["Pipeline Admin"]])
    admin: bool = Field(description="May do everything, whatever an application's permissions say.")
    door: str = Field(description="`ui` with the cookie of Airflow's UI, `api` with a bearer token.")
    may: May
