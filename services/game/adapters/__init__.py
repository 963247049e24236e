"""The world outside, one module a thing: Redis, persistence, llm_proxy. Each translates its library's errors into failures."""
