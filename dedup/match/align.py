"""Which words of two paragraphs stand for each other: alignment of two token sequences."""

from .._jit.backend import kernel, makes_arrays, numbers, small_numbers

ALIGNED_CELLS = 1 << 24  # pairs that need a larger alignment than 4,096 x 4,096 tokens are not aligned
_STRIP = 3  # tokens in common from which a common beginning or end is set aside before aligning
_SMALL = 64  # cells from which anchors are worth their while
_PAIR, _ABOVE, _LEFT, _CONTINUED = 0, 1, 2, 4


@kernel
def align_kernel(ids_a, ids_b, mates):
    """Align two token sequences; mates[i] becomes the position in b of a's token i, or stays -1.

    Common beginnings and ends are set aside; tokens that occur once on either side are anchors, of which the longest
    chain in order is kept (B. Cohen's patience diff); what lies between is aligned by `align_gap_kernel`. Returns how many
    tokens were set aside as the common beginning, or -1 for a pair with more between its anchors than can be aligned.
    """
    n, m = len(ids_a), len(ids_b)
    begin = 0
    while begin < n and ids_a[begin] == ids_b[begin]:
        begin += 1
    if begin < _STRIP and begin < n:
        begin = 0
    for i in range(begin):
        mates[i] = i
    end = 0
    while end < n - begin and ids_a[n - 1 - end] == ids_b[m - 1 - end]:
        end += 1
    if end < _STRIP and end < n - begin:
        end = 0
    for i in range(end):
        mates[n - 1 - i] = m - 1 - i
    if (n - end - begin) * (m - end - begin) > _SMALL:
        chain_kernel(ids_a, begin, n - end, ids_b, begin, m - end, mates)
    # Between two pairs, or a pair and an end: tokens i ... k - 1 of a, j ... until - 1 of b.
    i = j = begin
    cells = 0
    while i < n - end:
        if mates[i] >= 0:
            j = mates[i] + 1
            i += 1
            continue
        k = i
        while k < n - end and mates[k] < 0:
            k += 1
        until = mates[k] if k < n else m
        cells += (k - i) * (until - j)
        if cells > ALIGNED_CELLS:
            return -1
        align_gap_kernel(ids_a, i, k, ids_b, j, until, mates)
        i, j = k, until
    return begin


@makes_arrays
@kernel
def chain_kernel(ids_a, i, k, ids_b, j, until, mates):
    """Pair the tokens that occur once in a's tokens i ... k - 1 and once in b's j ... until - 1: the longest chain in order."""
    ids = max(ids_a) + 1
    times_a, times_b, place_b = numbers(ids, 0), numbers(ids, 0), numbers(ids, 0)
    for x in range(i, k):
        times_a[ids_a[x]] += 1
    for y in range(j, until):
        token = ids_b[y]
        if token < ids:
            times_b[token] += 1
            place_b[token] = y
    # By length of chain the a-token that ends the one whose last b-place is smallest, with that place; and by a-token the
    # one before it in its chain.
    tails, places, before = numbers(k - i + 1, -1), numbers(k - i + 1, -1), numbers(k - i, -1)
    longest = 0
    for x in range(i, k):
        token = ids_a[x]
        if times_a[token] != 1 or times_b[token] != 1:
            continue
        place = place_b[token]
        low = longest
        if place < places[longest]:  # seldom
            low, high = 0, longest
            while low < high:
                middle = (low + high + 1) // 2
                if places[middle] < place:
                    low = middle
                else:
                    high = middle - 1
        before[x - i] = tails[low]
        low += 1
        tails[low], places[low] = x, place
        longest = max(longest, low)
    x = tails[longest]
    while x >= 0:
        mates[x] = place_b[ids_a[x]]
        x = before[x - i]


@kernel
def share_kernel(ids_a, i, k, ids_b, j, until):
    """Tell whether any of a's tokens i ... k - 1 is one of b's j ... until - 1. In most gaps words are replaced, and none is."""
    for x in range(i, k):
        for y in range(j, until):
            if ids_a[x] == ids_b[y]:
                return True
    return False


@makes_arrays
@kernel
def align_gap_kernel(ids_a, i, k, ids_b, j, until, mates):
    """Align a's tokens i ... k - 1 with b's j ... until - 1 by dynamic programming.

    A pair of equal tokens scores 2, beginning a run of pairs costs 1, so that of alignments with equally many pairs
    the one in fewest runs is found.
    """
    height, width = k - i, until - j
    if height == width:  # mostly equal words that stand elsewhere, too, and so are no anchors
        same = 0
        while same < width and ids_a[i + same] == ids_b[j + same]:
            same += 1
        if same == width:
            for x in range(i, k):
                mates[x] = j + x - i
            return
    if not share_kernel(ids_a, i, k, ids_b, j, until):
        return
    # best[y]: score of the first x tokens of a with the first y of b; paired[y]: the same if both ended in a pair.
    best = numbers(width + 1, 0)
    paired = numbers(width + 1, -9)
    if i > 0 and mates[i - 1] == j - 1:
        paired[0] = 0  # a pair at the very start continues the run before it
    # Where a cell's best comes from, and with 4 added whether its pair continues a run.
    origin = small_numbers((height + 1) * (width + 1))
    for x in range(1, height + 1):
        token = ids_a[i + x - 1]
        diagonal_best, diagonal_paired = best[0], paired[0]
        paired[0] = -9
        cell = x * (width + 1)
        for y in range(1, width + 1):
            above, left = best[y], best[y - 1]
            score, source = (above, _ABOVE) if above >= left else (left, _LEFT)
            pair = -9
            if token == ids_b[j + y - 1]:
                pair = diagonal_best + 1
                continued = 0
                if diagonal_paired + 2 >= pair:
                    pair = diagonal_paired + 2
                    continued = _CONTINUED
                if pair >= score:
                    score, source = pair, _PAIR
                source |= continued
            diagonal_best, diagonal_paired = above, paired[y]
            best[y], paired[y] = score, pair
            origin[cell + y] = source
    x, y = height, width
    within_run = False
    while x > 0 and y > 0:
        source = origin[x * (width + 1) + y]
        if within_run or source & 3 == _PAIR:
            mates[i + x - 1] = j + y - 1
            within_run = source & _CONTINUED != 0
            x -= 1
            y -= 1
        elif source & 3 == _ABOVE:
            x -= 1
        else:
            y -= 1
