package inspyr_test

import (
	"context"
	"testing"

	"inspyr"
	"inspyr/internal/bare"
)

// tiny is the least network: what is not the package's part takes little time.
var tiny = inspyr.CutoutOptions{NetworkWidth: 32, NetworkHeight: 32}

type way struct {
	name string
	run  func(n int)
}

// compared runs n calls in C alone, and n of Go's: the difference is what the package costs.
func compared(b *testing.B, c func(*bare.Bare, int) error, ways ...way) {
	b.Helper()
	b.Run("C", func(b *testing.B) {
		calls, err := bare.Open(file(b, 64, 64), tiny.NetworkWidth)
		must(b, err)
		defer calls.Close()
		must(b, c(calls, 1))
		b.ResetTimer()
		must(b, c(calls, b.N))
	})
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			way.run(1)
			b.ResetTimer()
			way.run(b.N)
		})
	}
}

func BenchmarkState(b *testing.B) {
	model := builtin(b)
	compared(b, (*bare.Bare).States, way{"Go", func(n int) {
		for i := 0; i < n; i++ {
			model.State()
		}
	}})
}

func BenchmarkCutout(b *testing.B) {
	model := builtin(b)
	picture, err := inspyr.DecodeBytes(file(b, 64, 64), nil)
	must(b, err)
	defer picture.Close()
	ends, cancel := context.WithCancel(background)
	defer cancel()
	cut := func(ctx context.Context) func(int) {
		return func(n int) {
			for i := 0; i < n; i++ {
				out, err := model.RemoveBackground(ctx, picture, &tiny)
				must(b, err)
				out.Close()
			}
		}
	}
	compared(b, (*bare.Bare).Cutouts, way{"Go", cut(background)}, way{"GoThatMayEnd", cut(ends)})
}

// What a cut-out costs beside the network: one that is refused for its size.
func BenchmarkRefusal(b *testing.B) {
	model := builtin(b)
	picture, err := inspyr.DecodeBytes(file(b, 64, 64), nil)
	must(b, err)
	defer picture.Close()
	odd := inspyr.CutoutOptions{NetworkWidth: 33, NetworkHeight: 33}
	compared(b, (*bare.Bare).Refusals, way{"Go", func(n int) {
		for i := 0; i < n; i++ {
			if _, err := model.RemoveBackground(background, picture, &odd); err == nil {
				b.Fatal("not refused")
			}
		}
	}})
}

func BenchmarkCacheHit(b *testing.B) {
	cache, err := inspyr.OpenCache(nil)
	must(b, err)
	defer cache.Close()
	c := open(b, &inspyr.ContextOptions{Cache: cache})
	picture, request := file(b, 64, 64), &inspyr.Request{Cutout: &tiny, Encode: &inspyr.EncodeOptions{}}
	ends, cancel := context.WithCancel(background)
	defer cancel()
	hit := func(ctx context.Context) func(int) {
		return func(n int) {
			for i := 0; i < n; i++ {
				job, err := c.Submit(ctx, picture, request)
				must(b, err)
				must(b, job.Wait(ctx))
				job.Results()
				job.Close()
			}
		}
	}
	compared(b, (*bare.Bare).Hits, way{"Go", hit(background)}, way{"GoThatMayEnd", hit(ends)})
}
