"""The packs under the scenarios' folder: all of them, compiled, or all that is wrong with them."""

from pathlib import Path

from services.game.packs.catalogue import catalogue_entry
from services.game.packs.compiler import compile_pack
from services.game.packs.errors import PackErrors
from services.game.packs.folder import pack_files, read_folder
from services.persistence.scenarios import Pack, Scenario, Words

MARK = "pack.yaml"
"""The file by which a folder is a pack."""


class BadPacks(Exception):  # noqa: N818  it is about the packs
    """Packs that can't be published; `faults` has a line for each fault, "folder/file:line:column: what"."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_packs(scenarios: Path) -> list[Pack]:
    """Every pack under `scenarios`, compiled, by folder. Raises BadPacks with the faults of all of them at once."""
    if not scenarios.is_dir():
        raise BadPacks([f"{scenarios}: there is no such folder"])
    packs: list[Pack] = []
    faults: list[str] = []
    for folder in sorted(mark.parent for mark in scenarios.glob(f"*/{MARK}")):
        try:
            packs.append(_read_pack(folder))
        except PackErrors as bad:
            faults += [f"{folder}/{one}" for one in bad.errors]
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{folder}: {error}")
    faults += _same_ids(packs)
    if not packs and not faults:
        faults.append(f"{scenarios}: no folder in it has a {MARK}")
    if faults:
        raise BadPacks(faults)
    return packs


def _read_pack(folder: Path) -> Pack:
    files = read_folder(folder)
    entry = catalogue_entry(compile_pack(files))
    words = entry.pop("words")
    scenario = Scenario(**entry, words=tuple(Words(locale=locale, **words[locale]) for locale in words))
    return Pack(scenario=scenario, files=pack_files(files))


def _same_ids(packs: list[Pack]) -> list[str]:
    ids = [pack.scenario.scenario_id for pack in packs]
    return [f"{MARK}: {one!r} is the id of more than one pack" for one in sorted(set(ids)) if ids.count(one) > 1]
