"""What holds for the group's two released programs: their backbones have seen the test."""

import pytest

from tests.models.conftest import QUIET
from zsr_lib.evaluation.leaks import LeakError, audit
from zsr_lib.models.registry import create

OPTIONS = {
    "features": {"backbone": "small_cnn", "weights": "none", "size": 32},
    "finetune": {"classes": "all", "legacy": True, "training": {"steps": 2, "batch_size": 8}},
    "training": {"steps": 2, "batch_size": 16},
}


@pytest.mark.parametrize("name", ["legacy_zseoc", "legacy_zscmr"])
def test_by_default_the_backbone_has_seen_the_test_and_the_audit_names_it(name, task):
    assert create(name).config.finetune.classes == "all"
    method = create(name, OPTIONS)
    method.fit(task, QUIET)
    tuned = next(part for part in method.trained_parts() if part.name == "fine-tuned backbone")
    assert set(task.unseen) < set(tuned.classes)
    assert set(task.queries().ids.tolist()) <= set(tuned.items)
    with pytest.raises(LeakError):
        audit(method.trained_parts(), task.unseen, legacy=False)
    assert audit(method.trained_parts(), task.unseen, legacy=True).label == "legacy"
