"""Debugging on, and silk under /api/silk."""

from librephotos.settings.base import *  # noqa: F401, F403
from librephotos.settings.base import INSTALLED_APPS, MIDDLEWARE

DEBUG = True
WHITENOISE_AUTOREFRESH = True
INSTALLED_APPS = [*INSTALLED_APPS, "silk"]
MIDDLEWARE = [*MIDDLEWARE, "silk.middleware.SilkyMiddleware"]
SILKY_AUTHENTICATION = True
SILKY_AUTHORISATION = True
