"""What is done to built pages, one thing at a time."""

from bs4 import BeautifulSoup
from PIL import Image

from zsr_lib.book.finish import finish
from zsr_lib.book.page_head import LONGEST, describe
from zsr_lib.book.pictures import Pictures
from zsr_lib.book.terms import link_terms, terms_of

GLOSSARY = """<dl class="glossary"><dt id="term-mAP">mAP<a class="headerlink" href="#term-mAP">#</a></dt>
<dd><p>A mean of   many meanings.</p></dd><dt id="term-unseen-classes">unseen classes</dt><dd>New ones.</dd></dl>"""


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
