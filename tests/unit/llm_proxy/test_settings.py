"""What an operator set counts until the environment says something new."""

from services.llm_proxy.ports import Setting
from services.llm_proxy.settings import Pointing

ENVIRONMENT = {"base": ("http://a/v1",), "lora": ()}


def setting(revision: int, *urls: str, role: str = "base", environment: tuple[str, ...] = ("http://a/v1",)) -> Setting:
    return Setting(role=role, urls=urls, environment=environment, revision=revision)


def test_without_a_setting_the_environment_counts():
    assert Pointing(ENVIRONMENT).of([]) == {"base": (("http://a/v1",), 0), "lora": ((), 0)}


def test_a_setting_survives_a_restart_with_the_same_environment():
    assert Pointing(ENVIRONMENT).of([setting(7, "http://b/v1")])["base"] == (("http://b/v1",), 7)


def test_a_setting_yields_to_an_environment_that_has_changed_since():
    pointing = Pointing(ENVIRONMENT)
    old = setting(7, "http://b/v1", environment=("http://before/v1",))

    assert pointing.of([old])["base"] == (("http://a/v1",), 0)
    assert pointing.of([old])["base"] == (("http://a/v1",), 0)


def test_what_is_set_later_counts_whatever_the_setter_s_environment_was():
    pointing = Pointing(ENVIRONMENT)
    pointing.of([setting(7, "http://b/v1", environment=("http://before/v1",))])

    later = setting(8, "http://c/v1", environment=("http://before/v1",))
    assert pointing.of([later])["base"] == (("http://c/v1",), 8)


def test_a_role_may_be_set_to_have_no_server_and_each_role_stands_alone():
    pointing = Pointing(ENVIRONMENT)
    found = pointing.of([setting(7), setting(8, "http://l/v1", role="lora", environment=())])

    assert found == {"base": ((), 7), "lora": (("http://l/v1",), 8)}


def test_a_role_that_nobody_knows_is_passed_over():
    assert "other" not in Pointing(ENVIRONMENT).of([setting(7, role="other")])


def test_a_password_in_the_environment_is_no_change():
    pointing = Pointing({"base": ("http://user:secret@a/v1",)})

    assert pointing.of([setting(7, "http://b/v1")])["base"] == (("http://b/v1",), 7)
