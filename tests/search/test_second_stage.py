import json

import numpy as np
import pytest

from tests.models.shapes import shapes_task
from tests.models.tokens.test_zse_sbir import OPTIONS
from tests.search.test_cli import run
from zsr_lib.errors import BadFileError, BadInputError
from zsr_lib.models.registry import create
from zsr_lib.models.saving import save
from zsr_lib.search.building import build_index
from zsr_lib.search.embedding import embedder, items_of, read_sketch
from zsr_lib.search.index import Index
from zsr_lib.search.scenes import cut_out
from zsr_lib.search.second_stage import keep_tokens, ranked_again
from zsr_lib.search.token_store import MANIFEST
from zsr_lib.training.config import Run


@pytest.fixture(scope="module")
def pairs_folder(tmp_path_factory):
    """A fitted system of tokens."""
    folder = tmp_path_factory.mktemp("pairs")
    system = create("zse_sbir", OPTIONS)
    system.fit(shapes_task(), Run(progress=False))
    save(system, folder)
    return folder


@pytest.fixture
def index(archive, pairs_folder, tmp_path):
    build_index(archive, tmp_path / "index", embedder(pairs_folder), progress=False)
    return Index(tmp_path / "index")


@pytest.mark.parametrize(("kind", "slack"), [("fp16", 1e-4), ("int8", 1e-2)])
def test_the_first_are_ordered_by_their_pairs_scores_and_the_rest_stay(index, sketch, kind, slack):
    """Scores are worked out from the pictures themselves, pair by pair."""
    keep_tokens(index, kind, progress=False)
    before = index.search(sketch, 12)
    found = ranked_again(index, sketch, before, 5)
    assert [hit.row for hit in found[5:]] == [hit.row for hit in before[5:]]
    assert {hit.row for hit in found[:5]} == {hit.row for hit in before[:5]}
    scores = [hit.score for hit in found[:5]]
    assert scores == sorted(scores, reverse=True)
    system, size = index.embedder.method, index.embedder.size
    drawn = system.tokens(items_of(read_sketch(sketch, size)[None], "sketch"))
    for hit in found[:5]:
        photo = system.tokens(items_of(cut_out(hit.path, hit.window, size)[None], "photo"))
        assert hit.score == pytest.approx(system.rerank(drawn, photo, np.zeros((1, 1), int))[0, 0], abs=slack)


def test_tokens_of_another_state_of_the_index_are_refused_with_both_checksums(index, archive, sketch, pairs_folder):
    keep_tokens(index, progress=False)
    (archive / "tiles" / "harbor" / "0.png").unlink()
    build_index(archive, index.folder, embedder(pairs_folder), progress=False)
    fresh = Index(index.folder)
    assert fresh.checksum != index.checksum
    with pytest.raises(BadFileError, match=f"made of the gallery {index.checksum}, not {fresh.checksum}"):
        ranked_again(fresh, sketch, fresh.search(sketch, 5), 5)
    keep_tokens(fresh, progress=False)
    assert len(ranked_again(fresh, sketch, fresh.search(sketch, 5), 5)) == 5


def test_a_system_without_tokens_and_an_index_without_any_say_so(archive, system, index, sketch, tmp_path):
    with pytest.raises(BadFileError, match="holds no tokens"):
        ranked_again(index, sketch, index.search(sketch, 5), 5)
    build_index(archive, tmp_path / "plain", system, progress=False)
    with pytest.raises(BadInputError, match="has no tokens to keep"):
        keep_tokens(Index(tmp_path / "plain"), progress=False)


def test_a_photo_that_has_changed_is_no_photo_of_the_index(index):
    next(index.hits()).path.write_bytes(b"other")
    with pytest.raises(BadFileError, match="not as indexed"):
        keep_tokens(index, progress=False)
    assert not (index.folder / "tokens" / MANIFEST).exists()


def test_on_the_command_line(archive, pairs_folder, sketch, tmp_path, capsys):
    index = tmp_path / "out"
    assert run(capsys, "index", archive, "--model", pairs_folder, "--out", index, "--tokens", "int8")[0] == 0
    code, plain, _ = run(capsys, "search", index, sketch, "-k", 3, "--json")
    assert code == 0
    code, again, _ = run(capsys, "search", index, sketch, "-k", 3, "--rerank", 12, "--json")
    assert (code, len(json.loads(again))) == (0, 3)
    assert again != plain
    code, _, err = run(capsys, "search", index, "--more", 1, "--rerank", 3)
    assert code == 2
    assert "ask with a sketch alone" in err
