"""Pages that are generated from stored run records: the leaderboard, and a card for each system."""

import os
from pathlib import Path

from zsr_lib.book.leaderboard_page import LEADERBOARD, leaderboard_page
from zsr_lib.book.systems_page import SYSTEMS, systems_page
from zsr_lib.experiments.boards import boards_of
from zsr_lib.experiments.earned import read_earned
from zsr_lib.experiments.submitted import check_names, check_submission, is_submitted
from zsr_lib.experiments.summary import current
from zsr_lib.files import write_text
from zsr_lib.reporting.published import published
from zsr_lib.reporting.run_record import read_records


def write_stored_pages(runs: Path, staged: Path) -> None:
    """Writes the pages to the folder that Jupyter Book reads.

    Args:
        runs: Folder of the stored run records; there may be none.
        staged: As `zsr_lib.book.site.stage` laid it out.

    Raises:
        BadFileError: A record is damaged, was edited, or contradicts itself, or is not what its handed-in codes give.
    """
    every = read_records(runs)
    check_names(every)
    for record in filter(is_submitted, every):
        check_submission(record)
    records, _ = current(every)
    boards = boards_of(records)
    repository = os.environ.get("ZSR_REPOSITORY", "").strip()
    page = leaderboard_page(boards, published(), read_earned(runs), repository)
    write_text(staged / "book" / f"{LEADERBOARD}.md", page)
    write_text(staged / "book" / f"{SYSTEMS}.md", systems_page(boards, published()))
