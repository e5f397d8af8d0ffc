"""Batches of paragraphs in, decisions out.

Takes sketched paragraphs, finds candidates, has them judged and resolves them in order; keeps the state between batches.
Does not read files."""
