"""What is done to built pages, one thing at a time."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from tests.browser import Visit, served
from zsr_lib.book.finish import LONGEST, describe, finish, link_terms, make_answerable, terms_of
from zsr_lib.book.pictures import Pictures
from zsr_lib.book.project import Project

GLOSSARY = """<dl class="glossary"><dt id="term-mAP">mAP<a class="headerlink" href="#term-mAP">#</a></dt>
<dd><p>A mean of   many meanings.</p></dd><dt id="term-unseen-classes">unseen classes</dt><dd>New ones.</dd></dl>"""
PROJECT = Project.find(Path(__file__).parent)
ITEM = '<li class="task-list-item"><p><input type="checkbox" disabled="disabled"{}> {}</p><p>{}</p></li>'
WRONG, RIGHT = ITEM.format("", "Chance <em>is</em> zero.", "Look again."), ITEM.format(" checked", "No.", "It holds.")
QUIZ = f'<div class="quiz docutils"><p>Why?</p><ul>{WRONG}{RIGHT}</ul></div>'


def page_of(article, head="<title>A page</title>"):
    body = f"<article><section>{article}</section></article>"
    return BeautifulSoup(f"<html><head>{head}</head>{body}</html>", "html.parser")


def test_the_script_for_icons_is_taken_out_and_styles_for_formulas_where_there_are_none(tmp_path):
    head = '<script src="_static/scripts/fontawesome.js?digest=1"></script><link href="_static/katex/katex.min.css">'
    (tmp_path / "with.html").write_text(f'{head}<article><p class="math">x</p></article>')
    (tmp_path / "without.html").write_text(head)
    finish(tmp_path)
    texts = [(tmp_path / f"{name}.html").read_text() for name in ("with", "without")]
    assert not any("fontawesome" in text for text in texts)
    assert ["katex" in text for text in texts] == [True, False]


def test_the_theme_is_chosen_before_anything_is_shown(tmp_path):
    script = '<script>d.theme = localStorage.getItem("theme") || "auto";</script>'
    (tmp_path / "page.html").write_text(f"<html><head>{script}</head></html>")
    finish(tmp_path)
    assert "prefers-color-scheme" in (tmp_path / "page.html").read_text()
    assert '<html data-theme="light">' in (tmp_path / "page.html").read_text()


def test_a_figure_is_shown_once_for_each_theme_and_a_photo_once_for_both(tmp_path):
    (tmp_path / "_images").mkdir()
    (tmp_path / "pages").mkdir()
    Image.new("RGB", (300, 200), "white").save(tmp_path / "_images" / "figure.png")
    Image.new("RGB", (30, 20), "gray").save(tmp_path / "_images" / "photo.png")
    images = "".join(f'<figure><img alt="a" src="../_images/{name}.png"></figure>' for name in ("figure", "photo"))
    page, pictures = page_of(images), Pictures()
    pictures.lighten(page, tmp_path / "pages")
    pictures.forget_originals(tmp_path / "_images")
    light, dark, photo = page.select("img")
    assert [each["src"] for each in (light, dark)] == ["../_images/figure.webp", "../_images/figure.dark.webp"]
    assert [each["class"] for each in (light, dark, photo)] == [["only-light"], ["only-dark"], ["dark-light"]]
    assert (photo["width"], photo["height"], photo["loading"]) == ("30", "20", "lazy")
    assert sorted(each.suffix for each in (tmp_path / "_images").iterdir()) == [".webp"] * 3


def test_a_wide_drawing_scrolls_and_can_be_reached_by_keyboard(tmp_path):
    for name, width in (("narrow", 474), ("wide", 804)):
        Image.new("RGB", (width, 200), "white").save(tmp_path / f"{name}.png")
    page = page_of('<img alt="a" src="narrow.png"><img alt="a" src="wide.png">')
    Pictures().lighten(page, tmp_path)
    narrow, wide = page.select("span.zsr-twins")
    assert ("zsr-wide" in narrow["class"], narrow.get("tabindex")) == (False, None)
    assert ("zsr-wide" in wide["class"], wide.get("tabindex")) == (True, "0")


def test_the_head_says_what_the_page_is_about():
    page = page_of("<p>12 numbers as reported</p><p>" + "A word about it. " * 30 + "</p>")
    describe(page, "book/index.html")
    facts = {each.get("property") or each["name"]: each["content"] for each in page.select("meta")}
    assert facts["description"].startswith("A word about it.")
    assert len(facts["description"]) <= LONGEST + 2
    assert facts["og:title"] == "A page"
    assert facts["og:image"] == "../_static/overview.png"


def test_where_the_site_will_be_is_part_of_the_pictures_address():
    page = page_of("")
    describe(page, "book/index.html", "https://example.org/book/")
    assert page.select_one('[property="og:image"]')["content"] == "https://example.org/book/_static/overview.png"


def test_the_first_use_of_a_term_links_to_its_meaning():
    terms = terms_of(BeautifulSoup(GLOSSARY, "html.parser"))
    page = page_of("<h2>mAP</h2><p>A map, a MAP, and <code>mAP</code>. Unseen classes; unseen classes, mAP@all.</p>")
    link_terms(page, terms, "../")
    links = page.select("a.zsr-term")
    assert [(each.get_text(), each["href"]) for each in links] == [
        ("mAP", "../book/glossary.html#term-mAP"),
        ("Unseen classes", "../book/glossary.html#term-unseen-classes"),
    ]
    assert links[0]["title"] == "A mean of many meanings."


def test_a_term_that_is_linked_by_hand_says_its_meaning():
    page = page_of('<p><a href="glossary.html#term-mAP">many</a></p>')
    link_terms(page, terms_of(BeautifulSoup(GLOSSARY, "html.parser")), "../")
    assert page.a["title"] == "A mean of many meanings."


def test_the_index_of_the_search_is_loaded_where_one_searches(tmp_path):
    for name in ("index", "search"):
        (tmp_path / f"{name}.html").write_text('<script src="searchindex.js"></script>')
    finish(tmp_path)
    assert ["searchindex" in (tmp_path / f"{name}.html").read_text() for name in ("index", "search")] == [False, True]


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
