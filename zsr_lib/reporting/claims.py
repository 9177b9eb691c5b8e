"""Numbers that a chapter states. Each goes to the page through a key, so that the gate can check it.

In a chapter::

    claim("photos", len(dataset.photos), tier="exact", unit="photos")

and in its prose: ``{glue:text}`photos` ``. The value, its tier and its definition travel in the notebook's output.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from zsr_lib.errors import BadInputError
from zsr_lib.reporting.executed import Claim, Value
from zsr_lib.reporting.from_runs import runs_of

HIDDEN = "application/papermill.record/"
"""MyST-NB keeps outputs of such types for its glue roles and does not show them below their cell."""

_RESULT = re.compile(r"\d*[.,]\d+|\d+\s*(?:%|per ?cent)|\d+ (?:out )?of \d+")


def plain(value: object) -> Value:
    """NumPy and torch scalars as Python values; anything else but int, float, str and bool is refused.

    Raises:
        BadInputError: `value` is not a scalar.
    """
    if hasattr(value, "item") and getattr(value, "shape", ()) == ():
        value = value.item()
    if not isinstance(value, int | float | str | bool):
        raise BadInputError(
            f"a claim needs one number or string, not {type(value).__name__}.",
            "claim each value under its own key.",
        )
    return value


def claim(
    key: str,
    value: object,
    tier: str,
    *,
    unit: str = "",
    better: str = "",
    metric: str = "",
    source: str = "",
    show: str = "",
    label: str = "",
) -> None:
    """States a number: records it for the gate and makes it available to the page as ``{glue:text}`key` ``.

    Args:
        key: See `Claim`.
        value: A scalar.
        tier: One of `TIERS`.
        unit: See `Claim`.
        better: See `Claim`.
        metric: See `Claim`.
        source: See `Claim`.
        show: A format such as ``.3f``: the value is also printed below the cell as ``label: 0.123``.
        label: What a reader sees before the value, such as ``AP lost without hands``; by default the key's words.

    Raises:
        BadInputError: The key is malformed, the value is no scalar, or a published number has no source.
        UnknownNameError: The tier or the direction does not exist.
    """
    stated = Claim(key, plain(value), tier, unit, better, metric, source)
    _emit(stated, runs_of(value))
    if show:
        _show(f"{label or key.replace('-', ' ')}: {stated.value:{show}}{' ' * bool(unit)}{unit}", [key])


def claim_table(
    prefix: str,
    rows: Sequence[Mapping[str, object]],
    tier: str | Mapping[str, str],
    *,
    formats: str = "z.3f",
    unit: str = "",
    better: str = "",
    metric: str = "",
    source: str = "",
) -> None:
    """Shows a table in which every number is a claim named ``prefix-row-column``.

    Args:
        prefix: Start of every key.
        rows: One mapping a row, same columns each; the first column holds the row's name.
        tier: One tier, or a tier per column.
        formats: Format of floating-point values.
        unit: See `Claim`.
        better: See `Claim`.
        metric: See `Claim`; by default the column's name.
        source: See `Claim`.
    """
    head, *columns = rows[0]
    keys = []
    for row in rows:
        for column in columns:
            if row[column] is not None and not isinstance(row[column], str):
                keys.append("-".join(slug(part) for part in (prefix, str(row[head]), column)))
                how = tier if isinstance(tier, str) else tier[column]
                about = {"unit": unit, "better": better, "metric": metric or column, "source": source}
                claim(keys[-1], row[column], how, **about)
    show_table(rows, formats, keys)


def show_table(rows: Sequence[Mapping[str, object]], formats: str = "z.3f", keys: Sequence[str] = ()) -> None:
    """Shows a table: what is left of `claim_table` on a page, which shows code without the bookkeeping.

    Args:
        rows: One mapping a row, same columns each; the first column holds the row's name.
        formats: Format of floating-point values.
        keys: Of the claims that it shows.
    """
    head, *columns = rows[0]
    lines = [[head, *columns], ["---"] + ["---:"] * len(columns)]
    lines += [[str(row[head]), *(_cell(row[column], formats) for column in columns)] for row in rows]
    _show("\n".join("| " + " | ".join(line) + " |" for line in lines), keys, mime="text/markdown")


def _cell(value: object, formats: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    value = plain(value)
    return f"{value:{formats}}" if isinstance(value, float) else str(value)


def slug(text: str) -> str:
    """Text as words of a key: ``AP@200/voc`` → ``ap-200-voc``."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"


def uses(name: str, checksum: str) -> None:
    """Records that this chapter read the data set `name` with `checksum` (64 hexadecimal digits)."""
    _note({"data": {name: checksum}}, f"data-{name}", checksum)


def queries_asked(count: int) -> None:
    """Records the number of queries of trained rankings: a swap at rank 10 of one moves P@10 by 1 / (10 · `count`)."""
    _note({"queries": count}, "queries-asked", count)


def audited(part: str, verdict: object) -> None:
    """Records the leak audit's verdict on a part that this chapter trained; it is printed in the run record.

    Args:
        part: For example ``feature extractor``.
        verdict: `zsr_lib.evaluation.leaks.Verdict`, or its text.
    """
    _note({"audit": {part: str(verdict)}}, f"audit-{slug(part)}", str(verdict))


def word(key: str, text: str) -> None:
    """Makes words that follow from numbers (see `reporting.wording`) available to the page as ``{glue:text}`key` ``.

    They are no claim of their own: the gate compares the numbers from which they follow.

    Raises:
        BadInputError: They hold a result, which would reach the page past the gate.
    """
    if found := _RESULT.search(text):
        raise BadInputError(f"the words '{key}' hold a result, {found.group()}.", "state it: claim(key, value, tier).")
    _note({}, key, text)


def _emit(stated: Claim, runs: tuple[str, ...]) -> None:
    record = asdict(stated)
    if isinstance(stated.value, float) and not math.isfinite(stated.value):
        record["value"] = str(stated.value)  # JSON has no NaN; the gate refuses it by this text
    _note({"claim": record} | ({"runs": runs} if runs else {}), stated.key, stated.value)


def _note(note: Mapping[str, object], name: str, value: Value) -> None:
    """Leaves a note for the build in the cell's output, which MyST-NB keeps for glue roles and does not show."""
    from IPython.display import display

    scrapbook = {"name": name, "mime_prefix": HIDDEN}
    metadata = {"zsr": dict(note), "scrapbook": scrapbook}
    display({f"{HIDDEN}text/plain": repr(value)}, raw=True, metadata=metadata)


def _show(text: str, keys: Sequence[str], mime: str = "text/plain") -> None:
    from IPython.display import display

    display({"text/plain": text} | {mime: text}, raw=True, metadata={"zsr": {"shows": list(keys)}})
