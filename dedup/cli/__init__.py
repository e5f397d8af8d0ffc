"""The command.

Takes arguments and gives what the library does on files: data on standard output, everything else on standard error.
Holds no logic of its own that a program could need."""
