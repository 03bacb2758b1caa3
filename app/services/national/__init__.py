"""The accepted register as a workbook for the ministry's software, by a mapping that is data.

The ministry's own layout could not be obtained: the mapping that ships is ours, and nothing here
claims to fit another program. When the layout is known, its mapping is loaded as a file.
"""
