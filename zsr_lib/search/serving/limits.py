"""What can be asked for at most; without tornado and torch, so that ``zsr serve --help`` does not wait for them."""

MOST = 200
"""Hits of one search."""
EXAMPLES = 50
"""Pictures that may be named as more or less like what is wanted; the address must stay short."""
LARGEST = 10 * 2**20
"""Bytes of a picture that is searched with."""
PATIENCE = 10 * LARGEST
"""Bytes that are read, and forgotten, to answer in words who sends too much; beyond, the connection is cut."""
PIXELS = 4096 * 4096
"""Of a picture that is searched with: a photo of a drawing has fewer, and decoding it takes a few hundred MB."""
WAITING = 16
"""Searches that wait for the one that is made; who comes then is asked to come again."""
AGAIN = 2
"""Seconds after which."""
IDLE = 30.0
"""Seconds after which a connection is closed on which nobody asks anything, or not to the end."""
SLOW = 60.0
"""Seconds that the body of a request may take to come."""
