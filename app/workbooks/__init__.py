"""Tables in and out: Excel workbooks and text files with separators, as streams of rows.

Knows cells, rows and files; knows nothing of children, fields or units. Evaluates nothing that a
file contains: no formula, no link, no macro, no entity.
"""
