package inspyr_test

import (
	"context"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"inspyr"
)

// A witness is held by what is given to the library, and counted when nothing holds it any more.
type witness struct {
	heard int64
}

func (w *witness) log(inspyr.LogLevel, string) { atomic.AddInt64(&w.heard, 1) }
func (w *witness) span(inspyr.Span)            { atomic.AddInt64(&w.heard, 1) }
func (w *witness) result(inspyr.JobResult)     { atomic.AddInt64(&w.heard, 1) }
func (w *witness) progress(inspyr.Progress)    { atomic.AddInt64(&w.heard, 1) }
func (w *witness) drawn(int, inspyr.Drawn)     { atomic.AddInt64(&w.heard, 1) }
func (w *witness) context() context.Context    { return context.WithValue(background, w, w) }

func TestWhatWasGivenIsLetGo(t *testing.T) {
	for name, use := range map[string]func(*testing.T, *witness){
		"a model": func(t *testing.T, w *witness) {
			model, err := inspyr.LoadModel(w.context(), "", &inspyr.LoadOptions{Log: w.log, Progress: w.progress})
			must(t, err)
			out, err := model.RemoveBackground(w.context(), cat(9, 9), &inspyr.CutoutOptions{NetworkWidth: side,
				NetworkHeight: side, Progress: w.progress})
			must(t, err)
			must(t, out.Close())
			must(t, model.Close())
		},
		"a model that fails": func(t *testing.T, w *witness) {
			_, err := inspyr.LoadModel(w.context(), "no/such/file", &inspyr.LoadOptions{Log: w.log, Progress: w.progress})
			if err == nil {
				t.Error("loaded")
			}
		},
		"effects": func(t *testing.T, w *witness) {
			drawn, err := inspyr.ApplyEffects(w.context(), cat(9, 9), []string{"color"}, &inspyr.EffectOptions{Result: w.drawn})
			must(t, err)
			must(t, drawn[0].Image.Close())
		},
		"a context and a job": func(t *testing.T, w *witness) {
			c, err := inspyr.OpenContext(&inspyr.ContextOptions{Log: w.log, Span: w.span})
			must(t, err)
			job, err := c.SubmitImage(w.context(), cat(9, 9), &inspyr.Request{Cutout: &small, Result: w.result})
			finished(t, job, err)
			must(t, job.Close())
			must(t, c.Warmup(w.context()))
			must(t, c.Close())
		},
		"a context that fails, and a job that is refused": func(t *testing.T, w *witness) {
			if _, err := inspyr.OpenContext(&inspyr.ContextOptions{Log: w.log, Span: w.span, Workers: -1}); err == nil {
				t.Error("opened")
			}
			c := open(t, nil)
			if _, err := c.SubmitImage(w.context(), cat(9, 9), &inspyr.Request{Effects: "none", Result: w.result}); err == nil {
				t.Error("taken")
			}
			must(t, c.Close())
		},
		"a cache": func(t *testing.T, w *witness) {
			for _, failures := range []int{0, -1} {
				cache, err := inspyr.OpenCache(&inspyr.CacheOptions{Log: w.log, BreakerFailures: failures,
					Store: &shop{instead: func(context.Context, string) error { w.log(0, ""); return nil }}})
				if (err == nil) != (failures == 0) {
					t.Error(err)
				}
				if err == nil {
					must(t, cache.Close())
				}
			}
		},
	} {
		gone := make(chan struct{})
		func() {
			w := &witness{}
			runtime.SetFinalizer(w, func(*witness) { close(gone) })
			use(t, w)
		}()
		for tries, over := 0, false; !over; tries++ {
			runtime.GC()
			select {
			case <-gone:
				over = true
			case <-time.After(time.Millisecond):
				if over = tries == 2000; over {
					t.Error(name, "still holds what it was given")
				}
			}
		}
	}
}

func TestMemoryIsFlatOverAThousandJobsAndAStoresAnswers(t *testing.T) {
	goods := &shop{}
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	// nothing stays in its memory: every answer is the store's
	cache, err := inspyr.OpenCache(&inspyr.CacheOptions{Store: goods, Memory: memory, MatteBytes: 1, ResultBytes: 1,
		GetTimeout: time.Minute})
	must(t, err)
	c := open(t, &inspyr.ContextOptions{Cache: cache, Memory: memory, Load: &inspyr.LoadOptions{Memory: memory}})
	ends, cancel := context.WithCancel(background)
	defer cancel()
	picture, request := file(t, 40, 30), &inspyr.Request{Cutout: &small, Encode: &inspyr.EncodeOptions{},
		Result: func(inspyr.JobResult) {}}
	var after inspyr.MemoryUse
	var heap, last runtime.MemStats
	stored := 0
	for i := 0; i < 1000; i++ {
		job, err := c.Submit(ends, picture, request)
		if result := finished(t, job, err)[0]; result.Origin == inspyr.OriginL2 {
			stored++
		}
		must(t, job.Close())
		if i == 0 {
			must(t, cache.Flush(background))
		}
		if i == 200 {
			runtime.GC()
			runtime.ReadMemStats(&heap)
			after = memory.Use()
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&last)
	use := memory.Use()
	if stored < 990 || use.Blocks > after.Blocks+20 || use.Bytes > after.Bytes+64<<10 { // what is under way
		t.Errorf("%d from the store, %+v after 200 jobs, %+v after 1000", stored, after, use)
	}
	if last.HeapObjects > heap.HeapObjects+400 { // half an object a job
		t.Errorf("%d objects of Go after 200 jobs, %d after 1000", heap.HeapObjects, last.HeapObjects)
	}
	must(t, c.Close())
	must(t, cache.Close())
	if use := memory.Use(); use.Blocks != 0 {
		t.Errorf("%+v", use)
	}
	must(t, memory.Close())
}

func TestTextsThatCWasGivenAreFreed(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip(err)
	}
	c := open(t, nil)
	cache, err := inspyr.OpenCache(nil)
	must(t, err)
	defer cache.Close()
	long := strings.Repeat("x", 1<<20)
	for name, refused := range map[string]func() error{
		"LoadModel": func() error { _, err := inspyr.LoadModel(background, long, nil); return err },
		"Submit":    func() error { _, err := c.Submit(background, nil, &inspyr.Request{Effects: long}); return err },
		"OpenContext": func() error {
			_, err := inspyr.OpenContext(&inspyr.ContextOptions{Source: long, Workers: -1})
			return err
		},
		"OpenCache":    func() error { _, err := inspyr.OpenCache(&inspyr.CacheOptions{Directory: long}); return err },
		"Warm":         func() error { _, err := cache.Warm(background, []string{long}); return err },
		"OpenSandbox":  func() error { _, err := inspyr.OpenSandbox(&inspyr.SandboxOptions{Helper: long}); return err },
		"ParseEffects": func() error { _, err := inspyr.ParseEffects(long); return err },
		"ApplyEffects": func() error {
			_, err := inspyr.ApplyEffects(background, cat(9, 9), []string{long}, &inspyr.EffectOptions{Device: long})
			return err
		},
	} {
		before := 0
		for i := 0; i < 60; i++ {
			if refused() == nil {
				t.Fatal(name, "takes it")
			}
			if i == 10 {
				before = resident(t)
			}
		}
		if after := resident(t); after > before+25<<10 { // half of what was given
			t.Errorf("%s: %d kB resident after 10 calls, %d after 60", name, before, after)
		}
	}
}
