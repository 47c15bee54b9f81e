package inspyr_test

import (
	"context"
	"errors"
	"image"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"inspyr"
)

func TestEveryStatusOfTheHeaderIsThere(t *testing.T) {
	ours := map[string]inspyr.Status{"ERR_ARGUMENT": inspyr.ErrArgument, "ERR_MEMORY": inspyr.ErrMemory,
		"ERR_UNSUPPORTED": inspyr.ErrUnsupported, "ERR_CANCELLED": inspyr.ErrCancelled,
		"ERR_FORKED": inspyr.ErrForked, "ERR_THREAD": inspyr.ErrThread, "ERR_INTERNAL": inspyr.ErrInternal,
		"ERR_IMAGE": inspyr.ErrImage, "ERR_IMAGE_FORMAT": inspyr.ErrImageFormat, "ERR_LIMIT": inspyr.ErrLimit,
		"ERR_ENCODE": inspyr.ErrEncode, "ERR_FILE": inspyr.ErrFile, "ERR_WEIGHTS": inspyr.ErrWeights,
		"ERR_DEVICE": inspyr.ErrDevice, "ERR_DEVICE_MEMORY": inspyr.ErrDeviceMemory,
		"ERR_TIMEOUT": inspyr.ErrTimeout, "ERR_DEADLINE": inspyr.ErrDeadline, "ERR_OVERLOAD": inspyr.ErrOverload,
		"ERR_NOT_READY": inspyr.ErrNotReady}
	rows := regexp.MustCompile(`X\((\w+), (-?\d+), "([^"]*)"\)`).FindAllStringSubmatch(string(read(t, header)), -1)
	if len(rows) != len(ours)+1 {
		t.Errorf("%d in the header, %d and success here", len(rows), len(ours))
	}
	for _, row := range rows {
		number, err := strconv.Atoi(row[2])
		must(t, err)
		status := ours[row[1]] // success: 0
		if int(status) != number || status.Name() != row[1] || status.Error() != row[3] {
			t.Errorf("%s is %d, %s, %s here", row[0], status, status.Name(), status.Error())
		}
	}
}

func TestAnErrorHasItsStatusAndItsCause(t *testing.T) {
	_, err := inspyr.DecodeBytes([]byte("nonsense, and more of it"), nil)
	var whole *inspyr.Error
	var status inspyr.Status
	if !errors.As(err, &whole) || whole.Status != inspyr.ErrImageFormat || whole.Message == "" {
		t.Errorf("%#v", err)
	}
	if !errors.As(err, &status) || status != inspyr.ErrImageFormat || errors.Is(err, inspyr.ErrImage) {
		t.Errorf("%#v", err)
	}
	if err.Error() != "inspyr: "+whole.Message {
		t.Error(err)
	}
}

func cancelled(t *testing.T, err, cause error) {
	t.Helper()
	if !errors.Is(err, inspyr.ErrCancelled) || !errors.Is(err, cause) {
		t.Errorf("%v, which is not %v", err, cause)
	}
}

func TestAContextEndsACallBeforeAndWhileItRuns(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	options := small
	told := 0
	options.Progress = func(inspyr.Progress) {
		told++
		cancel()
	}
	_, err := builtin(t).RemoveBackground(ctx, cat(40, 30), &options)
	cancelled(t, err, context.Canceled)
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	_, err = builtin(t).Matte(ctx, cat(40, 30), nil)
	cancelled(t, err, context.Canceled)
	_, err = inspyr.LoadModel(ctx, "", nil)
	cancelled(t, err, context.Canceled)
	_, err = inspyr.ApplyEffects(ctx, cat(8, 8), []string{"color"}, nil)
	cancelled(t, err, context.Canceled)
	cancelled(t, builtin(t).Warmup(ctx, nil), context.Canceled)
	late, stop := context.WithDeadline(context.Background(), time.Unix(1, 0))
	defer stop()
	_, err = builtin(t).RemoveBackground(late, cat(40, 30), nil)
	cancelled(t, err, context.DeadlineExceeded)
}

// A context whose end comes after so many looks at it: a deadline without a clock.
type wanes struct {
	context.Context
	looks int
}

func (w *wanes) Err() error {
	if w.looks--; w.looks < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

func TestADeadlineEndsACallWithoutAListener(t *testing.T) {
	parent, cancel := context.WithCancel(context.Background())
	defer cancel()
	for looks := 0; ; looks++ {
		out, err := builtin(t).RemoveBackground(&wanes{parent, looks}, cat(40, 30), &small)
		if err == nil {
			must(t, out.Close())
			if looks < 3 {
				t.Errorf("looked at %d times only", looks)
			}
			return
		}
		cancelled(t, err, context.DeadlineExceeded)
	}
}

func TestProgressRisesToOne(t *testing.T) {
	options := small
	last, stages := float32(-1), map[inspyr.Stage]bool{}
	options.Progress = func(p inspyr.Progress) {
		if p.Fraction < last {
			t.Errorf("from %v to %v", last, p.Fraction)
		}
		last, stages[p.Stage] = p.Fraction, true
	}
	out, err := builtin(t).RemoveBackground(context.Background(), cat(40, 30), &options)
	must(t, err)
	must(t, out.Close())
	if last != 1 || !stages[inspyr.StageNetwork] || !stages[inspyr.StageCompose] {
		t.Error(last, stages)
	}
}

func TestAPanicInACallbackGoesOnInTheCaller(t *testing.T) {
	options := small
	options.Progress = func(inspyr.Progress) { panic("stop here") }
	func() {
		defer func() {
			if what := recover(); what != "stop here" {
				t.Error(what)
			}
		}()
		builtin(t).RemoveBackground(context.Background(), cat(40, 30), &options)
		t.Error("went on")
	}()
	cut(t, cat(40, 30)) // the model is none the worse for it
}

func TestAClosedObjectSaysSo(t *testing.T) {
	model, err := inspyr.LoadModel(context.Background(), "", nil)
	must(t, err)
	picture, err := inspyr.DecodeBytes(read(t, demoPicture), nil)
	must(t, err)
	pool, err := inspyr.OpenPool(1, nil)
	must(t, err)
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	for i := 0; i < 3; i++ {
		must(t, model.Close())
		must(t, picture.Close())
		must(t, pool.Close())
		must(t, memory.Close())
	}
	ctx := context.Background()
	_, ofModel := model.RemoveBackground(ctx, cat(8, 8), nil)
	_, ofMatte := model.Matte(ctx, cat(8, 8), nil)
	_, ofPicture := builtin(t).RemoveBackground(ctx, picture, nil)
	_, ofPool := inspyr.LoadModel(ctx, "", &inspyr.LoadOptions{Pool: pool})
	_, ofMemory := inspyr.DecodeBytes(nil, &inspyr.DecodeOptions{Memory: memory})
	_, ofInfo := model.Info()
	for i, err := range []error{ofModel, ofMatte, ofPicture, ofPool, ofMemory, ofInfo, model.Warmup(ctx, nil)} {
		if !errors.Is(err, os.ErrClosed) || !errors.Is(err, inspyr.ErrArgument) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if picture.NRGBA() != nil || picture.Borrow() != nil || picture.Profile() != nil || model.State() != inspyr.StateCold {
		t.Error("something is left of what is closed")
	}
}

func TestAModelIsFreedByTheLastCallThatUsesIt(t *testing.T) {
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	model, err := inspyr.LoadModel(context.Background(), "", &inspyr.LoadOptions{Memory: memory})
	must(t, err)
	inner, outer := small, small
	inner.Progress = func(inspyr.Progress) { model.Close() }
	begun := false
	outer.Progress = func(inspyr.Progress) {
		if !begun {
			begun = true
			out, err := model.RemoveBackground(context.Background(), cat(40, 30), &inner)
			must(t, err)
			must(t, out.Close())
			if memory.Use().Bytes < 1<<20 {
				t.Error("the model is gone")
			}
		}
	}
	out, err := model.RemoveBackground(context.Background(), cat(40, 30), &outer)
	must(t, err)
	must(t, out.Close())
	if use := memory.Use(); use.Blocks != 0 {
		t.Errorf("%+v", use)
	}
	must(t, memory.Close())
}

func TestClosingDuringACallLetsItFinish(t *testing.T) {
	model, err := inspyr.LoadModel(context.Background(), "", nil)
	must(t, err)
	picture := cat(40, 30)
	options := small
	options.Progress = func(inspyr.Progress) { model.Close() }
	out, err := model.RemoveBackground(context.Background(), picture, &options)
	must(t, err)
	defer out.Close()
	same(t, "cut-out", out.NRGBA(), cut(t, picture))
	if _, err = model.Info(); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}

func TestAnOptionThatWouldDoNothingIsRefused(t *testing.T) {
	pool, err := inspyr.OpenPool(1, nil)
	must(t, err)
	defer pool.Close()
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	defer memory.Close()
	c := open(t, nil)
	listen := func(inspyr.Progress) {}
	for i, request := range []inspyr.Request{
		{Decode: &inspyr.DecodeOptions{Report: &inspyr.DecodeReport{}}}, {Decode: &inspyr.DecodeOptions{Memory: memory}},
		{Cutout: &inspyr.CutoutOptions{Report: &inspyr.Report{}}}, {Cutout: &inspyr.CutoutOptions{Progress: listen}},
		{Effect: &inspyr.EffectOptions{Alpha: opaque(cat(9, 9))}}, {Effect: &inspyr.EffectOptions{Pool: pool}},
		{Effect: &inspyr.EffectOptions{Memory: memory}}, {Effect: &inspyr.EffectOptions{Progress: listen}},
		{Effect: &inspyr.EffectOptions{Result: func(int, inspyr.Drawn) {}}},
		{Encode: &inspyr.EncodeOptions{Pool: pool}}, {Encode: &inspyr.EncodeOptions{Memory: memory}},
	} {
		request.Effects = "color"
		_, ofJob := c.SubmitImage(background, cat(9, 9), &request)
		_, ofEstimate := c.Estimate(9, 9, &request)
		if !errors.Is(ofJob, inspyr.ErrArgument) || !errors.Is(ofEstimate, inspyr.ErrArgument) {
			t.Errorf("%d: %v, %v", i, ofJob, ofEstimate)
		}
	}
	one := []image.Image{cat(9, 9)}
	_, ofProfile := builtin(t).Mattes(background, one, &inspyr.MatteOptions{Profile: []byte("profile")})
	_, ofReport := builtin(t).Mattes(background, one, &inspyr.MatteOptions{Report: &inspyr.Report{}})
	_, ofReports := builtin(t).Matte(background, one[0], &inspyr.MatteOptions{Reports: make([]inspyr.Report, 1)})
	for i, err := range []error{ofProfile, ofReport, ofReports} {
		if !errors.Is(err, inspyr.ErrArgument) {
			t.Errorf("%d: %v", i, err)
		}
	}
}
