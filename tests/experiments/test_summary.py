from dataclasses import replace

from zsr_lib.experiments.summary import blocks_of, current
from zsr_lib.experiments.table import as_text


def both(record, value=0.5, **changes):
    return [record(value, split, seed, **changes) for split in "ab" for seed in (0, 1)]


def test_one_row_for_each_setting(record):
    records = both(record) + both(record, 0.6, point={"variant": "x", "config.margin": 2}, variant="w")
    (block,) = blocks_of(records)
    assert [(row.label, row.runs) for row in block.rows] == [("", 4), ("x, margin=2", 4)]
    assert block.rows[1].values["both"]["AP@all/std"].mean == 0.6
    assert block.chance["both"]["AP@all/std"] == 0.3
    assert block.sizes == {"both": ([10], [40, 50])}
    assert block.protocol == "sketch→photo; zero-shot; ties expected"


def test_rows_stand_in_the_order_they_were_run(record):
    late = both(record, point={"variant": "first"}, finished="2026-01-01")
    early = both(record, point={"variant": "second"}, finished="2026-01-02")
    (block,) = blocks_of([*early, *late])
    assert [row.label for row in block.rows] == ["first", "second"]


def test_other_data_directions_groups_and_protocols_are_other_tables(record):
    base = both(record)
    report = base[0].results["sketch→photo"]
    other = report | {"protocol": report["protocol"] | {"name": "sketch→photo; zero-shot; cosine; ties stable"}}
    records = [
        *base,
        *both(record, experiment="data", task={"dataset": "eoc", "dataset_checksum": "d", "split": "a"}),
        *both(record, experiment="groups", groups={"a": ("a",)}),
        *both(record, experiment="direction", results={"photo→photo": report}),
        *both(record, experiment="protocol", results={"sketch→photo": other}),
    ]
    assert len(blocks_of(records)) == 5
    assert len(blocks_of(records, directions=("photo→photo",))) == 1


def test_other_distances_are_rows_of_one_table(record):
    report = record(0.5).results["sketch→photo"]
    name = report["protocol"]["name"].replace("cosine", "euclidean")
    euclidean = report | {"protocol": report["protocol"] | {"name": name, "distance": "euclidean"}}
    second = both(record, experiment="f", results={"sketch→photo": euclidean}, method={"distance": "euclidean"})
    (block,) = blocks_of(both(record) + second)
    assert [row.distance for row in block.rows] == ["cosine", "euclidean"]


def test_all_depths_of_re_ranking_stand_in_one_table(record):
    report = record(0.5).results["sketch→photo"]
    records = both(record)
    for depth in (10, 20):
        told = report["protocol"] | {"name": f"{report['protocol']['name']}; first {depth} re-ranked", "rerank": depth}
        point = {"retrieval.rerank": depth}
        records += both(record, point=point, results={"sketch→photo": report | {"protocol": told}})
    (block,) = blocks_of(records)
    assert block.protocol == "sketch→photo; zero-shot; ties expected"
    assert [row.rerank for row in block.rows] == [0, 10, 20]
    assert "cosine, first 10 re-ranked" in as_text([block], {})


def test_runs_of_an_earlier_configuration_are_left_out_and_counted(record):
    old = both(record, 0.1, variant="old", finished="2025-12-31")
    kept, left_out = current([*old, *both(record)])
    assert {each.variant for each in kept} == {"v"}
    assert left_out == {"e": 4}
    assert current(both(record)) == (both(record), {})


def test_overrides_and_profiles_are_settings_of_their_own(record):
    records = both(record) + both(record, overrides=("config.a=1",)) + both(record, profile="full")
    kept, left_out = current(records)
    assert len(kept) == 12
    assert not left_out
    assert [(row.label, row.profile) for row in blocks_of(kept)[0].rows] == [
        ("", "quick"),
        ("config.a=1", "quick"),
        ("", "full"),
    ]


def test_one_leaking_run_makes_the_row_legacy_and_two_codes_are_told(record):
    records = both(record)
    leaking = replace(
        records[3],
        audit={"label": "legacy", "leaks": ["x"], "parts": []},
        provenance=replace(records[3].provenance, code={"commit": "2", "library": "other"}),
    )
    row = blocks_of([*records[:3], leaking])[0].rows[0]
    assert row.audit == "legacy"
    assert row.code == ("l", "other")


def test_only_the_wanted_metrics(record):
    assert blocks_of(both(record), metrics=("P@10/k",))[0].metrics == ()
    assert blocks_of(both(record), metrics=("AP@all/std",))[0].metrics == ("AP@all/std",)


def test_a_reduced_split_is_named_so(record):
    task = {"dataset": "eoc", "dataset_checksum": "c", "split": "a/reduced"}
    (block,) = blocks_of([record(0.5, task=task), record(0.5, "b")])
    assert block.groups == {"both": ("a/reduced", "b")}


def test_seeds_that_somebody_chose_are_named(record):
    rows = [row for block in blocks_of([record(0.5, seed=3), record(0.6, seed=7)]) for row in block.rows]
    assert rows[0].label == "seeds 3, 7"
