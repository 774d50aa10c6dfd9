"""Python as it is on macOS, where nobody tells which cores a process may use.

Python imports this module by its name when the folder is on PYTHONPATH.
"""

import os

del os.sched_getaffinity
