"""Faces: detected, clustered, recognised."""
