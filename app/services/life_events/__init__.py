"""Life events as short forms: what is asked, what follows, and the desk that writes both at once.

`short_forms` and `consequences` are pure; `desk` alone knows the store.
"""
