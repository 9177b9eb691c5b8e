"""UC Merced's photos with five sentences each, 17 labels, and spoken labels: images, text and speech.

Sentences are by Qu et al. 2016, labels by Chaudhuri et al. 2018, speech features and their labels from the release of
CMIR-Net (Chaudhuri et al. 2020). Images are numbered there: number N is of class (N − 1) // 100 in alphabetical order.
That sentences and labels are in one order within a class can be seen (photos labelled *cars* are those described with
cars); that it is the order of the photos' names is likely, not certain.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from zsr_lib.data.checksums import combined
from zsr_lib.data.file_source import FileSource, read_mat
from zsr_lib.data.items import GIVEN, ItemSet
from zsr_lib.data.registry import Dataset, DatasetInfo, Survey
from zsr_lib.data.sets import ucmerced
from zsr_lib.errors import BadFileError

TAGS = (
    "airplane", "bare-soil", "buildings", "cars", "chaparral", "court", "dock", "field", "grass", "mobile-home",
    "pavement", "sand", "sea", "ship", "tanks", "trees", "water",
)  # fmt: skip
CLASSES = (*ucmerced.CLASSES, "")
"""The last one is that of speech: a spoken label belongs to no class."""
EACH = 100
COUNT = EACH * len(ucmerced.CLASSES)
SENTENCES, LABELS, SPEECH, SPOKEN = "captions.json", "LandUse_multilabels.mat", "speech.mat", "splab.mat"
NOTE = "that sentences and labels of a class are in the order of its photos' names is likely, not certain"

INFO = DatasetInfo(
    name="ucm_text_speech",
    title="UC Merced with sentences, labels and speech",
    classes=CLASSES,
    expected={"photo": COUNT, "text": 5 * COUNT, "speech": 255},
    terms="photos: public domain; sentences, labels and speech: see the papers, cite them",
    citation="B. Qu, X. Li, D. Tao and X. Lu, Deep Semantic Understanding of High Resolution Remote Sensing Image, "
    "CITS 2016; B. Chaudhuri et al., Multilabel Remote Sensing Image Retrieval Using a Semisupervised Graph-Theoretic "
    "Method, IEEE TGRS 56(2), 2018; U. Chaudhuri et al., CMIR-NET, Pattern Recognition Letters 131, 2020",
    page="https://github.com/ushasi/CMIR-NET-A-deep-learning-based-model-for-cross-modal-retrieval-in-remote-sensing",
    folders={"text": ("ucm_text_speech",)},
)


class UcmTextSpeechSource(FileSource):
    """Photos are read where the data set ``ucmerced`` has them."""

    def find(self, root: Path | None) -> dict[str, Path]:
        """Modality → folder.

        Raises:
            DataNotFoundError: The photos or the files are not on this machine; says how to get them.
        """
        return {**ucmerced.SOURCE.find(root), **super().find(root)}

    def survey(self, root: Path | None, progress: bool) -> Survey:
        """Counts and checksum; no photo is decoded."""
        found, photos = self.find(root), ucmerced.SOURCE.survey(root, progress)
        made = (_text(found["text"], {}), _speech(found["text"]))
        counts = {"photo": (*photos.counts["photo"], 0)}
        counts |= {items.modality: tuple(np.bincount(items.labels, minlength=len(CLASSES)).tolist()) for items in made}
        checksum = combined([photos.checksum, self.checksum(found["text"], progress)])
        return Survey(found, counts, checksum, (*photos.notes, NOTE))

    def load(self, size: int, root: Path | None, progress: bool, *, skip_bad: bool = False) -> Dataset:
        """Photos with tags; sentences with the tags and the id of their photo; features of spoken tags.

        Raises:
            BadFileError: A file is damaged, or a photo has another name than in the official archive.
        """
        folder = self.find(root)["text"]
        ucm = ucmerced.SOURCE.load(size, root, progress, skip_bad=skip_bad)
        tags = _tags(folder)
        if strange := [each for each in ucm.photos.ids.tolist() if each not in tags]:
            raise BadFileError(f"nobody knows the labels of {strange[0]}.", "keep the official names of the photos.")
        rows = np.stack([tags[each] for each in ucm.photos.ids.tolist()])
        photos = replace(ucm.photos, classes=CLASSES, tags=rows, tag_names=TAGS)
        text = _text(folder, tags)
        here = set(photos.ids.tolist())
        text = replace(text, pairs=np.array([each if each in here else "" for each in text.pairs.tolist()]))
        items = {items.modality: items for items in (photos, text, _speech(folder))}
        checksum = combined([ucm.checksum, self.checksum(folder, progress)])
        return Dataset(self.info.name, CLASSES, items, checksum, (*ucm.notes, NOTE))


def _photo(number: int) -> str:
    """Id of the photo with a number from 0."""
    name = ucmerced.CLASSES[number // EACH]
    return f"{name}/{name}{number % EACH:02d}"


def _tags(folder: Path) -> dict[str, np.ndarray]:
    """Photo → (17,) uint8."""
    labels = read_mat(folder / LABELS, {"labels": (len(TAGS), COUNT)})["labels"]
    return {_photo(number): row for number, row in enumerate(labels.T.astype(np.uint8))}


def _text(folder: Path, tags: Mapping[str, np.ndarray]) -> ItemSet:
    """All sentences, photo by photo; without tags where `tags` is empty."""
    path = folder / SENTENCES
    try:
        images = json.loads(path.read_text(encoding="utf-8"))["images"]
        said = {int(Path(each["filename"]).stem) - 1: [one["raw"] for one in each["sentences"]] for each in images}
        rows = [(number, k, sentence) for number in sorted(said) for k, sentence in enumerate(said[number])]
        photos = [_photo(number) for number, _, _ in rows]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise BadFileError(f"{path} holds no sentences ({error!r}).", "replace the file by a good copy.") from error
    return ItemSet(
        np.array([f"{photo}-{k}" for photo, (_, k, _) in zip(photos, rows, strict=True)]),
        np.array([number // EACH for number, _, _ in rows], dtype=np.int64),
        CLASSES,
        "text",
        "hand",
        sentences=np.array([sentence for *_, sentence in rows]),
        pairs=np.array(photos),
        tags=np.stack([tags[photo] for photo in photos]) if tags else None,
        tag_names=TAGS if tags else (),
    )


def _speech(folder: Path) -> ItemSet:
    features = read_mat(folder / SPEECH, {"features": (None, 128)})["features"].astype(np.float32)
    tags = read_mat(folder / SPOKEN, {"splab": (len(features), len(TAGS))})["splab"].astype(np.uint8)
    ids = np.array([f"speech/{number:03d}" for number in range(len(features))])
    labels = np.full(len(ids), CLASSES.index(""), dtype=np.int64)
    return ItemSet(
        ids, labels, CLASSES, "speech", "camera", features=features, feature_key=GIVEN, tags=tags, tag_names=TAGS
    )


SOURCE = UcmTextSpeechSource(INFO, ("text", "speech"), (SENTENCES, LABELS, SPEECH, SPOKEN))
