"""Faces and people."""
