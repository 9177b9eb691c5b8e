import pytest

from zsr_lib.book.project import Project
from zsr_lib.errors import UnknownNameError, ZsrError


def test_a_checkout_is_found_from_inside(small):
    assert Project.find(small.root / "book").root == small.root


def test_outside_a_checkout_the_error_says_where_to_go(tmp_path):
    with pytest.raises(ZsrError, match="change into your clone"):
        Project.find(tmp_path)


@pytest.mark.parametrize("wanted", ["1", "01", "01_small"])
def test_a_chapter_goes_by_number_or_name(small, wanted):
    assert small.chapter(wanted) == "01_small"


def test_an_unknown_chapter_names_the_nearest(small):
    with pytest.raises(UnknownNameError, match="did you mean 01_small"):
        small.chapter("01_smal")


def test_every_chapter_of_this_book_exists_and_has_its_text():
    project = Project.find()
    assert project.chapters()
    assert [name for name in project.chapters() if not project.source(name).is_file()] == []
