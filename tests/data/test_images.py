import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from zsr_lib.data.images import MAX_PIXELS, decode_bytes, decode_image
from zsr_lib.errors import BadFileError, BadInputError


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def decoded(image: Image.Image, kind: str = "PNG", size: int = 8, **options) -> np.ndarray:
    return decode_bytes(encoded(image, kind, **options), "tile", size)


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def test_rgb_of_the_right_size_is_returned_bit_for_bit():
    pixels = noise(8, 8, 3)
    assert np.array_equal(decoded(Image.fromarray(pixels)), pixels)


def test_grey_is_repeated():
    grey = noise(8, 8)
    assert np.array_equal(decoded(Image.fromarray(grey)), np.repeat(grey[..., None], 3, axis=2))


def test_bilevel_becomes_black_and_white():
    bits = noise(8, 8) > 127
    assert np.array_equal(decoded(Image.fromarray(bits))[..., 0], np.where(bits, 255, 0))


def test_palette_is_looked_up():
    image = Image.fromarray(noise(8, 8) % 3, mode=None)
    image.putpalette([10, 20, 30, 200, 0, 0, 0, 90, 255])
    table = np.array([[10, 20, 30], [200, 0, 0], [0, 90, 255]])
    assert np.array_equal(decoded(image), table[np.asarray(image)])


@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_sixteen_bit_grey_tiff_is_scaled_over_the_full_range_and_never_clipped(tmp_path, byteorder):
    values = np.linspace(0, 65535, 64).round().astype(np.uint16).reshape(8, 8)
    tifffile.imwrite(tmp_path / "deep.tif", values, byteorder=byteorder)
    expected = np.rint(values / 257.0)
    assert np.array_equal(decode_image(tmp_path / "deep.tif", 8)[..., 0], expected)


def test_sixteen_bit_grey_png_follows_the_same_rule():
    values = np.array([[0, 300], [40000, 65535]], dtype=np.uint16)
    assert np.array_equal(decoded(Image.fromarray(values), size=2)[..., 1], [[0, 1], [156, 255]])


def test_sixteen_bit_colour_tiff_keeps_the_high_byte(tmp_path):
    values = np.random.default_rng(1).integers(0, 2**16, (8, 8, 3), dtype=np.uint16)
    tifffile.imwrite(tmp_path / "deep.tif", values, photometric="rgb")
    assert np.array_equal(decode_image(tmp_path / "deep.tif", 8), values >> 8)


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_values_without_a_range_are_refused(tmp_path, dtype):
    tifffile.imwrite(tmp_path / "height.tif", np.ones((8, 8), dtype))
    with pytest.raises(BadFileError, match=r"height\.tif holds 32-bit values"):
        decode_image(tmp_path / "height.tif", 8)


def test_cmyk_jpeg_is_complemented():
    cmyk = Image.new("CMYK", (8, 8), (0, 255, 0, 0))
    assert np.allclose(decoded(cmyk, "JPEG", quality=100)[0, 0], [255, 0, 255], atol=3)


def test_alpha_lies_over_white():
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:, 4:, 3] = 255
    pixels[0, 0] = (255, 0, 0, 128)
    result = decoded(Image.fromarray(pixels))
    assert result[1:, :4].min() == 255
    assert result[:, 4:].max() == 0
    assert np.allclose(result[0, 0], [255, 127, 127], atol=1)


def test_transparent_palette_colour_lies_over_white():
    image = Image.fromarray(np.eye(8, dtype=np.uint8))
    image.putpalette([0, 0, 0, 9, 9, 9])
    result = decoded(image, transparency=0)
    assert np.array_equal(result[..., 0], np.where(np.eye(8), 9, 255))


@pytest.mark.parametrize(("orientation", "turned"), [(3, lambda a: a[::-1, ::-1]), (6, lambda a: np.rot90(a, -1))])
def test_exif_orientation_is_applied(orientation, turned):
    pixels = noise(8, 8, 3)
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert np.array_equal(decoded(Image.fromarray(pixels), exif=exif), turned(pixels))


def test_first_frame_of_several():
    frames = [Image.new("L", (8, 8), grey) for grey in (40, 200)]
    assert (decoded(frames[0], "GIF", save_all=True, append_images=frames[1:]) == 40).all()


@pytest.mark.parametrize("shape", [(253, 256), (20, 7), (1, 1), (9, 1000)])
def test_odd_sizes_are_resized_to_the_square(shape):
    assert decoded(Image.fromarray(noise(*shape, 3)), size=64).shape == (64, 64, 3)


def test_resizing_keeps_nothing_but_the_mean_of_a_plain_image():
    assert (decoded(Image.new("RGB", (31, 17), (9, 99, 199)), size=12) == (9, 99, 199)).all()


def test_whole_width_of_a_wide_drawing_survives():
    wide = np.full((10, 100, 3), 255, np.uint8)
    wide[:, :10] = 0
    wide[:, -10:] = 0
    result = decoded(Image.fromarray(wide), size=20)
    assert result[:, 0].max() < 128
    assert result[:, -1].max() < 128
    assert result[:, 9:11].min() == 255


def bad_files() -> dict[str, bytes]:
    jpeg, tiff = (encoded(Image.fromarray(noise(64, 64, 3)), kind) for kind in ("JPEG", "TIFF"))
    png = encoded(Image.fromarray(noise(64, 64, 3)))
    return {
        "empty": b"",
        "text": b"this is a note, not a picture\n",
        "half a JPEG": jpeg[: len(jpeg) // 2],
        "JPEG header only": jpeg[:100],
        "half a PNG": png[: len(png) // 2],
        "PNG with damaged data": png[:200] + bytes(200) + png[400:],
        "half a TIFF": tiff[: len(tiff) // 2],
        "an SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    }


@pytest.mark.parametrize("kind", bad_files())
def test_bad_bytes_are_named(tmp_path, kind):
    path = tmp_path / "runway07.jpg"
    path.write_bytes(bad_files()[kind])
    with pytest.raises(BadFileError, match=r"runway07\.jpg") as caught:
        decode_image(path, 16)
    assert "replace the file" in caught.value.remedy


def test_missing_file_and_folder_are_named(tmp_path):
    for path in (tmp_path / "gone.jpg", tmp_path):
        with pytest.raises(BadFileError, match="cannot be read"):
            decode_image(path, 16)


@pytest.mark.parametrize("side", [9000, 14_000])
def test_decompression_bomb_is_refused_before_decoding(side):
    bomb = encoded(Image.new("1", (side, side)))
    assert side**2 > MAX_PIXELS > 50 * len(bomb)
    with pytest.raises(BadFileError, match="too large"):
        decode_bytes(bomb, "bomb.png", 16)


def test_size_must_be_positive():
    with pytest.raises(BadInputError, match="image size is 0"):
        decode_bytes(b"", "tile", 0)
