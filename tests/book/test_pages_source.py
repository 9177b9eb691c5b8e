from zsr_lib.book import pages, project
from zsr_lib.book.pages import show_source


def test_a_function_is_shown_with_its_name():
    text = show_source(show_source).data
    assert text.startswith("```python\ndef show_source(")
    assert text.endswith("*`zsr_lib.book.pages.show_source`*")


def test_classes_and_modules_too():
    assert "class Project" in show_source(project.Project).data
    assert show_source(pages).data.endswith("*`zsr_lib.book.pages`*")
