import numpy as np
import pytest
import torch

from tests.models.conftest import generated_task
from zsr_lib.models.cross_modal.class_graph import GraphNet, class_graph
from zsr_lib.models.registry import create
from zsr_lib.training.config import Run

QUIET = Run(progress=False)
HOG = {"features": {"backbone": "hog", "size": 64}, "semantics": "attributes"}


def graph_by_hand(vectors, neighbours):
    """Class after class: the nearest by cosine, joined both ways, then divided by the roots of both degrees."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    joined = np.eye(len(vectors))
    for one in range(len(vectors)):
        others = sorted((o for o in range(len(vectors)) if o != one), key=lambda o: -unit[one] @ unit[o])
        for other in others[:neighbours]:
            joined[one, other] = joined[other, one] = 1
    degree = joined.sum(axis=1)
    for one, other in np.ndindex(joined.shape):
        joined[one, other] /= np.sqrt(degree[one] * degree[other])
    return joined


@pytest.mark.parametrize("neighbours", [0, 1, 3, 99])
def test_the_graph_joins_what_is_near(neighbours):
    vectors = np.random.default_rng(0).normal(size=(7, 4))
    found = class_graph(torch.from_numpy(vectors), neighbours).numpy()
    np.testing.assert_allclose(found, graph_by_hand(vectors, neighbours), atol=1e-12)


def test_without_neighbours_classes_are_alone_and_with_all_they_are_one():
    vectors, net = torch.eye(5, dtype=torch.float64), GraphNet(5, 8, 3).double()
    with torch.no_grad():
        alone = net(class_graph(vectors, 0), vectors)
        own = net.second(torch.nn.functional.leaky_relu(net.first(vectors), 0.01))
        torch.testing.assert_close(alone, own)
        together = net(class_graph(vectors, 99), vectors)
    torch.testing.assert_close(together, together[:1].expand(5, 3))


@pytest.fixture(scope="module")
def task(generated):
    return generated_task(generated)


def fitted(task, losses=None, **options):
    method = create("crossatnet", HOG | {"training": {"steps": 60, "batch_size": 64}, "losses": losses or {}} | options)
    return method, method.fit(task, QUIET)


def test_students_learn_what_teachers_know_and_need_nobody(task):
    """With the term, students' codes come near the teachers'; each item's code is its own."""
    gaps = {}
    for weight in (0.0, 1.0):
        method, _ = fitted(task, {"distillation": weight})
        photos, sketches = (task.training_items("seen", name) for name in ("photo", "sketch"))
        order = np.argsort(photos.labels, kind="stable"), np.argsort(sketches.labels, kind="stable")
        x, y = (
            method.net.scaling[items.modality](torch.from_numpy(method.features_of(items.take(rows))))
            for items, rows in zip((photos, sketches), order, strict=True)
        )
        with torch.no_grad():
            taught, _ = method.net.taught(x, y, True)
            gap = (method.net.students["photo"](x) - taught).square().sum(dim=1).mean()
            gaps[weight] = gap / taught.var(dim=0).sum()
    assert gaps[1.0] < 0.6 * gaps[0.0]


def test_a_sketch_guides_the_photo_and_not_the_other_way(task):
    method, _ = fitted(task)
    generator = torch.Generator().manual_seed(0)
    x, y, other = (torch.randn(5, 1764, generator=generator) for _ in range(3))
    with torch.no_grad():
        photo, sketch = method.net.taught(x, y, True)
        guided, _ = method.net.taught(x, other, True)
        _, same = method.net.taught(other, y, True)
        plain, unguided = method.net.taught(x, y, False), method.net.taught(x, other, False)
    assert (photo - guided).abs().max() > 1e-3
    assert torch.equal(sketch, same)
    assert torch.equal(plain[0], unguided[0])


def test_drawn_to_signs_its_codes_lose_less_as_bits(task):
    left = {}
    for weight in (0.0, 1.0):
        codes = fitted(task, {"quantisation": weight})[0].embed(task.gallery())
        left[weight] = np.square(np.abs(codes) - 1).mean() / np.square(codes).mean()
    assert left[1.0] < left[0.0]
    inner = HOG | {"training": {"steps": 20, "batch_size": 64}, "losses": {"quantisation": 1.0}}
    bits = create("binary", {"of": "crossatnet", "options": inner, "how": "sign", "bits": None, "centre": False})
    bits.fit(task, QUIET)
    assert bits.embed(task.queries()).shape == (len(task.queries()), 8)
