import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.browser import Visit, served
from zsr_lib.book.project import Project
from zsr_lib.book.quiz import make_answerable

PROJECT = Project.find(Path(__file__).parent)
ITEM = '<li class="task-list-item"><p><input type="checkbox" disabled="disabled"{}> {}</p><p>{}</p></li>'
WRONG, RIGHT = ITEM.format("", "Chance <em>is</em> zero.", "Look again."), ITEM.format(" checked", "No.", "It holds.")
QUIZ = f'<div class="quiz docutils"><p>Why?</p><ul>{WRONG}{RIGHT}</ul></div>'


@pytest.fixture
def page():
    made = BeautifulSoup(f'<!doctype html><link rel="icon" href="data:,"><main>{QUIZ}{QUIZ}</main>', "html.parser")
    make_answerable(made)
    return made


def test_each_question_is_a_group_of_radio_buttons_of_its_own(page):
    assert [each.legend.get_text() for each in page.select("fieldset.quiz")] == ["Why?"] * 2
    names = [[each["name"] for each in quiz.select("input[type=radio]")] for quiz in page.select("fieldset")]
    assert names == [["quiz-1"] * 2, ["quiz-2"] * 2]


def test_an_answer_keeps_its_words_and_does_not_give_itself_away(page):
    labels = page.fieldset.select("label")
    assert [each.get_text().strip() for each in labels] == ["Chance is zero.", "No."]
    assert not page.select("input[checked], input[disabled]")
    assert [item["class"] for item in page.fieldset.select("li")] == ["wrong", "right"]


@pytest.mark.browser
@pytest.mark.xdist_group("playground")
def test_the_reason_is_shown_for_the_answer_that_was_chosen(chrome, page, tmp_path):
    page.link.insert_after(page.new_tag("link", rel="stylesheet", href="zsr.css"))
    (tmp_path / "page.html").write_text(str(page))
    (tmp_path / "zsr.css").write_text((PROJECT.root / "book" / "static" / "zsr.css").read_text())
    with served(tmp_path) as address:
        visit = Visit(chrome, address, "page", 600)
        reasons, buttons = visit.page.locator(".reason"), visit.page.get_by_role("radio")
        assert not any(each.is_visible() for each in reasons.all())
        buttons.nth(0).check()
        assert [each.is_visible() for each in reasons.all()] == [True, False, False, False]
        buttons.nth(0).press("ArrowDown")
        assert [each.is_visible() for each in reasons.all()] == [False, True, False, False]
        assert visit.complaints == []
        visit.page.close()


@pytest.mark.parametrize("chapter", PROJECT.chapters())
def test_every_chapter_asks_and_each_question_has_a_right_answer_and_reasons(chapter):
    quizzes = re.findall(r"```\{div\} quiz\n(.*?)\n```", PROJECT.source(chapter).read_text(encoding="utf-8"), re.DOTALL)
    assert quizzes
    for quiz in quizzes:
        answers = re.findall(r"^- \[([ x])\] .+\n\n  \S", quiz, re.MULTILINE)
        assert len(answers) == quiz.count("\n- [") >= 2
        assert answers.count("x") == 1
