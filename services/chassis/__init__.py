"""What it means to be a service: start, drain, configuration, errors, calls served, clients, health, logs, metrics.

It knows gRPC and knows no game. Every service stands on it; it imports none of them.
"""
