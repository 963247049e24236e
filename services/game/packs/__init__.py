"""The packs: owns the scenario language, from a folder of YAML to the compiled pack the rules see; it never runs a game or keeps one."""

from services.game.packs.catalogue import catalogue_entry
from services.game.packs.compiler import compile_pack
from services.game.packs.errors import PackError, PackErrors
from services.game.packs.folder import pack_hash, read_folder

__all__ = ["PackError", "PackErrors", "catalogue_entry", "compile_pack", "pack_hash", "read_folder"]
