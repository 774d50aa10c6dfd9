"""The process that works."""
