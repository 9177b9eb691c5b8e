"""Generated aerial scenes in four bands: photos with a near-infrared band, by the rule of `zsr_lib.data.infrared`.

Photo n of a class shows the scene of photo n in the data set ``generated``; sketches are that set's.
"""

from zsr_lib.data.sets.generated import GeneratedSource

SOURCE = GeneratedSource(
    "generated_bands", "Generated aerial scenes with a near-infrared band", ("multispectral", "sketch")
)
