import json
import stat
from pathlib import Path

import pytest

from services.local.playing.saved import Profile, Remembered

URL = "http://127.0.0.1:8000"


def test_a_player_is_known_again_and_only_at_their_server(tmp_path: Path):
    file = tmp_path / "new" / "player.json"
    profile = Profile(file, URL)
    profile.signed_in("3.token")
    profile.playing("game")

    assert Profile(file, URL).now == Remembered(token="3.token", game_id="game")
    assert Profile(file, "http://elsewhere").now == Remembered()


def test_another_servers_player_is_kept(tmp_path: Path):
    here, there = Profile(tmp_path / "player.json", URL), Profile(tmp_path / "player.json", "http://elsewhere")
    here.signed_in("here")
    there.signed_in("there")
    here.playing("game")

    assert Profile(tmp_path / "player.json", "http://elsewhere").now == Remembered(token="there")


def test_a_new_guest_has_no_last_game(tmp_path: Path):
    profile = Profile(tmp_path / "player.json", URL)
    profile.signed_in("first")
    profile.playing("game")
    profile.signed_in("second")

    assert Profile(tmp_path / "player.json", URL).now == Remembered(token="second")


def test_nobody_else_may_read_it(tmp_path: Path):
    file = tmp_path / "player.json"
    file.write_text("{}")
    file.chmod(0o644)

    Profile(file, URL).signed_in("secret")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["player.json"]


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"servers": []}',
        b'{"servers": {"http://127.0.0.1:8000": 1}}',
        b'{"servers": {"http://127.0.0.1:8000": {"token": 1, "game": null}}}',
        json.dumps({"servers": {URL: {"token": "two\nlines", "game": "../../admin"}}}).encode(),
        json.dumps({"servers": {URL: {"token": "열쇠", "game": "한 판"}}}).encode(),
    ],
)
def test_a_broken_file_is_as_good_as_none(tmp_path: Path, broken: bytes):
    (tmp_path / "player.json").write_bytes(broken)

    assert Profile(tmp_path / "player.json", URL).now == Remembered()
