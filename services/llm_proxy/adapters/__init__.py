"""The model servers as they are reached: vLLM's OpenAI-style HTTP. It never decides which server, nor whether to try again."""
