"""Fast hashing and a data folder of its own; tests/conftest.py starts PostgreSQL."""

import os
import tempfile

os.environ.setdefault("LIBREPHOTOS_DATA", tempfile.mkdtemp(prefix="librephotos-test-"))
# Tests of what is learnt from faces switch it on.
os.environ.setdefault("LIBREPHOTOS_FACE_RECOGNITION", "false")
os.environ.setdefault("LIBREPHOTOS_SECRET_KEY", "for-tests-only-" + "0" * 32)

from librephotos.settings.base import *  # noqa: E402, F401, F403
from librephotos.settings.base import HOSTS, REST_FRAMEWORK  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": {"login": None, "sign_up": None},
}
# What Django's test client calls the server.
HOSTS = [*HOSTS, "testserver"]
