import torch

from zsr_lib.features.small_cnn import DIMENSION, SmallCNN


def test_it_is_small():
    assert 90_000 < sum(weight.numel() for weight in SmallCNN().parameters()) < 110_000


def test_any_picture_becomes_one_row():
    for height, width in ((16, 16), (64, 64), (70, 50)):
        assert SmallCNN()(torch.zeros(2, 3, height, width)).shape == (2, DIMENSION)


def test_training_and_evaluation_mode_give_the_same():
    network, images = SmallCNN(), torch.rand(4, 3, 64, 64)
    assert torch.equal(network.train()(images), network.eval()(images))


def test_it_can_tell_two_pictures_apart_after_a_few_steps():
    torch.manual_seed(0)
    network, head = SmallCNN(), torch.nn.Linear(DIMENSION, 2)
    images, labels = torch.rand(16, 3, 32, 32), torch.arange(16) % 2
    images[labels == 1, :, ::4] = 1.0
    optimiser = torch.optim.Adam([*network.parameters(), *head.parameters()], 3e-3)
    for _ in range(20):
        loss = torch.nn.functional.cross_entropy(head(network(images)), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.1
