package inspyr_test

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// The one whole program of a page, in a module of its own, as the page says to build it.
func built(t *testing.T, page string) string {
	t.Helper()
	programs := regexp.MustCompile("(?s)```go\n(package main\n.*?)```").FindAllSubmatch(read(t, page), -1)
	if len(programs) != 1 {
		t.Fatalf("%s has %d programs", page, len(programs))
	}
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "main.go"), programs[0][1], 0o600))
	here, err := os.Getwd()
	must(t, err)
	for _, arguments := range [][]string{{"mod", "init", "cut"},
		{"mod", "edit", "-require", "inspyr@v0.2.0", "-replace", "inspyr=" + here}, {"vet", "."}, {"build"}} {
		command := exec.Command("go", arguments...)
		command.Dir = folder
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", arguments, err, out)
		}
	}
	return filepath.Join(folder, "cut")
}

func TestTheProgramsOfThePagesCutOut(t *testing.T) {
	photo := read(t, demoPicture)
	theirs, err := png.Decode(bytes.NewReader(photo))
	must(t, err)
	out, err := builtin(t).RemoveBackground(context.Background(), theirs, nil)
	must(t, err)
	defer out.Close()
	for _, page := range []string{"../../README.md", "../../docs/go.md"} {
		var file bytes.Buffer
		program := exec.Command(built(t, page))
		program.Stdin, program.Stdout, program.Stderr = bytes.NewReader(photo), &file, os.Stderr
		must(t, program.Run())
		got, err := png.Decode(&file)
		must(t, err)
		copied := image.NewNRGBA(got.Bounds())
		draw.Draw(copied, copied.Rect, got, image.Point{}, draw.Src)
		same(t, page, copied, out.NRGBA())
		program = exec.Command(program.Path)
		program.Stdin = bytes.NewReader(photo[:1000])
		if program.Run() == nil {
			t.Errorf("%s: half a photo is a success", page)
		}
	}
}
