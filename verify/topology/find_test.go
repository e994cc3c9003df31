package topology_test

import (
	"slices"
	"testing"

	"uplinkcheck/testbed/synth"
	"uplinkcheck/verify/topology"
)

// Every loss is found by its name, and one of a port or cable by what it is at.
func TestFindByName(t *testing.T) {
	f := topology.Build(synth.New(synth.Options{Seed: 1, Switches: 20}).Input())
	kinds := map[topology.ScenarioKind]bool{}
	for _, s := range f.Scenarios() {
		words := []string{s.Name}
		switch s.Kind {
		case topology.LinkLoss:
			words = append(words, s.Link.Uplink.String(), s.Link.Uplink.Mapped().String())
		case topology.TrunkLoss:
			words = append(words, s.Trunk.A.String())
		case topology.LAGLoss:
			words = append(words, s.LAG.Name)
		}
		for _, word := range words {
			if found, err := f.Find(word); err == nil && !slices.Contains(found, s) {
				t.Errorf("%s: %q is not it but %v", s, word, found)
			} else if err != nil && len(words) > 1 {
				t.Errorf("%s: %q: %v", s, word, err)
			}
		}
		kinds[s.Kind] = true
	}
	if !kinds[topology.LinkLoss] || !kinds[topology.TrunkLoss] || !kinds[topology.LAGLoss] {
		t.Errorf("there were %v", kinds)
	}
}
