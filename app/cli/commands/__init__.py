"""One module per command group, imported only when a person calls the group.

Each has `add_commands(group)`, which describes its commands, and one function per command:
`(session, arguments) -> ExitCode`, which makes one service call and prints the answer.
"""
