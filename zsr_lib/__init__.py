"""Zero-shot sketch-based retrieval, remote sensing first.

Data flows one way: ``data → models → codes → evaluation → reporting → book``.
Importing this package does no work; each room is imported when it is needed.
"""

import os

# Read by OpenMP when torch or scikit-learn loads it. Threads that spin while they wait make a fit on busy cores ten
# times slower, and the results are the same bytes. Set here, it holds for `zsr`, the kernels it starts, and tests.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
