"""ZSEoC: one linear encoder per modality into a space tied to class vectors.

Chaudhuri, Banerjee, Bhattacharya and Datcu, "A Zero-Shot Sketch-based Inter-Modal Object Retrieval Scheme for Remote
Sensing Images", arXiv:2008.05225, 2020. Two variants: *fixed* class vectors as targets (300-d word vectors), and
*learned* ones, a linear map of the class vectors that is trained jointly (128-d).
"""

from dataclasses import dataclass

from zsr_lib.models.remote_sensing.semantic_space import SemanticSpace, SemanticSpaceConfig


@dataclass(frozen=True)
class ZseocConfig(SemanticSpaceConfig):
    """The options of `SemanticSpaceConfig`; by default the class vectors are fixed."""


class Zseoc(SemanticSpace):
    """ZSEoC as the paper's slides describe it; every loss can be switched off.

    The slides print the triplet term with photos as anchors; like the released code, which trains on every pair in
    both orders, this one takes sketches as anchors, too.
    """

    Config = ZseocConfig
    config: ZseocConfig
