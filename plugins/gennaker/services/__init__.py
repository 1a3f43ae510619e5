"""Use cases of the server: they take a session, never commit, and leave a line in the audit log."""
