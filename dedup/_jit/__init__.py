"""How numba is used, and memory that grows.

Takes plain functions over arrays and gives them compiled, or as they are where numba is missing. Knows nothing of
texts, and decides nothing."""
