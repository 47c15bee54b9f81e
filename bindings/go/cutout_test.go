package inspyr_test

import (
	"context"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"inspyr"
)

func TestACutOutIsThatOfTheCommand(t *testing.T) {
	command := os.Getenv("INSPYR")
	if command == "" {
		t.Skip("INSPYR does not name the command")
	}
	path := filepath.Join(t.TempDir(), "cut.png")
	if out, err := exec.Command(command, "cutout", demoPicture, "-o", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file, err := os.Open(path)
	must(t, err)
	defer file.Close()
	want, err := png.Decode(file)
	must(t, err)
	photo, err := inspyr.DecodeBytes(read(t, demoPicture), nil)
	must(t, err)
	defer photo.Close()
	var report inspyr.Report
	got, err := builtin(t).RemoveBackground(context.Background(), photo, &inspyr.CutoutOptions{Report: &report})
	must(t, err)
	defer got.Close()
	same(t, "cut-out", got.NRGBA(), want.(*image.NRGBA))
	if report.NoSubject || report.Coverage < 0.2 || report.NetworkWidth != 384 || report.TotalMs <= 0 {
		t.Errorf("%+v", report)
	}
}

func TestEveryOutputHasItsType(t *testing.T) {
	picture := cat(40, 30)
	for _, it := range []struct {
		options inspyr.CutoutOptions
		alpha   bool
		size    image.Point
	}{
		{inspyr.CutoutOptions{}, true, image.Pt(40, 30)},
		{inspyr.CutoutOptions{Output: inspyr.OutputMap}, false, image.Pt(40, 30)},
		{inspyr.CutoutOptions{Output: inspyr.OutputColour, Colour: 0x20a0ff}, false, image.Pt(40, 30)},
		{inspyr.CutoutOptions{Output: inspyr.OutputBlur, BlurSigma: 3}, false, image.Pt(40, 30)},
		{inspyr.CutoutOptions{Output: inspyr.OutputPicture, Background: cat(5, 5)}, false, image.Pt(40, 30)},
		{inspyr.CutoutOptions{UseThreshold: true, Threshold: 0.5, Reverse: true}, true, image.Pt(40, 30)},
	} {
		out, err := builtin(t).RemoveBackground(context.Background(), picture, &it.options)
		must(t, err)
		if out.HasAlpha() != it.alpha || out.Bounds().Size() != it.size {
			t.Errorf("%+v: %v, alpha %v", it.options, out.Bounds(), out.HasAlpha())
		}
		must(t, out.Close())
	}
}

func TestAMatteIsTheMapAndTheSameAloneAndInABatch(t *testing.T) {
	ctx := context.Background()
	pictures := []image.Image{cat(40, 30), part(cat(31, 63)), opaque(cat(9, 20))}
	reports := make([]inspyr.Report, len(pictures))
	options := &inspyr.MatteOptions{NetworkWidth: side, NetworkHeight: side, Reports: reports}
	planes, err := builtin(t).Mattes(ctx, pictures, options)
	must(t, err)
	for i, picture := range pictures {
		alone, err := builtin(t).Matte(ctx, picture, &inspyr.MatteOptions{NetworkWidth: side, NetworkHeight: side})
		must(t, err)
		if string(alone.Pix) != string(planes[i].Pix) || alone.Rect != planes[i].Rect {
			t.Errorf("picture %d: another matte in a batch", i)
		}
		if reports[i].NetworkWidth != side {
			t.Errorf("picture %d: %+v", i, reports[i])
		}
		mapped, err := builtin(t).RemoveBackground(ctx, picture, &inspyr.CutoutOptions{Output: inspyr.OutputMap,
			NetworkWidth: side, NetworkHeight: side})
		must(t, err)
		same(t, "map", mapped.NRGBA(), plain(alone))
		same(t, "borrowed map", plain(mapped.Borrow().(*image.Gray)), plain(alone))
		must(t, mapped.Close())
	}
}

func TestGoroutinesShareAModelAndAPool(t *testing.T) {
	pool, err := inspyr.OpenPool(2, nil)
	must(t, err)
	model, err := inspyr.LoadModel(context.Background(), "", &inspyr.LoadOptions{Pool: pool})
	must(t, err)
	must(t, pool.Close()) // the model still has it
	want := cut(t, cat(40, 30))
	var group sync.WaitGroup
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for n := 0; n < 5; n++ {
				out, err := model.RemoveBackground(context.Background(), cat(40, 30), &small)
				if err != nil {
					t.Error(err)
					return
				}
				same(t, "cut-out", out.NRGBA(), want)
				out.Close()
				runtime.Gosched()
			}
		}()
	}
	group.Wait()
	must(t, model.Close())
}

func TestAModelSaysWhatItIs(t *testing.T) {
	info, err := builtin(t).Info()
	must(t, err)
	if info.Name != "nano" || info.Container != "builtin" || info.BaseWidth != 384 || info.Precision != "exact" {
		t.Errorf("%+v", info)
	}
	if state := builtin(t).State(); state != inspyr.StateReady || state.String() != "ready" {
		t.Error(state)
	}
	must(t, builtin(t).Warmup(context.Background(), &inspyr.WarmupOptions{NetworkWidth: side, NetworkHeight: side}))
}

func TestDevicesHaveAProcessor(t *testing.T) {
	for _, device := range inspyr.Devices() {
		if device.Engine == "plain" && device.Device == "cpu" && device.Reason == "" {
			return
		}
	}
	t.Error(inspyr.Devices())
}
