"""An archive that has moved keeps its index."""

from contextlib import closing
from pathlib import Path

from zsr_lib.errors import BadInputError
from zsr_lib.files import exclusive
from zsr_lib.search.catalogue import Catalogue
from zsr_lib.search.index import CATALOGUE
from zsr_lib.search.pictures import pictures_in
from zsr_lib.search.writable_catalogue import WritableCatalogue


def relocate(pictures: Path, folder: Path) -> None:
    """Tells an index that its archive has moved; files are compared by the next `zsr_lib.search.building.build_index`.

    Args:
        pictures: Where the archive lies now.
        folder: The index.

    Raises:
        DataNotFoundError: No such folder, or no picture in it.
        BadInputError: It holds none of the pictures that the index knows.
        BadFileError: There is no index, or it is damaged.
        BusyError: Another process is writing to it.
    """
    found = {each.path for each in pictures_in(pictures, leave_out=folder)}
    Catalogue(folder / CATALOGUE).close()  # refuses what is no index before anything is made there
    with (
        exclusive(folder / ".lock", f"writing to the index {folder}", wait_seconds=0),
        closing(WritableCatalogue(folder / CATALOGUE, {})) as catalogue,
    ):
        known = catalogue.known()
        if known and not found & known.keys():
            raise BadInputError(
                f"{pictures} holds none of the {len(known)} files that {folder} knows.",
                "name the folder that holds the archive now, at the same level as before.",
            )
        catalogue.relocate(pictures)
