"""``zsr index`` and ``zsr search`` as a user types them."""

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from zsr_lib.cli import main


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main([str(each) for each in arguments])
    said = capsys.readouterr()
    return end.value.code or 0, said.out, said.err


@pytest.fixture
def made(archive, model_folder, tmp_path, capsys):
    assert run(capsys, "index", archive, "--model", model_folder, "--out", tmp_path / "index")[0] == 0
    return tmp_path / "index"


def test_an_index_is_made_and_brought_up_to_date_with_its_own_system(archive, made, capsys):
    (archive / "text.png").write_text("no picture")
    (archive / "phone.heic").write_bytes(b"1")
    code, out, err = run(capsys, "index", archive, "--out", made)
    assert code == 0
    assert "1 new, 0 changed, 0 gone, 12 as before" in out
    assert "skipped text.png" in err
    assert "ignored 1 .heic: convert" in err


def test_damage_is_told_and_mended(archive, made, sketch, capsys):
    assert run(capsys, "index", archive, "--out", made, "--verify")[:2] == (0, f"{made} is as it was written.\n")
    data = (made / "codes-0.bin").read_bytes()
    (made / "codes-0.bin").write_bytes(b"?" + data[1:])
    code, _, err = run(capsys, "search", made, sketch)
    assert code == 2
    assert "run zsr index again" in err
    code, _, err = run(capsys, "index", archive, "--out", made, "--verify")
    assert code == 1
    assert "1 blocks of codes" in err
    code, out, err = run(capsys, "index", archive, "--out", made)
    assert (code, "12 new" in out, "12 of the new were in the index before" in err) == (0, True, True)
    assert run(capsys, "index", archive, "--out", made, "--verify")[0] == 0
    description = made / "model" / "model.json"
    description.write_text(description.read_text() + "\n")
    code, _, err = run(capsys, "search", made, sketch)
    assert (code, "not the system" in err) == (2, True)


def test_what_pillow_wonders_about_is_not_printed(archive, made, capsys, recwarn):
    cut = b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0"
    Image.new("RGB", (64, 64), "red").save(archive / "cut.jpg", exif=cut)
    assert "1 new" in run(capsys, "index", archive, "--out", made)[1]
    assert not recwarn.list


def test_an_archive_that_has_moved_is_not_indexed_again(archive, made, sketch, tmp_path, capsys):
    hits = json.loads(run(capsys, "search", made, sketch, "--json")[1])
    moved = archive.rename(tmp_path / "moved")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "new.png").write_bytes(sketch.read_bytes())
    code, _, err = run(capsys, "index", moved, "--out", made)
    assert (code, "--relocate" in err) == (2, True)
    code, _, err = run(capsys, "index", tmp_path / "other", "--out", made, "--relocate")
    assert (code, "none of the 12 files" in err) == (2, True)
    assert run(capsys, "index", moved, "--out", tmp_path / "nothing", "--relocate")[0] == 2
    assert not (tmp_path / "nothing").exists()
    code, out, _ = run(capsys, "index", moved, "--out", made, "--relocate")
    assert (code, "0 new, 0 changed, 0 gone, 12 as before" in out) == (0, True)
    found = json.loads(run(capsys, "search", made, sketch, "--json")[1])
    assert [hit["path"] for hit in found] == [hit["path"].replace(str(archive), str(moved)) for hit in hits]
    assert {hit["state"] for hit in found} == {"here"}


def test_what_is_found_as_text_json_and_page(made, sketch, tmp_path, capsys):
    code, out, _ = run(capsys, "search", made, sketch, "-k", 3)
    assert code == 0
    assert len([line for line in out.splitlines() if ".png" in line]) == 3
    hits = json.loads(run(capsys, "search", made, sketch, "-k", 3, "--json")[1])
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    found = json.loads(run(capsys, "search", made, sketch, "-k", 3, "--geojson")[1])
    assert [each["properties"]["path"] for each in found["features"]] == [hit["path"] for hit in hits]
    lines = run(capsys, "search", made, sketch, "-k", 3, "--csv")[1].splitlines()
    assert [line.split(",")[4] for line in lines[1:]] == [hit["path"] for hit in hits]
    run(capsys, "search", made, sketch, "-k", 3, "--html", tmp_path / "found.html")
    page = (tmp_path / "found.html").read_text()
    assert page.count("data:image/jpeg;base64,") == 4
    assert hits[0]["name"] in page
    assert page.count(str(made.parent / "archive")) == 1, "paths are below the archive, which is named once"


@pytest.mark.skipif(os.name != "posix", reason="no such names there")
def test_names_do_not_steer_the_terminal(archive, made, sketch, capsys):
    (archive / "tiles" / "runway" / "0.png").rename(archive / "red\x1b[31m\x9b2J.png")
    (archive / "\x1b]0;title\x07.png").write_text("no picture")
    told = run(capsys, "index", archive, "--out", made)
    assert "skipped \\x1b]0;title\\x07.png" in told[2]
    found = run(capsys, "search", made, sketch, "-k", 12)
    assert "red\\x1b[31m\\x9b2J.png" in found[1]
    gone = run(capsys, "search", made, "\x1b[2J")
    assert not any(
        character in text for _, *texts in (told, found, gone) for text in texts for character in "\x1b\x07\x9b"
    )


def test_a_page_names_what_is_gone(archive, made, sketch, tmp_path, capsys):
    for path in archive.rglob("*.png"):
        path.unlink()
    run(capsys, "search", made, sketch, "-k", 2, "--html", tmp_path / "found.html")
    assert (tmp_path / "found.html").read_text().count('class="none"') == 2
    assert "missing" in run(capsys, "search", made, sketch, "-k", 2)[1]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("index", "{tmp}/nothing", "--model", "{model}", "--out", "{tmp}/new"), "no folder"),
        (("index", "{archive}", "--model", "{archive}", "--out", "{tmp}/new"), "no fitted system"),
        (
            ("index", "{archive}", "--model", "{model}", "--out", "{tmp}/new", "--tile", "64", "--overlap", "64"),
            "overlap",
        ),
        (("search", "{archive}", "{sketch}"), "is no index"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence_with_a_remedy(
    archive, model_folder, sketch, tmp_path, capsys, arguments, word
):
    places = {"archive": archive, "tmp": tmp_path, "model": model_folder, "sketch": sketch}
    code, _, err = run(capsys, *(each.format(**places) for each in arguments))
    assert code == 2
    assert word in err
    assert "What to do" in err


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder that nobody can write to, not even root")
def test_a_read_only_folder_is_said(archive, model_folder, capsys):
    code, _, err = run(capsys, "index", archive, "--model", model_folder, "--out", "/sys/kernel/index")
    assert code == 2
    assert "cannot be written" in err
    assert "What to do" in err


def test_an_index_that_cannot_be_written_can_be_searched(made, sketch, capsys):
    before = {path: path.stat().st_mtime_ns for path in made.rglob("*")}
    assert run(capsys, "search", made, sketch, "-k", 3)[0] == 0
    assert {path: path.stat().st_mtime_ns for path in made.rglob("*")} == before


def names(told):
    return [Path(hit["path"]).parent.name for hit in json.loads(told[1])]


def test_a_part_is_searched_with_a_photo_and_with_examples(archive, made, sketch, capsys):
    def asked(*arguments):
        return run(capsys, "search", made, *arguments, "-k", 12, "--json")

    assert names(asked(sketch, "--path", "tiles/harbor")) == ["harbor"] * 4
    assert len(names(asked(sketch, "--since", "2000-01-01"))) == 12
    nothing = asked(sketch, "--since", "2999-01-01")
    assert (nothing[0], nothing[1], "none of the 12 windows fits" in nothing[2]) == (0, "[]\n", True)
    assert asked(sketch, "--bbox", "1,2,3")[0] == 2
    photo = archive / "tiles" / "harbor" / "1.png"
    (first, *_), (again, *_) = (json.loads(asked(*given)[1]) for given in ((photo, "--photo"), ("--more", photo)))
    assert first["path"] == again["path"] == str(photo)
    without = asked(sketch, "--more", photo, "--less", first["row"])
    assert first["row"] not in [hit["row"] for hit in json.loads(without[1])]
    assert (asked()[0], "nothing says" in asked()[2]) == (2, True)


EXPERIMENT = """
title: small
data: {dataset: generated, size: 64, options: {per_class: 8}}
splits: [generated-10-4]
method: frozen
config: {features: {backbone: hog}}
variants:
  frozen: {}
  trained: {method: zseoc, config: {semantics: attributes, training: {steps: 2, batch_size: 16}}}
  tuned:
    method: standardised
    config: {features: {backbone: small_cnn, size: 32}, finetune: {block: 3, training: {steps: 2, batch_size: 16}}}
  tokens:
    method: zse_sbir
    config:
      size: 32
      trunk: {width: 16, depth: 1, heads: 2, hidden: 32, patch: 16}
      cross: {heads: 2, hidden: 32}
      reduced: 8
      training: {steps: 2, batch_size: 16}
"""


@pytest.mark.usefixtures("generated")
def test_what_was_run_is_indexed_and_searched(archive, sketch, tmp_path, capsys):
    (tmp_path / "small.yaml").write_text(EXPERIMENT)
    code, _, err = run(capsys, "run", tmp_path / "small.yaml", "--seeds", "0", "--runs", tmp_path / "runs")
    assert code == 0, err
    runs = sorted(path.parent for path in tmp_path.glob("runs/small/*/record.json"))
    assert len(runs) == 4
    for number, folder in enumerate(runs):
        made = tmp_path / f"index-{number}"
        assert run(capsys, "index", archive, "--model", folder, "--out", made)[0] == 0
        code, out, _ = run(capsys, "search", made, sketch, "-k", 3, "--json")
        assert (code, len(json.loads(out))) == (0, 3)


def test_a_page_may_load_nothing(made, sketch, tmp_path, capsys):
    run(capsys, "search", made, sketch, "-k", 1, "--html", tmp_path / "found.html")
    assert (
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\""
        in (tmp_path / "found.html").read_text()
    )
