"""What the processes load: the web server and an idle worker stay small."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.server import PATIENCE_S

LEARNING = ("dlib", "face_recognition_models", "safetensors", "torch", "transformers")

WEB = """
import django
from librephotos.web import wsgi
from django.urls import get_resolver
get_resolver().url_patterns
"""
WORKER = """
import django
django.setup()
import librephotos.api.pipeline.worker.tasks, librephotos.api.pipeline.worker.loop
from django.utils.module_loading import import_string
from librephotos.api.pipeline.work.queue import Task
from librephotos.api.pipeline.work.registry import learning_stages, stages
stages(), learning_stages(), [import_string(task.function) for task in Task]
"""


@pytest.mark.parametrize("program", [WEB, WORKER], ids=["web", "worker"])
def test_no_model_library_is_loaded(program: str) -> None:
    script = f"{program}\nimport sys\nprint(*set(sys.modules).intersection({LEARNING}))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr
