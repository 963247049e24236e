"""gRPC calls over HTTP/2, made and served on the event loop itself: gRPC's own library hands each between threads, at many times the cost.

A channel knows names that stand for many, and repeats no call that was heard; a server lets calls end before it goes.
"""
