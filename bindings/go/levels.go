package inspyr

// #include "go_context.h"
import "C"

import "time"

// Level is what a Context may do less of while jobs wait too long: see inspyr_level. JobResult.Level and
// ContextStatus.Level number them from 1 in the order of ContextOptions.Levels; 0 is what the request asks for.
type Level struct {
	// At most, in pixels, multiples of the network's; 0: as the request says.
	NetworkWidth, NetworkHeight int
	Source                      string    // another model, loaded with the context; "": the context's
	Precision                   Precision // of its model; 0: as ContextOptions.Load says
	// The level is entered when jobs have waited longer than this for half a second, and left when they have waited less
	// than half of it for five seconds. 1 ms or more, and more than that of the level before.
	Delay time.Duration
}

const maxLevels = C.GO_LEVELS

func fillLevels(c *C.go_levels, levels []Level, t *texts) error {
	if len(levels) > maxLevels {
		return refused(ErrArgument, "up to 4 levels of quality")
	}
	for i, level := range levels {
		it := &c.levels[i]
		C.inspyr_level_init(it)
		it.network_width, it.network_height = narrow(level.NetworkWidth), narrow(level.NetworkHeight)
		it.source, it.precision = t.add(level.Source), C.inspyr_precision(level.Precision)
		it.delay_ms = narrow(milliseconds(level.Delay))
	}
	c.count = C.size_t(len(levels))
	return nil
}
