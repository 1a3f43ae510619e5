"""Offer the methods of values, one module a kind of value; importing this package fills the tables."""

from gennaker.expr.methods import beans, collections, numbers, objects, strings

__all__ = ["beans", "collections", "numbers", "objects", "strings"]
