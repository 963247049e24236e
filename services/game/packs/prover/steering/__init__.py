"""Finding a way to a goal by estimating, from a state, what is still to be done, and trying just that in the rules.

The estimate lets nothing be undone, so it is often wrong; what is found is a way because the rules played it, never because of an
estimate.
"""
