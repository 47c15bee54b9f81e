package inspyr_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"inspyr"
)

var background = context.Background()

func file(t testing.TB, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, inspyr.Encode(&out, cat(width, height), nil))
	return out.Bytes()
}

func open(t testing.TB, options *inspyr.ContextOptions) *inspyr.Context {
	t.Helper()
	c, err := inspyr.OpenContext(options)
	must(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

// finished is a job's results, once it has ended well.
func finished(t testing.TB, job *inspyr.Job, err error) []inspyr.JobResult {
	t.Helper()
	must(t, err)
	must(t, job.Wait(background))
	return job.Results()
}

func TestAJobMakesWhatAModelMakes(t *testing.T) {
	c := open(t, nil)
	want := cut(t, cat(40, 30))
	job, err := c.SubmitImage(background, part(cat(40, 30)), &inspyr.Request{Cutout: &small})
	results := finished(t, job, err)
	if len(results) != 1 || results[0].NetworkWidth != side || results[0].Count != 1 || results[0].Err != nil {
		t.Fatalf("%+v", results)
	}
	must(t, job.Close())
	must(t, c.Close())
	same(t, "image, after job and context are closed", results[0].Image.NRGBA(), want)
	must(t, results[0].Image.Close())
	if job.Results() != nil || !errors.Is(job.Wait(background), os.ErrClosed) {
		t.Error("something is left of a closed job")
	}
}

func TestAJobHasAResultForEachSizeAndEffectAndTellsOfEach(t *testing.T) {
	c := open(t, nil)
	var told []string
	job, err := c.Submit(background, file(t, 50, 40), &inspyr.Request{Sizes: []int{32, side}, Effects: "color,popart",
		Encode: &inspyr.EncodeOptions{}, Result: func(r inspyr.JobResult) { told = append(told, string(r.Bytes)) }})
	results := finished(t, job, err)
	defer job.Close()
	if len(results) != 4 || len(told) != 4 || results[0].NetworkWidth != 32 || !strings.HasPrefix(results[3].Effect, "popart@") {
		t.Fatalf("%d told, %+v", len(told), results)
	}
	for i, r := range results {
		if picture, err := png.Decode(bytes.NewReader(r.Bytes)); err != nil || picture.Bounds() != cat(50, 40).Rect {
			t.Error(i, err)
		}
		if r.Index != i || string(r.Bytes) != told[i] || r.Image != nil {
			t.Errorf("%d: %+v", i, r)
		}
	}
	status, err := job.Poll()
	must(t, err)
	if status.State != inspyr.JobDone || status.Progress != 1 || status.ResultsReady != 4 {
		t.Errorf("%+v", status)
	}
}

func TestACacheAnswersBeforeSubmitReturns(t *testing.T) {
	cache, err := inspyr.OpenCache(&inspyr.CacheOptions{Directory: t.TempDir()})
	must(t, err)
	c := open(t, &inspyr.ContextOptions{Cache: cache})
	request := &inspyr.Request{Cutout: &small, Encode: &inspyr.EncodeOptions{}}
	picture := file(t, 40, 30)
	job, err := c.Submit(background, picture, request)
	first := finished(t, job, err)
	must(t, job.Close())
	told := false
	request.Result = func(inspyr.JobResult) { told = true }
	job, err = c.Submit(background, picture, request)
	must(t, err)
	if !told {
		t.Error("not told")
	}
	second := finished(t, job, nil)
	must(t, job.Close())
	if second[0].Origin != inspyr.OriginL1 || !bytes.Equal(first[0].Bytes, second[0].Bytes) {
		t.Errorf("%+v", second[0].Origin)
	}
	must(t, cache.Flush(background))
	_, results, err := cache.Stats()
	must(t, err)
	if results.Hits != 1 || results.StorePuts == 0 {
		t.Errorf("%+v", results)
	}
	must(t, cache.Forget(picture))
	must(t, cache.Flush(background)) // the folder's files go on a thread of the cache
	must(t, cache.Purge())
	must(t, cache.Close())
	job, err = c.Submit(background, picture, request)
	if third := finished(t, job, err); third[0].Origin != inspyr.OriginCompute {
		t.Error(third[0].Origin)
	}
	must(t, job.Close())
	if !errors.Is(cache.Purge(), os.ErrClosed) {
		t.Error("a closed cache is purged")
	}
}

func TestAContextThatEndsEndsItsJob(t *testing.T) {
	c := open(t, nil)
	ctx, cancel := context.WithCancel(background)
	job, err := c.SubmitImage(ctx, cat(40, 30), &inspyr.Request{Sizes: []int{32, 2048},
		Result: func(inspyr.JobResult) { cancel() }})
	must(t, err)
	defer job.Close()
	if err := job.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := job.Wait(background); !errors.Is(err, inspyr.ErrCancelled) {
		t.Error(err)
	}
	if _, err := c.SubmitImage(ctx, cat(40, 30), nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestADeadlineIsTheJobs(t *testing.T) {
	c := open(t, nil)
	ctx, cancel := context.WithTimeout(background, 3*time.Millisecond)
	defer cancel()
	job, err := c.SubmitImage(ctx, cat(40, 30), &inspyr.Request{Sizes: []int{2048}})
	if err == nil {
		err = job.Wait(background)
		must(t, job.Close())
	}
	// the library's clock or Go's, whichever is first
	if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, inspyr.ErrCancelled) {
		t.Error(err)
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	c := open(t, &inspyr.ContextOptions{QueueBytes: 1})
	if _, err := c.Submit(background, file(t, 40, 30), nil); !errors.Is(err, inspyr.ErrOverload) {
		t.Error(err)
	}
	if _, err := c.Submit(background, file(t, 40, 30), &inspyr.Request{Effects: "nothing"}); !errors.Is(err, inspyr.ErrArgument) {
		t.Error(err)
	}
	must(t, c.Drain(background))
	if _, err := c.Submit(background, file(t, 40, 30), nil); !errors.Is(err, inspyr.ErrNotReady) || c.State() != inspyr.StateDraining {
		t.Error(err, c.State())
	}
	if _, err := inspyr.OpenContext(&inspyr.ContextOptions{Source: "no/such/file", LoadAttempts: 1, Wait: true}); !errors.Is(err, inspyr.ErrFile) {
		t.Error(err)
	}
	wrong := open(t, &inspyr.ContextOptions{Source: "no/such/file", LoadAttempts: 1})
	if err := wrong.Warmup(background); !errors.Is(err, inspyr.ErrFile) {
		t.Error(err)
	}
	status, err := wrong.Status()
	must(t, err)
	if status.State != inspyr.StateFailed || !errors.Is(status.Reason, inspyr.ErrFile) {
		t.Errorf("%+v", status)
	}
	if _, err := wrong.Info(); !errors.Is(err, inspyr.ErrNotReady) {
		t.Error(err)
	}
	if _, err := inspyr.OpenContext(&inspyr.ContextOptions{Load: &inspyr.LoadOptions{Bytes: []byte("x")}}); !errors.Is(err, inspyr.ErrArgument) {
		t.Error(err)
	}
}

func TestADamagedFileOfManyIsItsOwnFailure(t *testing.T) {
	c := open(t, &inspyr.ContextOptions{QueueItems: 2})
	var files [][]byte
	for i := 0; i < 12; i++ {
		files = append(files, file(t, 40+i, 30))
	}
	files[5] = files[5][:100]
	jobs, errs := c.Process(background, files, &inspyr.Request{Cutout: &small})
	for i, err := range errs {
		if (i == 5) != errors.Is(err, inspyr.ErrImage) || (i != 5 && err != nil) {
			t.Error(i, err)
		}
		if jobs[i] != nil {
			for _, r := range jobs[i].Results() {
				if r.Image != nil {
					must(t, r.Image.Close())
				}
			}
			must(t, jobs[i].Close())
		}
	}
}

func TestJobsAndContextsLeaveNothing(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	cache, err := inspyr.OpenCache(&inspyr.CacheOptions{Memory: memory, Directory: t.TempDir()})
	must(t, err)
	c, err := inspyr.OpenContext(&inspyr.ContextOptions{Memory: memory, Cache: cache,
		Load: &inspyr.LoadOptions{Memory: memory}})
	must(t, err)
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	var last *inspyr.Job
	for i := 0; i < 10; i++ {
		job, err := c.Submit(ctx, file(t, 40+i%4, 30), &inspyr.Request{Cutout: &small, Effects: "popart"})
		must(t, err)
		if last = job; i%2 == 0 {
			must(t, job.Close()) // in the middle of it, mostly
		}
	}
	must(t, cache.Close())
	must(t, c.Drain(background))
	must(t, c.Close())
	must(t, last.Wait(background))
	result := last.Results()[1].Image
	must(t, last.Close())
	must(t, result.Close())
	for i := 0; memory.Use().Blocks > 0 || runtime.NumGoroutine() > goroutines; i++ {
		if i == 200 { // jobs that nobody closed are finalised
			t.Fatalf("%+v, %d goroutines, once %d", memory.Use(), runtime.NumGoroutine(), goroutines)
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	must(t, memory.Close())
}

// A service in short: a request at a time, the results as they come.
func ExampleContext() {
	c, err := inspyr.OpenContext(nil) // returns at once; the model loads
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	photo, err := os.ReadFile("../../demo/chelsea.png")
	if err != nil {
		fmt.Println(err)
		return
	}
	job, err := c.Submit(ctx, photo, &inspyr.Request{Effects: "color,popart", Encode: &inspyr.EncodeOptions{}})
	if errors.Is(err, inspyr.ErrOverload) {
		fmt.Println("503")
		return
	}
	defer job.Close()
	if err := job.Wait(ctx); err != nil {
		fmt.Println(err)
		return
	}
	for _, result := range job.Results() {
		fmt.Println(result.Index, result.Effect, len(result.Bytes) > 0)
	}
	// Output:
	// 0  true
	// 1 color@1 true
	// 2 popart@1 true
}
