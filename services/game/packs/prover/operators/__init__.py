"""Every way a pack has of making something true, each with what it needs: the moves of a world where nothing is undone."""
