import subprocess
import sys

from tests.support.servers import PROJECT

WITHIN_SECONDS = 60


def test_games_come_to_the_same_in_every_process():
    """Sets and dictionaries go another way round in each of these processes."""
    command = (sys.executable, "-m", "tests.support.digests")
    running = [
        subprocess.Popen(command, cwd=PROJECT, env={"PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, text=True) for seed in ("0", "4711")
    ]
    printed = [process.communicate(timeout=WITHIN_SECONDS)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert printed[0].count("states=") > 1
    assert printed[0] == printed[1]
