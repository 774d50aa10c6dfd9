"""Copies of pictures and videos without metadata, for others than their owner.

Only what is known to be needed for showing a picture is copied; whatever else a file
holds, known or not, stays behind.
"""
