"""Looks a host over before and while the system runs there. Changes nothing, and never says a secret."""
