"""Tokens in, lookup keys out.

Takes folded paragraphs and gives shingles, MinHash signatures, band keys and sentence-prefix keys, each a pure function
of one paragraph. Does not look anything up."""
