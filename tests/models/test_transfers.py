import numpy as np
import pytest

from tests.training.transfers import META, Transfers
from zsr_lib.models.registry import create

NAMED = ("zseoc", "zscmr", "zsih", "sem_pcyc")
SMALL = {
    "zsih": {"fused": 8},
    "cvae": {"latent": 8, "widths": [16, 16]},
    "caae": {"latent": 8, "widths": [16, 16]},
}


@pytest.mark.parametrize("name", [*NAMED, "cvae", "caae", "ems", "cnn_baseline", "legacy_zseoc", "legacy_zscmr"])
def test_systems_on_features_do_not_wait_for_the_device(task, name):
    def fitted(steps):
        config = {"features": {"backbone": "hog", "size": 64}, "training": {"steps": steps, "batch_size": 16}}
        more = SMALL.get(name, {}) | ({"semantics": "attributes"} if name in NAMED else {})
        more = {"finetune": None} if name.startswith("legacy") else more
        with Transfers() as transfers:
            create(name, config | more).fit(task, META)
        return transfers.there, transfers.back

    assert np.subtract(fitted(12), fitted(4)).tolist() == [8, 0]
