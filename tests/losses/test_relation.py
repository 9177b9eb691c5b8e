import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.losses.relation import relation


def test_scores_at_their_targets_cost_nothing_and_the_worst_cost_nearly_one():
    right, wrong = torch.tensor([[0.99], [0.99]]), torch.tensor([[0.01], [0.01]])
    assert relation(right, wrong).item() == pytest.approx(0, abs=1e-12)
    assert relation(wrong, right).item() == pytest.approx(0.98**2)


def test_both_kinds_of_pairs_weigh_alike_and_mirror_each_other(draw):
    matching, other = draw(5, 1), draw(5, 1)
    assert relation(matching, other).item() == pytest.approx(relation(1 - other, 1 - matching).item())


def test_without_slack_the_targets_are_one_and_nought():
    assert relation(torch.ones(3, 1), torch.zeros(3, 1), slack=0) == 0


@pytest.mark.parametrize("slack", [-0.1, 0.5, float("nan")])
def test_bad_slack(slack, draw):
    with pytest.raises(BadInputError, match="slack is"):
        relation(draw(2, 1), draw(2, 1), slack)
