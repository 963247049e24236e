"""The verbs: owns what each needs and what it comes to; never says how the turn goes on after the deed itself."""
