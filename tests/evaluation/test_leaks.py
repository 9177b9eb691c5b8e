import pytest

from zsr_lib.evaluation.leaks import UNLABELLED, Leak, LeakError, TrainedPart, audit, check_declared

UNSEEN = ("airplane", "storagetanks")
CLEAN = (TrainedPart("feature extractor", ("river", "harbor")), TrainedPart("ITQ", ("river",), ("river/1",)))


def test_a_clean_run():
    verdict = audit(CLEAN, UNSEEN, ["airplane/1"])
    assert (verdict.label, verdict.leaks, str(verdict)) == ("clean", (), "clean")


def test_the_offending_part_and_its_classes_are_named_in_any_spelling():
    parts = (*CLEAN, TrainedPart("semantics", ("Aeroplane", "Storage tank", "River")))
    with pytest.raises(LeakError, match="'semantics' has seen unseen classes airplane, storagetanks") as caught:
        audit(parts, UNSEEN)
    assert "ITQ" not in str(caught.value)


def test_items_leak_too():
    part = TrainedPart("model selection", (), tuple(f"airplane/{number}" for number in range(5)))
    with pytest.raises(LeakError, match="unseen items airplane/0, airplane/1, airplane/2 and 1 more"):
        audit([part], UNSEEN, [f"airplane/{number}" for number in range(4)])


def test_a_part_that_does_not_say_is_refused():
    with pytest.raises(LeakError, match="'CLIP' does not say"):
        audit([TrainedPart("CLIP", None)], UNSEEN)


def test_legacy_runs_are_labelled_instead():
    verdict = audit([TrainedPart("extractor", ("airplane",))], UNSEEN, legacy=True)
    assert verdict.label == "legacy"
    assert verdict.leaks == (Leak("extractor", ("airplane",)),)
    assert str(verdict) == "legacy; 'extractor' has seen unseen classes airplane"


def test_a_run_marked_legacy_that_does_not_leak_is_clean():
    assert audit(CLEAN, UNSEEN, legacy=True).label == "clean"


def test_another_idea_of_sameness_can_be_given():
    parts = [TrainedPart("extractor", ("AIRPLANE",))]
    assert audit(parts, UNSEEN, key=str).label == "clean"
    with pytest.raises(LeakError):
        audit(parts, UNSEEN, key=str.lower)


def test_nameless_classes_never_match():
    assert audit([TrainedPart("extractor", ("--",))], ["__", "airplane"]).label == "clean"


LOOKED = [TrainedPart("photos", ("river", "harbor")), TrainedPart("sketches", ("river",))]


def test_what_is_declared_agrees_with_what_was_looked_at_in_any_spelling():
    check_declared([TrainedPart("heads", ("River", "harbour"))], LOOKED)
    check_declared([], [])


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "looked at river, harbor and declares no part"),
        ([TrainedPart("heads", ("river",))], "looked at harbor and declares"),
        ([TrainedPart("heads", ("river", "harbor", "airliner"))], "declares airliner and looked at no such"),
    ],
)
def test_a_declaration_that_does_not_agree_is_refused(parts, message):
    with pytest.raises(LeakError, match=message):
        check_declared(parts, LOOKED)


def test_parts_on_items_without_labels_are_neither_clean_nor_leaks():
    parts = (*CLEAN, TrainedPart("pretext network", UNLABELLED))
    verdict = audit(parts, (*UNSEEN, "unlabelled"))
    assert (verdict.label, verdict.leaks, verdict.unlabelled) == ("unlabelled", (), ("pretext network",))
    assert str(verdict) == "unlabelled; 'pretext network' was fitted on items without labels"
    with pytest.raises(LeakError, match="unseen items airplane/1"):
        audit([TrainedPart("pretext network", UNLABELLED, ("airplane/1",))], UNSEEN, ["airplane/1"])
    leaking = audit([*parts, TrainedPart("extractor", ("airplane",))], UNSEEN, legacy=True)
    assert (leaking.label, leaking.unlabelled) == ("legacy", ("pretext network",))


def test_a_part_without_labels_covers_what_was_looked_at_but_nothing_invented():
    unlabelled = TrainedPart("pretext network", UNLABELLED)
    check_declared([unlabelled], LOOKED)
    check_declared([unlabelled, TrainedPart("heads", ("river",))], LOOKED)
    with pytest.raises(LeakError, match="declares canal"):
        check_declared([unlabelled, TrainedPart("heads", ("canal",))], LOOKED)
