"""What can be asked for at most; without tornado and torch, so that ``zsr serve --help`` does not wait for them."""

MOST = 200
"""Hits of one search."""
LARGEST = 10 * 2**20
"""Bytes of a picture that is searched with."""
PATIENCE = 10 * LARGEST
"""Bytes that are read, and forgotten, to answer in words who sends too much; beyond, the connection is cut."""
