import os
import signal
import threading

import pytest

from zsr_lib.training.interrupt import deferred_interrupt


def press():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_is_noted_the_second_interrupts():
    with deferred_interrupt() as interrupt:
        assert not interrupt.asked
        press()
        assert interrupt.asked
        with pytest.raises(KeyboardInterrupt):
            press()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_afterwards_ctrl_c_is_what_it_was():
    with deferred_interrupt():
        pass
    with pytest.raises(KeyboardInterrupt):
        press()


def test_another_handler_is_left_alone():
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    try:
        with deferred_interrupt() as interrupt:
            press()
    finally:
        signal.signal(signal.SIGINT, before)
    assert (heard, interrupt.asked) == ([1], False)


def test_other_threads_can_train():
    results = []

    def work():
        with deferred_interrupt() as interrupt:
            results.append(interrupt.asked)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert results == [False]
