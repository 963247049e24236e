"""The packs: owns the scenario language, from a folder of YAML to the compiled pack the rules see; it never runs a game or keeps one."""
