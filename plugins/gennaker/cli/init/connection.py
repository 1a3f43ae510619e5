"""Create the connection whose password signs what workers ask of the API server."""

from __future__ import annotations

import secrets

from airflow.models.connection import Connection
from airflow.utils.session import create_session
from sqlalchemy import select


def ensure_connection(connection_id: str) -> bool:
    """Create the connection unless it is there with a password; tell whether it was created or completed."""
    with create_session() as session:
        connection = session.scalar(select(Connection).where(Connection.conn_id == connection_id))
        if connection is not None and connection.password:
            return False
        if connection is None:
            connection = Connection(conn_id=connection_id, conn_type="generic")
            connection.description = "Signs the calls of Gennaker's workers to the API server"
            session.add(connection)
        connection.password = secrets.token_urlsafe(48)
        return True
