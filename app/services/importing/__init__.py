"""Taking a register from a table: columns to fields, rows to records, records to operations.

One row is one child with its household. Each module holds one step; `app.services.register_import`
is the use case. Decides nothing about files (app.workbooks) and nothing about what a value means
(app.forms).
"""
