"""Data sets, drawings and tasks of cells; what neighbouring cells share is loaded once."""

from pathlib import Path

from zsr_lib.data.auxiliary import with_seen_from
from zsr_lib.data.datasets import load_dataset
from zsr_lib.data.drawing import draw_items
from zsr_lib.data.items import ItemSet
from zsr_lib.data.registry import Dataset
from zsr_lib.data.splits import get_split
from zsr_lib.data.task import Task, build_task
from zsr_lib.experiments.config import DataConfig, DataSource


class Materials:
    """Remembers what the last data section needed; another one takes its place.

    Args:
        root: Folder with real data; ``ZSR_DATA`` when None.
        progress: Show progress bars.
    """

    def __init__(self, root: Path | None = None, progress: bool = True) -> None:
        self.root = root
        self.progress = progress
        self._config: DataConfig | None = None
        self._datasets: tuple[Dataset, ...] = ()
        self._drawings: tuple[ItemSet, ...] | None = None
        self._seen_from: Dataset | None = None

    def checksums(self, data: DataConfig) -> dict[str, str]:
        """Name → checksum of every data set that the section names.

        Raises:
            ZsrError: A data set is unknown, missing or damaged.
        """
        dataset, *others = self._load(data)
        found = {f"{other.name} (auxiliary {number})": other.checksum for number, other in enumerate(others, 1)}
        if self._seen_from:
            found[f"{self._seen_from.name} (seen classes)"] = self._seen_from.checksum
        return {dataset.name: dataset.checksum} | found

    def task(self, data: DataConfig, split: str, seed: int) -> Task:
        """The task of one cell; photos are drawn the first time that a task of this section is asked for.

        Raises:
            ZsrError: The data is missing or damaged, or the split does not fit it.
        """
        dataset, *others = self._load(data)
        if self._seen_from:
            dataset = with_seen_from(dataset, self._seen_from, get_split(split).unseen)
            self._drawings = None  # Which photos there are to draw depends on the split.
        if self._drawings is None:
            self._drawings = tuple(
                draw_items(dataset.photos, style, per_photo=data.drawings_per_photo, progress=self.progress)
                for style in data.machine_sketches
            )
        drawings, rules = self._drawings or None, (data.reduced, data.without_near)
        return build_task(dataset, split, seed, data.validation_classes, drawings, others, *rules)

    def _load(self, data: DataConfig) -> tuple[Dataset, ...]:
        if data != self._config:
            self._config, self._drawings, self._datasets, self._seen_from = None, None, (), None
            self._seen_from = self._one(data.seen_from) if data.seen_from else None
            dataset, *others = (self._one(source) for source in (data.source, *data.auxiliary))
            self._datasets = (dataset.only(data.modalities), *others)
            self._config = data
        return self._datasets

    def _one(self, source: DataSource) -> Dataset:
        return load_dataset(source.dataset, source.size, self.root, self.progress, **source.options)
