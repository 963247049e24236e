"""English: its words as tables, its verbs, its clauses. It knows nothing of the rules but their verbs."""
