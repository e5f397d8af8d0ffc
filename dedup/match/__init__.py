"""Two folded paragraphs in, their relation and its reason out.

Decides whether one says what the other says. Knows neither documents nor what was kept."""
