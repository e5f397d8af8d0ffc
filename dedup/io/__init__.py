"""Files in, rows out, and back.

Takes names of files and folders, reads their rows in the formats declared here, and writes them atomically. Does not
know what is removed, or why."""
