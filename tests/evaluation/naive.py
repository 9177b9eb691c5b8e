"""Every metric as its definition reads, one rank after the other; slow, and shares nothing with the library."""

import itertools
import math
import statistics

ALL_NAMES = [
    "AP@all/std", "AP@all/voc",
    *(f"AP@{k}/{flavour}/{by}" for k in (1, 2, 3, 5, 20) for flavour in ("std", "voc")
      for by in ("rel_in_k", "min_r_k", "k", "r")),
    *(f"P@{k}/{by}" for k in (1, 3, 20) for by in ("k", "min_r_k")),
    *(f"{kind}@{k}" for kind in ("Acc", "recall", "nDCG") for k in (1, 2, 4, 20)),
    "nDCG@all", "R-precision", "meanP@10..20/legacy",
]  # fmt: skip
LINEAR_NAMES = [name for name in ALL_NAMES if "/voc" not in name]


def orders(distances, relevance):
    """Relevance in ranked order, for every order of the items at equal distance."""
    groups = [
        [hit for other, hit in zip(distances, relevance, strict=True) if other == distance]
        for distance in sorted(set(distances))
    ]
    for pick in itertools.product(*(itertools.permutations(group) for group in groups)):
        yield list(itertools.chain(*pick))


def expected(name, distances, relevance):
    return statistics.fmean(metric(name, order) for order in orders(distances, relevance))


def metric(name, ranked):
    """One metric of one ranked list of 0/1."""
    head, *rest = name.split("/")
    kind, _, cut = head.partition("@")
    if kind == "R-precision":
        return precision_at(ranked, sum(ranked))
    if kind == "meanP":
        return statistics.fmean(precision_at(ranked, k) for k in range(10, int(cut[4:]) + 1, 10))
    k = len(ranked) if cut == "all" else int(cut)
    if kind == "AP":
        return average_precision(ranked, k, *rest)
    if kind == "P":
        return precision_at(ranked, min(k, sum(ranked)) if rest == ["min_r_k"] else k)
    if kind == "nDCG":
        return gain(ranked[:k]) / gain(([1] * sum(ranked))[:k])
    hits = sum(ranked[:k])
    return float(hits > 0) if kind == "Acc" else hits / sum(ranked)


def precision_at(ranked, k):
    return sum(ranked[:k]) / k


def gain(ranked):
    return sum(hit / math.log2(1 + rank) for rank, hit in enumerate(ranked, start=1))


def average_precision(ranked, k, flavour, by="r"):
    top = ranked[:k]
    precisions = [precision_at(top, rank) for rank in range(1, len(top) + 1)]
    if flavour == "voc":
        precisions = [max(precisions[rank:]) for rank in range(len(top))]
    total = sum(precision for precision, hit in zip(precisions, top, strict=True) if hit)
    divisor = {"rel_in_k": sum(top), "min_r_k": min(sum(ranked), k), "k": k, "r": sum(ranked)}[by]
    return total / divisor if divisor else 0.0
