import numpy as np
import pytest

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.generated import generate
from zsr_lib.data.sets import generated
from zsr_lib.errors import BadInputError, UnknownNameError

CLASSES = ("airplane", "runway")

pytestmark = pytest.mark.usefixtures("cache")


def load(**options):
    return load_dataset("generated", 16, progress=False, **({"per_class": 2, "classes": CLASSES} | options))


def test_store_holds_what_was_drawn():
    drawn = generate(2, 16, 0, CLASSES, progress=False, workers=1)
    for _ in range(2):
        loaded = load()
        for modality, items in loaded.items.items():
            assert np.array_equal(items.pixels, drawn[modality].pixels)
            assert np.array_equal(items.ids, drawn[modality].ids)
            assert np.array_equal(items.labels, drawn[modality].labels)
            assert (items.classes, items.origin, items.pairs) == (CLASSES, "recipe", None)


def test_is_drawn_once(monkeypatch):
    load()
    monkeypatch.setattr(generated, "generate", lambda *args, **kwargs: pytest.fail("drawn again"))
    assert len(load().photos) == 4
    assert load(classes=CLASSES[::-1]).classes == CLASSES


def test_a_scene_is_drawn_once_for_all_sets_that_hold_it(monkeypatch):
    first = load(per_class=generated.BLOCK, classes=("airplane",))
    drawn = []

    def watched(count, size, seed, classes, *rest, **named):
        drawn.append((classes, named["first"], count))
        return generate(count, size, seed, classes, *rest, **named)

    monkeypatch.setattr(generated, "generate", watched)
    more = load(per_class=generated.BLOCK + 3)
    block = generated.BLOCK
    assert drawn == [(["airplane"], block, 3), (["runway"], 0, block), (["runway"], block, 3)]
    assert np.array_equal(more.photos.pixels[: generated.BLOCK], first.photos.pixels)
    assert np.array_equal(more.photos.pixels, generate(block + 3, 16, 0, CLASSES, workers=1)["photo"].pixels)


@pytest.mark.parametrize("wrong", [{"per_class": 0}, {"classes": ()}, {"classes": ("runway", "runway")}, {"seed": -1}])
def test_impossible_sets_are_refused(wrong):
    with pytest.raises(BadInputError):
        load(**wrong)


def test_pairs_survive_the_store():
    for _ in range(2):
        loaded = load(paired=True)
        assert loaded.sketches.pairs.tolist() == loaded.photos.ids.tolist()
        assert loaded.photos.pairs.tolist() == loaded.sketches.ids.tolist()


def test_every_option_and_changed_recipes_change_the_checksum(monkeypatch):
    sums = [load(**options).checksum for options in ({}, {"seed": 1}, {"paired": True}, {"per_class": 1})]
    sums.append(load(classes=("airplane",)).checksum)
    monkeypatch.setattr(generated, "recipes_checksum", lambda: "changed")
    sums.append(load().checksum)
    assert len(set(sums)) == 6


def test_survey_is_that_of_the_default_set():
    survey = generated.SOURCE.survey(None, False)
    assert sum(survey.counts["photo"]) == generated.SOURCE.info.expected["photo"]
    assert len(survey.checksum) == 64


def test_it_cannot_be_prepared_from_files(tmp_path):
    generated.SOURCE.obtain(None, None, False)
    with pytest.raises(BadInputError, match="drawn, not read"):
        generated.SOURCE.obtain(tmp_path, None, False)


def test_unknown_class():
    with pytest.raises(UnknownNameError, match="did you mean runway"):
        load(classes=("airplane", "runwey"))
