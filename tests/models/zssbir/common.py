"""What these tests share: six shapes as pixels, and a system fitted on them."""

from tests.models.shapes import shapes_task
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

FEATURES = {"features": {"backbone": "pixels", "size": 8}}
"""64 numbers."""
TRAINING = {"steps": 20, "batch_size": 12, "learning_rate": 1e-3, "precision": "float64"}


def fitted(name, task=None, run=None, training=(), **options):
    """The system and its history."""
    method = create(name, FEATURES | options | {"training": TRAINING | dict(training)})
    return method, method.fit(task or shapes_task(), run or Run(progress=False))
