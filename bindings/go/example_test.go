package inspyr_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"log"
	"os"
	"time"

	"inspyr"
)

// The subject of a file, as PNG.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	file, err := os.Open("../../demo/chelsea.png")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	model, err := inspyr.LoadModel(ctx, "", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	photo, err := inspyr.Decode(file, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer photo.Close()
	cutout, err := model.RemoveBackground(ctx, photo, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer cutout.Close()
	var out bytes.Buffer
	if err := inspyr.Encode(&out, cutout, nil); err != nil {
		log.Fatal(err)
	}
	fmt.Println(cutout.Bounds().Size(), bytes.HasPrefix(out.Bytes(), []byte("\x89PNG")))
	// Output: (451,300) true
}

// A picture of Go's becomes one of Go's.
func ExampleModel_RemoveBackground() {
	model, err := inspyr.LoadModel(context.Background(), "", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	file, err := os.Open("../../demo/chelsea.png")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	photo, err := png.Decode(file)
	if err != nil {
		log.Fatal(err)
	}
	var report inspyr.Report
	cutout, err := model.RemoveBackground(context.Background(), photo,
		&inspyr.CutoutOptions{Crop: true, CropMargin: 10, Report: &report})
	if err != nil {
		log.Fatal(err)
	}
	defer cutout.Close()
	var picture *image.NRGBA = cutout.NRGBA()
	fmt.Println(report.NoSubject, picture.Rect.In(photo.Bounds()), report.Subject.In(photo.Bounds()))
	// Output: false true true
}

func ExampleParseEffects() {
	effects, err := inspyr.ParseEffects("color, popart:contrast=2")
	fmt.Println(len(effects), err)
	_, err = inspyr.ParseEffects("colour")
	fmt.Println(errors.Is(err, inspyr.ErrArgument))
	// Output:
	// 2 <nil>
	// true
}

// What the library holds, counted and bounded.
func ExampleMemory() {
	memory, err := inspyr.NewMemory(64 << 20)
	if err != nil {
		log.Fatal(err)
	}
	defer memory.Close()
	bytes, err := os.ReadFile("../../demo/chelsea.png")
	if err != nil {
		log.Fatal(err)
	}
	photo, err := inspyr.DecodeBytes(bytes, &inspyr.DecodeOptions{Memory: memory})
	if err != nil {
		log.Fatal(err)
	}
	held := memory.Use().Bytes >= 451*300*3
	photo.Close()
	fmt.Println(held, memory.Use().Bytes)
	// Output: true 0
}
