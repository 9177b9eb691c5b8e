"""Bytes and texts that are nearly right: what hypothesis makes of good ones by a few strokes."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from zsr_lib.errors import ZsrError

EXAMPLES = 10_000 if os.environ.get("ZSR_LONG") else 60
often = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
    phases=[Phase.generate],  # making a failing picture smaller takes minutes and tells little
)
"""For tests that fuzz: ten thousand cases with ZSR_LONG=1, few without."""

_STROKES = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "write", "repeat"]),
        st.floats(0, 1),
        st.binary(min_size=1, max_size=6),
    ),
    max_size=4,
)


@st.composite
def spoiled(draw, good):
    """One of the byte strings `good`, spoiled at a few places."""
    data = bytearray(draw(st.sampled_from(good)))
    for what, where, more in draw(_STROKES):
        place = int(where * len(data))
        if what == "cut":
            del data[place:]
        elif what == "insert":
            data[place:place] = more
        elif what == "repeat":
            data[place:place] = data[place : place + 64]
        elif what == "write":
            data[place : place + len(more)] = more
        elif place < len(data):
            data[place] ^= 1 << more[0] % 8
    return bytes(data)


_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["1e-4", "~"])
)
values = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
"""Anything that YAML or JSON can hold."""


def told(action):
    """What `action` gives; None where it is refused with what happened and what to do."""
    try:
        return action()
    except ZsrError as error:
        if not error.problem or not error.remedy:
            raise
        return None
