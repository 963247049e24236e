"""All of it on one machine: embedded servers, their supervisor, the `maratang` command. Knows every part, decides nothing about a game."""
