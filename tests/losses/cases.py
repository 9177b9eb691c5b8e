"""One row a loss: the function, its formula in plain Python, and the shapes of what it takes."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from tests.losses import naive
from zsr_lib.losses import (
    adversarial,
    classification,
    contrastive_pairs,
    cycle,
    distillation,
    exponential_pairs,
    gaussian,
    group_sparsity,
    hinges,
    latent,
    margin_softmax,
    multi_label,
    norm,
    orthogonality,
    quantisation,
    reconstruction,
    relation,
    supervised_contrastive,
    triplet,
)

CODES = (6, 4)
CODES_2, CODES_3, CODES_4 = (CODES,) * 2, (CODES,) * 3, (CODES,) * 4
DECODED = ((6, 3), (6, 3), CODES, CODES)
TAGS = [[1, 0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0]]
CLASSES, MODALITIES = [0, 1, 2, 0, 1, 2], [0, 0, 1, 1, 0, 1]
SAME = [1, 0, 0, 1, 1, 0]


@dataclass(frozen=True)
class Case:
    function: Callable
    formula: Callable
    shapes: tuple[tuple[int, int], ...]
    indices: tuple[list, ...] = ()
    as_list: bool = False

    def __call__(self, *tensors, **options):
        return self._call(self.function, tensors, options)

    def expected(self, *tensors, **options):
        return self._call(self.formula, [tensor.detach().cpu().tolist() for tensor in tensors], options)

    def inputs(self, draw, device="cpu", dtype=torch.float64):
        """Float tensors that require gradients, then index tensors."""
        floats = [draw(*shape).detach().to(device, dtype).requires_grad_() for shape in self.shapes]
        return floats, [torch.tensor(each, device=device) for each in self.indices]

    def _call(self, what, values, options):
        return what(list(values), **options) if self.as_list else what(*values, **options)


CASES = {
    "latent": Case(latent.latent, naive.mean_squared, CODES_2),
    "cross_modal_latent": Case(latent.cross_modal_latent, naive.latent, CODES_3),
    "legacy_latent": Case(latent.legacy_latent, naive.legacy_latent, CODES_2),
    "cross_triplet": Case(triplet.cross_triplet, naive.triplet, CODES_3),
    "cross_modal_triplet": Case(triplet.cross_modal_triplet, naive.both_triplets, CODES_4),
    "legacy_batch_mean_triplet": Case(triplet.legacy_batch_mean_triplet, naive.legacy_triplet, CODES_3),
    "cross_reconstruction": Case(
        reconstruction.cross_reconstruction,
        naive.reconstruction,
        DECODED,
    ),
    "legacy_cross_reconstruction": Case(
        reconstruction.legacy_cross_reconstruction, naive.legacy_reconstruction, DECODED
    ),
    "classification": Case(classification.classification, naive.cross_entropy, (CODES,), (CLASSES,)),
    "cross_modal_classification": Case(
        classification.cross_modal_classification,
        naive.both_cross_entropies,
        CODES_2,
        (CLASSES,),
    ),
    "contrastive_pairs": Case(contrastive_pairs.contrastive_pairs, naive.contrastive_pairs, CODES_2, (SAME,)),
    "cycle": Case(cycle.cycle, naive.mean_absolute, CODES_2),
    "exponential_pairs": Case(exponential_pairs.exponential_pairs, naive.exponential_pairs, CODES_2, (SAME,)),
    "multiclass_hinge": Case(hinges.multiclass_hinge, naive.multiclass_hinge, (CODES,), (CLASSES,)),
    "distillation": Case(distillation.distillation, naive.divergence, CODES_2),
    "gaussian_divergence": Case(gaussian.gaussian_divergence, naive.gaussian_divergence, CODES_2),
    "least_squares_adversarial": Case(adversarial.least_squares_adversarial, naive.mean_of_squares, CODES_2),
    "margin_softmax": Case(margin_softmax.margin_softmax, naive.margin_softmax, (CODES,), (CLASSES,)),
    "l21": Case(group_sparsity.l21, naive.l21, (CODES,)),
    "relation": Case(relation.relation, naive.relation, CODES_2),
    "norm_regulariser": Case(norm.norm_regulariser, naive.norms, (CODES, (3, 5)), as_list=True),
    "code_norm": Case(norm.code_norm, naive.code_norm, CODES_2),
    "supervised_contrastive": Case(
        supervised_contrastive.supervised_contrastive,
        naive.contrastive,
        (CODES,),
        (CLASSES, MODALITIES),
    ),
    "soft_orthogonality": Case(orthogonality.soft_orthogonality, naive.orthogonality, (CODES,)),
    "quantisation": Case(quantisation.quantisation, naive.quantisation, (CODES,)),
    "multi_label": Case(
        lambda logits, tags: multi_label.multi_label(logits, tags.double()),
        naive.multi_label,
        (CODES,),
        (TAGS,),
    ),
}
