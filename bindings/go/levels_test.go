package inspyr_test

import (
	"errors"
	"testing"
	"time"

	"inspyr"
)

// levelOf is what a job gets now.
func levelOf(t *testing.T, c *inspyr.Context, request *inspyr.Request) inspyr.JobResult {
	t.Helper()
	job, err := c.SubmitImage(background, cat(40, 30), request)
	result := finished(t, job, err)[0]
	must(t, result.Image.Close())
	must(t, job.Close())
	return result
}

func TestJobsThatWaitTooLongGetALowerLevelUnlessTheyAskForAll(t *testing.T) {
	c := open(t, &inspyr.ContextOptions{Wait: true, NoBatching: true,
		Levels: []inspyr.Level{{NetworkWidth: 32, NetworkHeight: 32, Source: nano, Delay: time.Millisecond}}})
	request := &inspyr.Request{Cutout: &small}
	if first := levelOf(t, c, request); first.Level != 0 || first.NetworkWidth != side {
		t.Errorf("%+v", first)
	}
	var jobs []*inspyr.Job
	for i := 0; i < 100; i++ { // a second of waiting, of which half is enough
		job, err := c.SubmitImage(background, cat(9, 9), &inspyr.Request{Cutout: &small,
			Result: func(inspyr.JobResult) { time.Sleep(10 * time.Millisecond) }})
		must(t, err)
		jobs = append(jobs, job)
	}
	for _, job := range jobs {
		must(t, job.Wait(background))
		must(t, job.Close())
	}
	status, err := c.Status()
	must(t, err)
	second := levelOf(t, c, request)
	if status.Level != 1 || second.Level != 1 || second.NetworkWidth != 32 {
		t.Errorf("%+v, %+v", status, second)
	}
	third := levelOf(t, c, &inspyr.Request{Cutout: &small, FullQuality: true})
	if third.Level != 0 || third.NetworkWidth != side {
		t.Errorf("%+v", third)
	}
	if m, err := c.Metrics(); err != nil || m.Degraded == 0 {
		t.Error(m.Degraded, err)
	}
}

func TestLevelsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, levels := range [][]inspyr.Level{
		{{NetworkWidth: 32, NetworkHeight: 32}},
		{{Delay: 2 * time.Second}, {Delay: time.Second}},
		make([]inspyr.Level, 5),
		{{NetworkWidth: 1<<32 + 32, NetworkHeight: 1<<32 + 32, Delay: time.Second}},
	} {
		if _, err := inspyr.OpenContext(&inspyr.ContextOptions{Levels: levels}); !errors.Is(err, inspyr.ErrArgument) {
			t.Errorf("%+v: %v", levels, err)
		}
	}
}
