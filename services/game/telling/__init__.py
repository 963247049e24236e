"""The telling: owns how facts become text, plain lines, templates, prompts and their checks; it never decides what happens."""
