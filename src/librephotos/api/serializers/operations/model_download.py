"""What may be asked of a download."""

from __future__ import annotations

from rest_framework import serializers


class ModelDownloadSerializer(serializers.Serializer[object]):
    """`newest`: the publisher's newest revision, not the one that is known."""

    newest = serializers.BooleanField(default=False)
