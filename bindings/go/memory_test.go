package inspyr_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"inspyr"
)

// One of everything, made with a memory and closed again.
func round(memory *inspyr.Memory, file []byte) error {
	ctx := context.Background()
	pool, err := inspyr.OpenPool(2, memory)
	if err != nil {
		return err
	}
	defer pool.Close()
	model, err := inspyr.LoadModel(ctx, "", &inspyr.LoadOptions{Memory: memory, Pool: pool})
	if err != nil {
		return err
	}
	defer model.Close()
	photo, err := inspyr.DecodeBytes(file, &inspyr.DecodeOptions{Memory: memory})
	if err != nil {
		return err
	}
	defer photo.Close()
	out, err := model.RemoveBackground(ctx, photo, &small)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err = model.Mattes(ctx, []image.Image{photo, cat(9, 9)}, nil); err != nil {
		return err
	}
	drawn, err := inspyr.ApplyEffects(ctx, out, []string{"color", "popart"}, &inspyr.EffectOptions{Memory: memory})
	for _, it := range drawn {
		if it.Image != nil {
			defer it.Image.Close()
		}
	}
	if err != nil {
		return err
	}
	return inspyr.Encode(&bytes.Buffer{}, out, &inspyr.EncodeOptions{Memory: memory, Pool: pool})
}

func TestNothingIsLeftAfterClose(t *testing.T) {
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	must(t, round(memory, read(t, demoPicture)))
	if use := memory.Use(); use.Bytes != 0 || use.Blocks != 0 || use.Peak < 1<<20 {
		t.Errorf("%+v", use)
	}
	must(t, memory.Close())
}

func TestALimitOfMemoryFailsCallsAndLosesNothing(t *testing.T) {
	file := read(t, demoPicture)
	failures := 0
	for limit := uint64(1 << 10); ; limit *= 2 {
		memory, err := inspyr.NewMemory(limit)
		must(t, err)
		err = round(memory, file)
		if use := memory.Use(); use.Bytes != 0 || use.Blocks != 0 || use.Peak > limit {
			t.Errorf("%d: %+v", limit, use)
		}
		must(t, memory.Close())
		if err == nil {
			break
		}
		if !errors.Is(err, inspyr.ErrMemory) {
			t.Fatal(err)
		}
		failures++
	}
	if failures < 5 {
		t.Errorf("only %d failures", failures)
	}
}

func TestAnImageOutlivesItsModelAndAModelItsMemory(t *testing.T) {
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	model, err := inspyr.LoadModel(context.Background(), "", &inspyr.LoadOptions{Memory: memory})
	must(t, err)
	must(t, memory.Close())
	out, err := model.RemoveBackground(context.Background(), cat(40, 30), &small)
	must(t, err)
	must(t, model.Close())
	same(t, "cut-out", out.NRGBA(), cut(t, cat(40, 30)))
	must(t, out.Close())
}

func TestADrawnImageOutlivesTheMemoryThatWasClosed(t *testing.T) {
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	drawn, err := inspyr.ApplyEffects(background, cat(9, 9), []string{"color"}, &inspyr.EffectOptions{Memory: memory})
	must(t, err)
	must(t, memory.Close())
	must(t, drawn[0].Image.Close())
}

func TestAJobOutlivesItsContextAndTheMemoryThatWasClosed(t *testing.T) {
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	c, err := inspyr.OpenContext(&inspyr.ContextOptions{Memory: memory})
	must(t, err)
	job, err := c.SubmitImage(background, cat(40, 30), &inspyr.Request{Cutout: &small})
	must(t, err)
	must(t, memory.Close())
	must(t, c.Drain(background))
	must(t, c.Close())
	must(t, job.Close())
}

func TestAFinaliserClosesWhatWasForgotten(t *testing.T) {
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	defer memory.Close()
	func() {
		_, err := inspyr.DecodeBytes(read(t, demoPicture), &inspyr.DecodeOptions{Memory: memory})
		must(t, err)
	}()
	for i := 0; memory.Use().Blocks > 0; i++ {
		if i == 100 {
			t.Fatalf("%+v", memory.Use())
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

func resident(t *testing.T) (kilobytes int) {
	for _, line := range strings.Split(string(read(t, "/proc/self/status")), "\n") {
		if strings.HasPrefix(line, "VmRSS:") {
			fmt.Sscanf(line, "VmRSS: %d kB", &kilobytes)
		}
	}
	return kilobytes
}

func TestMemoryIsFlatOverAThousandCalls(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip(err)
	}
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	defer memory.Close()
	model, err := inspyr.LoadModel(context.Background(), "", &inspyr.LoadOptions{Memory: memory})
	must(t, err)
	defer model.Close()
	picture := cat(120, 90)
	tiny := inspyr.CutoutOptions{NetworkWidth: 32, NetworkHeight: 32, Progress: func(inspyr.Progress) {}}
	var after inspyr.MemoryUse
	var heap, last runtime.MemStats
	var first int
	for i := 0; i < 1000; i++ {
		out, err := model.RemoveBackground(context.Background(), picture, &tiny)
		must(t, err)
		must(t, inspyr.Encode(&bytes.Buffer{}, out, nil))
		must(t, out.Close())
		_, err = inspyr.DecodeBytes([]byte("no picture"), nil)
		if err == nil {
			t.Fatal("decoded nothing")
		}
		if i == 200 {
			runtime.GC()
			runtime.ReadMemStats(&heap)
			after, first = memory.Use(), resident(t)
		}
	}
	runtime.GC()
	if use := memory.Use(); use != after {
		t.Errorf("%+v after 200 calls, %+v after 1000", after, use)
	}
	runtime.ReadMemStats(&last)
	if last.HeapObjects > heap.HeapObjects+400 { // half an object a call
		t.Errorf("%d objects of Go after 200 calls, %d after 1000", heap.HeapObjects, last.HeapObjects)
	}
	end := resident(t)
	if end > first+8<<10 { // 10 kB a call; a result has 43
		t.Errorf("%d kB resident after 200 calls, %d after 1000", first, end)
	}
	t.Logf("%d kB resident after 200 calls, %d after 1000", first, end)
}

func TestALogIsHeardUntilTheModelIsClosed(t *testing.T) {
	var mutex sync.Mutex
	var lines []string
	folder := t.TempDir() + "/file"
	must(t, os.WriteFile(folder, nil, 0o600)) // no folder can be made here
	model, err := inspyr.LoadModel(context.Background(), nano, &inspyr.LoadOptions{CacheDir: folder,
		Log: func(level inspyr.LogLevel, line string) {
			mutex.Lock()
			defer mutex.Unlock()
			lines = append(lines, fmt.Sprint(level, line))
		}})
	must(t, err)
	defer model.Close()
	info, err := model.Info()
	must(t, err)
	mutex.Lock()
	defer mutex.Unlock()
	if !info.CacheWriteFailed || len(lines) == 0 {
		t.Errorf("%+v %q", info, lines)
	}
}

func TestAFileInMemoryIsAModel(t *testing.T) {
	model, err := inspyr.LoadModel(context.Background(), "", &inspyr.LoadOptions{Bytes: read(t, nano)})
	must(t, err)
	defer model.Close()
	out, err := model.RemoveBackground(context.Background(), cat(40, 30), &small)
	must(t, err)
	defer out.Close()
	same(t, "cut-out", out.NRGBA(), cut(t, cat(40, 30)))
	if _, err = inspyr.LoadModel(context.Background(), "no/such/file", nil); !errors.Is(err, inspyr.ErrFile) {
		t.Error(err)
	}
	if _, err = inspyr.LoadModel(context.Background(), "", &inspyr.LoadOptions{Bytes: []byte("nothing of use")}); !errors.Is(err, inspyr.ErrWeights) {
		t.Error(err)
	}
}

func TestThePackageFitsTheLibrary(t *testing.T) {
	must(t, inspyr.Fits())
	if len(inspyr.Features()) == 0 {
		t.Error("no features")
	}
}
