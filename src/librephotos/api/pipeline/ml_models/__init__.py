"""The published models that stages work with."""
