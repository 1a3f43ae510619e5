"""The parts of the documentation that are made from the code: reference pages, tables and examples."""
