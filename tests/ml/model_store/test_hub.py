"""The tests' hub speaks as the real one does: its own client understands it."""

from __future__ import annotations

from pathlib import Path

from huggingface_hub import HfApi

from tests.ml.model_store.conftest import REPOSITORY
from tests.support.models.model_hub import ModelHub, git_blob, sha256


def test_client_of_the_real_hub(
    hub: ModelHub, files: dict[str, bytes], tmp_path: Path
) -> None:
    api = HfApi(endpoint=hub.url, token=False)
    info = api.model_info(REPOSITORY, files_metadata=True)
    told = {sibling.rfilename: sibling for sibling in info.siblings or ()}
    for name, content in files.items():
        assert told[name].size == len(content)
        assert told[name].blob_id == git_blob(content)
    weights = told["model.safetensors"].lfs
    assert weights is not None
    assert weights.sha256 == sha256(files["model.safetensors"])
    for name in ("config.json", "model.safetensors"):
        path = api.hf_hub_download(REPOSITORY, name, local_dir=tmp_path)
        assert Path(path).read_bytes() == files[name]
