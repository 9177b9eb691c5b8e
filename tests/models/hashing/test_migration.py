import pytest
import torch
from torch import nn

from zsr_lib.models.hashing.migration import FeatureMaker, PictureCritic, PictureMaker


@pytest.mark.parametrize(("inputs", "outputs"), [(3, 3), (3, 1), (1, 3)])
def test_a_maker_keeps_the_place_of_every_pixel(inputs, outputs):
    made = PictureMaker(inputs, outputs, 4, 2)(torch.randn(2, inputs, 32, 32))
    assert made.shape == (2, outputs, 32, 32)


def test_the_mask_mixes_what_is_made_with_what_is_given():
    maker, pictures = PictureMaker(3, 3, 4, 1), torch.randn(2, 3, 16, 16)
    last = maker.layers[-1]
    last.weight.data.zero_()
    last.bias.data.copy_(torch.tensor([5.0, 5.0, 5.0, -100.0]))
    torch.testing.assert_close(maker(pictures), pictures)
    last.bias.data[-1] = 100.0
    torch.testing.assert_close(maker(pictures), torch.full_like(pictures, 5.0))


def test_an_answer_of_the_critic_depends_on_a_patch_of_70_pixels():
    critic, pictures = PictureCritic(1, 2), torch.zeros(1, 1, 128, 128, requires_grad=True)
    for block in list(critic)[:4]:
        block[1] = nn.Identity()  # it would take in the whole picture
    answers = critic(pictures)
    answers[0, answers.shape[1] // 2 + 7].backward()
    rows = pictures.grad[0, 0].abs().sum(dim=1).nonzero()
    assert rows.max() - rows.min() + 1 == 70


def test_a_maker_of_features_adds_to_what_is_there():
    maker, features = FeatureMaker(5, 8), torch.randn(3, 5)
    assert torch.equal(maker(features), features)
