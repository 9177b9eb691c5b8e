"""Small things that many classes share: plants, vehicles, houses, roads."""
