import numpy as np

from tests.models.shapes import shapes_task, with_text
from zsr_lib.data.words.asks import asked_together


def test_a_sketch_asks_with_a_sentence_about_a_photo_of_its_class():
    dataset = with_text(shapes_task()).dataset
    sketches, text = dataset.sketches, dataset.of("text")
    made = asked_together(sketches, text)
    assert made.modality == "ask"
    assert made.ids.tolist() == sketches.ids.tolist()
    of_photo = dict(zip(dataset.photos.ids, dataset.photos.class_names, strict=True))
    assert [of_photo[each] for each in made.pairs] == made.class_names.tolist()
    said = dict(zip(text.sentences.tolist(), text.pairs.tolist(), strict=False))
    assert set(made.sentences) <= set(said)
    np.testing.assert_array_equal(asked_together(sketches, text).sentences, made.sentences)


def test_sketches_of_classes_without_sentences_drop_out():
    dataset = with_text(shapes_task()).dataset
    made = asked_together(dataset.sketches, dataset.of("text").of_classes(["disc"]))
    assert set(made.class_names) == {"disc"}
    assert len(made) == 6
