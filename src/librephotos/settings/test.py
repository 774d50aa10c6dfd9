"""Fast hashing and a data folder of its own; tests/conftest.py starts PostgreSQL."""

import os
import tempfile

# A folder for each process of pytest-xdist: they inherit the first one's, and what has
# no row in one's database is swept away, were it another's. Commands keep their test's.
_test = "librephotos-test-"
_mine = f"{_test}{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-"
_given = os.environ.get("LIBREPHOTOS_DATA", _test)
if _test in _given and _mine not in _given:
    os.environ["LIBREPHOTOS_DATA"] = tempfile.mkdtemp(prefix=_mine)
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
# Each client that a test makes would list them all.
WHITENOISE_AUTOREFRESH = True
