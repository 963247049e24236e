"""A conversation that fell to the base model stays there for a while."""

from services.llm_proxy.sticky import MOST, SECONDS, Fallen


def test_for_a_while_with_its_adapter_and_nobody_else():
    fallen = Fallen()
    fallen.note("game-1", "joseon", 0.0)

    assert fallen.stays("game-1", "joseon", SECONDS - 1)
    assert not fallen.stays("game-1", "joseon", SECONDS)
    assert not fallen.stays("game-1", "goryeo", 0.0)
    assert not fallen.stays("game-2", "joseon", 0.0)


def test_calls_without_a_conversation_are_each_on_their_own():
    fallen = Fallen()
    fallen.note("", "joseon", 0.0)

    assert not fallen.stays("", "joseon", 0.0)


def test_it_forgets_the_oldest():
    fallen = Fallen()
    for number in range(MOST + 1):
        fallen.note(str(number), "joseon", 0.0)

    assert not fallen.stays("0", "joseon", 1.0)
    assert fallen.stays(str(MOST), "joseon", 1.0)
