"""Every option, its default and its limits, in one frozen value."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from .errors import ConfigError

# Whatever changes a decision although no option changes (folding, scheme, rule) raises this number.
DECISION_VERSION = 2


@dataclass(frozen=True, slots=True)
class Config:
    """The options of every function and of `Deduplicator`.

    threshold: Jaccard similarity of the shingle sets from which two paragraphs can be `near`, in (0, 1].
    containment: share of the shorter paragraph's words that must stand in the longer one for `contained`, in (0.5, 1];
        with the guard only such as "the" may be missing. None switches the relation off, and the search for it.
    guard: whether a changed number, name, negation, unit or word keeps both paragraphs.
    scope: "corpus" compares across documents, "document" only within each.
    min_tokens: paragraphs of fewer words are short; a character of an unspaced script counts half a word.
    shingle_size: words in a shingle.
    num_perm: permutations in a MinHash signature.
    recall: least probability that LSH finds a pair whose Jaccard similarity equals `threshold`, in (0, 1).
    max_candidates: kept paragraphs that a lookup compares with in one LSH bucket, at most.
    seed: seed of the permutations.

    Raises ConfigError (a ValueError) for a value outside its range.
    """

    threshold: float = 0.7
    containment: float | None = 0.9
    guard: bool = True
    scope: Literal["corpus", "document"] = "corpus"
    min_tokens: int = 3
    shingle_size: int = 3
    num_perm: int = 128
    recall: float = 0.98
    max_candidates: int = 1000
    seed: int = 1

    def __post_init__(self) -> None:
        _check("threshold", self.threshold, float, lambda v: 0 < v <= 1, "a number above 0 and at most 1")
        if self.containment is not None:
            _check(
                "containment",
                self.containment,
                float,
                lambda v: 0.5 < v <= 1,
                "a number above 0.5 and at most 1, or None",
            )
        _check("guard", self.guard, bool, lambda v: True, "True or False")
        _check("scope", self.scope, str, lambda v: v in ("corpus", "document"), '"corpus" or "document"')
        _check("min_tokens", self.min_tokens, int, lambda v: 0 <= v <= 10_000, "a whole number from 0 to 10,000")
        _check("shingle_size", self.shingle_size, int, lambda v: 1 <= v <= 100, "a whole number from 1 to 100")
        _check("num_perm", self.num_perm, int, lambda v: 2 <= v <= 4096, "a whole number from 2 to 4,096")
        _check("recall", self.recall, float, lambda v: 0 < v < 1, "a number between 0 and 1")
        _check("max_candidates", self.max_candidates, int, lambda v: 1 <= v < 2**31, "a whole number from 1 up")
        for name in ("threshold", "containment", "recall"):  # 1 decides as 1.0 does, and is to look the same
            if getattr(self, name) is not None:
                object.__setattr__(self, name, float(getattr(self, name)))
        _check("seed", self.seed, int, lambda v: 0 <= v < 2**32, "a whole number from 0 to 4,294,967,295")

    @classmethod
    def of(cls, config: "Config | None", options: dict[str, Any], refused: tuple[str, ...] = ()) -> "Config":
        """`config` (or the defaults) with `options` put over it; options named in `refused` do not belong to the call."""
        if config is not None and not isinstance(config, cls):
            raise ConfigError(f"config is {config!r}; expected a dedup.Config or None. Pass options by name")
        known = [field.name for field in fields(cls)]
        for name in options:
            if name in refused:
                raise ConfigError(f"{name}={options[name]!r} has no meaning here: each text is a document of its own")
            if name not in known:
                raise ConfigError(f"unknown option {name!r}; expected one of {', '.join(known)}")
        return replace(config or cls(), **options)

    def fingerprint(self) -> str:
        """32 hexadecimal digits: equal for two configurations exactly if they decide alike."""
        from hashlib import blake2b  # loads OpenSSL, for which nothing else here has a use

        described = [f"dedup {DECISION_VERSION} affine32 xxh32"]
        described += [f"{field.name}={getattr(self, field.name)!r}" for field in fields(self)]
        return blake2b("\n".join(described).encode(), digest_size=16).hexdigest()


def _check(name: str, value: Any, kind: type, within: Any, expected: str) -> None:
    numeric = isinstance(value, (int, float)) if kind is float else isinstance(value, kind)
    # True is an int to Python, but never a threshold or a count.
    if not numeric or (isinstance(value, bool) and kind is not bool) or not within(value):
        raise ConfigError(f"{name} is {value!r}; expected {expected}")
