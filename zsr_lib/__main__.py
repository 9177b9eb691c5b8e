"""``python -m zsr_lib`` is ``zsr``; ``torchrun -m zsr_lib`` starts several."""

from zsr_lib.cli import main

main()
