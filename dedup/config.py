"""Every option, its default and its limits, in one frozen value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from numbers import Integral, Real
from typing import Any, Literal, TypedDict

from .errors import ConfigError, meant


class ListOptions(TypedDict, total=False):
    """The options of functions on lists, in which every text is a document of its own: see `Config`."""

    threshold: float | None
    min_tokens: int
    shingle_size: int
    num_perm: int
    recall: float
    max_candidates: int
    seed: int


class Options(ListOptions, total=False):
    """The options of functions on documents: see `Config`."""

    scope: Literal["corpus", "document"]


# Whatever changes a decision although no option changes (folding, scheme, rule) raises this number.
DECISION_VERSION = 5


@dataclass(frozen=True, slots=True)
class Config:
    """The options of every function and of `Deduplicator`.

    threshold: None removes a paragraph only if what it says stays in one that is kept. A number in (0, 1] is a choice of
        likeness instead, without that promise: a paragraph is removed if it is exact, or if the Jaccard similarity of its
        shingles with a kept one's is at least that.
    scope: "corpus" compares across documents, "document" only within each.
    min_tokens: paragraphs of fewer words are short; a character of an unspaced script counts half a word.
    shingle_size: words in a shingle.
    num_perm: permutations in a MinHash signature.
    recall: least probability that LSH finds a pair whose Jaccard similarity equals `threshold`, or 0.8 without one, in (0, 1).
    max_candidates: kept paragraphs that a lookup compares with in one LSH bucket, at most.
    seed: seed of the permutations.

    Raises ConfigError (a ValueError) for a value outside its range.
    """

    threshold: float | None = None
    scope: Literal["corpus", "document"] = "corpus"
    min_tokens: int = 3
    shingle_size: int = 3
    num_perm: int = 128
    recall: float = 0.98
    max_candidates: int = 1000
    seed: int = 1

    def __post_init__(self) -> None:
        if self.threshold is not None:
            self._normalise("threshold", float, lambda v: 0 < v <= 1, "a number above 0 and at most 1, or None")
        self._normalise("scope", str, lambda v: v in ("corpus", "document"), '"corpus" or "document"')
        self._normalise("min_tokens", int, lambda v: 0 <= v <= 10_000, "a whole number from 0 to 10,000")
        self._normalise("shingle_size", int, lambda v: 1 <= v <= 100, "a whole number from 1 to 100")
        self._normalise("num_perm", int, lambda v: 2 <= v <= 4096, "a whole number from 2 to 4,096")
        self._normalise("recall", float, lambda v: 0 < v < 1, "a number between 0 and 1")
        self._normalise("max_candidates", int, lambda v: 1 <= v < 2**31, "a whole number from 1 up")
        self._normalise("seed", int, lambda v: 0 <= v < 2**32, "a whole number from 0 to 4,294,967,295")

    def _normalise(self, name: str, kind: type, within: Callable[[Any], bool], expected: str) -> None:
        """Check an option, and make numbers of one kind what they are to Python: 1 and 1.0 decide, and look, alike."""
        value = getattr(self, name)
        taken = Real if kind is float else Integral if kind is int else kind
        # True is an int to Python, but never a threshold or a count.
        if not isinstance(value, taken) or isinstance(value, bool) != (kind is bool) or not within(value):
            raise ConfigError(f"{name} is {value!r}; expected {expected}")
        object.__setattr__(self, name, kind(value))

    @classmethod
    def of(cls, config: "Config | None", options: Mapping[str, Any], refused: tuple[str, ...] = ()) -> "Config":
        """Return `config` (or the defaults) with `options` put over it; options named in `refused` do not belong to the call."""
        if config is not None and not isinstance(config, cls):
            raise ConfigError(f"config is {config!r}; expected a dedup.Config or None. Pass options by name")
        known = [field.name for field in fields(cls)]
        for name in options:
            if name in refused:
                raise ConfigError(f"{name}={options[name]!r} has no meaning here: each text is a document of its own")
            if name not in known:
                remedy = meant(name, (one for one in known if one not in refused))
                raise ConfigError(f"unknown option {name!r}; {remedy}")
        return replace(config or cls(), **options)

    def fingerprint(self) -> str:
        """Return 32 hexadecimal digits, equal for two configurations exactly if they decide alike."""
        from hashlib import blake2b  # loads OpenSSL, for which nothing else here has a use

        described = [f"dedup {DECISION_VERSION} affine32 xxh32"]
        described += [f"{field.name}={getattr(self, field.name)!r}" for field in fields(self)]
        return blake2b("\n".join(described).encode(), digest_size=16).hexdigest()
