package topology_test

import (
	"testing"

	"uplinkcheck/testbed/synth"
	"uplinkcheck/verify/topology"
)

// BenchmarkFailures compares the two ways to know what each loss does to each network of each host, on 1,000 switches: "engine" goes through
// all losses, "plain" through four; "s-all" is what all of them take. They must count the same.
func BenchmarkFailures(b *testing.B) {
	in := synth.New(synth.Options{Seed: 1, Switches: 1000, VLANs: 4000}).Input()
	lost := map[int]int{} // by Scenario.Order: how many networks
	b.Run("engine", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			f := topology.Build(in)
			b.StartTimer()
			f.Failures()
			b.StopTimer()
			clear(lost)
			for _, r := range f.Roles() {
				for s := range f.Failures().Lost(r) {
					lost[s.Order()]++
				}
			}
			b.StartTimer()
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s-all")
	})
	f := topology.Build(in)
	all := f.Scenarios()
	b.Run("plain", func(b *testing.B) {
		looked := 0
		for b.Loop() {
			for i := 0; i < len(all); i += len(all) / 4 {
				looked++
				if got := f.Plainly(all[i]); got != lost[i] {
					b.Fatalf("without %s: %d networks, by the engine %d", all[i], got, lost[i])
				}
			}
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(looked)*float64(len(all)), "s-all")
	})
}
