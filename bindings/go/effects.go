package inspyr

// #include "go_calls.h"
import "C"

import (
	"strings"
	"unsafe"
)

// ParameterKind is how the values of a parameter are written in a text.
type ParameterKind int32

const (
	ParameterNumber  ParameterKind = C.INSPYR_PARAMETER_NUMBER
	ParameterInteger ParameterKind = C.INSPYR_PARAMETER_INTEGER
	ParameterSwitch  ParameterKind = C.INSPYR_PARAMETER_SWITCH
	ParameterChoice  ParameterKind = C.INSPYR_PARAMETER_CHOICE
	ParameterColour  ParameterKind = C.INSPYR_PARAMETER_COLOUR
)

// Parameter of an effect: see inspyr_parameter.
type Parameter struct {
	Name, Text, Unit    string
	Words               []string // of a choice
	Least, Most, Preset float64
	Kind                ParameterKind
	NoEffect            bool
}

// Effect is one of the library's: see inspyr_effect.
type Effect struct {
	Name, Text      string
	Version, Newest int
	BytesPerPixel   uint64
	Parameters      []Parameter
}

// EffectSet is a name that stands for several effects.
type EffectSet struct {
	Name, Effects string
}

// Effects is the library's table.
func Effects() []Effect {
	var effects []Effect
	for {
		var c C.inspyr_effect
		C.inspyr_effect_init(&c)
		if C.inspyr_effect_list(&c, C.size_t(len(effects)), nil) != C.INSPYR_OK {
			return effects
		}
		effects = append(effects, Effect{C.GoString(c.name), C.GoString(c.text), int(c.version), int(c.newest),
			uint64(c.bytes_per_pixel), parameters(len(effects))})
	}
}

func parameters(effect int) []Parameter {
	var parameters []Parameter
	for {
		var c C.inspyr_parameter
		C.inspyr_parameter_init(&c)
		if C.inspyr_parameter_list(&c, C.size_t(effect), C.size_t(len(parameters)), nil) != C.INSPYR_OK {
			return parameters
		}
		p := Parameter{Name: C.GoString(c.name), Text: C.GoString(c.text), Unit: C.GoString(c.unit),
			Least: float64(c.least), Most: float64(c.most), Preset: float64(c.preset),
			Kind: ParameterKind(c.kind), NoEffect: c.no_effect != 0}
		if words := C.GoString(c.words); words != "" {
			p.Words = strings.Split(words, "|")
		}
		parameters = append(parameters, p)
	}
}

// EffectSets are the names that stand for several effects.
func EffectSets() []EffectSet {
	var sets []EffectSet
	for {
		var c C.inspyr_effect_set
		C.inspyr_effect_set_init(&c)
		if C.inspyr_effect_set_list(&c, C.size_t(len(sets)), nil) != C.INSPYR_OK {
			return sets
		}
		sets = append(sets, EffectSet{C.GoString(c.name), C.GoString(c.effects)})
	}
}

// ParseEffects takes a list apart, "classic,popart@1:contrast=2", into the one text of each effect, which
// ApplyEffects takes and which is good as part of a cache's key.
func ParseEffects(text string) ([]string, error) {
	var list []string
	var count C.size_t
	var e C.inspyr_error
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	for i := C.size_t(0); i == 0 || i < count; i++ {
		var values C.inspyr_effect_values
		var out [C.INSPYR_EFFECT_TEXT_MAX]C.char
		C.inspyr_effect_values_init(&values)
		if err := failed(C.inspyr_effect_parse(&values, &count, c, i, &e), &e); err != nil {
			return nil, err
		}
		if err := failed(C.inspyr_effect_print(&out[0], &values, &e), &e); err != nil {
			return nil, err
		}
		list = append(list, C.GoString(&out[0]))
	}
	return list, nil
}
