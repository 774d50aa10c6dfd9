"""Published models: a manifest, and a folder that they are downloaded to.

`ModelStore` is the door; `errors` draws what can go wrong. Nothing here loads torch.
"""

from librephotos.ml.model_store.download import Progress
from librephotos.ml.model_store.manifest import Model, Purpose
from librephotos.ml.model_store.soundness import Fault
from librephotos.ml.model_store.store import ModelState, ModelStore
from librephotos.ml.model_store.web import Patience

__all__ = [
    "Fault",
    "Model",
    "ModelState",
    "ModelStore",
    "Patience",
    "Progress",
    "Purpose",
]
