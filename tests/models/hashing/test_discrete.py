"""Half-steps against brute force: 3 items of each modality, 4 bits, all codes."""

from dataclasses import replace
from itertools import product

import pytest
import torch

from zsr_lib.errors import BadInputError
from zsr_lib.models.hashing.discrete import (
    CodedItems,
    class_codes,
    dictionary,
    objective,
    signs,
    spread_signs,
    sweep,
)

ITEMS, BITS, CLASSES = 3, 4, 2
WEIGHTS = [(0.01, 1e-5, False), (0.01, 1e-5, True), (1.0, 0.5, True), (0.0, 3.0, False)]


def problem(seed):
    """Two modalities with random codes, and the vectors of their classes."""
    dice = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.randn(*shape, generator=dice, dtype=torch.float64)

    vectors = draw(CLASSES, 5)
    labels = torch.tensor([[0, 1, 1], [1, 0, 0]])
    both = [CodedItems(signs(draw(ITEMS, BITS)), each, vectors[each], draw(ITEMS, BITS)) for each in labels]
    return *both, draw(BITS, 5)


def every_code(count):
    """All 2^count ways to set `count` bits."""
    return torch.tensor(list(product((-1.0, 1.0), repeat=count)), dtype=torch.float64)


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("seed", range(5))
def test_each_bit_is_the_best_that_there_is_while_the_others_stand_still(seed, weights):
    one, two, words = problem(seed)
    swept = sweep(one, two, words, *weights).codes
    for bit in range(BITS):
        so_far = torch.cat([swept[:, :bit], one.codes[:, bit:]], dim=1)  # what the sweep saw when it came here
        values = {}
        for column in every_code(ITEMS):
            codes = so_far.clone()
            codes[:, bit] = column
            values[tuple(column.tolist())] = objective(replace(one, codes=codes), two, words, *weights).item()
        assert values[tuple(swept[:, bit].tolist())] == pytest.approx(min(values.values()), abs=1e-9)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_alternating_never_rises_and_from_some_start_finds_the_best_of_all_codes(weights):
    one, two, words = problem(0)
    best = min(
        objective(replace(one, codes=codes.reshape(ITEMS, BITS)), two, words, *weights).item()
        for codes in every_code(ITEMS * BITS)
    )
    ends = []
    for start in every_code(ITEMS * BITS)[::37]:
        moving, before = replace(one, codes=start.reshape(ITEMS, BITS)), torch.inf
        for _ in range(6):
            moving = sweep(moving, two, words, *weights)
            value = objective(moving, two, words, *weights).item()
            assert value <= before + 1e-9
            before = value
        ends.append(before)
    assert min(ends) == pytest.approx(best, abs=1e-9)
    assert all(end >= best - 1e-9 for end in ends)


def test_the_dictionary_is_where_the_gradient_vanishes():
    one, two, _ = problem(1)
    words = dictionary(one, two).requires_grad_()
    objective(one, two, words, 1.0, 0.0).backward()
    assert words.grad.abs().max() < 1e-9


def test_bits_that_repeat_each_other_get_the_dictionary_of_least_norm():
    one, two, _ = problem(2)
    same = [replace(each, codes=each.codes[:, :1].repeat(1, BITS)) for each in (one, two)]
    words = dictionary(*same)
    codes, vectors = (torch.cat([getattr(each, name) for each in same]) for name in ("codes", "vectors"))
    torch.testing.assert_close(words, torch.linalg.lstsq(codes, vectors, driver="gelsd").solution)


def test_a_bit_that_nothing_asks_for_stays():
    one, two, words = problem(3)
    silent = replace(two, codes=torch.zeros_like(two.codes))
    kept = sweep(replace(one, outputs=torch.zeros(ITEMS, BITS).double()), silent, words, 0.0, 1.0)
    assert torch.equal(kept.codes, one.codes)


def test_class_codes_solve_their_equation():
    labels = torch.tensor([0, 0, 2, 1, 2, 2])
    codes = signs(torch.randn(6, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64))
    y = torch.nn.functional.one_hot(labels).double()
    expected = torch.linalg.solve(y.T @ y + torch.eye(3).double(), y.T @ codes)
    torch.testing.assert_close(class_codes(labels, codes, 3), expected)


def test_codes_of_different_length_are_refused():
    one, two, words = problem(0)
    with pytest.raises(BadInputError, match="4 and of 3 bits"):
        sweep(one, replace(two, codes=two.codes[:, :3]), words, 1.0, 1.0)


def coded(classes, each, bits, bias, centred):
    """Class codes of photos and of sketches after a few rounds; outputs have a mean of `bias` times their spread."""
    dice = torch.Generator().manual_seed(0)
    labels = torch.arange(classes).repeat_interleave(each)
    vectors = torch.nn.functional.normalize(torch.randn(classes, 30, generator=dice, dtype=torch.float64), dim=1)
    both = []
    for _ in range(2):
        mean = bias * torch.randn(bits, generator=dice, dtype=torch.float64)
        outputs = mean + torch.randn(len(labels), bits, generator=dice, dtype=torch.float64)
        start = spread_signs(outputs) if centred else signs(outputs)
        both.append(CodedItems(start, labels, vectors[labels], outputs))
    one, two = both
    for _ in range(3):
        words = dictionary(one, two)
        one = sweep(one, two, words, 0.01, 1e-5, centred)
        two = sweep(two, one, words, 0.01, 1e-5, centred)
    return one.codes[::each], two.codes[::each]


@pytest.mark.parametrize(("classes", "each"), [(10, 12), (100, 5)])
@pytest.mark.parametrize("bias", [0.0, 5.0])
def test_every_class_gets_a_code_of_its_own_that_both_modalities_share(classes, each, bias):
    photos, sketches = coded(classes, each, 64, bias, True)
    assert len(photos.unique(dim=0)) == len(sketches.unique(dim=0)) == classes
    assert (photos != sketches).double().sum(dim=1).mean() < 1
    assert ((photos == photos[:1]).all(dim=0)).sum() <= 1


def test_as_described_with_many_classes_the_modalities_only_part():
    photos, sketches = coded(100, 5, 64, 0.0, False)
    assert (photos != sketches).double().sum(dim=1).mean() > 50
    assert len(photos.unique(dim=0)) < 20
