package inspyr_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
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

var demo struct {
	once    sync.Once
	picture image.Image
	err     error
}

// cat is one, in any size.
func cat(width, height int) *image.NRGBA {
	demo.once.Do(func() {
		var file *os.File
		if file, demo.err = os.Open(demoPicture); demo.err == nil {
			defer file.Close()
			demo.picture, demo.err = png.Decode(file)
		}
	})
	if demo.err != nil {
		panic(demo.err)
	}
	picture, size := image.NewNRGBA(image.Rect(0, 0, width, height)), demo.picture.Bounds().Size()
	for y := 0; y < height; y++ {
		for x := 0; x < width; x++ {
			picture.Set(x, y, demo.picture.At(x*size.X/width, y*size.Y/height))
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
