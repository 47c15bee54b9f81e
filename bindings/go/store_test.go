package inspyr_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"inspyr"
)

// stored answers one request with a cache of its own before the store, and says what the cache did.
func stored(t *testing.T, options inspyr.CacheOptions) (inspyr.JobResult, inspyr.CacheStats) {
	t.Helper()
	if options.GetTimeout == 0 {
		options.GetTimeout = time.Minute // of a machine that is busy
	}
	cache, err := inspyr.OpenCache(&options)
	must(t, err)
	c, err := inspyr.OpenContext(&inspyr.ContextOptions{Cache: cache})
	must(t, err)
	job, err := c.Submit(background, file(t, 40, 30), &inspyr.Request{Cutout: &small, Encode: &inspyr.EncodeOptions{}})
	result := finished(t, job, err)[0]
	must(t, job.Close())
	must(t, c.Close()) // after which nothing is put any more
	must(t, cache.Flush(background))
	mattes, results, err := cache.Stats()
	must(t, err)
	results.StoreFailures += mattes.StoreFailures
	results.StoreCorrupt += mattes.StoreCorrupt
	results.StoreSkipped += mattes.StoreSkipped
	must(t, cache.Close())
	return result, results
}

func TestAStoreOfGosIsTheSecondLevelOfOneCacheAfterAnother(t *testing.T) {
	goods := &shop{}
	first, _ := stored(t, inspyr.CacheOptions{Store: goods, TTL: time.Hour})
	goods.ended(t)
	if first.Origin != inspyr.OriginCompute || len(goods.names()) == 0 {
		t.Fatal(first.Origin, goods.names())
	}
	for _, life := range goods.lives {
		if life <= 0 || life > time.Hour {
			t.Error(life)
		}
	}
	for _, name := range goods.names() {
		if len(name) != 131 || !strings.HasPrefix(name, "1/") {
			t.Error(name)
		}
	}
	goods.closed = 0
	second, stats := stored(t, inspyr.CacheOptions{Store: goods})
	goods.ended(t)
	if second.Origin != inspyr.OriginL2 || !bytes.Equal(first.Bytes, second.Bytes) || stats.StoreHits != 1 {
		t.Errorf("%v, %+v", second.Origin, stats)
	}
}

func TestForgettingReachesAStoreByPrefix(t *testing.T) {
	goods := &shop{}
	cache, err := inspyr.OpenCache(&inspyr.CacheOptions{Store: goods})
	must(t, err)
	request := &inspyr.Request{Cutout: &small, Encode: &inspyr.EncodeOptions{}}
	for i, it := range []struct {
		submit func(c *inspyr.Context) (*inspyr.Job, error)
		forget func() error
	}{
		{func(c *inspyr.Context) (*inspyr.Job, error) { return c.Submit(background, file(t, 40, 30), request) },
			func() error { return cache.Forget(file(t, 40, 30)) }},
		{func(c *inspyr.Context) (*inspyr.Job, error) { return c.SubmitImage(background, cat(40, 30), request) },
			func() error { return cache.ForgetImage(part(cat(40, 30))) }},
	} {
		c := open(t, &inspyr.ContextOptions{Cache: cache})
		job, err := it.submit(c)
		finished(t, job, err)
		must(t, job.Close())
		must(t, c.Close()) // after which nothing is put any more
		must(t, cache.Flush(background))
		before := len(goods.names())
		must(t, it.forget())
		must(t, cache.Flush(background))
		if before == 0 || len(goods.names()) != 0 || len(goods.prefixes) != i+1 || len(goods.prefixes[i]) != len("1//")+64 {
			t.Errorf("%d entries, then %v; removed %v", before, goods.names(), goods.prefixes)
		}
	}
	must(t, cache.Close())
	goods.ended(t)
}

func TestWhatAStoreDamagesIsMadeAnew(t *testing.T) {
	goods := &shop{}
	first, _ := stored(t, inspyr.CacheOptions{Store: goods})
	for _, sealed := range goods.kept {
		sealed[len(sealed)/2] ^= 1
	}
	goods.closed = 0
	second, stats := stored(t, inspyr.CacheOptions{Store: goods})
	if second.Origin != inspyr.OriginCompute || !bytes.Equal(first.Bytes, second.Bytes) || stats.StoreCorrupt == 0 {
		t.Errorf("%v, %+v", second.Origin, stats)
	}
	for name := range goods.kept {
		goods.kept[name] = []byte{} // not nil: something was there
	}
	goods.closed = 0
	if third, stats := stored(t, inspyr.CacheOptions{Store: goods}); third.Origin != inspyr.OriginCompute || stats.StoreCorrupt == 0 {
		t.Errorf("%v, %+v", third.Origin, stats)
	}
}

func TestAStoreThatPanicsOrFailsFailsNoRequest(t *testing.T) {
	want, _ := stored(t, inspyr.CacheOptions{})
	for _, panics := range []bool{true, false} {
		var mutex sync.Mutex
		var lines []string
		goods := &shop{instead: func(_ context.Context, method string) error {
			if panics {
				panic("no " + method)
			}
			return errors.New("no " + method)
		}}
		got, stats := stored(t, inspyr.CacheOptions{Store: goods, Log: func(level inspyr.LogLevel, line string) {
			mutex.Lock()
			defer mutex.Unlock()
			lines = append(lines, line)
		}})
		goods.ended(t)
		if got.Origin != inspyr.OriginCompute || !bytes.Equal(got.Bytes, want.Bytes) || stats.StoreFailures < 2 {
			t.Errorf("%v, %+v", got.Origin, stats)
		}
		heard := strings.Join(lines, "\n")
		if panics && (!strings.Contains(heard, "panicked in Get: no Get") || !strings.Contains(heard, "panicked in Put: no Put")) {
			t.Error(heard)
		}
		if !strings.Contains(heard, "no Close") {
			t.Error(heard)
		}
	}
}

func TestAStoreInTroubleIsLeftAlone(t *testing.T) {
	var mutex sync.Mutex
	var lines []string
	goods := &shop{instead: func(context.Context, string) error { return errors.New("down") }}
	_, stats := stored(t, inspyr.CacheOptions{Store: goods, BreakerFailures: 1, BreakerPause: time.Hour,
		Log: func(_ inspyr.LogLevel, line string) {
			mutex.Lock()
			defer mutex.Unlock()
			lines = append(lines, line)
		}})
	if !stats.StoreLeftAlone || stats.StoreSkipped == 0 || len(lines) == 0 {
		t.Errorf("%+v %q", stats, lines)
	}
}

func TestWhatAStoreFoundIsCopiedAndCounted(t *testing.T) {
	goods := &shop{}
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	// in its memory the cache has no room for results
	cache, err := inspyr.OpenCache(&inspyr.CacheOptions{Store: goods, Memory: memory, ResultBytes: 1 << 10, GetTimeout: time.Minute})
	must(t, err)
	c := open(t, &inspyr.ContextOptions{Cache: cache})
	request := &inspyr.Request{Cutout: &small, Encode: &inspyr.EncodeOptions{File: inspyr.PAM}}
	job, err := c.Submit(background, file(t, 300, 200), request)
	first := finished(t, job, err)[0]
	must(t, job.Close())
	must(t, cache.Flush(background))
	before := memory.Use().Bytes
	job, err = c.Submit(background, file(t, 300, 200), request)
	must(t, err)
	must(t, job.Wait(background))
	goods.mutex.Lock()
	for _, sealed := range goods.kept {
		for i := range sealed {
			sealed[i] = 0
		}
	}
	goods.mutex.Unlock()
	second := job.Results()[0]
	if second.Origin != inspyr.OriginL2 || !bytes.Equal(first.Bytes, second.Bytes) {
		t.Errorf("%v, or other bytes", second.Origin)
	}
	if held := memory.Use().Bytes - before; held < uint64(len(second.Bytes)/2) { // other things go meanwhile
		t.Errorf("a result of %d bytes takes %d", len(second.Bytes), held)
	}
	must(t, c.Close())
	must(t, cache.Close())
	must(t, job.Close())
	if use := memory.Use(); use.Blocks != 0 {
		t.Errorf("%+v", use)
	}
	must(t, memory.Close())
}

func TestClosingACacheEndsTheCallsOfItsStore(t *testing.T) {
	began := make(chan struct{}, 100)
	goods := &shop{}
	goods.instead = func(ctx context.Context, method string) error {
		if method != "Put" {
			return nil
		}
		began <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}
	cache, err := inspyr.OpenCache(&inspyr.CacheOptions{Store: goods})
	must(t, err)
	c := open(t, &inspyr.ContextOptions{Cache: cache})
	job, err := c.Submit(background, file(t, 40, 30), &inspyr.Request{Cutout: &small, Encode: &inspyr.EncodeOptions{}})
	finished(t, job, err)
	must(t, job.Close())
	<-began
	late, stop := context.WithTimeout(background, time.Millisecond)
	defer stop()
	if err := cache.Flush(late); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	soon, cancel := context.WithCancel(background)
	time.AfterFunc(time.Millisecond, cancel)
	if err := cache.Flush(soon); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	cancelled(t, cache.Flush(soon), context.Canceled)
	must(t, c.Close())
	must(t, cache.Close())
	for over := false; !over; { // as soon as the wait that was abandoned has gone
		time.Sleep(time.Millisecond)
		goods.mutex.Lock()
		over = goods.closed > 0
		goods.mutex.Unlock()
	}
	goods.ended(t)
}

func TestAGetIsToldWhenItsAnswerIsOfNoUse(t *testing.T) {
	ends := make(chan error, 100)
	goods := &shop{}
	goods.instead = func(ctx context.Context, method string) error {
		if method == "Get" {
			<-ctx.Done()
			ends <- ctx.Err()
			return ctx.Err()
		}
		return nil
	}
	got, stats := stored(t, inspyr.CacheOptions{Store: goods, GetTimeout: 30 * time.Millisecond})
	goods.ended(t)
	if got.Origin != inspyr.OriginCompute || stats.StoreTimeouts+stats.StoreFailures+stats.StoreSkipped == 0 {
		t.Errorf("%v, %+v", got.Origin, stats)
	}
	if why := <-ends; why != context.DeadlineExceeded {
		t.Error(why)
	}
}

func TestPopularNamesWarmTheNextCache(t *testing.T) {
	goods := &shop{}
	cache, err := inspyr.OpenCache(&inspyr.CacheOptions{Store: goods})
	must(t, err)
	c := open(t, &inspyr.ContextOptions{Cache: cache})
	request := &inspyr.Request{Cutout: &small, Encode: &inspyr.EncodeOptions{}}
	for i := 0; i < 4; i++ {
		job, err := c.Submit(background, file(t, 40, 30), request)
		finished(t, job, err)
		must(t, job.Close())
	}
	popular, err := cache.Popular()
	must(t, err)
	if len(popular) == 0 || popular[0].Hits != 3 {
		t.Fatalf("%+v", popular)
	}
	must(t, c.Close())
	must(t, cache.Flush(background))
	must(t, cache.Close())
	goods.closed = 0
	next, err := inspyr.OpenCache(&inspyr.CacheOptions{Store: goods, GetTimeout: time.Minute})
	must(t, err)
	absent := "1/" + strings.Repeat("0", 64) + "/" + strings.Repeat("f", 64)
	found, err := next.Warm(background, []string{popular[0].Name, absent})
	if found != 1 || err != nil {
		t.Error(found, err)
	}
	if _, err = next.Warm(background, []string{"no name"}); !errors.Is(err, inspyr.ErrArgument) {
		t.Error(err)
	}
	over, cancel := context.WithCancel(background)
	cancel()
	_, err = next.Warm(over, []string{popular[0].Name})
	cancelled(t, err, context.Canceled)
	c = open(t, &inspyr.ContextOptions{Cache: next})
	job, err := c.Submit(background, file(t, 40, 30), request)
	if result := finished(t, job, err)[0]; result.Origin != inspyr.OriginL1 {
		t.Error(result.Origin)
	}
	must(t, job.Close())
	must(t, next.Resize(inspyr.CacheResults, 1))
	_, results, err := next.Stats()
	if err != nil || results.Limit != 1 || results.Entries != 0 {
		t.Errorf("%v, %+v", err, results)
	}
	must(t, c.Close())
	must(t, next.Close())
}

func TestACacheHasOneStoreAndOpensNoOther(t *testing.T) {
	goods := &shop{}
	for _, options := range []inspyr.CacheOptions{
		{Store: goods, Directory: t.TempDir()}, {Directory: t.TempDir(), Redis: "redis://localhost:1/0"},
		{Store: goods, Secret: []byte("short")}, {Store: goods, TTL: -time.Nanosecond}, {Store: goods, BreakerFailures: -1},
	} {
		if _, err := inspyr.OpenCache(&options); !errors.Is(err, inspyr.ErrArgument) {
			t.Errorf("%+v: %v", options, err)
		}
	}
	if goods.closed != 0 {
		t.Error("a cache that was not opened closed its store")
	}
}
