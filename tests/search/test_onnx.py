import numpy as np
import pytest
from PIL import Image

from zsr_lib.data.task import build_task
from zsr_lib.errors import BadInputError
from zsr_lib.models.registry import create
from zsr_lib.search.embedding import INK, Embedder, as_sketch, read_sketch
from zsr_lib.search.onnx import SIDE, export_sketches
from zsr_lib.training.config import Run

SYSTEMS = {
    "as decoded": ("standardised", {"features": {"backbone": "small_cnn"}}, 256),
    "decoded to the network's side": ("standardised", {"features": {"backbone": "small_cnn"}}, 64),
    "eight symmetries": ("frozen", {"features": {"backbone": "small_cnn", "rotations": 8}}, 100),
    "several blocks, whitened": (
        "standardised",
        {"features": {"backbone": "edge_cnn", "until": [3, 5]}, "whitening": 0.5, "dimension": 32},
        64,
    ),
    "cropped": ("frozen", {"features": {"backbone": "resnet18", "size": 64}}, 256),
    "fused": (
        "fused",
        {
            "parts": {
                "small": {"of": "standardised", "options": {"features": {"backbone": "small_cnn"}}, "weight": 0.5},
                "edges": {"of": "frozen", "options": {"features": {"backbone": "edge_cnn", "rotations": 4}}},
            }
        },
        256,
    ),
    "trained": (
        "zscmr_plus",
        {
            "features": {"backbone": "small_cnn", "rotations": 2},
            "tail": {"block": 2, "own_classes": 4, "own_items": 2, "training": {"steps": 3}},
        },
        64,
    ),
}


@pytest.fixture(scope="module")
def drawings(generated):
    """Strokes at the pad's side, one of them white on black, and a coloured picture, where every filter matters."""
    found = [np.asarray(each) for each in generated.sketches.of_classes(["runway"]).pixels[:3]]
    large = [np.asarray(Image.fromarray(each).resize((SIDE, SIDE), Image.Resampling.NEAREST)) for each in found]
    photo = np.asarray(Image.fromarray(np.asarray(generated.photos.pixels[0])).resize((SIDE, SIDE)))
    return [large[0], large[1], 255 - large[2], photo]


def run(path, drawing):
    import onnxruntime

    code, ink = onnxruntime.InferenceSession(path).run(["code", "ink"], {"pixels": drawing[None]})
    return code[0], float(ink[0])


def cosine(first, second):
    return first @ second / np.linalg.norm(first) / np.linalg.norm(second)


@pytest.mark.parametrize("which", SYSTEMS)
def test_the_file_gives_the_librarys_codes(which, generated, drawings, tmp_path):
    name, options, size = SYSTEMS[which]
    method = create(name, options)
    method.fit(build_task(generated, "generated-14-6", 0, 0), Run(progress=False))
    system = Embedder(method, size, tmp_path)
    export_sketches(system, tmp_path / "sketch.onnx")
    for number, drawing in enumerate(drawings):
        path = tmp_path / f"{number}.png"
        Image.fromarray(drawing).save(path)
        pixels = read_sketch(path, size)
        code, ink = run(tmp_path / "sketch.onnx", drawing)
        assert cosine(code, system.sketches(pixels[None])[0]) > 0.99999
        grey = pixels.mean(axis=2)
        assert ink == pytest.approx(np.median(grey) - grey.min(), abs=1e-9)


@pytest.fixture(scope="module")
def exported(generated, tmp_path_factory):
    method = create("frozen", {"features": {"backbone": "small_cnn"}})
    folder = tmp_path_factory.mktemp("exported")
    for name in ("first", "second"):
        export_sketches(Embedder(method, 64, folder), folder / f"{name}.onnx")
    return folder


def test_halved_it_is_smaller_and_its_codes_hardly_move(generated, drawings, tmp_path):
    method = create("frozen", {"features": {"backbone": "small_cnn"}})
    method.fit(build_task(generated, "generated-14-6", 0, 0), Run(progress=False))
    for name, half in (("whole", False), ("half", True)):
        export_sketches(Embedder(method, 64, tmp_path), tmp_path / f"{name}.onnx", half)
    sizes = [(tmp_path / f"{name}.onnx").stat().st_size for name in ("whole", "half")]
    assert sizes[1] < 0.7 * sizes[0]
    for drawing in drawings:
        codes = [run(tmp_path / f"{name}.onnx", drawing)[0] for name in ("whole", "half")]
        assert cosine(*codes) > 0.9999
        assert np.abs(codes[0] - codes[1]).max() > 0  # the weights were rounded indeed


def test_the_same_system_gives_the_same_bytes_and_no_path(exported):
    first = (exported / "first.onnx").read_bytes()
    assert first == (exported / "second.onnx").read_bytes()
    assert b".py" not in first


@pytest.mark.parametrize("darkness", [0, INK - 1, INK, 200])
def test_it_tells_what_the_library_refuses_as_empty(exported, darkness):
    drawing = np.full((SIDE, SIDE, 3), 255, np.uint8)
    drawing[96:128, 96:128] -= np.uint8(darkness)
    _, ink = run(exported / "first.onnx", drawing)
    small = np.asarray(Image.fromarray(drawing).resize((64, 64), Image.Resampling.BICUBIC))
    try:
        as_sketch(small)
    except BadInputError:
        assert ink < INK
    else:
        assert ink >= INK


def test_what_is_no_network_is_refused(system, tmp_path):
    with pytest.raises(BadInputError, match=r"cannot be exported[\s\S]*small_cnn"):
        export_sketches(system, tmp_path / "hog.onnx")
    assert not (tmp_path / "hog.onnx").exists()
