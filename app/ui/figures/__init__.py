"""Figures of the window for the bench: ratios within one run, medians of several (6-quality.md).

Nothing here is used by the program at work. Everything is measured in the real window, driven by
key events that take the way of real ones, in a process of its own that the bench starts.
"""
