"""Generated aerial scenes with their elevation: the recipes know how high everything stands.

Photo n of a class and height map n of it show one place. A height map is grey: metres above the ground, rounded, as a
laser scanner on a plane would measure the surface; the ground itself is flat.
"""

from zsr_lib.data.sets.generated import GeneratedSource

SOURCE = GeneratedSource(
    "generated_heights", "Generated aerial scenes with height maps", ("photo", "height"), always_paired=True
)
