package inspyr_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"os"
	"sync"
	"testing"

	"inspyr"
)

const (
	demoPicture = "../../demo/chelsea.png"
	header      = "../../include/inspyr.h"
	nano        = "../../src/models/nano.safetensors"
)

// A network of this size is quick; what it finds does not matter to most tests.
const side = 64

var small = inspyr.CutoutOptions{NetworkWidth: side, NetworkHeight: side}

var shared struct {
	once  sync.Once
	model *inspyr.Model
	err   error
}

// builtin is one model for all tests that do not close theirs.
func builtin(t testing.TB) *inspyr.Model {
	t.Helper()
	shared.once.Do(func() { shared.model, shared.err = inspyr.LoadModel(context.Background(), "", nil) })
	must(t, shared.err)
	return shared.model
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	bytes, err := os.ReadFile(path)
	must(t, err)
	return bytes
}

// disc is a picture with something to cut out.
func disc(width, height int) *image.NRGBA {
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := 0; y < height; y++ {
		for x := 0; x < width; x++ {
			dx, dy := float64(x)/float64(width)-0.5, float64(y)/float64(height)-0.5
			px := color.NRGBA{uint8(255 * x / width), uint8(255 * y / height), 128, 255}
			if dx*dx+dy*dy < 0.1 {
				px = color.NRGBA{230, 60, 30, 255}
			}
			picture.SetNRGBA(x, y, px)
		}
	}
	return picture
}

func cut(t testing.TB, picture image.Image) *image.NRGBA {
	t.Helper()
	out, err := builtin(t).RemoveBackground(context.Background(), picture, &small)
	must(t, err)
	defer out.Close()
	return out.NRGBA()
}

func same(t testing.TB, what string, got, want *image.NRGBA) {
	t.Helper()
	if got.Rect != want.Rect || !bytes.Equal(got.Pix, want.Pix) {
		t.Errorf("%s: other pixels", what)
	}
}
