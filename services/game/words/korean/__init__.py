"""Korean: its words as tables, its verbs, its names with particles, its clauses. It knows nothing of the rules but their verbs."""
