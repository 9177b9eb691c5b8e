"""What the leaderboard says around its boards, in MyST."""

INTRODUCTION = """\
# Leaderboard

Every run whose record this book stores, on boards of those that were tested alike: the same data, split, direction
and protocol. A row appears when its record does, nothing is typed, and a record that contradicts itself stops the
build. [How to read it](#how-to-read-a-board) is said below the boards; [a card for each system](systems) says what it
is.

## Boards
"""

EXPLANATION = """\
(how-to-read-a-board)=
## How to read a board

A board is ordered by its first metric.

**Ranks are ranges.** One system counts as better than another where the {level:.0f} % interval of their paired
difference excludes zero: over queries where both records keep the same queries' values (percentile bootstrap), else
over the seeds that both were run with, else over classes (Student's *t* for both). Rank *3–7* means: two systems are
better at that level, and all but seven, itself among them, are worse. Two systems that no difference tells apart
share ranks. Each pair is tested by itself, so of twenty pairs that are equal one may be told apart. Ranks are counted
within a league, and systems that have seen unseen classes take none.

**Leagues** say what a system was pretrained on: {leagues}.

**Metrics** stand by their full names. *mAP@200* alone has [several meanings](../notebooks/04_one_ranking_many_maps);
those that a record has are columns of one row: AP@200 by the relevant items found (`rel_in_k`), by those that could
have been found (`min_r_k`), by 200 (`k`), by all there are (`r`), and with interpolated precision (`voc`).

**Values** are means over splits of means over seeds, ± their standard deviation over seeds, in brackets over splits.
The interval is the bootstrap's over queries. *Parameters* are the numbers that the fit made, a backbone that stayed
as it was left out; *fit* takes its seconds on the machine of the run. What a record of an earlier version does not
say is a dash.

**Published** numbers are other people's, as printed, in a column of their own, with [their notes](published); systems
of which there are only such numbers stand below ours. None of them was measured here.

{marks}
"""


def anchor(method: str) -> str:
    """The end of the address of a system's card."""
    return method.replace("_", "-")
