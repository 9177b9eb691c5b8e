"""Which seen classes are held out for choosing models."""

import hashlib
from collections.abc import Sequence

from zsr_lib.data.names import match_class
from zsr_lib.data.splits import Split
from zsr_lib.errors import BadInputError, UnknownNameError

SHARE = 0.2
FEWEST = 3


def choose_validation(split: Split, seed: int, wanted: int | Sequence[str] | None = None) -> tuple[str, ...]:
    """Validation classes taken from the seen ones, in the split's order.

    By seed, those classes are taken whose SHA-256 of ``"<seed>/<class>"`` comes first: the same on every
    machine, whatever the order of the classes.

    Args:
        split: A split that knows its seen classes.
        seed: Which of the possible choices.
        wanted: How many, or which; by default a fifth of the seen classes, but none of fewer than 3.

    Raises:
        BadInputError: No seen class would be left for training.
        UnknownNameError: A named class is not a seen one.
    """
    total = len(split.seen)
    if wanted is None:
        wanted = max(1, round(SHARE * total)) if total >= FEWEST else 0
    if not isinstance(wanted, int):
        held = {_seen_class(name, split) for name in wanted}
    elif 0 <= wanted <= total:
        held = set(sorted(split.seen, key=lambda name: _rank(name, seed))[:wanted])
    else:
        raise BadInputError(f"{wanted} of {total} seen classes were asked for.", f"ask for 0 to {total - 1}.")
    if total and len(held) == total:
        raise BadInputError(f"{total} validation classes leave no seen one for training.", f"ask for 0 to {total - 1}.")
    return tuple(name for name in split.seen if name in held)


def _rank(name: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}/{name}".encode()).digest()


def _seen_class(name: str, split: Split) -> str:
    try:
        return match_class(name, split.seen)
    except UnknownNameError:
        raise UnknownNameError(f"seen class of split {split.name}", name, split.seen) from None
