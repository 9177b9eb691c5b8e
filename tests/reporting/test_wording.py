from zsr_lib.reporting.wording import by_sign


def test_the_sign_picks_the_words():
    assert by_sign(0.01, "raises", "lowers") == "raises"
    assert by_sign(-0.01, "raises", "lowers") == "lowers"
    assert by_sign(0.0, "raises", "lowers") == "lowers"


def test_a_difference_that_nobody_sees_has_words_of_its_own():
    words = "raises", "lowers", "hardly changes"
    assert [by_sign(each, *words) for each in (0.0006, 0.0004, 0.0, -0.0004, -0.0006)] == [
        "raises", "hardly changes", "hardly changes", "hardly changes", "lowers",
    ]  # fmt: skip
    assert by_sign(0.01, *words, within=0.02) == "hardly changes"
