"""What the head of a built page tells search engines and those who share a link: what it is about, and a picture."""

from bs4 import BeautifulSoup

LONGEST = 200
"""Characters of a description that are shown anywhere."""
PICTURE = "_static/overview.png"


def describe(page: BeautifulSoup, path: str, site: str = "") -> None:
    """Adds a description, a title and a picture to the head of `page`.

    Args:
        page: Changed.
        path: Its address inside the site.
        site: Address of the site, if it is known; without it the picture's is relative.
    """
    if page.article is None or page.title is None:
        return
    text = _first_words(page)
    start = f"{site.rstrip('/')}/" if site else "../" * path.count("/")
    facts = {"title": page.title.get_text().strip(), "description": text, "image": start + PICTURE, "type": "article"}
    page.head.append(page.new_tag("meta", attrs={"name": "description", "content": text}))
    for name, content in facts.items():
        page.head.append(page.new_tag("meta", attrs={"property": f"og:{name}", "content": content}))


def _first_words(page: BeautifulSoup) -> str:
    """The first paragraph that says something: a badge does not."""
    paragraphs = (" ".join(each.get_text().split()) for each in page.select("article p"))
    text = next((each for each in paragraphs if len(each) > LONGEST // 4), page.title.get_text().strip())
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " …"
