"""datasketch, both ways: signatures as its objects, and its objects looked up in an index."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh32_intdigest

from ..config import Config
from ..errors import InputError, described
from ..index.tables import Index
from ..sketch.keys import band_keys, choose_bands
from ..sketch.minhash import Shingles, permutations, sign

if TYPE_CHECKING:
    from datasketch import MinHash


def to_datasketch(signatures: NDArray[np.uint32], seed: int = 1) -> "list[MinHash]":
    """Return rows of `dedup.signatures(texts, num_perm, seed)`, uint32[n, num_perm], as datasketch's MinHash objects.

    They can be updated, merged, compared and looked up as if datasketch had made them. Raises InputError.
    """
    from datasketch import MinHash

    if not isinstance(signatures, np.ndarray) or signatures.dtype != np.uint32 or signatures.ndim != 2:
        given = described(signatures)
        if isinstance(signatures, np.ndarray):
            given = f"an array, {signatures.dtype}[{', '.join(map(str, signatures.shape))}]"
        raise InputError(
            f"signatures is {given}; expected an array, uint32[n, num_perm], as dedup.signatures returns it"
        )
    shared = np.array(permutations(signatures.shape[1], seed))
    options: dict[str, Any] = {"seed": seed, "hashfunc": xxh32_intdigest, "scheme": "affine32", "permutations": shared}
    return [MinHash(hashvalues=row, **options) for row in signatures]


def resembling(sketch: "MinHash", index: Index, config: Config) -> list[tuple[int, float]]:
    """Return the entries that share a band with a sketch, and the Jaccard similarity as their signatures estimate it, the most
    alike first. Raises InputError."""
    values = _checked(sketch, config)
    bands, rows = choose_bands(config)
    (keys,) = band_keys(values[None, :], bands, rows).tolist()
    found = sorted({entry for column, key in enumerate(keys, 1) for entry in index.bucket(column, key)})
    estimates = [float((_signature(index.folded(entry), config) == values).mean()) for entry in found]
    return sorted(zip(found, estimates, strict=True), key=lambda pair: (-pair[1], pair[0]))


def _signature(folded: bytes, config: Config) -> NDArray[np.uint32]:
    tokens = folded.split()
    size = config.shingle_size
    shingles = (b" ".join(tokens[i : i + size]) for i in range(max(1, len(tokens) - size + 1)))
    hashes = np.array([xxh32_intdigest(part) for part in shingles], dtype=np.uint32)
    return np.asarray(sign(Shingles(hashes, np.array([0, len(hashes)])), config.num_perm, config.seed)[0])


def _checked(sketch: "MinHash", config: Config) -> NDArray[np.uint32]:
    """Return the hash values of a sketch that the index can be asked for. Raises InputError for others."""
    try:
        values, hashed = np.asarray(sketch.hashvalues), getattr(sketch, "hashfunc", None)
        found = {"scheme": sketch.scheme, "num_perm": len(values), "seed": sketch.seed}
    except (AttributeError, TypeError):
        raise InputError(f"sketch is {type(sketch).__name__}; expected a datasketch.MinHash") from None
    expected = {"scheme": "affine32", "num_perm": config.num_perm, "seed": config.seed}
    for name, value in expected.items():
        if found[name] != value:
            raise InputError(f"the sketch's {name} is {found[name]!r}; expected {value!r}, as in the index")
    if hashed is not None and hashed(b"dedup") != xxh32_intdigest(b"dedup"):
        raise InputError("the sketch hashes with another function; expected hashfunc=xxhash.xxh32_intdigest")
    return np.asarray(values, dtype=np.uint32)
