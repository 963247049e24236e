"""llm_proxy: which model, how often, how long. It owns every call to a model server; it never knows what a game is."""
