"""Two paragraphs in, their relation and its reason out.

Takes folded texts, aligns them and judges whether one says what the other says. Knows neither documents nor what was
kept: only records and cells are told by their neighbours."""
