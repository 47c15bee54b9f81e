package inspyr_test

import (
	"bytes"
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

func TestASandboxOutlivesItsJobsUntilTheContextIsClosed(t *testing.T) {
	sandbox, err := inspyr.OpenSandbox(nil)
	if err != nil {
		t.Skip(err)
	}
	_, c := cached(t, nil)
	job, err := c.Submit(background, file(t, 40, 30),
		&inspyr.Request{Cutout: &small, Decode: &inspyr.DecodeOptions{Sandbox: sandbox}})
	must(t, err)
	must(t, job.Close()) // while it is decoded, or before
	must(t, sandbox.Close())
	job, err = c.Submit(background, file(t, 40, 30), &inspyr.Request{Cutout: &small})
	finished(t, job, err)
	must(t, job.Close())
	must(t, c.Close())
}
