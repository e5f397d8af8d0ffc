"""Removals drawn at random, to be judged by a person: what precision a run has on the user's own corpus."""

from math import sqrt


def wilson(successes: float, trials: float) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927), which holds for few trials and for shares of 0 and 1 too.

    Without trials anything is possible: (0, 1).
    """
    if trials <= 0:
        return 0.0, 1.0
    z = 1.959964
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
