"""Who may do what with the library; `staff` is a superuser."""

from __future__ import annotations

from tests.api.permission_rows import Row

LIBRARY: list[Row] = []
