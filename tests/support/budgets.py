"""At the end of a run: each suite's seconds against what it may take."""

import pytest

BUDGETS_SECONDS = {"unit": 120, "integration": 360, "e2e": 330, "chaos": 300}
"""Of both processes together, so that the whole takes under ten minutes on two cores."""

_spent = pytest.StashKey[dict[str, float]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_spent] = {}
    config.pluginmanager.register(_Watch(config.stash[_spent]))


class _Watch:
    def __init__(self, spent: dict[str, float]) -> None:
        self._spent = spent

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Adds set-up, call and tear-down to the suite, which is the folder under tests/."""
        folders = report.location[0].split("/")
        if folders[0] == "tests" and len(folders) > 2:
            self._spent[folders[1]] = self._spent.get(folders[1], 0) + report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Prints the table; pytest's closing line comes after it."""
        if not self._spent:
            return
        terminalreporter.section("seconds of each suite", sep="-")
        for suite, seconds in self._spent.items():
            budget = BUDGETS_SECONDS.get(suite)
            said = f"{suite:<12} {seconds:6.1f}" + ("" if budget is None else f" of {budget}")
            over = budget is not None and seconds > budget
            terminalreporter.write_line(f"{said}  over its budget" if over else said, yellow=over)
