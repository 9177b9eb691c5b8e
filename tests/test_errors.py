import pickle

from zsr_lib.errors import UnknownNameError, ZsrError


def test_an_error_says_what_happened_and_what_to_do():
    error = ZsrError("the cup is empty.", "fill it.")
    assert str(error) == "the cup is empty.\n  What to do: fill it."


def test_an_unknown_name_gets_the_nearest_ones():
    error = UnknownNameError("class", "runwey", ["river", "runway", "harbor"])
    assert "did you mean runway" in str(error)


def test_an_unknown_name_like_no_other_gets_the_whole_list():
    assert "use one of: a, b" in str(UnknownNameError("split", "zzzz", ["b", "a"]))


def test_a_long_list_is_cut_and_counted():
    assert "(40 in all)" in str(UnknownNameError("split", "!", [f"name{i}" for i in range(40)]))


def test_errors_cross_from_worker_processes():
    error = UnknownNameError("class", "runwey", ["runway"])
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.near) == (UnknownNameError, str(error), ["runway"])
