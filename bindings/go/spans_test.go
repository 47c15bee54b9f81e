package inspyr_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"inspyr"
)

type listener struct {
	mutex sync.Mutex
	spans []inspyr.Span
}

func (l *listener) hear(span inspyr.Span) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.spans = append(l.spans, span)
}

// named is the one span of that name.
func (l *listener) named(t *testing.T, name string) inspyr.Span {
	t.Helper()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	var found []inspyr.Span
	for _, span := range l.spans {
		if span.Name == name {
			found = append(found, span)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d spans are called %s: %+v", len(found), name, l.spans)
	}
	return found[0]
}

const (
	traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
	callers = "00f067aa0ba902b7"
)

func TestSpansAreOfTheCallersTraceAndOfTheTimeOfTheRequest(t *testing.T) {
	var heard listener
	c := open(t, &inspyr.ContextOptions{Wait: true, Span: heard.hear})
	began := time.Now()
	job, err := c.Submit(background, file(t, 40, 30), &inspyr.Request{Cutout: &small, ClientClass: "phone", Effects: "color",
		Traceparent: "00-" + traceID + "-" + callers + "-01"})
	finished(t, job, err)
	must(t, job.Close())
	must(t, c.Close())
	ended := time.Now()
	request, batch := heard.named(t, "request"), heard.named(t, "batch")
	decode := heard.named(t, "decode")
	if request.TraceID != traceID || request.ParentID != callers || decode.TraceID != traceID || decode.ParentID != request.SpanID {
		t.Errorf("%+v %+v", request, decode)
	}
	if !batch.IsBatch || request.IsBatch || request.Batch != batch.Batch || batch.Batch == 0 || len(batch.SpanID) != 16 {
		t.Errorf("%+v %+v", request, batch)
	}
	attributes := map[string]string{}
	for _, a := range append(request.Attributes, batch.Attributes...) {
		attributes[a.Name] = a.Value
	}
	if attributes["status"] != "OK" || attributes["client"] != "phone" ||
		!strings.Contains(attributes["effects"], "color") || attributes["pictures"] != "1" {
		t.Error(attributes)
	}
	second := time.Second // of clocks that are not the same
	if request.Start.Before(began.Add(-second)) || request.Start.Add(request.Duration).After(ended.Add(second)) ||
		request.Duration < decode.Duration || decode.Duration <= 0 || decode.Thread == "" || request.Thread != "" {
		t.Errorf("%v to %v: %+v %+v", began, ended, request, decode)
	}
}

func TestATraceIsWhatABrowserReads(t *testing.T) {
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	trace, err := inspyr.NewTrace(64<<10, memory)
	must(t, err)
	c := open(t, &inspyr.ContextOptions{Trace: trace})
	job, err := c.Submit(background, file(t, 40, 30), &inspyr.Request{Cutout: &small})
	finished(t, job, err)
	must(t, job.Close())
	must(t, c.Drain(background))
	text, err := trace.JSON()
	must(t, err)
	var read struct {
		TraceEvents []struct {
			Name string
		}
	}
	must(t, json.Unmarshal(text, &read))
	names := map[string]bool{}
	for _, event := range read.TraceEvents {
		names[event.Name] = true
	}
	if !names["request"] || !names["batch"] {
		t.Error(names)
	}
	must(t, trace.Close()) // the context still has it
	if memory.Use().Bytes < 64<<10 {
		t.Error("the ring is gone")
	}
	must(t, c.Close())
	if use := memory.Use(); use.Blocks != 0 {
		t.Errorf("%+v", use)
	}
	if _, err := trace.JSON(); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	if _, err := inspyr.OpenContext(&inspyr.ContextOptions{Trace: trace}); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	_, err = inspyr.OpenContext(&inspyr.ContextOptions{Trace: trace, Span: func(inspyr.Span) {}})
	if !errors.Is(err, inspyr.ErrArgument) || !strings.Contains(err.Error(), "Span") {
		t.Error(err)
	}
	if _, err := inspyr.NewTrace(1, nil); !errors.Is(err, inspyr.ErrArgument) {
		t.Error(err)
	}
}

func TestNothingIsCalledBackAfterAContextIsClosed(t *testing.T) {
	var mutex sync.Mutex
	over, late := false, 0
	heard := func() {
		mutex.Lock()
		defer mutex.Unlock()
		if over {
			late++
		}
	}
	for i := 0; i < 20; i++ {
		c, err := inspyr.OpenContext(&inspyr.ContextOptions{Workers: 2, Span: func(inspyr.Span) { heard() },
			Log: func(inspyr.LogLevel, string) { heard() }})
		must(t, err)
		mutex.Lock()
		over = false
		mutex.Unlock()
		var jobs []*inspyr.Job
		for n := 0; n < 8; n++ {
			job, err := c.SubmitImage(background, cat(40+n, 30), &inspyr.Request{Cutout: &small,
				Result: func(inspyr.JobResult) { heard() }})
			must(t, err)
			jobs = append(jobs, job)
		}
		if i%2 == 0 {
			must(t, jobs[0].Wait(background))
		}
		must(t, c.Close())
		mutex.Lock()
		over = true
		mutex.Unlock()
		for _, job := range jobs {
			<-job.Done()
			must(t, job.Close())
		}
	}
	mutex.Lock()
	defer mutex.Unlock()
	if late > 0 {
		t.Errorf("%d calls came late", late)
	}
}
