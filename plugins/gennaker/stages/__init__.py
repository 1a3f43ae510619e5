"""Stage types: one file adds one (``KIND``, a pydantic model, and the operator that does the work)."""
