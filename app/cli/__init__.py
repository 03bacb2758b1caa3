"""The command line: the second face of the program, beside the window.

`program.main` reads a command, calls one service and prints what came of it. Nothing here decides
anything about records, and nothing here is imported by services.
"""
