"""Lists of children held in memory: words, places and states as sets of places in one order."""
