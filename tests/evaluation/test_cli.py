import json

import numpy as np
import pytest

from zsr_lib.cli import main
from zsr_lib.evaluation.score import evaluate
from zsr_lib.evaluation.sides import Side

CLASSES = np.array(["airplane", "harbor", "river", "runway"])


@pytest.fixture
def arrays(rng):
    labels = np.repeat(CLASSES, 10)
    queries, gallery = np.repeat(rng.normal(size=(4, 16)), 10, axis=0) + rng.normal(size=(2, 40, 16)).astype(np.float32)
    return {"query_codes": queries, "query_labels": labels, "gallery_codes": gallery, "gallery_labels": labels}


@pytest.fixture
def zsr(tmp_path, capsys):
    """Runs the command line on arrays and gives back the exit status and what was printed."""

    def run(command, *files, options=()):
        paths = []
        for number, arrays in enumerate(files):
            paths.append(str(tmp_path / f"{number}.npz"))
            np.savez(paths[-1], **arrays)
        with pytest.raises(SystemExit) as ended:
            main([command, *paths, *options])
        return ended.value.code, *capsys.readouterr()

    return run


def test_the_table_has_values_chance_and_intervals(zsr, arrays):
    status, out, _ = zsr("evaluate", arrays)
    assert status == 0
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()[5:8]}
    sides = [Side(arrays[f"{name}_codes"], arrays[f"{name}_labels"]) for name in ("query", "gallery")]
    for metric, (value, low, _, high, macro, chance, best) in rows.items():
        assert value == f"{evaluate(*sides, [metric]).micro(metric):.4f}" == macro
        assert float(low) <= float(value) <= float(high)
        assert float(chance) <= float(value) <= float(best)
    assert list(rows) == ["AP@all/std", "AP@200/std/min_r_k", "P@100/k"]
    assert "ties expected" in out


def test_json_has_micro_values_classes_and_the_protocol(zsr, arrays):
    status, out, _ = zsr("evaluate", arrays, options=["--metric", "Acc@1", "--distance", "cosine", "--json"])
    report = json.loads(out)
    assert status == 0
    assert report["metrics"]["Acc@1"] == pytest.approx(np.mean(list(report["per_class"]["Acc@1"].values())))
    assert set(report["per_class"]["Acc@1"]) == set(CLASSES)
    assert report["protocol"]["distance"] == "cosine"
    assert (report["protocol"]["queries"], report["protocol"]["gallery"]) == (40, 40)
    assert report["chance"]["Acc@1"] == pytest.approx(0.25)


def test_bits_use_hamming_unless_told_otherwise(zsr, arrays):
    for name in ("query_codes", "gallery_codes"):
        arrays[name] = np.packbits(arrays[name] > 0, axis=1)
    assert "hamming" in zsr("evaluate", arrays)[1]
    assert "l1" in zsr("evaluate", arrays, options=["--distance", "l1"])[1]


def test_self_exclusion_needs_and_uses_ids(zsr, arrays):
    arrays |= {"gallery_codes": arrays["query_codes"]}
    options = ["--metric", "Acc@1", "--json"]
    assert json.loads(zsr("evaluate", arrays, options=options)[1])["metrics"]["Acc@1"] == 1
    assert zsr("evaluate", arrays, options=[*options, "--exclude-self"])[0] == 2
    arrays |= {"query_ids": np.arange(40), "gallery_ids": np.arange(40)}
    assert json.loads(zsr("evaluate", arrays, options=[*options, "--exclude-self"])[1])["metrics"]["Acc@1"] < 1


def test_nan_becomes_null_in_json_and_a_dash_in_the_table(zsr, arrays):
    arrays |= {"query_labels": np.array(["dam", *arrays["query_labels"][1:]])}
    out = zsr("evaluate", arrays, options=["--no-relevant", "nan", "--json"])[1]
    assert json.loads(out)["metrics"]["AP@all/std"] is None
    assert "–" in zsr("evaluate", arrays, options=["--no-relevant", "nan"])[1]
    assert "(39 counted)" in zsr("evaluate", arrays, options=["--no-relevant", "skip"])[1]


def test_compare_prints_the_paired_difference(zsr, arrays):
    noise = np.random.default_rng(1).normal(size=(40, 16))
    worse = arrays | {"query_codes": arrays["query_codes"] + 3 * noise}
    status, out, _ = zsr("compare", arrays, worse, options=["--metric", "AP@all/std", "--json"])
    result = json.loads(out)["metrics"]["AP@all/std"]
    assert status == 0
    assert result["difference"] == pytest.approx(result["first"] - result["second"])
    assert result["interval"][0] > 0
    assert result["p_value"] < 0.01
    status, out, _ = zsr("compare", arrays, worse, options=["--clusters", "class"])
    assert status == 0
    assert "difference" in out


@pytest.mark.parametrize(("changes", "options", "message"), [
    ({"query_codes": np.full((40, 16), np.nan)}, [], "NaN"),
    ({"gallery_codes": np.ones((40, 8))}, [], "dimensions"),
    ({"gallery_codes": np.ones((0, 16)), "gallery_labels": np.ones(0, int)}, [], "nothing to compare"),
    ({"query_labels": np.arange(3)}, [], "one label"),
    ({"query_labels": np.array(["dam"] * 40)}, [], "dam"),
    ({"query_labels": np.arange(40)}, [], "text on one side"),
    ({"query_labels": np.array([None] * 40)}, [], "pickled"),
    ({"query_codes": np.ones((40, 12), bool), "gallery_codes": np.ones((40, 12), bool)}, [], "multiple of 8"),
    ({}, ["--distance", "hamming"], "compares bits"),
    ({}, ["--metric", "mAP"], "AP@all/std"),
    ({}, ["--metric", "AP@9/bla"], "AP@9/std/k"),
    ({}, ["--metric", "P@99999999999999999999/k"], "is not a rank"),
    ({}, ["--metric", "meanP@10..1000000000/legacy"], "too large"),
    ({"query_labels": np.array([""] * 40)}, [], "no label"),
    ({"query_codes": np.full((40, 16), 1e200)}, [], "cannot be squared"),
    ({}, ["--ties", "random"], "expected"),
    ({}, ["--device", "abacus"], "cannot be used"),
    ({}, ["--memory", "0"], "0"),
    ({}, ["--seed", "-1"], "-1"),
])  # fmt: skip
def test_bad_input_ends_with_status_2_and_a_remedy(changes, options, message, zsr, arrays):
    status, out, err = zsr("evaluate", arrays | changes, options=options)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_a_metric_that_is_named_twice_is_printed_once(zsr, arrays):
    status, out, _ = zsr("evaluate", arrays, options=["--metric", "Acc@1", "--metric", "Acc@1"])
    assert status == 0
    assert out.count("Acc@1") == 1


def test_comparing_what_has_no_value_says_so(zsr, arrays):
    arrays |= {"query_labels": np.array(["dam", *arrays["query_labels"][1:]])}
    options = ["--no-relevant", "nan", "--metric", "Acc@1"]
    assert json.loads(zsr("compare", arrays, arrays, options=[*options, "--json"])[1])["metrics"]["Acc@1"] == {
        "first": None, "second": None, "difference": None, "interval": [None, None], "p_value": None, "queries": 40,
    }  # fmt: skip
    assert "nan" not in zsr("compare", arrays, arrays, options=options)[1].splitlines()[-1]


def test_compare_names_both_protocols_where_they_differ(zsr, arrays):
    packed = {name: np.packbits(arrays[name] > 0, axis=1) for name in ("query_codes", "gallery_codes")}
    _, out, _ = zsr("compare", arrays, arrays | packed)
    assert "euclidean" in out
    assert "hamming" in out


def test_comparing_other_queries_ends_with_status_2(zsr, arrays):
    status, _, err = zsr("compare", arrays, arrays | {"query_labels": arrays["query_labels"][::-1]})
    assert status == 2
    assert "same queries" in err
