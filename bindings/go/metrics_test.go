package inspyr_test

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"inspyr"
)

func TestANumberThatCDoesNotHaveIsNoOtherNumber(t *testing.T) {
	const much = 1<<32 + side
	cutout := &inspyr.CutoutOptions{NetworkWidth: much, NetworkHeight: much}
	_, ofCutout := builtin(t).RemoveBackground(background, cat(9, 9), cutout)
	_, ofMatte := builtin(t).Matte(background, cat(9, 9), &inspyr.MatteOptions{NetworkWidth: -much, NetworkHeight: -much})
	_, ofEffects := inspyr.ApplyEffects(background, cat(9, 9), []string{"color"}, &inspyr.EffectOptions{Preview: true, PreviewSide: -1 << 32})
	_, ofPool := inspyr.OpenPool(1<<32+1, nil)
	c := open(t, nil)
	_, ofJob := c.SubmitImage(background, cat(9, 9), &inspyr.Request{Sizes: []int{much}})
	_, ofContext := inspyr.OpenContext(&inspyr.ContextOptions{Workers: 1<<32 + 1})
	_, ofRetry := inspyr.OpenCache(&inspyr.CacheOptions{GetTimeout: -(1 << 32) * time.Millisecond})
	for i, err := range []error{ofCutout, ofMatte, ofEffects, ofPool, ofJob, ofContext, ofRetry} {
		if !errors.Is(err, inspyr.ErrArgument) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// fields of a struct of a header.
func fields(t *testing.T, header, name string) (found []string) {
	t.Helper()
	text := string(read(t, header))
	body := regexp.MustCompile(`(?s)typedef struct ` + name + ` \{(.*?)\n\} ` + name + `;`).FindStringSubmatch(text)
	if body == nil {
		t.Fatal("there is no", name)
	}
	code := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(body[1], "")
	for _, field := range regexp.MustCompile(`(\w+)(?:\[\w+\])?\s*[,;]`).FindAllStringSubmatch(code, -1) {
		found = append(found, field[1])
	}
	return found
}

func TestEveryNumberOfTheHeaderIsThere(t *testing.T) {
	for _, it := range []struct {
		header, name string
		mirror       any
		other        string // that Go has otherwise
	}{
		{"inspyr_metrics.h", "inspyr_metrics", inspyr.Metrics{}, ""},
		{"inspyr_cache.h", "inspyr_cache_stats", inspyr.CacheStats{}, "breaker_open"},
		{"inspyr_context.h", "inspyr_level", inspyr.Level{}, "delay_ms"},
		{"inspyr_context.h", "inspyr_context_options", inspyr.ContextOptions{},
			"flags allocator max_wait_ms retry_ms idle_release_ms level_count span_user log_user"},
		{"inspyr_cache.h", "inspyr_cache_options", inspyr.CacheOptions{},
			"flags allocator ttl_ms clock clock_user hooks get_timeout_ms breaker_pause_ms log_user"},
		{"inspyr_context.h", "inspyr_request", inspyr.Request{}, "flags size_count deadline_ms done user"},
	} {
		mirror := map[string]bool{"structsize": true, "reserved": true}
		for i := 0; i < reflect.TypeOf(it.mirror).NumField(); i++ {
			mirror[strings.ToLower(reflect.TypeOf(it.mirror).Field(i).Name)] = true
		}
		theirs := fields(t, "../../include/"+it.header, it.name)
		for _, field := range theirs {
			if !mirror[strings.ReplaceAll(field, "_", "")] && !strings.Contains(" "+it.other+" ", " "+field+" ") {
				t.Errorf("%T has no %s", it.mirror, field)
			}
		}
		if len(theirs) < 5 {
			t.Error(it.name, theirs)
		}
	}
}

func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-9*(math.Abs(a)+math.Abs(b))
}

// served are requests of every kind that is counted.
func served(t *testing.T, c *inspyr.Context, cache *inspyr.Cache) {
	t.Helper()
	for i := 0; i < 5; i++ {
		job, err := c.Submit(background, file(t, 40+i%3, 30), &inspyr.Request{Cutout: &small, ClientClass: "phone",
			Encode: &inspyr.EncodeOptions{}})
		finished(t, job, err)
		must(t, job.Close())
	}
	must(t, cache.Purge())
	job, err := c.Submit(background, file(t, 40, 30), &inspyr.Request{Cutout: &small, Encode: &inspyr.EncodeOptions{}})
	finished(t, job, err)
	must(t, job.Close())
	job, err = c.SubmitFrom(background, strings.NewReader("no picture"), nil)
	must(t, err)
	if err := job.Wait(background); !errors.Is(err, inspyr.ErrImageFormat) {
		t.Error(err)
	}
	must(t, job.Close())
	job, err = c.Submit(background, file(t, 40, 30), &inspyr.Request{Sizes: []int{1024}, NoLookup: true})
	must(t, err)
	job.Cancel()
	<-job.Done()
	must(t, job.Close())
}

func TestMetricsAgreeWithEachOtherTheCacheAndTheText(t *testing.T) {
	cache, err := inspyr.OpenCache(&inspyr.CacheOptions{Directory: t.TempDir()})
	must(t, err)
	defer cache.Close()
	c := open(t, &inspyr.ContextOptions{Wait: true, Cache: cache, PricePerHour: 3.6e6})
	must(t, c.Warmup(background, inspyr.WarmupOptions{NetworkWidth: side, NetworkHeight: side}))
	served(t, c, cache)
	must(t, c.Drain(background))
	m, err := c.Metrics()
	must(t, err)
	timed := m.Cold + m.Cached + m.Warm
	if m.Requests != m.OK+m.Invalid+m.Limit+m.Overload+m.Deadline+m.Cancelled+m.Device+m.Internal || m.OK != 6 ||
		m.Invalid != 1 || m.Cancelled != 1 || m.OK != m.Computed+m.FromMemory+m.FromStore+m.Joined || m.FromMemory != 2 ||
		m.Computed < 3 || timed != m.Classes[0]+m.Classes[1]+m.Classes[2]+m.Classes[3] || m.Inferences < 3 || m.Executions < 3 {
		t.Errorf("%+v", m)
	}
	if !near(m.HitShare, float64(m.FromMemory+m.FromStore)/float64(m.OK)) || !near(m.ColdShare, float64(m.Cold)/float64(timed)) ||
		!near(m.Cost, m.DeviceBusySeconds*1000) || !near(m.CostPerRequest, m.Cost/float64(m.OK)) || m.Cost <= 0 {
		t.Errorf("%+v", m)
	}
	if m.AllSeconds.P50 <= 0 || m.AllSeconds.P99 < m.AllSeconds.P50 || m.CacheSeconds.P50 <= 0 || m.InferSeconds.P95 <= 0 ||
		m.LoadSeconds <= 0 || m.WarmupSeconds <= 0 || m.FirstResultSeconds <= 0 || m.InferenceSecondsSaved <= 0 ||
		m.ResidentBytes < 1<<20 || m.State != inspyr.StateDraining {
		t.Errorf("%+v", m)
	}
	mattes, results, err := cache.Stats()
	must(t, err)
	if m.CacheBytes != mattes.Bytes+results.Bytes || m.Evictions != mattes.Evictions+results.Evictions ||
		m.CacheHits == 0 || m.CacheLookups <= m.CacheHits {
		t.Errorf("%+v %+v %+v", m, mattes, results)
	}
	text, err := c.MetricsText()
	must(t, err)
	if !bytes.Contains(text, []byte(`inspyr_requests_total{result="ok"`)) || !bytes.HasSuffix(text, []byte("# EOF\n")) {
		t.Errorf("%s", text)
	}
}

func TestAnEstimateGrowsWithThePictureAndNeedsNoModel(t *testing.T) {
	c := open(t, &inspyr.ContextOptions{Cold: true})
	less, err := c.Estimate(400, 300, &inspyr.Request{Cutout: &small})
	must(t, err)
	more, err := c.Estimate(4000, 3000, &inspyr.Request{Cutout: &small})
	must(t, err)
	effects, err := c.Estimate(4000, 3000, &inspyr.Request{Cutout: &small, Effects: "classic"})
	must(t, err)
	if less < 400*300*4 || more < 4000*3000*4 || more <= less || effects <= more {
		t.Error(less, more, effects)
	}
	if c.State() != inspyr.StateCold {
		t.Error(c.State())
	}
	must(t, c.Warmup(background))
	info, err := c.Info()
	if err != nil || info.Name != "nano" {
		t.Error(info, err)
	}
	c.Trim(1)
}
