"""Kept paragraphs, in memory and on disk.

Takes entries in the order of the rule, finds them by their keys, and makes them outlive the process. Does not decide
what is kept."""
