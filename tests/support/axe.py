"""axe-core on a page: what keeps people out who see, hear or move otherwise."""

from functools import cache
from importlib.resources import files

from playwright.async_api import Page

_RUN = """async only => {
  const rules = only.length ? {runOnly: {type: "rule", values: only}} : {};
  const {violations} = await axe.run(document, {resultTypes: ["violations"], ...rules});
  return violations.map(one => `${one.id}: ${one.nodes.map(node => node.html.slice(0, 120)).join(" | ")}`);
}"""


@cache
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


async def violations(opened: Page, *only: str) -> list[str]:
    """What axe-core finds on the page as it stands, by all of its rules or by some; a line each."""
    if not await opened.evaluate("'axe' in window"):
        await opened.evaluate(_script())
    return list(await opened.evaluate(_RUN, list(only)))
