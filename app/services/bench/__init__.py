"""The figures of 6-quality.md, measured on this machine: ratios within one run, never promises.

A figure is a module with one function that measures and says what it found; the runner compares
that with what must be met and what is aimed at. Nothing here works on a person's installation:
everything happens in a folder that is thrown away, on invented children.
"""
