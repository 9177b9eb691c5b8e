import math

import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.losses.multi_label import multi_label


def test_a_sure_score_costs_nothing_if_right_and_itself_if_wrong():
    scores = torch.tensor([[40.0, -40.0]])
    assert multi_label(scores, torch.tensor([[1.0, 0.0]])) == pytest.approx(0, abs=1e-12)
    assert multi_label(scores, torch.tensor([[0.0, 1.0]])) == pytest.approx(80)


def test_each_label_is_a_question_of_its_own(draw):
    """All labels at once are the sum of each label alone; with their opposites, scores change their sign."""
    logits, tags = draw(5, 3), (draw(5, 3) > 0).double()
    each = sum(multi_label(logits[:, [k]], tags[:, [k]]) for k in range(3))
    assert multi_label(logits, tags).item() == pytest.approx(each.item())
    assert multi_label(-logits, 1 - tags).item() == pytest.approx(each.item())


def test_of_nothing_known_every_label_costs_log_two():
    assert multi_label(torch.zeros(4, 7), torch.zeros(4, 7)).item() == pytest.approx(7 * math.log(2))


@pytest.mark.parametrize("tag", [-1.0, 2.0])
def test_tags_beyond_their_range_are_refused(tag):
    with pytest.raises(BadInputError, match="outside"):
        multi_label(torch.zeros(2, 2), torch.full((2, 2), tag))
