"""Lists kept for other purposes, read and held against the register."""
