"""Vectors, by which photos are found."""
