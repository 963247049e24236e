"""gRPC calls over HTTP/2, spoken on the event loop itself: gRPC's own client hands each call between threads, at three times the cost.

It calls and never serves. It knows names that stand for many, dead connections and slow readers; it repeats no call that was heard.
"""
