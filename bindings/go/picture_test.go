package inspyr_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"inspyr"
)

func TestAPNGHasThePixelsThatGoReads(t *testing.T) {
	file := read(t, demoPicture)
	picture, err := inspyr.DecodeBytes(file, nil)
	must(t, err)
	defer picture.Close()
	theirs, err := png.Decode(bytes.NewReader(file))
	must(t, err)
	want := image.NewNRGBA(theirs.Bounds())
	draw.Draw(want, want.Rect, theirs, image.Point{}, draw.Src)
	same(t, "NRGBA", picture.NRGBA(), want)
	one := image.NewNRGBA(want.Rect)
	draw.Draw(one, one.Rect, picture, image.Point{}, draw.Src)
	same(t, "At", one, want)
}

func TestGoReadsWhatIsEncoded(t *testing.T) {
	var file bytes.Buffer
	picture := cat(33, 17)
	picture.SetNRGBA(3, 4, color.NRGBA{1, 2, 3, 99})
	must(t, inspyr.Encode(&file, picture, nil))
	theirs, err := png.Decode(&file)
	must(t, err)
	same(t, "PNG", theirs.(*image.NRGBA), picture)
	must(t, inspyr.Encode(&file, opaque(picture), &inspyr.EncodeOptions{File: inspyr.PNG, Compression: 9}))
	if _, err = png.Decode(&file); err != nil {
		t.Error(err)
	}
	alpha := inspyr.Encode(io.Discard, picture, &inspyr.EncodeOptions{File: inspyr.JPEG})
	if !errors.Is(alpha, inspyr.ErrEncode) {
		t.Error("alpha into JPEG:", alpha)
	}
}

func plain(grey *image.Gray) *image.NRGBA {
	out := image.NewNRGBA(grey.Rect)
	draw.Draw(out, out.Rect, grey, image.Point{}, draw.Src)
	return out
}

func opaque(picture *image.NRGBA) *image.Gray {
	grey := image.NewGray(picture.Rect)
	draw.Draw(grey, grey.Rect, picture, image.Point{}, draw.Src)
	return grey
}

// Padded and moved, as parts of larger pictures are.
func part(picture *image.NRGBA) *image.NRGBA {
	r := picture.Rect.Add(image.Pt(5, 7))
	large := image.NewNRGBA(r.Inset(-9).Add(image.Pt(2, 2)))
	draw.Draw(large, r, picture, image.Point{}, draw.Src)
	return large.SubImage(r).(*image.NRGBA)
}

func TestPixelsAreThoseOfThePictureWhateverItsType(t *testing.T) {
	picture := cat(50, 40)
	want := cut(t, picture)
	shown := false
	for i := 3; i < len(want.Pix); i += 4 {
		shown = shown || want.Pix[i] > 128
	}
	if !shown {
		t.Fatal("there is nothing to compare")
	}
	premultiplied := image.NewRGBA(picture.Rect)
	draw.Draw(premultiplied, picture.Rect, picture, image.Point{}, draw.Src)
	wide := image.NewNRGBA64(picture.Rect)
	draw.Draw(wide, picture.Rect, picture, image.Point{}, draw.Src)
	moved := image.NewNRGBA64(picture.Rect.Add(image.Pt(3, 4)))
	draw.Draw(moved, moved.Rect, picture, image.Point{}, draw.Src)
	around := image.NewRGBA(picture.Rect.Inset(-5))
	draw.Draw(around, picture.Rect, picture, image.Point{}, draw.Src)
	var file bytes.Buffer
	must(t, inspyr.Encode(&file, picture, nil))
	owned, err := inspyr.Decode(&file, nil)
	must(t, err)
	defer owned.Close()
	for _, it := range []image.Image{part(picture), premultiplied, wide, moved,
		around.SubImage(picture.Rect), owned, owned.Borrow()} {
		same(t, fmt.Sprintf("%T", it), cut(t, it), want)
	}
}

func TestAPremultipliedPictureBecomesStraight(t *testing.T) {
	var file bytes.Buffer
	picture := image.NewRGBA(image.Rect(5, 6, 7, 7)) // moved, as parts of pictures are
	picture.SetRGBA(5, 6, color.RGBA{100, 50, 0, 128})
	must(t, inspyr.Encode(&file, picture, nil))
	theirs, err := png.Decode(&file)
	must(t, err)
	if got, want := theirs.At(0, 0), (color.NRGBA{199, 99, 0, 128}); got != want {
		t.Errorf("%v instead of %v", got, want)
	}
}

func TestAJPEGOfGosBecomesTheSameCutOutAsItsCopy(t *testing.T) {
	var file bytes.Buffer
	must(t, jpeg.Encode(&file, cat(61, 43), nil))
	theirs, err := jpeg.Decode(&file)
	must(t, err)
	copied := image.NewNRGBA(theirs.Bounds())
	draw.Draw(copied, copied.Rect, theirs, image.Point{}, draw.Src)
	same(t, "YCbCr", cut(t, theirs), cut(t, copied))
}

func TestAReaderIsReadUpToTheLimit(t *testing.T) {
	file := read(t, demoPicture)
	size := uint64(len(file))
	endless := io.MultiReader(bytes.NewReader(file), neverEnds{})
	for _, it := range []struct {
		r     io.Reader
		limit uint64
		want  error
	}{
		{bytes.NewReader(file), size, nil},
		{iotest.OneByteReader(bytes.NewReader(file)), size, nil},
		{bytes.NewReader(file), size - 1, inspyr.ErrLimit},
		{endless, 0, inspyr.ErrLimit},
		{iotest.TimeoutReader(iotest.HalfReader(bytes.NewReader(file))), 0, iotest.ErrTimeout},
		{strings.NewReader("no picture at all"), 0, inspyr.ErrImageFormat},
		{strings.NewReader(""), 0, inspyr.ErrImageFormat},
		{bytes.NewReader(file[:len(file)/2]), 0, inspyr.ErrImage},
	} {
		picture, err := inspyr.Decode(it.r, &inspyr.DecodeOptions{MaxBytes: it.limit})
		if !errors.Is(err, it.want) {
			t.Errorf("%v instead of %v", err, it.want)
		}
		if err == nil {
			picture.Close()
		}
	}
}

type neverEnds struct{}

func (neverEnds) Read(p []byte) (int, error) {
	return len(p), nil
}

func TestALimitOfPixelsIsALimitAndShrinksIfAskedTo(t *testing.T) {
	file := read(t, demoPicture)
	_, err := inspyr.DecodeBytes(file, &inspyr.DecodeOptions{MaxPixels: 10_000})
	if !errors.Is(err, inspyr.ErrLimit) {
		t.Error(err)
	}
	var report inspyr.DecodeReport
	picture, err := inspyr.DecodeBytes(file, &inspyr.DecodeOptions{MaxPixels: 10_000, Shrink: true, Report: &report})
	must(t, err)
	defer picture.Close()
	if size := picture.Bounds().Size(); size.X*size.Y > 10_000 || !report.Shrunk || report.StoredWidth != 451 {
		t.Error(size, report)
	}
}

func TestPixelsThatAreNotThereAreRefused(t *testing.T) {
	short := cat(8, 8)
	short.Pix = short.Pix[:len(short.Pix)-1]
	narrow := cat(8, 8)
	narrow.Stride = 4
	empty := image.NewNRGBA(image.Rectangle{})
	for _, picture := range []image.Image{short, narrow, empty, image.NewYCbCr(image.Rectangle{}, 0), nil} {
		if _, err := builtin(t).RemoveBackground(context.Background(), picture, &small); !errors.Is(err, inspyr.ErrArgument) {
			t.Errorf("%T: %v", picture, err)
		}
	}
}

func TestAProbeReadsTheHeader(t *testing.T) {
	facts, err := inspyr.Probe(read(t, demoPicture))
	must(t, err)
	if facts != (inspyr.Facts{Width: 451, Height: 300, File: inspyr.PNG, Orientation: 1, Bits: 8}) {
		t.Error(facts)
	}
}
