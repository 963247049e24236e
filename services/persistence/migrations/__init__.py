"""The migrations: each works with the code before it, locks nothing for long, and can be undone."""
