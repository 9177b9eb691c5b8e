from itertools import pairwise

import numpy as np
import pytest

from tests.models.conftest import chance, score
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

OPTIONS = {"features": {"backbone": "hog", "size": 64}, "semantics": "attributes", "bits": 24}


def test_it_ranks_unseen_classes_and_its_objective_never_rises(task):
    method = create("zsh", OPTIONS)
    values = method.fit(task, Run(progress=False)).notes["objective"]
    assert len(values) == 10
    assert all(later <= earlier + 1e-6 for earlier, later in pairwise(values))
    assert score(method, task) > chance(task) + 0.03


def test_codes_are_signs_of_centred_kernels_times_the_weights(task):
    method = create("zsh", OPTIONS | {"anchors": 7})
    method.fit(task, Run(progress=False))
    photos = task.gallery().take([0, 1, 2])
    own = {name: value.numpy() for name, value in method.kernels["photo"].items()}
    features = method.features_of(photos)
    scaling = method.scaling["photo"]
    scaled = (features - scaling.mean.numpy()) / scaling.scale.numpy()
    for code, row in zip(method.embed(photos), scaled, strict=True):
        far = np.array([np.linalg.norm(row - anchor) for anchor in own["anchors"]])
        values = (np.exp(-(far**2) / 2 / own["width"] ** 2) - own["mean"]) @ own["weights"]
        np.testing.assert_array_equal(np.unpackbits(code), values > 0)


def test_anchors_are_training_items_and_no_more_than_there_are(task):
    method = create("zsh", OPTIONS | {"anchors": 10**6})
    method.fit(task, Run(progress=False))
    assert method.sizes["anchors"]["photo"] == len(task.photos("seen"))


@pytest.mark.parametrize("options", [{"anchors": 0}, {"rounds": 0}, {"ridge": 0.0}, {"graph_weight": -1.0}])
def test_numbers_out_of_range_are_refused(options):
    with pytest.raises(BadInputError, match="positive"):
        create("zsh", options)
