package inspyr_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"inspyr"
)

func cached(t testing.TB, memory *inspyr.Memory) (*inspyr.Cache, *inspyr.Context) {
	cache, err := inspyr.OpenCache(&inspyr.CacheOptions{Memory: memory})
	must(t, err)
	c, err := inspyr.OpenContext(&inspyr.ContextOptions{Cache: cache})
	must(t, err)
	return cache, c
}

// What a server does with a handler that panics.
func recovering(f func()) {
	defer func() { _ = recover() }()
	f()
}

// The second job's result comes within Submit, from the cache.
func panicWithinSubmit(t *testing.T) {
	_, c := cached(t, nil)
	request := &inspyr.Request{Cutout: &small, Encode: &inspyr.EncodeOptions{}}
	job, err := c.Submit(background, file(t, 40, 30), request)
	finished(t, job, err)
	request.Result = func(inspyr.JobResult) { panic("a broken callback") }
	recovering(func() { _, _ = c.Submit(background, file(t, 40, 30), request) })
	time.Sleep(5 * time.Second)
}

func TestAPanicInAResultEndsTheProcessThoughSomebodyRecovers(t *testing.T) {
	if os.Getenv("INSPYR_TEST_PANIC") != "" {
		panicWithinSubmit(t)
		os.Exit(0)
	}
	child := exec.Command(os.Args[0], "-test.run="+t.Name()+"$")
	child.Env = append(os.Environ(), "INSPYR_TEST_PANIC=1")
	text, err := child.CombinedOutput()
	if err == nil || !strings.Contains(string(text), "panic: a broken callback") {
		t.Errorf("%v: %s", err, text)
	}
}

func TestAJobFromACacheOutlivesItsCacheAndTheMemoryThatWasClosed(t *testing.T) {
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	cache, c := cached(t, memory)
	request := &inspyr.Request{Cutout: &small, Encode: &inspyr.EncodeOptions{}}
	job, err := c.Submit(background, file(t, 40, 30), request)
	first := finished(t, job, err)
	want := append([]byte(nil), first[0].Bytes...)
	must(t, job.Close())
	job, err = c.Submit(background, file(t, 40, 30), request)
	second := finished(t, job, err)
	if second[0].Origin != inspyr.OriginL1 {
		t.Fatal(second[0].Origin)
	}
	must(t, c.Close())
	must(t, cache.Close())
	must(t, memory.Close())
	if !bytes.Equal(second[0].Bytes, want) {
		t.Error("other bytes")
	}
	must(t, job.Close())
}

func TestWhatEndsWithAContextSaysSoHoweverItEnded(t *testing.T) {
	c := open(t, &inspyr.ContextOptions{Wait: true})
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		release := held(t, c)
		ctx, cancel := context.WithCancel(background)
		if cause == context.DeadlineExceeded {
			cancel()
			ctx, cancel = context.WithTimeout(background, 30*time.Millisecond)
		}
		var told error
		job, err := c.SubmitImage(ctx, cat(40, 30), &inspyr.Request{Cutout: &small,
			Result: func(r inspyr.JobResult) { told = r.Err }})
		if cause == context.Canceled {
			cancel()
		}
		if err == nil {
			err = job.Wait(background) // not of ctx: it is the job that has ended
			if !errors.Is(told, cause) || !errors.Is(job.Results()[0].Err, cause) {
				t.Errorf("%v, %+v instead of %v", told, job.Results(), cause)
			}
			must(t, job.Close())
		}
		if !errors.Is(err, cause) { // of a refusal, too, where the deadline cannot be kept
			t.Errorf("%v instead of %v", err, cause)
		}
		cancel()
		release()
	}
}

func TestAWaitPrefersTheJobsEndToItsOwn(t *testing.T) {
	c := open(t, nil)
	job, err := c.SubmitImage(background, cat(40, 30), &inspyr.Request{Cutout: &small})
	finished(t, job, err)
	over, cancel := context.WithCancel(background)
	cancel()
	for i := 0; i < 100; i++ {
		must(t, job.Wait(over))
	}
	must(t, job.Close())
}

func TestADrainEndsWithItsContext(t *testing.T) {
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		c := open(t, &inspyr.ContextOptions{Wait: true})
		release := held(t, c)
		job, err := c.SubmitImage(background, cat(40, 30), &inspyr.Request{Cutout: &small})
		must(t, err)
		ctx, cancel := context.WithTimeout(background, 20*time.Millisecond)
		if cause == context.Canceled {
			cancel()
			ctx, cancel = context.WithCancel(background)
			time.AfterFunc(20*time.Millisecond, cancel)
		}
		drained := make(chan error)
		go func() { drained <- c.Drain(ctx) }()
		<-ctx.Done()
		if err := job.Wait(background); !errors.Is(err, inspyr.ErrCancelled) {
			t.Error(err)
		}
		release() // a drain waits for callbacks
		if err := <-drained; !errors.Is(err, cause) {
			t.Errorf("%v instead of %v", err, cause)
		}
		cancel()
		must(t, job.Close())
		must(t, c.Close())
	}
}

func TestAWarmUpEndsWithItsContext(t *testing.T) {
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	loading := open(t, &inspyr.ContextOptions{Source: "no/such/file", LoadAttempts: 10, Retry: time.Hour, Memory: memory})
	soon, cancel := context.WithCancel(background)
	time.AfterFunc(10*time.Millisecond, cancel)
	cancelled(t, loading.Warmup(soon), context.Canceled)
	late, stop := context.WithTimeout(background, 10*time.Millisecond)
	defer stop()
	if err := loading.Warmup(late); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	must(t, loading.Close())
	if use := memory.Use(); use.Blocks != 0 {
		t.Errorf("a warm-up that was abandoned keeps the context: %+v", use)
	}
	must(t, memory.Close())
	cancelled(t, loading.Warmup(soon), context.Canceled)
	c := open(t, &inspyr.ContextOptions{Wait: true})
	parent, end := context.WithCancel(background)
	defer end()
	cancelled(t, c.Warmup(&wanes{parent, 2}), context.DeadlineExceeded)
	must(t, c.Warmup(background, inspyr.WarmupOptions{NetworkWidth: side, NetworkHeight: side}))
	err = c.Warmup(background, inspyr.WarmupOptions{Progress: func(inspyr.Progress) {}})
	if !errors.Is(err, inspyr.ErrArgument) {
		t.Error(err)
	}
}

func TestAWarmUpLoadsAndSaysWhyItCannot(t *testing.T) {
	ends, cancel := context.WithCancel(background)
	defer cancel()
	for _, ctx := range []context.Context{background, ends} {
		c := open(t, &inspyr.ContextOptions{Cold: true})
		must(t, c.Warmup(ctx, inspyr.WarmupOptions{NetworkWidth: side, NetworkHeight: side}))
		if c.State() != inspyr.StateReady {
			t.Error(c.State())
		}
		must(t, c.Close())
		if err := c.Warmup(ctx); !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
		wrong := open(t, &inspyr.ContextOptions{Cold: true, Source: "no/such/file", LoadAttempts: 1})
		for i := 0; i < 2; i++ {
			if err := wrong.Warmup(ctx); !errors.Is(err, inspyr.ErrFile) {
				t.Error(err)
			}
		}
		must(t, wrong.Close())
	}
}

func TestResultsOfOneJobMayShareWhatTheyWrite(t *testing.T) {
	c := open(t, &inspyr.ContextOptions{Workers: 4})
	for i := 0; i < 20; i++ {
		told := 0
		job, err := c.SubmitImage(background, cat(40+i, 30), &inspyr.Request{Sizes: []int{32, 64, 96, 128},
			Result: func(inspyr.JobResult) { told++ }})
		must(t, err)
		must(t, job.Wait(background))
		if told != 4 {
			t.Error(told)
		}
		must(t, job.Close())
	}
}

// A panic at each report of progress in turn, until there is none left.
func TestAPanicLosesNothing(t *testing.T) {
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	pool, err := inspyr.OpenPool(8, memory)
	must(t, err)
	model, err := inspyr.LoadModel(background, "", &inspyr.LoadOptions{Memory: memory, Pool: pool})
	must(t, err)
	picture := cat(40, 30)
	calls := map[string]func(func(inspyr.Progress)) io.Closer{
		"LoadModel": func(progress func(inspyr.Progress)) io.Closer {
			m, err := inspyr.LoadModel(background, "", &inspyr.LoadOptions{Memory: memory, Pool: pool, Progress: progress})
			must(t, err)
			return m
		},
		"RemoveBackground": func(progress func(inspyr.Progress)) io.Closer {
			out, err := model.RemoveBackground(background, picture, &inspyr.CutoutOptions{NetworkWidth: side, NetworkHeight: side, Progress: progress})
			must(t, err)
			return out
		},
		"ApplyEffects": func(progress func(inspyr.Progress)) io.Closer {
			drawn, err := inspyr.ApplyEffects(background, picture, []string{"popart"}, &inspyr.EffectOptions{Memory: memory, Progress: progress})
			must(t, err)
			return drawn[0].Image
		},
	}
	for name, call := range calls {
		must(t, call(func(inspyr.Progress) {}).Close())
		before := memory.Use().Blocks
		for nth, left := 0, true; left; nth++ {
			left = false
			reports := 0
			recovering(func() {
				must(t, call(func(inspyr.Progress) {
					if reports++; reports > nth {
						left = true
						panic(nth)
					}
				}).Close())
			})
			if after := memory.Use().Blocks; after != before {
				t.Errorf("%s: a panic at report %d: %d blocks, then %d", name, nth, before, after)
			}
			before = memory.Use().Blocks
		}
	}
	must(t, model.Close())
	must(t, pool.Close())
	if use := memory.Use(); use.Blocks != 0 {
		t.Errorf("a pool or a model is still used: %+v", use)
	}
	must(t, memory.Close())
}
