package verify_test

import (
	"fmt"
	"testing"

	"uplinkcheck/testbed/synth"
	"uplinkcheck/verify/reload"
	"uplinkcheck/verify/topology"
)

// BenchmarkReloadCheck asks of a loaded fabric whether one switch may go away. What a fabric keeps of its first question is part of the
// first run only: "first" builds the fabric anew, outside the clock, for each question.
func BenchmarkReloadCheck(b *testing.B) {
	for _, n := range []int{100, 1000} {
		in := synth.New(synth.Options{Seed: 1, Switches: n}).Input()
		f := topology.Build(in)
		name := f.Switches[len(f.Switches)/2].Name
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				ask(b, f, name)
			}
		})
		b.Run(fmt.Sprintf("%d/first", n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				fresh := topology.Build(in)
				b.StartTimer()
				ask(b, fresh, name)
			}
		})
	}
}

func ask(b *testing.B, f *topology.Fabric, name string) {
	if _, err := reload.Check(f, name); err != nil {
		b.Fatal(err)
	}
}
