from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.models.shapes import drawings, shapes, shapes_task
from zsr_lib.data.registry import Dataset
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.leaks import UNLABELLED, audit
from zsr_lib.features.architectures import build_network
from zsr_lib.models.pretext.patches import ANSWERS
from zsr_lib.models.pretext.photos import grey, pretext_photos
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save
from zsr_lib.training.config import Run

OPTIONS = {
    "size": 12,
    "width": 16,
    "patches": {"side": 10, "gap": 4, "jitter": 1},
    "training": {"steps": 3, "batch_size": 4},
}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSR_CACHE", str(tmp_path))


def fitted(task, **options):
    method = create("context_prediction", OPTIONS | options)
    return method, method.fit(task, Run(progress=False))


def nameless(name="snaps"):
    """Photos that nobody has labelled."""
    photos = shapes(seed=3).photos
    blank = replace(photos, labels=0 * photos.labels, classes=("",))
    return Dataset(name, ("",), {"photo": blank}, "0" * 64)


def alone(**more):
    return shapes_task(auxiliary=(), **more)


def test_no_label_is_read():
    task = alone()
    one, _ = fitted(task)
    photos = task.dataset.photos
    names = list(photos.classes)
    seen = [names.index(name) for name in task.seen]
    turn = dict(zip(seen, seen[1:] + seen[:1], strict=True))  # every seen class takes the next one's name
    labels = np.array([turn.get(label, label) for label in photos.labels.tolist()])
    other = replace(task.dataset, items=dict(task.dataset.items, photo=replace(photos, labels=labels)))
    two, _ = fitted(alone(dataset=other))
    for key, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[key]), key


def test_photos_without_a_class_make_it_unlabelled():
    task = shapes_task(auxiliary=(nameless(),))
    method, history = fitted(task)
    (part,) = method.trained_parts()
    assert part.classes == UNLABELLED
    assert audit(method.trained_parts(), task.unseen).label == "unlabelled"
    assert history.notes["pretext photos"] == len(nameless().photos)


def test_photos_of_several_sets_are_one_and_the_seen_classes_come_last():
    both = shapes_task(auxiliary=(nameless("a"), nameless("b")))
    photos, classes = pretext_photos(both)
    assert (len(photos), classes) == (2 * len(nameless().photos), UNLABELLED)
    photos, classes = pretext_photos(alone())
    assert sorted(classes) == sorted(alone().seen)
    assert set(photos.class_names) == set(alone().seen)


def test_accuracy_is_noted_and_of_the_probe_too():
    method, history = fitted(alone(), probe={"side": 10, "gap": 0, "jitter": 0})
    accuracies = [history.notes[f"pretext accuracy{what}"] for what in ("", ", probe")]
    assert all(0 <= each <= 1 for each in accuracies)
    assert "pretext accuracy" not in fitted(alone(), pretext=False)[1].notes
    # A network that always answers alike is right once in eight, however the pairs are spread.
    with torch.no_grad():
        method.net.head[-1].weight.zero_()
        method.net.head[-1].bias.copy_(torch.arange(8.0))
    both = torch.randint(0, 256, (2, 6, 32, 32), dtype=torch.uint8)
    told = method._accuracy(np.arange(2), lambda rows, number: (both[rows], torch.Generator().manual_seed(0)))
    assert told == pytest.approx(1 / 8)


def test_the_loss_is_the_weighted_mean_over_all_pairs():
    method, _ = fitted(alone(), patches={"side": 10, "gap": 4, "jitter": 1, "colour": "keep"})
    both = torch.randint(0, 256, (3, 6, 32, 32), dtype=torch.uint8)
    logits = method.logits(both, torch.Generator().manual_seed(1))
    each = [
        -torch.log_softmax(logits[grid, pair], dim=0)[answer] / (2 * (answer in (1, 3, 4, 6)) or 1)
        for grid in range(3)
        for pair, answer in enumerate(ANSWERS)
    ]
    found = method.loss((both, torch.Generator().manual_seed(1)))["direction"]
    torch.testing.assert_close(found, sum(each) / (3 * 8))


@pytest.mark.parametrize("domain", ["photo", "edges"])
def test_one_domain_does_not_look_at_the_other(domain):
    method, _ = fitted(alone(), domain=domain)
    both = torch.randint(0, 256, (3, 6, 32, 32), dtype=torch.uint8)
    changed = both.clone()
    other = slice(3, 6) if domain == "photo" else slice(0, 3)
    changed[:, other] = 0
    one, two = (method.logits(each, torch.Generator().manual_seed(1)) for each in (both, changed))
    assert torch.equal(one, two)


def test_codes_are_what_the_trunk_says_of_the_whole_picture():
    task = alone()
    method, _ = fitted(task)
    photos = task.gallery()
    with torch.inference_mode():
        inputs = method.as_input("photo", np.asarray(photos.pixels))
        expected = method.net.trunk(inputs).numpy()
    np.testing.assert_allclose(method.embed(photos), expected, rtol=1e-4, atol=1e-5)


def test_whole_pictures_may_enter_larger_than_patches():
    task = alone()
    method, _ = fitted(task, whole=30, pretext=False)
    photos = task.gallery()
    inputs = method.as_input("photo", np.asarray(photos.pixels))
    assert inputs.shape[-2:] == (30, 30)
    *layers, _pooled, flat, fc6, relu = method.net.trunk
    with torch.inference_mode():
        maps = torch.nn.Sequential(*layers)(inputs)  # (N, 64, 4, 4), where fc6 takes 2 × 2
        halves = maps.unflatten(2, (2, 2)).unflatten(4, (2, 2)).mean(dim=(3, 5))
        expected = relu(fc6(flat(halves))).numpy()
    np.testing.assert_allclose(method.embed(photos), expected, rtol=1e-4, atol=1e-5)


def test_untrained_it_is_the_same_net_as_it_starts():
    task = alone()
    one, two = (fitted(task, pretext=False, training={"steps": steps, "batch_size": 4})[0] for steps in (1, 3))
    np.testing.assert_array_equal(one.embed(task.gallery()), two.embed(task.gallery()))
    assert np.abs(one.embed(task.gallery()) - fitted(task)[0].embed(task.gallery())).max() > 1e-3


def test_photos_smaller_than_the_grid_are_refused():
    with pytest.raises(BadInputError, match=r"32 × 32 pixels[\s\S]*would fit"):
        fitted(alone(), patches={"side": 14, "gap": 4, "jitter": 1})


def test_grey_photos_are_counted_and_one_band_is_refused():
    task = alone()
    photos = task.dataset.photos
    pixels = photos.pixels.copy()
    pixels[:5] = pixels[:5, :, :, :1]
    assert grey(replace(photos, pixels=pixels)) == 5
    half = replace(photos, pixels=photos.pixels[..., :1], bands=("pan",))
    dataset = replace(task.dataset, items={"photo": half, "sketch": task.dataset.sketches})
    with pytest.raises(BadInputError, match=r"cannot draw[\s\S]*\(height, width, 3\)"):
        fitted(alone(dataset=dataset))


def test_drawings_of_a_task_do_not_count_as_photos():
    task = alone(machine_sketches=[drawings(shapes())])
    assert len(pretext_photos(task)[0]) == 6 * len(task.seen)


def test_what_is_drawn_above_kept_layers_follows_the_seed_and_pretraining_is_told(tmp_path):
    torch.save(build_network("mobilenet_v2", seed=5).state_dict(), tmp_path / "weights.pth")
    options = OPTIONS | {
        "backbone": "mobilenet_v2",
        "weights": str(tmp_path / "weights.pth"),
        "kept": 26,
        "size": 32,
        "pretext": False,
    }
    states = []
    for seed in (0, 0, 1):
        method = create("context_prediction", options)
        method.fit(alone(), Run(seed, progress=False))
        states.append({n: w for n, w in method.net.trunk.state_dict().items() if w.ndim == 4})
    first, again, other = states
    assert all(torch.equal(weight, again[name]) for name, weight in first.items())
    assert [torch.equal(weight, other[name]) for name, weight in first.items()] == [True] * 26 + [False] * 26
    assert method.about()["pretraining"] == {"weights": options["weights"], "classes": None}
    save(method, tmp_path / "saved")
    assert load(tmp_path / "saved").about() == method.about()
