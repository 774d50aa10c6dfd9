"""Under which names the environment of a request tells that it can be put off.

The web server does it (`server.http.later`): what the application answers is then
thrown away, and the request is put to it again, from the beginning, once the function
that it was given has been called, from whatever thread. No thread waits meanwhile.
"""

from __future__ import annotations

PUT_OFF = "librephotos.put_off"
"""What puts the request off, and returns what is to be called."""

WAITS_SINCE = "librephotos.waits_since"
"""Since when it has waited, by `time.monotonic`, if it was put off before."""
