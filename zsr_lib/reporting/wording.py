"""Words that follow from numbers, so that no edition of a page contradicts its own table."""

SAME = 0.0005
"""Differences below this look the same in a table of three decimals."""


def by_sign(difference: float, above: str, below: str, alike: str = "", within: float = SAME) -> str:
    """The words for a difference.

    Args:
        difference: For example AP with a change, minus AP without.
        above: Where it is positive, such as ``raises``.
        below: Where it is negative, such as ``lowers``.
        alike: Where it is not larger than `within` either way, such as ``hardly changes``; without it, the sign alone
            decides, and zero counts as below.
        within: Half the width of what counts as alike, for example of the interval of the difference.
    """
    if alike and abs(difference) <= within:
        return alike
    return above if difference > 0 else below
