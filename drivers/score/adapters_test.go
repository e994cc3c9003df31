package main

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/all"
	"uplinkcheck/drivers/corpus"
	"uplinkcheck/drivers/score/recorded"
	"uplinkcheck/drivers/state"
)

// TestWhateverWasPublishedIsRead gives each adapter results of its schema in which values are missing or of another kind: a result nobody
// here has seen must not end the comparison of all the others.
func TestWhateverWasPublishedIsRead(t *testing.T) {
	dir := filepath.Join(corpus.Shared(t, "corpus"), "corpus")
	list, err := recorded.Index(dir)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, r := range list {
		i := slices.IndexFunc(all.Drivers, func(d *drivers.Driver) bool { return d.Name == r.Platform })
		read := adapterOf(r)
		input, err := os.ReadFile(filepath.Join(dir, r.Path(), "expected.json"))
		if i < 0 || read == nil || err != nil {
			continue
		}
		var published any
		if err := json.Unmarshal(input, &published); err != nil {
			t.Fatal(err)
		}
		c, err := recorded.Load(dir, all.Drivers[i], r)
		if err != nil {
			t.Fatal(err)
		}
		sw, err := all.Drivers[i].Parse(c)
		if err != nil || sw == nil {
			sw = &state.Switch{}
		}
		random := rand.New(rand.NewPCG(1, uint64(tried)))
		func() {
			defer func() {
				if e := recover(); e != nil {
					t.Errorf("%s: %v", r.Path(), e)
				}
			}()
			for _, share := range []float64{0.02, 0.1, 0.3} {
				for range 10 {
					y := &tally{s: sw, where: r.Path(), contradicted: func(string, string) bool { return false }}
					read(y, spoilt(random, share, published))
				}
			}
		}()
		tried++
	}
	if tried < 500 {
		t.Errorf("%d published results were tried", tried)
	}
}

// spoilt returns a JSON value in which that share of all values and names is another one.
func spoilt(random *rand.Rand, share float64, v any) any {
	if random.Float64() < share {
		others := []any{nil, "", "x/y", -1.0, true, []any{}, object{}, []any{v}}
		return others[random.IntN(len(others))]
	}
	switch x := v.(type) {
	case object:
		out := object{}
		for _, name := range slices.Sorted(maps.Keys(x)) {
			e := x[name]
			if random.Float64() < share {
				name = []string{"", "x", "None", "a/b/c:d"}[random.IntN(4)]
			}
			out[name] = spoilt(random, share, e)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = spoilt(random, share, e)
		}
		return out
	}
	return v
}
