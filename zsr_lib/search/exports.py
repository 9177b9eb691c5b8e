"""Hits for other programs, piece by piece: GeoJSON for maps, CSV for tables."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from zsr_lib.search.ground import centre_of
from zsr_lib.search.hit import Hit

COLUMNS = ("place", "score", "expected", "distance", "path", "left", "top", "width", "height", "state")
ON_EARTH = ("longitude", "latitude", "crs", "min_x", "min_y", "max_x", "max_y")


def geojson(hits: Iterable[Hit]) -> Iterator[str]:
    """Writes hits, best first, as a FeatureCollection (RFC 7946), one a line.

    A window without a place has no geometry. Footprints are in longitude and latitude, counter-clockwise, and cut in
    two where they cross the antimeridian.
    """
    yield '{"type": "FeatureCollection", "features": ['
    for place, hit in enumerate(hits, 1):
        told = {"type": "Feature", "geometry": _geometry(hit), "properties": {"place": place} | _properties(hit)}
        yield ("," if place > 1 else "") + "\n" + json.dumps(told, ensure_ascii=False)
    yield "\n]}\n"


def table(hits: Iterable[Hit]) -> Iterator[str]:
    """Writes hits, best first, as CSV with a head; what is not known of a window is empty.

    ``longitude`` and ``latitude`` are of its centre, ``min_x`` to ``max_y`` its box in ``crs``.
    """
    writer = csv.writer(_Passing(), lineterminator="\n")
    yield writer.writerow(COLUMNS + ON_EARTH)
    for place, hit in enumerate(hits, 1):
        centre = centre_of(hit.place["lonlat"]) if "lonlat" in hit.place else ("", "")
        ground = [hit.place.get("crs", ""), *hit.place.get("bounds", [""] * 4)]
        told = [place, hit.score, hit.expected, hit.distance, hit.path, *hit.window, hit.state]
        yield writer.writerow([*told, *centre, *ground])


class _Passing:
    """What a CSV writer writes to, and gets back."""

    write = staticmethod(str)


def _properties(hit: Hit) -> dict[str, Any]:
    told = hit.as_dict()
    ground = {name: hit.place[name] for name in ("crs", "bounds") if name in hit.place}
    return {name: told[name] for name in ("score", "expected", "distance", "path", "window", "state")} | ground


def _geometry(hit: Hit) -> dict[str, Any] | None:
    if "footprint" not in hit.place:
        return None
    ring = np.array(hit.place["footprint"])
    if np.ptp(ring[:, 0]) <= 180:
        return {"type": "Polygon", "coordinates": [_closed(ring)]}
    ring[ring[:, 0] < 0, 0] += 360  # in one piece, with the antimeridian at 180
    east, west = _below(ring), _below(ring * [-1, 1] + [360, 0]) * [-1, 1]
    parts = [[_closed(part)] for part in (east, west) if len(part)]
    return {"type": "MultiPolygon", "coordinates": parts}


def _below(ring: np.ndarray) -> np.ndarray:
    """What of a convex ring (N, 2) has longitudes up to 180, (M, 2)."""
    kept = []
    for (x, y), (to_x, to_y) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if x <= 180:
            kept.append((x, y))
        if (x < 180) != (to_x < 180) and 180 not in (x, to_x):
            kept.append((180, y + (to_y - y) * (180 - x) / (to_x - x)))
    return np.array(kept).reshape(-1, 2)


def _closed(ring: np.ndarray) -> list[list[float]]:
    x, y = ring.T
    area = (x * np.roll(y, -1) - np.roll(x, -1) * y).sum()
    ring = ring if area >= 0 else ring[::-1]
    return np.concatenate([ring, ring[:1]]).tolist()
