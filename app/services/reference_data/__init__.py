"""Reference data as the province loads them: forms, code lists, units.

Each kind has its file that checks what a person hands in against the schema *and* against what is
stored; `desk` writes what passes. Nothing here changes what was loaded before: a change is a new
version or a new edition.
"""
