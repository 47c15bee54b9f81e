"""Threads, forks, memory, callbacks: what a long-lived process does to the package."""
import logging
import multiprocessing
import os
import pickle
import resource
import threading

import numpy
import pytest

import inspyr

TINY = numpy.random.default_rng(5).integers(0, 255, (24, 32, 3), "u1")


@pytest.fixture(scope="module")
def model():
    with inspyr.Model(threads=1) as model:
        yield model


def test_eight_threads_are_in_the_library_at_once(model):
    """Each waits in its progress callback until all eight are there: with the interpreter's lock held in calls, or a
    lock in the model, the second would never come."""
    together = threading.Barrier(8, timeout=60)
    met, results = set(), []

    def meet(now):
        if now.stage == "network" and threading.get_ident() not in met:
            met.add(threading.get_ident())
            together.wait()

    def work():
        results.append(model.cutout(TINY, network_size=32, progress=meet))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(met) == len(results) == 8
    assert all(numpy.array_equal(result, results[0]) for result in results)


def test_python_runs_while_a_call_does(python):
    """Threads change only where the lock is let go, not by time: so a call that another thread sees from outside has
    let go of it."""
    assert python("""
import sys, threading, numpy, inspyr
sys.setswitchinterval(1000)
model = inspyr.Model(threads=1)
thread = threading.Thread(target=model.cutout, args=(numpy.zeros((64, 64, 3), "u1"),))
thread.start()
seen = False
while thread.is_alive() and not seen:
    frame = sys._current_frames().get(thread.ident)
    seen = frame is not None and frame.f_code.co_name == "attempt" and frame.f_locals["name"] == "remove_background"
    thread.join(0.001)
print(seen)
""") == "True\n"


CALLS = 5000 if os.environ.get("INSPYR_SOAK") else 1000


def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def stays_flat(what, once):
    for _ in range(200):
        once()
    before = resident()
    for _ in range(CALLS):
        once()
    more = resident() - before
    print(f"{CALLS} {what}: {before / 1e6:.1f} MB before, {more / 1e6:+.2f} after")
    assert more < 2 << 20


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc")
def test_memory_is_flat_over_a_thousand_calls(model):
    def once():
        model.cutout(TINY, network_size=32, effects="popart")
        inspyr.Image.of(TINY).encode()
        try:
            inspyr.Image.open(b"no picture")
        except inspyr.InspyrError:
            pass

    stays_flat("calls", once)


def test_models_that_are_loaded_and_closed_leave_nothing(model):
    for _ in range(5):
        inspyr.Model(threads=2).close()
    before = resident()
    for _ in range(20):
        inspyr.Model(threads=2).close()
    assert resident() - before < 4 << 20
    assert len(os.listdir("/proc/self/task")) < 10


def _refused(queue, model, pool):
    try:
        print(pool.width)  # no status: the library itself could not refuse
    except inspyr.InspyrForkedError:
        try:
            model.cutout(TINY)
        except inspyr.InspyrForkedError as error:
            queue.put(pickle.dumps(error))
            return
    queue.put(b"")


def test_a_handle_of_the_parent_is_refused_in_a_fork_and_good_in_the_parent(model):
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_refused, args=(queue, model, inspyr.Pool(2)))
    child.start()
    error = pickle.loads(queue.get(timeout=60))
    child.join(60)
    assert child.exitcode == 0 and type(error) is inspyr.InspyrForkedError and str(os.getpid()) in str(error)
    model.cutout(TINY, network_size=32)


def _with_a_model_of_its_own(queue):
    queue.put(inspyr.cutout(TINY).tobytes())


def test_the_one_line_works_in_a_fork_of_a_process_that_used_it():
    want = inspyr.cutout(TINY).tobytes()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_with_a_model_of_its_own, args=(queue,))
    child.start()
    assert queue.get(timeout=60) == want
    child.join(60)
    assert child.exitcode == 0


def _cut(model):
    return model.state, model.cutout(TINY, network_size=32), model.state


def test_models_travel_to_other_processes_as_their_configuration(model):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        before, result, after = pool.apply(_cut, (inspyr.Model(threads=1, pool=None),))
    assert (before, after) == ("cold", "ready")
    assert numpy.array_equal(result, model.cutout(TINY, network_size=32))


def test_pools_pickle_and_are_shared_by_models():
    pool = pickle.loads(pickle.dumps(inspyr.Pool(2)))
    assert pool.width == 2
    first, second = inspyr.Model(pool=pool), inspyr.Model(pool=pool)
    del pool
    assert first.info.pool_width == 2
    first.close()
    second.cutout(TINY, network_size=32)


def test_a_model_that_is_closed_during_a_call_is_freed_after_it():
    model = inspyr.Model(threads=2)
    closed = []

    def close(now):
        if not closed:
            model.close()
            closed.append(now)

    model.cutout(TINY, network_size=32, progress=close)
    with pytest.raises(inspyr.InspyrArgumentError, match="closed"):
        model.cutout(TINY)


def test_handles_in_a_cycle_are_freed_before_what_they_need():
    import gc

    from inspyr._handle import Handle

    for _ in range(50):
        order = []
        pool = Handle(1, order.append)
        models = [Handle(2, order.append, (pool,)), Handle(3, order.append, (pool,))]
        cycle = [pool, *models]
        cycle.append(cycle)
        del pool, models, cycle
        gc.collect()
        assert sorted(order) == [1, 2, 3] and order[-1] == 1


def test_false_ends_a_call_and_an_exception_comes_out_of_it(model):
    with pytest.raises(inspyr.InspyrCancelledError):
        model.cutout(TINY, progress=lambda now: False)
    with pytest.raises(ZeroDivisionError):
        model.cutout(TINY, progress=lambda now: 1 // 0)
    with pytest.raises(KeyError):
        inspyr.apply_effects(TINY, "popart", progress=lambda now: {}["x"])


def test_progress_names_its_stages_and_never_goes_back(model):
    seen = []
    model.cutout(TINY, progress=seen.append)
    assert {now.stage for now in seen} >= {"prepare", "network", "matte", "compose"}
    assert [now.fraction for now in seen] == sorted(now.fraction for now in seen) and seen[-1].fraction == 1


def test_ctrl_c_ends_the_call_that_is_running(python):
    """The interrupt has to come out of the callback, not after the call."""
    assert python("""
import os, signal, traceback, numpy, inspyr
model = inspyr.Model(threads=1)
picture = numpy.zeros((64, 64, 3), "u1")
signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
signal.setitimer(signal.ITIMER_REAL, 0.3)
try:
    model.cutout(picture, network_size=2048)
except KeyboardInterrupt as interrupt:
    print("_listener" in [frame.name for frame in traceback.extract_tb(interrupt.__traceback__)])
model.cutout(picture)
""") == "True\n"


def test_the_library_is_loaded_without_numpy_pillow_or_tqdm(python):
    assert python("import sys, inspyr\nprint([m for m in ('numpy', 'PIL', 'tqdm', 'asyncio.events') "
                  "if m in sys.modules][:3])") in ("[]\n", "['asyncio.events']\n")


def test_nothing_is_printed_and_lines_go_to_the_logger(python):
    assert python("import inspyr\ninspyr.Model(device='cuda:77', required=False)") == ""
    lines = []

    class Listener(logging.Handler):
        def emit(self, record):
            lines.append(record)

    logger = logging.getLogger("test.inspyr")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(Listener())
    inspyr.Model(device="cuda:77", required=False, log=logger)
    assert {record.levelname for record in lines} == {"INFO", "WARNING"}
    assert all(record.name == "test.inspyr" for record in lines)
    lines.clear()
    inspyr.Model(log=None)
    assert not lines


def test_tqdm_shows_the_stages_where_it_is_installed(model, monkeypatch):
    import sys
    import types

    moved = []

    class Bar:
        n = 0

        def __init__(self, total, **_):
            assert total == 100

        def __enter__(self):
            return self

        def __exit__(self, *_):
            moved.append("closed")

        def set_description_str(self, text, refresh):
            moved.append(text)

        def update(self, by):
            self.n += by

    module = types.ModuleType("tqdm.auto")
    module.tqdm = Bar
    monkeypatch.setitem(sys.modules, "tqdm.auto", module)
    model.cutout(TINY, progress=True)
    assert "network" in moved and moved[-1] == "closed"
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    model.cutout(TINY, progress=True)


def test_warm_models_say_what_they_are(model):
    model.warmup(network_size=64)
    info = model.info
    assert info.name == "nano" and info.engine == "plain" and info.container == "builtin" and model.state == "ready"
    assert info.workspace_bytes > 0


def test_weights_that_are_not_there_say_how_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setenv("INSPYR_MODEL_DIR", str(tmp_path))
    with pytest.raises(inspyr.InspyrFileError, match="inspyr pull base"):
        inspyr.Model("base")
    with pytest.raises(inspyr.InspyrFileError):
        inspyr.Model(tmp_path / "none.safetensors")


def test_weights_come_from_a_path_the_folder_for_models_or_bytes(root, tmp_path, monkeypatch):
    nano = root / "src/models/nano.safetensors"
    monkeypatch.setenv("INSPYR_MODEL_DIR", str(tmp_path))
    (tmp_path / "mine.safetensors").symlink_to(nano)
    for source in (nano, "mine.safetensors", nano.read_bytes()):
        assert inspyr.Model(source, threads=1).info.container == "safetensors"
