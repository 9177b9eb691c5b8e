"""UC Merced's photos, the sentences about them, and Earth on Canvas' sketches: three ways to say what is sought.

Photos and sentences are those of ``ucm_text_speech``, sketches those of ``eoc``: of 14 of the 21 classes, of five in
the public sample. A sketch is of a class and of no photo; a sentence names its photo in `pairs`.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zsr_lib.data.checksums import combined
from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset, DatasetInfo, Survey
from zsr_lib.data.sets import earth_on_canvas, ucm_text_speech, ucmerced
from zsr_lib.data.words.asks import ASK, asked_together

_SAID, _DRAWN = ucm_text_speech.INFO, earth_on_canvas.INFO
MODALITIES = ("photo", "text")

INFO = DatasetInfo(
    name="ucm_words",
    title="UC Merced with sentences and Earth on Canvas' sketches",
    classes=ucmerced.CLASSES,
    expected={**{name: _SAID.expected[name] for name in MODALITIES}, **dict.fromkeys(("sketch", ASK), 1400)},
    terms=f"{_SAID.terms}; {_DRAWN.terms}",
    citation=f"{_SAID.citation}; {_DRAWN.citation}",
    page=_SAID.page,
    folders={"text": _SAID.folders["text"], "sketch": _DRAWN.folders["sketch"]},
)


@dataclass(frozen=True)
class UcmWordsSource:
    """Reads what two other data sets read; they say how to get it."""

    info: DatasetInfo

    def find(self, root: Path | None) -> dict[str, Path]:
        """Modality → folder.

        Raises:
            DataNotFoundError: One of the two is not on this machine; says how to get it.
        """
        said = ucm_text_speech.SOURCE.find(root)
        return {**{name: said[name] for name in MODALITIES}, "sketch": earth_on_canvas.SOURCE.find(root)["sketch"]}

    def obtain(self, path: Path | None, root: Path | None, progress: bool) -> None:
        """Prepares the sentences' data set; sketches need a login (`zsr data info eoc`)."""
        ucm_text_speech.SOURCE.obtain(path, root, progress)

    def survey(self, root: Path | None, progress: bool) -> Survey:
        """Counts and checksum; nothing is decoded."""
        said, drawn = (each.SOURCE.survey(root, progress) for each in (ucm_text_speech, earth_on_canvas))
        counts = {name: said.counts[name][:-1] for name in MODALITIES}
        of_class = dict(zip(_DRAWN.classes, drawn.counts["sketch"], strict=True))
        counts["sketch"] = counts[ASK] = tuple(of_class.get(name, 0) for name in self.info.classes)
        return Survey(self.find(root), counts, combined([said.checksum, drawn.checksum]), said.notes)

    def load(self, size: int, root: Path | None, progress: bool, *, skip_bad: bool = False) -> Dataset:
        """Items of the three modalities and of composed queries, under UC Merced's 21 classes."""
        said = ucm_text_speech.SOURCE.load(size, root, progress, skip_bad=skip_bad)
        drawn = earth_on_canvas.SOURCE.load(size, root, progress, skip_bad=skip_bad)
        items = {name: self._named(said.of(name)) for name in MODALITIES}
        items["sketch"] = self._named(drawn.of("sketch"))
        items[ASK] = asked_together(items["sketch"], items["text"])
        checksum = combined([said.checksum, drawn.checksum])
        return Dataset(self.info.name, self.info.classes, items, checksum, said.notes)

    def _named(self, items: ItemSet) -> ItemSet:
        """The same items with labels of the 21 classes."""
        known = self.info.classes
        places = np.array([known.index(name) if name in known else -1 for name in items.classes], dtype=np.int64)
        return replace(items, labels=places[items.labels], classes=known)


SOURCE = UcmWordsSource(INFO)
