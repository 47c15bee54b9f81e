package inspyr_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"inspyr"
)

// What the kernel calls every signal's handler with, read as Go's runtime does.
func handlers(t *testing.T) (all [65][4]uint64) {
	for signal := 1; signal < len(all); signal++ {
		_, _, why := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(signal), 0,
			uintptr(unsafe.Pointer(&all[signal])), 8, 0, 0)
		if why != 0 {
			t.Fatal(why)
		}
	}
	return all
}

func TestHandlersOfSignalsStayGos(t *testing.T) {
	before := handlers(t)
	if before[syscall.SIGSEGV][0] == 0 {
		t.Fatal("Go's runtime has no handler of its own")
	}
	must(t, round(nil, read(t, demoPicture)))
	inspyr.Devices()
	stored(t, inspyr.CacheOptions{Store: &shop{}})
	if sandbox, err := inspyr.OpenSandbox(nil); err == nil {
		must(t, sandbox.Close())
	}
	if after := handlers(t); after != before {
		t.Error("a handler has changed")
	}
	defer func() {
		if recover() == nil {
			t.Error("a nil pointer is no panic any more")
		}
	}()
	var nothing *inspyr.Report
	nothing.NoSubject = true
}

func threads(t *testing.T) (count int) {
	for _, line := range strings.Split(string(read(t, "/proc/self/status")), "\n") {
		fmt.Sscanf(line, "Threads: %d", &count)
	}
	return count
}

// held lets the one worker of a context wait in a callback until release is called.
func held(t *testing.T, c *inspyr.Context) (release func()) {
	t.Helper()
	reached, free := make(chan struct{}), make(chan struct{})
	job, err := c.SubmitImage(background, cat(9, 9), &inspyr.Request{Cutout: &small, NoLookup: true, NoStore: true,
		Separate: true, Result: func(inspyr.JobResult) {
			close(reached)
			<-free
		}})
	must(t, err)
	<-reached
	return func() {
		close(free)
		must(t, job.Wait(background))
		must(t, job.Close())
	}
}

func TestJobsThatAreWaitedForKeepNoThreads(t *testing.T) {
	c := open(t, &inspyr.ContextOptions{Wait: true})
	release := held(t, c)
	before := threads(t)
	var begun, group sync.WaitGroup
	for i := 0; i < 200; i++ {
		job, err := c.SubmitImage(background, cat(40, 30), &inspyr.Request{Cutout: &small})
		must(t, err)
		begun.Add(1)
		group.Add(1)
		go func() {
			defer group.Done()
			begun.Done()
			if err := job.Wait(background); err != nil {
				t.Error(err)
			}
			must(t, job.Close())
		}()
	}
	begun.Wait()
	time.Sleep(50 * time.Millisecond) // for those that would begin to keep one
	most := threads(t)
	release()
	group.Wait()
	if most > before+10 {
		t.Errorf("%d threads before, %d while 200 jobs were waited for", before, most)
	}
}

func TestNoGoroutineIsBoundToAThread(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	must(t, err)
	for _, source := range sources {
		if !strings.HasSuffix(source, "_test.go") && strings.Contains(string(read(t, source)), "LockOSThread") {
			t.Error(source)
		}
	}
	if len(sources) < 20 {
		t.Error(sources)
	}
}

// children of this process that decode pictures.
func decoders(t *testing.T) (count int) {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*/stat")
	must(t, err)
	for _, process := range processes {
		var pid, parent int
		var name, state string
		text, err := os.ReadFile(process)
		if err != nil {
			continue // it has ended
		}
		fmt.Sscanf(string(text), "%d %s %s %d", &pid, &name, &state, &parent)
		if parent == os.Getpid() && state != "Z" && strings.HasPrefix(name, "(inspyr-decode") {
			count++
		}
	}
	return count
}

func sandboxed(t *testing.T, options *inspyr.SandboxOptions) *inspyr.Sandbox {
	t.Helper()
	sandbox, err := inspyr.OpenSandbox(options)
	if errors.Is(err, inspyr.ErrUnsupported) {
		t.Skip(err)
	}
	must(t, err)
	return sandbox
}

func TestAJobIsDecodedInTheSandboxOfItsRequest(t *testing.T) {
	c := open(t, nil)
	within := func(sandbox *inspyr.Sandbox, picture []byte) (string, error) {
		job, err := c.Submit(background, picture, &inspyr.Request{Cutout: &inspyr.CutoutOptions{Output: inspyr.OutputMap,
			NetworkWidth: side, NetworkHeight: side}, Separate: true, Encode: &inspyr.EncodeOptions{},
			Decode: &inspyr.DecodeOptions{Sandbox: sandbox}})
		must(t, err)
		defer job.Close()
		if err := job.Wait(background); err != nil {
			return "", err
		}
		return string(job.Results()[0].Bytes), nil
	}
	roomy := sandboxed(t, nil)
	want, err := within(nil, file(t, 40, 30))
	must(t, err)
	if got, err := within(roomy, file(t, 40, 30)); got != want {
		t.Error("other bytes", err)
	}
	if _, err := within(roomy, file(t, 400, 300)[:2000]); !errors.Is(err, inspyr.ErrImage) {
		t.Error(err)
	}
	// only the sandbox has too little room for so many pixels
	narrow := sandboxed(t, &inspyr.SandboxOptions{MaxMemory: 64 << 20})
	var out bytes.Buffer
	must(t, inspyr.Encode(&out, image.NewGray(image.Rect(0, 0, 5000, 5000)), nil))
	large := out.Bytes()
	if _, err := within(nil, large); err != nil {
		t.Error(err)
	}
	if _, err := within(narrow, large); err == nil {
		t.Error("decoded outside")
	}
	must(t, narrow.Close())
	must(t, roomy.Close())
}

func TestASandboxOutlivesItsJobsUntilTheContextIsClosed(t *testing.T) {
	before := decoders(t)
	sandbox := sandboxed(t, nil)
	c := open(t, nil)
	release := held(t, c)
	job, err := c.Submit(background, file(t, 40, 30),
		&inspyr.Request{Cutout: &small, Decode: &inspyr.DecodeOptions{Sandbox: sandbox}})
	must(t, err)
	must(t, job.Close())
	must(t, sandbox.Close())
	if decoders(t) <= before {
		t.Error("the sandbox has ended before the context, whose passes may use it")
	}
	release()
	job, err = c.Submit(background, file(t, 40, 30), &inspyr.Request{Cutout: &small})
	finished(t, job, err)
	must(t, job.Close())
	must(t, c.Close())
	if now := decoders(t); now != before {
		t.Errorf("%d processes are left", now-before)
	}
	_, err = inspyr.DecodeBytes(file(t, 40, 30), &inspyr.DecodeOptions{Sandbox: sandbox})
	if !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}
