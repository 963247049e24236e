"""The schedule of faults."""

import random

from tests.chaos.cluster import Cluster, Shape
from tests.chaos.faults import Armoury, Faults, Ledger, story
from tests.chaos.nemesis import KILLS, OTHERS, WIPE, Rates, schedule


def test_the_same_seed_brings_the_same_faults_at_the_same_time():
    first, again, other = (schedule(seed, 60, Rates()) for seed in (7, 7, 8))

    assert first == again != other
    assert [one.at for one in first] == sorted(one.at for one in first)


def test_a_full_run_plans_enough_of_everything():
    planned = [one.fault for one in schedule(1, 600, Rates())]

    assert sum(fault in KILLS for fault in planned) > 220
    assert all(planned.count(fault) >= 3 for fault in (*KILLS, *OTHERS, WIPE))


def test_a_rate_of_none_plans_none(tmp_path):
    rates = Rates(kills=None, wipes=None, others=(1, 2), other_weights={"freeze game": 1})

    assert {one.fault for one in schedule(3, 30, rates)} == {"freeze game"}


def test_every_fault_that_can_be_planned_is_known(tmp_path):
    cluster = Cluster(tmp_path, Shape(), base=None, lora=None)
    known = Faults(cluster, Ledger(), Armoury(), story(random.Random(0))).by_name

    assert {*KILLS, *OTHERS, WIPE} == set(known)
