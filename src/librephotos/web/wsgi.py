"""The WSGI application that the web server loads."""

import os

import django
from django.apps import apps
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "librephotos.settings.production")

if not apps.ready:  # else the log would be set up anew, without its file
    django.setup(set_prefix=False)

application = WSGIHandler()
