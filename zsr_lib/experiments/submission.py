"""What is handed in: a name, a task, codes of the task's items; and what its authors say of it."""

from dataclasses import dataclass

from zsr_lib.data.items import ItemSet
from zsr_lib.errors import BadInputError
from zsr_lib.evaluation.sides import Side
from zsr_lib.experiments.credentials import LEAGUES

LONGEST = 80
"""Characters that a name, or what is declared, may have."""


@dataclass(frozen=True)
class Declared:
    """What the authors of codes say of them; nobody has watched it.

    Attributes:
        league: One of `zsr_lib.experiments.credentials.LEAGUES`.
        backbone: The network.
        pretrained: What that was pretrained on.
        trained_on: What the system was trained on.
        source: Where the system is described.

    Raises:
        BadInputError: No such league, or a text is too long or not printable.
    """

    league: int
    backbone: str = ""
    pretrained: str = ""
    trained_on: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if self.league not in LEAGUES:
            raise BadInputError(f"there is no league {self.league}.", f"give one of {', '.join(map(str, LEAGUES))}.")
        for name, text in vars(self).items():
            if isinstance(text, str):
                check_text(name, text)


def check_text(name: str, text: str) -> None:
    """Makes sure that a text can stand in a table.

    Raises:
        BadInputError: It is too long, or holds what cannot be printed.
    """
    if len(text) > LONGEST or not text.isprintable():
        raise BadInputError(f"{name} is longer than {LONGEST} characters, or not printable.", "shorten it.")


@dataclass(frozen=True)
class Submission:
    """What codes are handed in for.

    Attributes:
        name: What the row is to be called.
        task: One of `zsr_lib.experiments.named_tasks.named_tasks`.
        direction: What is retrieved by what.
        distance: Between the codes.
        declared: What is said of them.

    Raises:
        BadInputError: The name cannot stand in a table.
    """

    name: str
    task: str
    direction: str
    distance: str
    declared: Declared

    def __post_init__(self) -> None:
        check_text("the name", self.name)
        if not self.name.strip():
            raise BadInputError("the name is empty.", "say what the row is to be called.")


def check_items(side: str, codes: Side, items: ItemSet) -> None:
    """Makes sure that handed-in codes are of a task's items, of each once, with their classes.

    Raises:
        BadInputError: They are not; says what is wrong with which.
    """
    ids = codes.needed("ids", "a submission").astype(str)
    wanted = dict(zip(items.ids.astype(str).tolist(), items.class_names.astype(str).tolist(), strict=True))
    given = dict(zip(ids.tolist(), codes.labels.astype(str).tolist(), strict=True))
    remedy = "hand in one code for each item that 'zsr submit --task TASK --items FILE' lists, and no others."
    if len(given) < len(ids):
        raise BadInputError(f"{len(ids) - len(given)} {side}_ids are there twice.", remedy)
    missing, foreign = [each for each in wanted if each not in given], [each for each in given if each not in wanted]
    lost = sorted(set(wanted.values()) - {wanted[each] for each in given if each in wanted})
    if lost:
        raise BadInputError(f"the {side} has no items of the unseen classes {', '.join(lost)}.", remedy)
    if missing:
        raise BadInputError(f"the {side} lacks {len(missing)} of {len(wanted)} items, such as {missing[0]}.", remedy)
    if foreign:
        raise BadInputError(f"{len(foreign)} {side} items are not the task's, such as {foreign[0]}.", remedy)
    wrong = [each for each in wanted if given[each] != wanted[each]]
    if wrong:
        raise BadInputError(
            f"{len(wrong)} {side}_labels are wrong: {wrong[0]} is {wanted[wrong[0]]}, not {given[wrong[0]]}.",
            "take labels as 'zsr submit --task TASK --items FILE' writes them.",
        )
