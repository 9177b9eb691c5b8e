"""A local page with the sketch pad that searches an index."""
