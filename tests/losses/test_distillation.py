import pytest
import torch

from zsr_lib.losses.distillation import distillation


def test_who_says_what_the_teacher_says_pays_nothing(draw):
    logits = draw(5, 7)
    assert distillation(logits, logits).item() == pytest.approx(0, abs=1e-12)
    assert distillation(logits + 3.0, logits - draw(5, 1)).item() == pytest.approx(0, abs=1e-12)


def test_logarithms_of_probabilities_are_logits(draw):
    logits, probabilities = draw(5, 7), draw(5, 7).softmax(dim=1)
    assert distillation(logits, probabilities.log()).item() == pytest.approx(
        torch.nn.functional.kl_div(logits.log_softmax(dim=1), probabilities, reduction="batchmean").item()
    )


def test_it_is_not_symmetric_and_never_negative(draw):
    first, second = draw(5, 7), draw(5, 7)
    assert distillation(first, second) > 0
    assert distillation(first, second).item() != pytest.approx(distillation(second, first).item())


def test_descending_leads_to_the_teacher(draw):
    logits, teacher = draw(4, 3).requires_grad_(), draw(4, 3)
    for _ in range(500):
        (gradient,) = torch.autograd.grad(distillation(logits, teacher), logits)
        with torch.no_grad():
            logits -= 5.0 * gradient
    torch.testing.assert_close(logits.softmax(dim=1), teacher.softmax(dim=1), rtol=0, atol=1e-3)
