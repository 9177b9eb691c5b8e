"""What ships: completeness, and values read off the printed tables once more."""

from collections import Counter

import pytest

from zsr_lib.reporting.published import NOT_STATED, datasets, published

PUBLISHED = published()


def value(system, dataset, metric, source, **others):
    wanted = {"system": system, "dataset": dataset, "metric": metric, "direction": "sketch→photo"} | others
    found = [
        number
        for number in PUBLISHED.numbers
        if source in number.source and all(getattr(number, name) == each for name, each in wanted.items())
    ]
    (only,) = found
    return only


def test_every_value_of_every_table_is_there():
    """Counted by hand: rows × columns less the dashes."""
    assert Counter(number.source for number in PUBLISHED.numbers) == {
        "ZSEoC, Table 1 (talk, 2021)": 9 * 2,
        "ZSEoC, Table 2 (talk, 2021)": 4 * 2,
        "ZSCMR, comparison (slides, 2020)": 19 * 4 - 8,
        "ZSCMR, directions (slides, 2020)": 4 * 4,
        "SpLIP (ECCV 2024), categories": 21 * 8 - 30,
        "SpLIP (ECCV 2024), generalised": 10 * 4 - 10,
        "SpLIP (ECCV 2024), fine-grained": 6 * 2,
        "Sketch_LVM (CVPR 2023), categories": 18 * 6 - 14,
        "Sketch_LVM (CVPR 2023), fine-grained": 2,
        "DP-CLIP (arXiv 2404.18695), appendix": 2,
        "DP-CLIP (arXiv 2404.18695), appendix, ablations": 6 * 3,
        "ACNet, README": 6 * 8,
        "CMIR-Net, DSRSID (slides, 2020)": 4 * 3 * 2,
        "CMIR-Net, UCM and speech (slides, 2020)": 2 * 5 * 2,
        "Attention-driven retrieval, EoC (slides, 2021)": 4 * 2,
        "ClipPrompt, README": 8,
        "Context prediction, top-5 by class (slides, 2019)": 5 * 11,
        "Prithvi retrieval (IGARSS 2024, arXiv 2403.02059)": 12 * 4,
    }


@pytest.mark.parametrize(
    ("system", "dataset", "metric", "source", "printed", "others"),
    [
        ("Baseline IV, CNN", "eoc", "mAP", "ZSEoC", "0.30", {}),
        ("ZSEoC-300", "eoc", "P@100", "ZSEoC", "0.855", {"direction": "photo→photo"}),
        ("ZSCMR", "sketchy", "mAP", "comparison", "0.467", {"split": "sketchy-25-last"}),
        ("ZSCMR", "tuberlin", "P@100", "directions", "0.353", {"direction": "photo→sketch"}),
        ("EMS", "tuberlin", "mAP", "comparison", "0.165", {"binary": True}),
        ("SAKE", "sketchy", "mAP", "comparison", "0.364", {"split": "sketchy-25-*"}),
        ("SAKE", "sketchy", "mAP@all", "SpLIP", "54.7", {"split": "sketchy-25-sake", "definition": "AP@all/voc"}),
        ("SEM-PCYC", "tuberlin", "P@100", "categories", "42.6", {"unit": "per cent", "split": "tuberlin-30-sempcyc"}),
        ("TLT", "quickdraw", "mAP@all", "SpLIP", "27.8", {}),
        ("CLIP-AT", "quickdraw", "P@200", "Sketch_LVM", "0.388", {"definition": NOT_STATED}),
        ("ACNet, ResNet-50", "tuberlin", "P@200", "ACNet", "64.4", {"code_size": 512}),
        ("ClipPrompt", "sketchy", "mAP@200", "ClipPrompt", "71.9", {"definition": "AP@200/std/rel_in_k"}),
        ("STL", "tuberlin", "mAP@all", "generalised", "40.2", {"protocol": "generalised"}),
        ("CMIR-Net with attention", "eoc", "P@10", "Attention", "0.745", {"direction": "photo→sketch"}),
        (
            "CMIR-Net, α = 0",
            "ucm-speech",
            "mAP",
            "speech",
            "0",
            {"protocol": "seen-class", "direction": "photo→speech"},
        ),
        (
            *("Prithvi-100M, LSH", "ben-19", "mAP@20", "Prithvi", "71.18"),
            {"protocol": "seen-class", "direction": "ms→ms", "binary": True},
        ),
        ("MARL", "sketchy", "Acc@5", "fine-grained", "58.53", {"protocol": "fine-grained"}),
    ],
)
def test_values_are_those_that_are_printed(system, dataset, metric, source, printed, others):
    assert value(system, dataset, metric, source, **others).printed == printed


def test_every_system_has_a_number_and_every_data_set_a_footnote():
    assert set(PUBLISHED.systems) == {number.system for number in PUBLISHED.numbers}
    unlike_here = {"dsrsid", "ucm-speech", "quickdraw", "ben-43", "ben-19", "forestnet-12", "forestnet-4"}
    assert set(datasets()) == {"sketchy", "tuberlin", "eoc"} | unlike_here
    for name in datasets():
        assert PUBLISHED.footnotes_of(number for number in PUBLISHED.numbers if number.dataset == name)


def test_a_definition_that_the_table_does_not_give_has_a_footnote():
    for number in PUBLISHED.numbers:
        if number.definition not in (NOT_STATED, number.metric):
            assert {"reprinted", "acnet-list"} & set(number.caveats), number


def test_the_caveats_stand_where_they_must():
    assert "sake-in-zscmr" in value("SAKE", "sketchy", "mAP", "comparison").caveats
    assert "cvae-rows" in value("CVAE", "sketchy", "mAP", "comparison").caveats
    assert "zscmr-protocol" in value("ZSCMR", "sketchy", "mAP", "comparison").caveats
    assert "zscmr-protocol" not in value("ZSCMR", "tuberlin", "mAP", "comparison").caveats
    assert "extractor-leak" in value("ZSEoC-128", "eoc", "mAP", "Table 1").caveats
    assert "lvm-gallery" in value("CLIP-AT", "sketchy", "mAP@200", "Sketch_LVM").caveats
    assert "rel-in-k" in value("ClipPrompt", "tuberlin", "mAP@200", "ClipPrompt").caveats
