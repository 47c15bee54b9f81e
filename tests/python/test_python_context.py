"""Contexts, jobs, metrics."""
import asyncio
import concurrent.futures
import gc
import json
import pickle
import threading

import numpy
import pytest

import inspyr


@pytest.fixture(scope="module")
def context():
    with inspyr.Context(threads=2) as context:
        yield context


@pytest.fixture
def cat(demo):
    return demo / "chelsea.png"


def test_a_context_opens_at_once_and_becomes_ready():
    with inspyr.Context(cold=True, threads=1) as context:
        assert context.state == "cold" and context.status().attempt == 0
        with pytest.raises(inspyr.InspyrNotReadyError):
            context.info
        context.warmup([32], timeout=60)
        assert context.state == "ready" and context.info.name == "nano" and context.status().attempt == 1


def test_results_of_jobs_are_those_of_the_call(context, cat):
    job = context.submit(cat, effects="classic", encode="png", seed=3)
    results = job.result(60)
    assert isinstance(job, concurrent.futures.Future) and job.done() and not job.running()
    assert [r.effect for r in results] == ["", *inspyr.parse_effects("classic")]
    cutout = inspyr.cutout(cat)
    assert results[0].data == cutout.encode("png")
    for result, drawn in zip(results[1:], inspyr.apply_effects(cutout, "classic", seed=3).values()):
        assert result.data == drawn.encode("png") and result.image is None and result.error is None


def test_images_of_jobs_are_memory_of_the_job_and_outlive_everything(cat):
    with inspyr.Context(threads=1) as context:
        image = context.submit(cat, type="map").result(60)[0].image
    assert numpy.array_equal(image.numpy(), inspyr.cutout(cat, "map").numpy())


def test_arrays_and_pil_images_are_submitted_as_views(context, cat):
    array = inspyr.Image.open(cat).numpy()
    for source in (array, inspyr.Image.open(cat), inspyr.Image.open(cat).pil(), cat.read_bytes()):
        assert context.submit(source).result(60)[0].image.size == (451, 300)
    flipped = numpy.ascontiguousarray(array[..., ::-1])
    assert context.submit(flipped, order="bgr").result(60)[0].image.tobytes() == inspyr.cutout(cat).tobytes()


def test_jobs_can_be_awaited_and_gathered(context, cat):
    async def main():
        return await asyncio.gather(*(context.submit(cat, no_lookup=True, separate=True) for _ in range(6)))

    assert [len(results) for results in asyncio.run(main())] == [1] * 6


def test_jobs_work_with_the_functions_of_concurrent_futures(context, cat):
    jobs = [context.submit(cat, type=kind) for kind in ("map", "white", "blur")]
    assert set(concurrent.futures.as_completed(jobs, 60)) == set(jobs)
    assert not concurrent.futures.wait(jobs, 60).not_done


def test_results_are_told_as_they_come_and_the_end_after_them(context, cat):
    told, ended = [], threading.Event()
    job = context.submit(cat, effects="classic", on_result=lambda result: told.append((result, ended.is_set())))
    job.add_done_callback(lambda job: ended.set())
    results = job.result(60)
    assert ended.wait(60) and sorted(r.position for r, _ in told) == list(range(5))
    assert not any(late for _, late in told)
    for result, _ in told:
        assert result.image.tobytes() == results[result.position].image.tobytes()
        assert isinstance(result.image._owner, bytes)  # its own: there may be no job yet that could keep it


def test_a_job_that_nobody_holds_ends_all_the_same(context, cat):
    ended = threading.Event()
    context.submit(cat, no_lookup=True).add_done_callback(lambda job: ended.set())
    gc.collect()
    assert ended.wait(60)


def test_a_context_that_is_dropped_in_its_own_callback_is_freed():
    ended = threading.Event()
    cell = [inspyr.Context(threads=1)]
    job = cell[0].submit(numpy.zeros((40, 40, 3), "u1"), network_size=32)

    def drop(_):
        cell.clear()
        ended.set()

    job.add_done_callback(drop)
    del job
    assert ended.wait(60)


def test_cancel_ends_a_job_as_futures_are_cancelled(cat):
    with inspyr.Context(cold=True, threads=1) as context:
        jobs = [context.submit(cat, no_lookup=True, separate=True) for _ in range(5)]
        assert jobs[-1].cancel()
        with pytest.raises(concurrent.futures.CancelledError):
            jobs[-1].result(60)
        assert jobs[-1].cancelled() and jobs[0].result(60) and not jobs[0].cancel()


def test_jobs_that_are_left_when_a_context_is_closed_are_cancelled(cat):
    context = inspyr.Context(cold=True, threads=1)
    jobs = [context.submit(cat, no_lookup=True, separate=True) for _ in range(8)]
    context.close()
    ended = [job.exception(60) for job in jobs]
    assert isinstance(ended[-1], inspyr.InspyrCancelledError)
    with pytest.raises(inspyr.InspyrArgumentError, match="closed"):
        context.submit(cat)


def test_a_full_queue_a_drained_context_and_a_late_deadline_have_errors_of_their_own(cat):
    with inspyr.Context(cold=True, threads=1, queue_items=1, max_batch=1, max_wait_ms=-1) as context:
        held = []
        with pytest.raises(inspyr.InspyrOverloadError):
            for _ in range(50):
                held.append(context.submit(cat, no_lookup=True, separate=True))
        assert held and all(job.result(60) for job in held)
        with pytest.raises(inspyr.InspyrDeadlineError):
            while True:
                context.submit(cat, deadline_ms=1, no_lookup=True, separate=True).result(60)
        context.drain(60)
        with pytest.raises(inspyr.InspyrNotReadyError):
            context.submit(cat)
        assert context.state == "draining" and all(job.done() for job in held)


def test_one_bad_picture_spoils_no_batch(context, cat):
    good, bad, gone = context.process([cat, b"no picture", "gone.png"])
    assert good[0].image and isinstance(bad, inspyr.InspyrImageFormatError) and isinstance(gone, FileNotFoundError)


def test_more_pictures_than_fit_the_queue_wait_their_turn():
    pictures = [numpy.full((24, 24, 3), n, "u1") for n in range(12)]
    with inspyr.Context(threads=1, queue_items=2, max_batch=1, max_wait_ms=-1) as context:
        done = context.process(pictures, network_size=32)
    assert [results[0].image.size for results in done] == [(24, 24)] * 12


def test_compat_reads_files_and_pil_images_as_they_are_stored(context, demo):
    import io

    from PIL import Image as pillow

    file, exif = io.BytesIO(), pillow.Exif()
    exif[0x0112] = 6
    pillow.open(demo / "chelsea.png").save(file, "PNG", exif=exif)
    for source in (file.getvalue(), pillow.open(file)):
        assert context.submit(source).result(60)[0].image.size == (300, 451)
        job = context.submit(source, type="map", compat=True)
        assert job.result(60)[0].image.tobytes() == inspyr.cutout(file.getvalue(), "map", compat=True).tobytes()


def test_a_failing_callback_is_logged_and_the_job_ends(context, cat, caplog):
    with caplog.at_level("ERROR", "inspyr"):
        assert context.submit(cat, on_result=lambda result: 1 // 0).result(60)
    assert "ZeroDivisionError" in caplog.text


def test_contexts_and_caches_pickle_as_their_arguments(cat):
    context = pickle.loads(pickle.dumps(inspyr.Context(cold=True, threads=1, cache=inspyr.Cache())))
    assert context.state == "cold"
    assert context.submit(cat).result(60)[0].origin == "compute"
    assert context.submit(cat).result(60)[0].origin in ("l1", "joined")
    assert pickle.loads(pickle.dumps(inspyr.Trace(8192))).json()


def test_a_level_is_entered_while_jobs_wait_too_long_and_some_may_refuse_it():
    picture, jobs = numpy.zeros((48, 48, 3), "u1"), []
    with inspyr.Context(threads=1, max_batch=1, max_wait_ms=-1, levels=[inspyr.Level(1, network_size=32)]) as context:
        while context.status().level == 0:  # a few wait all the time
            jobs.append(context.submit(picture, separate=True))
            jobs[max(0, len(jobs) - 4)].result(60)
        less = context.submit(picture, separate=True).result(60)[0]
        full = context.submit(picture, separate=True, full_quality=True).result(60)[0]
    assert less.level == 1 and less.network_size == (32, 32)
    assert full.level == 0 and full.network_size == (384, 384)


def test_unknown_options_are_refused_by_name(cat):
    with pytest.raises(inspyr.InspyrArgumentError, match="worker"):
        inspyr.Context(worker=3)
    with inspyr.Context(cold=True) as context, pytest.raises(TypeError, match="colour"):
        context.submit(cat, colour=3)


def test_metrics_count_what_was_done(cat):
    trace = inspyr.Trace()
    with inspyr.Context(threads=1, trace=trace) as context:
        for _ in range(3):
            context.submit(cat).result(60)
        with pytest.raises(inspyr.InspyrImageFormatError):
            context.submit(b"no picture").result(60)
        context.drain(60)
        numbers, text = context.metrics(), context.metrics_text()
    assert numbers["requests"] == 4 and numbers["ok"] == 3 and numbers["invalid"] == 1
    assert len(numbers["all_seconds"]) == 4 and numbers["state"] == "draining"
    assert text.endswith("# EOF\n") and "inspyr_requests" in text
    names = {event["name"] for event in json.loads(trace.json())["traceEvents"] if "name" in event}
    assert {"request", "infer"} <= names


def test_a_process_that_just_ends_ends(python, cat):
    python(f"""
import inspyr
class Mine(inspyr.Store):
    def put(self, name, data, ttl_ms): self.last = data
context = inspyr.Context(cache=inspyr.Cache(store=Mine()), threads=2)
jobs = [context.submit({str(cat)!r}, no_lookup=True, separate=True) for _ in range(4)]
""")


def test_memory_is_flat_over_a_thousand_jobs():
    from test_python_process import stays_flat

    picture = numpy.zeros((24, 32, 3), "u1")
    with inspyr.Context(threads=1, max_wait_ms=-1) as context:
        stays_flat("jobs", lambda: context.submit(picture, network_size=32, on_result=lambda _: None).result(60))


def test_an_estimate_grows_with_the_picture_and_what_is_made_of_it(context):
    context.warmup(timeout=60)
    small = context.estimate(100, 100)
    assert small < context.estimate(4000, 3000) < context.estimate(4000, 3000, effects="classic")
    assert context.estimate(4000, 3000) - small >= 4 * (4000 * 3000 - 100 * 100)  # the result alone
    with pytest.raises(inspyr.InspyrArgumentError):
        context.estimate(0, 100)
    job = numpy.zeros((300, 400, 3), "u1")
    with inspyr.Context(threads=1, memory_budget=small // 100) as bounded:
        with pytest.raises(inspyr.InspyrOverloadError):
            bounded.submit(job).result(60)


def test_what_bounds_a_model_bounds_that_of_a_context():
    with inspyr.Context(threads=1, workspace_limit=1 << 20) as context:
        with pytest.raises(inspyr.InspyrMemoryError):
            context.submit(numpy.zeros((300, 400, 3), "u1")).result(60)
