"""Caches: what they keep, count and forget, and stores in Python behind them."""
import pickle
import threading

import numpy
import pytest

import inspyr


class Drawer(inspyr.Store):
    """A store in a dict, which notes what it was asked."""

    def __init__(self):
        self.entries, self.asked, self.closed = {}, [], 0

    def get(self, name, budget_ns):
        self.asked.append(name)
        entry = self.entries.get(name)
        return entry and bytes(bytearray(entry))  # a copy that nobody else holds on to

    def put(self, name, data, ttl_ms):
        self.entries[name] = data

    def remove(self, prefix):
        for name in [name for name in self.entries if name.startswith(prefix)]:
            del self.entries[name]

    def close(self):
        self.closed += 1


@pytest.fixture
def cat(demo):
    return demo / "chelsea.png"


def test_a_store_in_python_outlives_the_memory_of_a_cache(cat, monkeypatch):
    class Lent(dict):
        count = 0

        def __setitem__(self, number, data):
            super().__setitem__(number, data)
            self.count += 1

    store, origins, lent = Drawer(), [], Lent()
    monkeypatch.setattr(inspyr.cache, "_lent", lent)
    for _ in range(2):
        with inspyr.Cache(store=store) as cache, inspyr.Context(cache=cache, threads=1) as context:
            results = context.submit(cat, effects="popart", encode="png").result(60)
            origins.append([result.origin for result in results])
            context.drain(60)
            cache.flush()
        del cache, context, results
    assert origins == [["compute"] * 2, ["l2"] * 2]
    assert store.closed == 2 and store.entries and store.asked
    assert lent.count >= 2 and not lent  # kept while the library reads, and no longer


def test_a_folder_is_a_second_level_for_several_processes(cat, tmp_path, python):
    program = f"""
import inspyr
with inspyr.Cache(directory={str(tmp_path / "cache")!r}) as cache, inspyr.Context(cache=cache, threads=1) as context:
    print(context.submit({str(cat)!r}, encode="png").result(60)[0].origin)
    context.drain(60)
    cache.flush()
"""
    assert [python(program), python(program)] == ["compute\n", "l2\n"]


def test_a_store_is_asked_while_other_threads_hold_the_interpreter(cat):
    """Eight threads submit at once, and the store, in Python, waits until a second get is in it or was: a binding that
    waited for the library with the interpreter's lock held would never come out of this."""
    store = Drawer()
    with inspyr.Cache(store=store, get_timeout_ms=20000) as cache, \
            inspyr.Context(cache=cache, threads=1) as context:
        pictures = [numpy.full((30 + n, 40, 3), n, "u1") for n in range(8)]
        done = []
        threads = [threading.Thread(target=lambda p=p: done.append(context.submit(p, network_size=32).result(60)))
                   for p in pictures]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert len(done) == 8 and len(store.asked) >= 8


def test_a_store_that_raises_costs_nothing_but_a_line_in_the_log(cat, caplog):
    class Broken(inspyr.Store):
        def get(self, name, budget_ns):
            raise OSError("no disk")

        def put(self, name, data, ttl_ms):
            raise OSError("no disk")

    with caplog.at_level("WARNING", "inspyr"), inspyr.Cache(store=Broken(), breaker_failures=2) as cache, \
            inspyr.Context(cache=cache, threads=1) as context:
        assert context.submit(cat).result(60)[0].origin == "compute"
        context.drain(60)
        cache.flush()
        assert cache.statistics("mattes")["store_failures"] >= 1
    assert "no disk" in caplog.text


def test_a_store_that_returns_rubbish_is_not_believed(cat):
    class Liar(Drawer):
        def get(self, name, budget_ns):
            return b"rubbish"

    with inspyr.Cache(store=Liar()) as cache, inspyr.Context(cache=cache, threads=1) as context:
        assert context.submit(cat).result(60)[0].origin == "compute"
        assert cache.statistics("mattes")["store_corrupt"] >= 1


def test_pictures_can_be_forgotten(cat):
    store = Drawer()
    with inspyr.Cache(store=store) as cache, inspyr.Context(cache=cache, threads=1) as context:
        context.submit(cat).result(60)
        context.drain(60)  # the cache gets its entries when those who wait have their results
        cache.flush()
        assert store.entries and cache.statistics("mattes")["entries"] == 1
        cache.forget(cat.read_bytes())
        cache.flush()
        assert not store.entries and cache.statistics("mattes")["entries"] == 0


def test_caches_are_resized_relieved_and_purged(cat):
    with inspyr.Cache() as cache, inspyr.Context(cache=cache, threads=1) as context:
        context.submit(cat).result(60)
        context.drain(60)
        cache.relieve(0)
        assert cache.statistics("mattes")["entries"] == 1
        cache.purge()
        assert cache.statistics("mattes")["entries"] == 0
        cache.resize("mattes", 1 << 20)
        assert cache.statistics("mattes")["limit"] == 1 << 20
        with pytest.raises(inspyr.InspyrArgumentError, match="mattes, results"):
            cache.statistics("all")
    with pytest.raises(inspyr.InspyrArgumentError, match="one second level"):
        inspyr.Cache(directory="x", redis="redis://x")


def test_bytes_are_given_back_as_on_a_thread_of_the_library(monkeypatch):
    from inspyr import _handle, cache

    marks = []

    class Lent(dict):
        def pop(self, *arguments):
            marks.append(threading.get_ident() in _handle._called)
            return super().pop(*arguments)

    monkeypatch.setattr(cache, "_lent", Lent(cache._lent))
    cache._release(1)
    assert marks == [True] and threading.get_ident() not in _handle._called


def settled(cache, context):
    """The cache gets its entries when those who wait have their results."""
    context.drain(60)
    cache.flush()


def test_the_names_that_are_found_most_often_come_first_with_their_number(cat, demo):
    with inspyr.Cache() as cache:
        assert cache.popular() == []
        with inspyr.Context(cache=cache, threads=1) as context:
            for source, times in ((demo / "astronaut.png", 3), (cat, 6)):
                for _ in range(times):
                    context.submit(source, encode="png").result(60)
                    while not cache.statistics("results")["entries"]:
                        pass
            settled(cache, context)
        found = cache.popular()
        assert len(found) >= 2 and found[0][1] > found[1][1] >= 1 and found == sorted(found, key=lambda f: -f[1])
        assert all(name.startswith("1/") and len(name) == 131 for name, _ in found)
        assert cache.popular(1) == found[:1] and cache.popular(0) == []


def test_a_new_process_warms_its_cache_with_the_names_of_an_old_one(cat):
    store = Drawer()
    with inspyr.Cache(store=store) as cache, inspyr.Context(cache=cache, threads=1) as context:
        want = [context.submit(cat, encode="png").result(60)[0].data for _ in range(4)][0]
        settled(cache, context)
        names = [name for name, _ in cache.popular()] or list(store.entries)
    with inspyr.Cache(store=store) as cache, inspyr.Context(cache=cache, threads=1) as context:
        other = names[0][:-1] + ("0" if names[0][-1] != "0" else "1")
        assert cache.warm([*names, other]) == len(names) and cache.warm([]) == 0
        store.entries.clear()
        result = context.submit(cat, encode="png").result(60)[0]
        assert result.origin == "l1" and result.data == want
        with pytest.raises(inspyr.InspyrArgumentError):
            cache.warm(["no name"])


@pytest.mark.parametrize("kind", ("array", "pil", "path", "bgr"))
def test_a_picture_is_forgotten_by_what_was_submitted(cat, kind):
    image = inspyr.Image.open(cat)
    source = {"array": image.numpy(), "pil": image.pil(), "path": cat, "bgr": image.numpy()}[kind]
    order = "bgr" if kind == "bgr" else "rgb"
    with inspyr.Cache() as cache, inspyr.Context(cache=cache, threads=1) as context:
        context.submit(source, order=order).result(60)
        context.submit(numpy.zeros((40, 40, 3), "u1"), network_size=32).result(60)
        settled(cache, context)
        assert cache.statistics("mattes")["entries"] == 2
        cache.forget(source, order)
        assert cache.statistics("mattes")["entries"] == 1


def test_options_of_stores_reach_them(cat, tmp_path):
    with inspyr.Cache(directory=tmp_path, max_entry_bytes=1) as cache, \
            inspyr.Context(cache=cache, threads=1) as context:
        context.submit(cat).result(60)
        settled(cache, context)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and len(path.name) > 32]
    for option in ({"prefix": "bad prefix\n"}, {"connect_timeout_ms": -1}, {"command_timeout_ms": -1}):
        with pytest.raises(inspyr.InspyrError):
            inspyr.Cache(redis="redis://localhost", **option)
