"""Offer the Java types that ``T(...)`` and ``new`` may name; importing this package fills the tables."""

from gennaker.expr.javatypes import days, instants, local_dates, maths, numbers, randoms, texts

__all__ = ["days", "instants", "local_dates", "maths", "numbers", "randoms", "texts"]
