import numpy as np
import pytest
from scipy.io import savemat

from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.sets.pan_ms import FILES, SOURCE
from zsr_lib.data.task import build_task
from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError
from zsr_lib.evaluation.leaks import LeakError
from zsr_lib.experiments.watching import watched

RNG = np.random.default_rng(0)
BITS = {"imgGE1.mat": (8, 4), "imgIK.mat": (11, 4), "imgWV2.mat": (11, 8)}


def draw_scene(path, side=128, **changes):
    """A scene as distributed: its multispectral half is the mean of 4 × 4 panchromatic pixels, plus the band."""
    bits, bands = BITS[path.name]
    pan = RNG.integers(0, 2**bits - 16, (side, side)).astype(np.uint8 if bits == 8 else np.uint16)
    means = pan.reshape(side // 4, 4, side // 4, 4).mean((1, 3))
    ms = np.stack([means + band for band in range(bands)], axis=2).astype(pan.dtype)
    path.parent.mkdir(parents=True, exist_ok=True)
    savemat(path, {"I_PAN": pan, "I_MS": ms, "L": np.uint8([[bits]]), "ratio": np.uint8([[4]])} | changes)
    return pan, ms


@pytest.fixture
def scenes(tmp_path, cache):
    """(the data root, class → its panchromatic and multispectral pixels)."""
    folder = tmp_path / "data" / "pan_ms"
    return tmp_path / "data", {scene: draw_scene(folder / name) for scene, name in FILES.items()}


def load(root, size=32):
    return load_dataset("pan_ms", size, root, progress=False)


def test_tiles_are_cut_where_their_footprints_say(scenes):
    root, drawn = scenes
    dataset = load(root)
    for modality, side, which in (("pan", 32, 0), ("ms", 8, 1)):
        items = dataset.of(modality)
        assert items.pixels.shape == (48, side, side, 1 if modality == "pan" else 4)
        for row in (0, 21, 47):
            scene, top, left, bottom, right = (items.footprints[row] * (1, *[side / 32] * 4)).astype(int)
            name = dataset.classes[scene]
            bits = BITS[FILES[name]][0]
            pixels = np.atleast_3d(drawn[name][which])[top:bottom, left:right]
            wanted = (1, 2, 4, 6) if pixels.shape[2] == 8 else slice(None)
            np.testing.assert_array_equal(items.pixels[row] >> (16 - bits), pixels[..., wanted])
            assert (items.class_names[row], items.ids[row].partition("/")[0]) == (name, name)
    assert dataset.of("ms").bands == ("blue", "green", "red", "near-infrared")
    assert dataset.of("pan").pairs.tolist() == dataset.of("ms").ids.tolist()
    assert "relevance is by pair" in dataset.notes[0]


def test_every_sensors_range_is_that_of_16_bits(scenes):
    brightest = {name: load(scenes[0]).of("pan").of_classes([name]).pixels[:].max() for name in FILES}
    assert min(brightest.values()) > 0.9 * 2**16


def test_neighbours_of_test_tiles_are_in_no_group_and_out_of_reach(scenes):
    dataset = load(scenes[0], 8)
    task = build_task(dataset, "by-place-20-guard-8-choice-0")
    counts = {group: len(task.items(group, "pan")) for group in ("seen", "validation", "unseen")}
    assert counts["unseen"] == 3 * round(0.2 * 16) * 16
    assert sum(counts.values()) < len(dataset.of("pan"))
    shown, _ = watched(task)
    with pytest.raises(LeakError, match="ms items of 'pan_ms' that are held out"):
        shown.test_items("ms")
    grouped = set().union(*(task.division[group]["ms"] for group in counts))
    left_out = next(each for each in dataset.of("ms").ids.tolist() if each not in grouped)
    with pytest.raises(LeakError, match=left_out):
        shown.dataset.of("ms").of_ids([left_out])


def test_files_can_be_prepared_and_are_asked_for(scenes, tmp_path):
    root, _ = scenes
    with pytest.raises(DataNotFoundError, match="zsr data prepare pan_ms"):
        SOURCE.find(None)
    with pytest.raises(DataNotFoundError, match=r"does not hold imgGE1\.mat"):
        SOURCE.obtain(tmp_path, None, False)
    SOURCE.obtain(root / "pan_ms", None, False)
    assert set(SOURCE.find(None).values()) == {root / "pan_ms"}
    assert SOURCE.survey(None, False).checksum == load(root).checksum


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"I_MS": np.zeros((16, 16, 4), np.uint16)}, r"\(128, 128\) panchromatic and \(16, 16\)"),
        ({"I_MS": np.zeros((32, 32, 5), np.uint16)}, "has 5 bands"),
        # Smaller than a tile.
        ({"I_PAN": np.zeros((16, 16)), "I_MS": np.zeros((4, 4, 4))}, r"\(16, 16\) panchromatic and \(4, 4\)"),
        ({"L": np.zeros((1, 2))}, "no array L of 1 × 1"),
        ({"I_PAN": np.zeros((3, 3, 3))}, "no array I_PAN of any × any"),
    ],
)
def test_scenes_that_do_not_fit_are_named(scenes, changes, message):
    draw_scene(scenes[0] / "pan_ms" / "imgIK.mat", **changes)
    with pytest.raises(BadFileError, match=rf"imgIK\.mat.*{message}"):
        load(scenes[0])


def test_damaged_files_and_odd_sizes(scenes):
    with pytest.raises(BadInputError, match="multiple of 4"):
        load(scenes[0], 18)
    (scenes[0] / "pan_ms" / "imgWV2.mat").write_bytes(b"MATLAB 5.0 MAT-file, cut")
    with pytest.raises(BadFileError, match=r"imgWV2\.mat cannot be read"):
        load(scenes[0])


@pytest.mark.real_data
def test_real_partners_show_the_same_ground():
    dataset = load_dataset("pan_ms", progress=False)
    pan, ms = (np.asarray(dataset.of(name).pixels, dtype=np.float64) for name in ("pan", "ms"))
    assert (len(pan), pan.shape[1:], ms.shape[1:]) == (1200, (64, 64, 1), (16, 16, 4))
    small = pan.reshape(1200, 16, 4, 16, 4).mean((2, 4)).reshape(1200, -1)
    grey = ms.mean(axis=3).reshape(1200, -1)
    alike = [np.corrcoef(one, other)[0, 1] for one, other in zip(small, grey, strict=True)]
    assert np.median(alike) > 0.9


def test_the_scene_of_eight_bands_can_be_had_with_all_of_them(scenes):
    root, drawn = scenes
    dataset = load_dataset("pan_ms", 32, root, progress=False, every_band=True)
    items = dataset.of("ms")
    assert (dataset.classes, len(items.bands), items.pixels.shape) == (("WorldView-2",), 8, (16, 8, 8, 8))
    np.testing.assert_array_equal(items.pixels[0] >> 5, drawn["WorldView-2"][1][:8, :8])
    four = load(root).of("ms").of_classes(["WorldView-2"])
    chosen = [items.bands.index(name) for name in four.bands]
    assert dataset.checksum != load(root).checksum
    np.testing.assert_array_equal(items.pixels[..., chosen], four.pixels[:])
