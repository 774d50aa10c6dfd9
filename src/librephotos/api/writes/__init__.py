"""Rows written in bulk for the pipeline; `queries` only reads."""
