import numpy as np

from zsr_lib.data.splits import overlap_table, shared_unseen

SKETCHY_25 = ["sketchy-25-sake", "sketchy-25-sempcyc", "sketchy-25-last"]


def test_sake_and_sempcyc_share_exactly_four():
    expected = ("bell", "squirrel", "tank", "wheelchair")
    assert shared_unseen("sketchy-25-sake", "sketchy-25-sempcyc") == expected
    assert shared_unseen("sketchy-25-sempcyc", "sketchy-25-sake") == expected


def test_the_three_lists_of_25_share_few_classes():
    table = overlap_table(SKETCHY_25)
    np.testing.assert_array_equal(table, [[25, 4, 10], [4, 25, 8], [10, 8, 25]])


def test_across_data_sets_spelling_does_not_matter():
    assert len(shared_unseen("quickdraw-30", "sketchy-21-eccv2018")) == 14
    assert shared_unseen("tuberlin-30-sake", "sketchy-25-sake") == ("horse", "windmill")
