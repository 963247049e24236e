from pathlib import Path

import pytest

from services.chassis.config import load
from services.local.playing.settings import PlayingConfig
from services.local.playing.words import Language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, Language.KO),
        ({"LANG": "C.UTF-8"}, Language.KO),
        ({"LANG": "de_DE.UTF-8"}, Language.KO),
        ({"LANG": "en_GB.UTF-8"}, Language.EN),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "ko_KR.UTF-8"}, Language.KO),
        ({"LANG": "ko_KR.UTF-8", "LC_MESSAGES": "en"}, Language.EN),
        ({"LANG": "en_US", "LC_ALL": ""}, Language.EN),
    ],
)
def test_the_terminals_language_is_spoken_or_else_korean(environment: dict[str, str], language: Language):
    assert load(PlayingConfig, environment).language is language


def test_it_looks_where_make_up_is():
    assert (load(PlayingConfig, {}).port, load(PlayingConfig, {}).home) == (8000, Path(".maratang"))
    assert load(PlayingConfig, {"MARATANG_PORT": "9000"}).port == 9000
