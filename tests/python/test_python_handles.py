"""What has a handle: closed, pickled, refused in a fork."""
import copy
import multiprocessing
import pickle
import weakref

import numpy
import pytest

import inspyr
from inspyr import _handle

TINY = numpy.random.default_rng(5).integers(0, 255, (24, 32, 3), "u1")
USES = {
    "Model": (lambda: inspyr.Model(threads=1), lambda it: it.info),
    "Context": (lambda: inspyr.Context(threads=1, cold=True), lambda it: it.status()),
    "Cache": (inspyr.Cache, lambda it: it.statistics("mattes")),
    "Pool": (lambda: inspyr.Pool(2), lambda it: it.width),
    "Trace": (lambda: inspyr.Trace(8192), lambda it: it.json()),
    "Sandbox": (inspyr.Sandbox, lambda it: inspyr.Image.open(b"P5 1 1 255\n\0", sandbox=it)),
}
every = pytest.mark.parametrize("kind", USES)


def made(kind):
    if kind == "Sandbox" and "sandbox" not in inspyr.features():
        pytest.skip("this build has no sandbox")
    return USES[kind][0]()


@every
def test_what_is_closed_is_refused_and_may_be_closed_again(kind):
    with made(kind) as it:
        USES[kind][1](it)
    with pytest.raises(inspyr.InspyrArgumentError, match=f"{kind.lower()} is closed"):
        USES[kind][1](it)
    it.close()


@every
def test_what_is_closed_is_freed_at_once(kind):
    it = made(kind)
    handle = weakref.ref(it._handle)
    it.close()
    assert handle() is None


@every
def test_a_pickle_is_opened_where_it_is_first_used(kind):
    it = made(kind)
    for copied in (pickle.loads(pickle.dumps(it)), copy.copy(it)):
        assert not copied._cell
        USES[kind][1](copied)
        assert copied._cell["handle"] is not it._handle
    it.close()
    USES[kind][1](pickle.loads(pickle.dumps(it)))


def _in_a_child(queue, it, use, closed):
    try:
        if closed:
            it.close()
        else:
            use(it)
        queue.put("no refusal")
    except inspyr.InspyrForkedError:
        queue.put("refused")


@every
def test_a_child_of_a_fork_is_refused_may_close_and_harms_nothing(kind):
    it, context = made(kind), multiprocessing.get_context("fork")
    for closed, want in ((False, "refused"), (True, "no refusal")):
        queue = context.Queue()
        child = context.Process(target=_in_a_child, args=(queue, it, USES[kind][1], closed))
        child.start()
        assert queue.get(timeout=60) == want
        child.join(60)
        assert child.exitcode == 0
    USES[kind][1](it)


def _freed_in_a_child(queue, cell, freed):
    cell.clear()
    queue.put(list(freed))


def test_a_child_of_a_fork_frees_nothing():
    freed, context = [], multiprocessing.get_context("fork")
    cell, queue = [_handle.Handle(1, freed.append)], context.Queue()
    child = context.Process(target=_freed_in_a_child, args=(queue, cell, freed))
    child.start()
    assert queue.get(timeout=60) == []
    child.join(60)
    cell.clear()
    assert freed == [1]


def test_stores_and_jobs_hear_of_the_end_of_the_process(python):
    """A thread holds on to them, so that nothing but the end closes them."""
    assert sorted(python("""
import threading, numpy, inspyr
class Mine(inspyr.Store):
    def close(self): print("closed", flush=True)
def hold(*_): threading.Event().wait()
def start():
    cache, context = inspyr.Cache(store=Mine()), inspyr.Context(cold=True, threads=1)
    jobs = [context.submit(numpy.zeros((64, 64, 3), "u1"), separate=True) for _ in range(20)]
    jobs[-1].add_done_callback(lambda job: print("ended", flush=True))
    threading.Thread(target=hold, args=(cache, context), daemon=True).start()
start()
""").split()) == ["closed", "ended"]


def test_what_a_context_was_given_outlives_it_in_whatever_order_they_are_closed():
    for order in ((0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)):
        each = [inspyr.Cache(), inspyr.Trace(8192), inspyr.Pool(2)]
        each.append(inspyr.Context(cache=each[0], trace=each[1], pool=each[2], wait=True))
        job = each[3].submit(TINY, network_size=32)
        for index in order:
            each[index].close()
        job.exception(60)
