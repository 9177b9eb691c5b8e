import pytest
import torch

from tests.models.conftest import chance, score
from tests.models.shapes import shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

OPTIONS = {"size": 32, "training": {"steps": 40, "batch_size": 16}}


def test_on_pixels_it_learns_and_its_codes_have_unit_length():
    method = create("siamese_cnn", OPTIONS)
    losses = method.fit(shapes_task(), Run(progress=False)).curve("contrastive")[1]
    assert losses[-1] < 0.6 * losses[0]
    assert score(method, shapes_task()) > chance(shapes_task()) + 0.1
    codes = torch.from_numpy(method.embed(shapes_task().gallery()))
    torch.testing.assert_close(codes.norm(dim=1), torch.ones(len(codes)))


def test_a_code_of_no_numbers_is_refused():
    with pytest.raises(BadInputError, match="code_size is 0"):
        create("siamese_cnn", {"code_size": 0})
