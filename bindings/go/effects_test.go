package inspyr_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"inspyr"
)

func TestTheTableOfEffectsIsWholeAndItsSetsAreOfIt(t *testing.T) {
	known := map[string]bool{}
	for _, effect := range inspyr.Effects() {
		known[effect.Name] = true
		for _, p := range effect.Parameters {
			if p.Name == "" || p.Preset < p.Least || p.Preset > p.Most {
				t.Errorf("%s: %+v", effect.Name, p)
			}
			if p.Kind == inspyr.ParameterChoice && len(p.Words) != int(p.Most)+1 {
				t.Errorf("%s: %+v", effect.Name, p)
			}
		}
	}
	for _, set := range inspyr.EffectSets() {
		for _, name := range strings.Split(set.Effects, ",") {
			if !known[name] {
				t.Errorf("%s: there is no %s", set.Name, name)
			}
		}
	}
	if !known["popart"] || len(inspyr.EffectSets()) == 0 {
		t.Error(known)
	}
}

func TestATextHasOneForm(t *testing.T) {
	list, err := inspyr.ParseEffects(" color , popart:contrast = 1.50 ,dithering")
	must(t, err)
	if len(list) != 3 || !strings.HasPrefix(list[1], "popart@") || !strings.HasSuffix(list[1], "contrast=1.5") {
		t.Error(list)
	}
	for _, wrong := range []string{"", "colour", "popart:contrast=much"} {
		if _, err := inspyr.ParseEffects(wrong); !errors.Is(err, inspyr.ErrArgument) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestEffectsAreDrawnTogetherAsAlone(t *testing.T) {
	ctx, picture := context.Background(), cat(60, 40)
	effects, err := inspyr.ParseEffects("classic")
	must(t, err)
	listened := map[int]string{}
	all, err := inspyr.ApplyEffects(ctx, picture, effects, &inspyr.EffectOptions{Seed: 7,
		Result: func(i int, drawn inspyr.Drawn) { listened[i] = string(drawn.Image.NRGBA().Pix) }})
	must(t, err)
	for i, drawn := range all {
		alone, err := inspyr.ApplyEffects(ctx, picture, effects[i:i+1], &inspyr.EffectOptions{Seed: 7})
		must(t, err)
		same(t, effects[i], drawn.Image.NRGBA(), alone[0].Image.NRGBA())
		if listened[i] != string(alone[0].Image.NRGBA().Pix) || drawn.Device != "cpu" || drawn.Scale != 1 {
			t.Errorf("%s: %+v", effects[i], drawn)
		}
		must(t, alone[0].Image.Close())
		must(t, drawn.Image.Close())
	}
}

func TestAnEffectThatFailsStopsNoOther(t *testing.T) {
	drawn, err := inspyr.ApplyEffects(context.Background(), cat(9, 9), []string{"color", "nothing", "popart"}, nil)
	if !errors.Is(err, inspyr.ErrArgument) || len(drawn) != 3 {
		t.Fatal(err, drawn)
	}
	if drawn[0].Image == nil || drawn[2].Image == nil || drawn[1].Image != nil ||
		!errors.Is(drawn[1].Err, inspyr.ErrArgument) || drawn[0].Err != nil {
		t.Errorf("%+v", drawn)
	}
	must(t, drawn[0].Image.Close())
	must(t, drawn[2].Image.Close())
	drawn, err = inspyr.ApplyEffects(context.Background(), cat(9, 9), []string{"color"},
		&inspyr.EffectOptions{Alpha: opaque(cat(8, 9))})
	if !errors.Is(err, inspyr.ErrArgument) || drawn != nil {
		t.Error(err, drawn)
	}
}

func TestAPanicBetweenEffectsLosesNoMemory(t *testing.T) {
	memory, err := inspyr.NewMemory(0)
	must(t, err)
	defer memory.Close()
	func() {
		defer func() { recover() }()
		inspyr.ApplyEffects(context.Background(), cat(9, 9), []string{"color", "popart"}, &inspyr.EffectOptions{
			Memory: memory, Result: func(int, inspyr.Drawn) { panic("stop") }})
		t.Error("went on")
	}()
	if use := memory.Use(); use.Blocks != 0 || use.Peak == 0 {
		t.Errorf("%+v", use)
	}
}
