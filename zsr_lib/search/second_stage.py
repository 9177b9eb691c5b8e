"""The first hits of an index, ranked again by the tokens that it keeps of its pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.features.cache import without_cache
from zsr_lib.progress import progress_bar
from zsr_lib.search.embedding import items_of
from zsr_lib.search.hit import Hit
from zsr_lib.search.index import Index
from zsr_lib.search.query import Query, query_pixels
from zsr_lib.search.scenes import cut_out
from zsr_lib.search.token_store import SHARD, TokenKind, open_tokens, write_tokens

FOLDER = "tokens"
"""Below the index."""


def keep_tokens(index: Index, kind: TokenKind = "fp16", progress: bool = True) -> None:
    """Reads every picture of an index once more and keeps its tokens; they belong to this state of the index only.

    Raises:
        BadInputError: The index's system has no tokens, or the index is empty.
        BadFileError: A picture is gone or damaged.
        ZsrError: The disk is full, or the index cannot be written.
    """
    model, state = _made_by(index)
    write_tokens(index.folder / FOLDER, _parts(index, progress), model, kind, state)


def ranked_again(index: Index, sketch: Query, hits: Sequence[Hit], depth: int) -> list[Hit]:
    """The first `depth` hits by falling score of their tokens, which they then carry; the others behind them.

    Args:
        index: What was searched.
        sketch: What it was searched with.
        hits: What was found, best first.
        depth: How many are ranked again, at most as many as there are.

    Raises:
        BadFileError: The index keeps no tokens, they are damaged, or they are of another state of it: names both
            checksums.
        BadInputError: The index's system has no tokens.
    """
    if not hits:
        return []
    store = open_tokens(index.folder / FOLDER, *_made_by(index))
    size, method = index.embedder.size, index.embedder.method
    pixels = query_pixels(Path(sketch) if isinstance(sketch, str) else sketch, size)
    with without_cache():
        query = method.tokens(items_of(pixels[None], "sketch"))
    first, rest = hits[:depth], hits[depth:]
    scores = method.rerank(query, store, index.places(first)[None])[0]
    order = np.argsort(-scores, kind="stable")
    return [replace(first[place], score=float(scores[place]), expected=None) for place in order] + list(rest)


def _made_by(index: Index) -> tuple[str, str]:
    """Checksums of the system and of the state of the index."""
    return index.about["system"]["sha256"], index.checksum


def _parts(index: Index, progress: bool) -> Iterator[np.ndarray]:
    system = index.embedder
    with progress_bar(show=progress, total=len(index), desc="tokens", unit=" windows") as bar, without_cache():
        found = index.hits()
        while hits := list(islice(found, SHARD)):
            lost = [hit.name for hit in hits if hit.state != "here"]
            if lost:
                raise BadFileError(f"{len(lost)} pictures are not as indexed: {lost[0]}.", "run zsr index again.")
            pixels = np.stack([cut_out(hit.path, hit.window, system.size, index.bands) for hit in hits])
            tokens = system.method.tokens(items_of(pixels, "photo"))
            if tokens is None:
                raise BadInputError(
                    f"'{system.method.name}' has no tokens to keep.", "index with a system of tokens: --model RUN."
                )
            yield tokens
            bar.update(len(hits))
