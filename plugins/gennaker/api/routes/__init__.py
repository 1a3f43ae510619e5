"""Routes, by who may call them."""
