from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tests.models.shapes import shapes_task
from zsr_lib.errors import BadInputError
from zsr_lib.experiments.config import RetrievalConfig
from zsr_lib.experiments.scoring import score
from zsr_lib.features.torchvision_import import import_torchvision
from zsr_lib.models.registry import create
from zsr_lib.models.saving import load, save
from zsr_lib.models.tokens.cross import CrossAttention, CrossConfig
from zsr_lib.models.tokens.net import TokenNet
from zsr_lib.models.tokens.relation import Relation, best_matches
from zsr_lib.models.tokens.trunk import Trunk, TrunkConfig
from zsr_lib.training.config import Run

AP, WAY = ("AP@all/std",), ("sketch→photo",)
OPTIONS = {
    "size": 32,
    "trunk": {"width": 24, "depth": 2, "heads": 2, "hidden": 32, "patch": 8, "dropout": 0.0},
    "cross": {"heads": 2, "hidden": 32, "dropout": 0.0},
    "reduced": 8,
    "training": {"steps": 3, "batch_size": 8, "learning_rate": 1e-3, "precision": "float64"},
}


@pytest.fixture(scope="module")
def task():
    return shapes_task()


@pytest.fixture(scope="module")
def system(task):
    made = create("zse_sbir", OPTIONS)
    made.fit(task, Run(progress=False))
    return made


@torch.no_grad()
def test_terms_are_those_of_two_pairs_with_one_sketch():
    """The trunk is left out: inputs are tokens. Distances and scores are written out here."""
    generator = torch.Generator().manual_seed(0)
    sketch, photo, other = (torch.randn(3, 5, 6, generator=generator, dtype=torch.float64) for _ in range(3))
    cross, head = CrossAttention(6, CrossConfig(2, 8, dropout=0.0)).double(), Relation(4, 6, 3, dropout=0.0).double()
    terms = TokenNet(torch.nn.Identity(), cross, head, "relation").terms(sketch, photo, other, margin=0.7)
    anchor, positive = cross(sketch, photo)
    again, negative = cross(sketch, other)
    near = (anchor[:, 0] - positive[:, 0]).norm(dim=1)
    far = (anchor[:, 0] - negative[:, 0]).norm(dim=1)
    assert terms["triplet"]().item() == pytest.approx((near - far + 0.7).clamp(min=0).mean().item())
    right, wrong = head(anchor[:, 1:], positive[:, 1:]), head(again[:, 1:], negative[:, 1:])
    expected = ((right - 0.99).square().mean() + (wrong - 0.01).square().mean()) / 2
    assert terms["relation"]().item() == pytest.approx(expected.item())


@torch.no_grad()
def test_pairs_are_scored_in_three_ways(system, task):
    net = system.net
    sketches, photos = (torch.from_numpy(system.tokens(each)).double() for each in (task.queries(), task.gallery()))
    updated = net.cross(sketches, photos)
    expected = {
        "relation": net.head(updated[0][:, 1:], updated[1][:, 1:]),
        "cross": torch.cosine_similarity(updated[0][:, 0], updated[1][:, 0]),
        "matches": best_matches(sketches[:, 1:], photos[:, 1:]),
    }
    for second, scores in expected.items():
        made = TokenNet(net.trunk, net.cross, net.head, second)
        torch.testing.assert_close(made.relate(sketches, photos), scores)
        codes = torch.cosine_similarity(sketches[:, 0], photos[:, 0])
        blended = TokenNet(net.trunk, net.cross, net.head, second, blend=0.3)
        torch.testing.assert_close(blended.relate(sketches, photos), scores + 0.3 * codes)


def test_the_code_is_the_first_token_and_tokens_are_one_a_patch(system, task):
    tokens = system.tokens(task.gallery())
    assert tokens.shape == (12, 1 + 16, 24)
    np.testing.assert_array_equal(tokens[:, 0], system.embed(task.gallery()))


@pytest.mark.parametrize("depth", [5, 12])
def test_the_first_are_ranked_by_the_relation_head_and_the_rest_stay(system, task, depth):
    """With the whole gallery this is the parent's mode rn; the order is worked out pair by pair."""
    queries, gallery = task.queries(), task.gallery()
    found = score(system, task, AP, WAY, RetrievalConfig(rerank=depth))[WAY[0]].evaluation
    codes = [system.embed(each) for each in (queries, gallery)]
    one, other = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in codes)
    tokens = [torch.from_numpy(system.tokens(each)).double() for each in (queries, gallery)]
    expected = []
    for row, near in enumerate(one @ other.T):
        first = np.argsort(-near, kind="stable")
        with torch.inference_mode():
            pairs = [float(system.net.relate(tokens[0][[row]], tokens[1][[place]])) for place in first[:depth]]
        order = [*first[:depth][np.argsort(-np.array(pairs), kind="stable")], *first[depth:]]
        hits = gallery.labels[order] == queries.labels[row]
        expected.append((np.cumsum(hits) / np.arange(1, 13))[hits].mean())
    assert found.micro(AP[0]) == pytest.approx(np.mean(expected), abs=1e-6)


@pytest.mark.parametrize("direction", ["photo→sketch", "photo→photo"])
def test_other_directions_are_not_ranked_again(system, task, direction):
    assert score(system, task, AP, (direction,))[direction].evaluation.micro(AP[0]) > 0
    with pytest.raises(BadInputError, match=f"from sketch→photo only, not {direction}"):
        score(system, task, AP, (direction,), RetrievalConfig(rerank=5))


def test_an_empty_sketch_and_a_blank_photo_have_codes_and_scores(system, task):
    sketches, photos = (
        replace(each, pixels=np.full_like(each.pixels, 255)) for each in (task.queries(), task.gallery())
    )
    assert np.isfinite(system.embed(sketches)).all()
    scores = system.rerank(system.tokens(sketches), system.tokens(photos), np.arange(12)[None].repeat(12, axis=0))
    assert np.isfinite(scores).all()


def test_a_sketch_is_cut_to_its_ink_and_a_photo_is_not(system):
    image = torch.full((1, 3, 32, 32), 255, dtype=torch.uint8)
    image[..., 4:8, 4:8] = 0
    cut, whole = system.prepared("sketch", image), system.prepared("photo", image)
    dark = [int((each < each.max() - 1).sum()) for each in (cut, whole)]
    assert dark[1] == 3 * 4 * 4
    assert dark[0] > 1.5 * dark[1]


def test_without_a_relation_term_there_is_no_head_to_train(task):
    options = OPTIONS | {"losses": {"relation": 0.0}, "second": "cross"}
    made = create("zse_sbir", options)
    made.fit(task, Run(progress=False))
    assert made.net.head is None
    assert np.isfinite(
        made.rerank(made.tokens(task.queries()), made.tokens(task.gallery()), np.zeros((12, 1), int))
    ).all()


def test_a_relation_score_needs_a_head_that_is_trained():
    for name in ("zse_sbir", "map_tokens"):
        with pytest.raises(BadInputError, match=r"none is trained[\s\S]*second: cross"):
            create(name, {"losses": {"relation": 0.0}})


def test_modalities_of_other_bands_cannot_share_a_trunk(task):
    photos = task.dataset.photos
    more = replace(photos, pixels=photos.pixels.repeat(2, axis=3)[..., :4])
    items = {"photo": more, "sketch": task.dataset.sketches}
    with pytest.raises(BadInputError, match="photo 4, sketch 3 bands"):
        create("zse_sbir", OPTIONS).fit(replace(task, dataset=replace(task.dataset, items=items)), Run(progress=False))


def test_pictures_that_become_alike_score_highest():
    """Both branches the same and all tokens equal: cosine 1, which no other pair reaches."""
    cross = CrossAttention(6, CrossConfig(2, 8, dropout=0.0)).double()
    cross.photo.load_state_dict(cross.sketch.state_dict())
    net = TokenNet(torch.nn.Identity(), cross, None, "cross")
    tokens = torch.randn(5, 4, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    with torch.no_grad():
        same, others = net.relate(tokens, tokens), net.relate(tokens, tokens.roll(1, dims=0))
    torch.testing.assert_close(same, torch.ones(5, dtype=torch.float64))
    assert (others < 0.999).all()


class Told:
    """A batch whose items say what they are by one number."""

    def __getitem__(self, modality):
        return torch.full((2, 3, 8, 8), {"sketch": 0.1, "photo": 0.2}[modality], dtype=torch.float64)

    def other(self, modality):
        assert modality == "photo"
        return torch.full((2, 3, 8, 8), 0.9, dtype=torch.float64)


def test_the_photo_of_another_class_is_the_one_that_is_pushed_away(system, monkeypatch):
    given = []
    terms = dict.fromkeys(("triplet", "relation"), lambda: torch.tensor(1.0))
    monkeypatch.setattr(system.net, "terms", lambda *each: given.append(each) or terms)
    total = system.loss(Told())["total"]
    assert [float(each.mean()) for each in given[0][:3]] == pytest.approx([0.1, 0.2, 0.9])
    assert (given[0][3], total.item()) == (1.0, 2.0 + 4.0)


def test_it_learns_what_it_is_shown(task):
    """In thirty steps the loss falls by a third."""
    options = OPTIONS | {"training": OPTIONS["training"] | {"steps": 30, "learning_rate": 3e-3}}
    rows = create("zse_sbir", options).fit(task, Run(progress=False)).steps
    first, last = (np.mean([row["total"] for row in part]) for part in (rows[:5], rows[-5:]))
    assert last < first * 2 / 3


def test_weights_that_it_starts_from_are_named_with_their_checksum(task, tmp_path):
    trunk = Trunk(TrunkConfig(**OPTIONS["trunk"]), 32, 3, levels=False)
    kind = import_torchvision().models.vision_transformer.VisionTransformer
    save_file(kind(32, 8, 2, 2, 24, 32, num_classes=5).state_dict(), tmp_path / "vit.safetensors")
    options = OPTIONS | {"trunk": OPTIONS["trunk"] | {"weights": str(tmp_path / "vit.safetensors")}}
    made = create("zse_sbir", options)
    made.fit(task, Run(progress=False))
    told = made.about()["sizes"]["pretraining"]
    assert (told["weights"], len(told["sha256"]), told["classes"]) == (str(tmp_path / "vit.safetensors"), 64, None)
    save(made, tmp_path / "saved")
    (tmp_path / "vit.safetensors").unlink()
    again = load(tmp_path / "saved")
    assert again.about() == made.about()
    np.testing.assert_array_equal(again.embed(task.gallery()), made.embed(task.gallery()))
    assert trunk.load_pretrained() is None


def test_the_defaults_are_the_published_ones():
    config = create("zse_sbir").config
    assert config.trunk == TrunkConfig(768, 12, 12, 3072, 16, (), 0.1, "none")
    assert (config.cross.heads, config.cross.hidden, config.cross.value, config.reduced) == (8, 1024, "own", 512)
    assert (config.losses.triplet, config.losses.relation, config.margin, config.levels) == (2.0, 4.0, 1.0, True)
