"""Questions that a page answers itself: radio buttons and a style sheet, with neither kernel nor script."""

from bs4 import BeautifulSoup, Tag


def make_answerable(page: BeautifulSoup) -> None:
    """Turns each ``quiz`` block, a question above a task list, into radio buttons with a reason for each answer.

    The right answers are the list's ticked ones; what stands below an answer is shown once it is chosen.

    Args:
        page: Changed.
    """
    for number, quiz in enumerate(page.select("div.quiz"), start=1):
        quiz.name = "fieldset"
        quiz.p.name = "legend"
        for item in quiz.select("li"):
            _offer(page, item, f"quiz-{number}")


def _offer(page: BeautifulSoup, item: Tag, group: str) -> None:
    answer, *reasons = item.find_all("p", recursive=False)
    button = item.select_one("input").extract()
    item["class"] = "right" if button.has_attr("checked") else "wrong"
    answer.name = "span"
    label = answer.wrap(page.new_tag("label"))
    label.insert(0, page.new_tag("input", attrs={"type": "radio", "name": group}))
    for reason in reasons:
        reason["class"], reason["role"] = "reason", "status"
