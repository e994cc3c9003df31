package audit_test

import (
	"bytes"
	"testing"

	"uplinkcheck/drivers/capture/bundle"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/testbed/synth"
	"uplinkcheck/verify/audit"
)

// BenchmarkLoad measures the way from an evidence bundle to a fabric: unpacking ("read"), and then parsing and joining what is in it. What
// counts is how much the devices print, in MB/s. Switches of 48 ports and two hypervisors for each carry 24 VLANs, which end
// at the heads of pods of some forty switches: each knows the 800 addresses of its pod. On the flat fabric three VLANs
// stretch over all pods, and each switch knows every host: four fifths of what is printed there are tables of addresses.
func BenchmarkLoad(b *testing.B) {
	for _, of := range []struct {
		name     string
		switches int
		routed   bool
	}{{"100", 100, true}, {"1000", 1000, true}, {"1000-flat", 1000, false}} {
		b.Run(of.name, func(b *testing.B) {
			load(b, synth.Options{Seed: 1, Switches: of.switches, VLANs: 24, Routed: of.routed})
		})
	}
}

func load(b *testing.B, o synth.Options) {
	packed, inv, size := recorded(b, o)
	unpack := func() bundle.Bundle {
		got, err := bundle.Read(bytes.NewReader(packed))
		if err != nil {
			b.Fatal(err)
		}
		return got
	}
	b.Run("read", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			unpack()
		}
	})
	b.Run("all", func(b *testing.B) {
		b.SetBytes(size)
		before := cpu()
		for b.Loop() {
			audit.Fabric(audit.Evidence{Inventory: inv, Captures: unpack().Captures})
		}
		b.ReportMetric((cpu()-before)/float64(b.N), "processor-s/op")
	})
}

// recorded is the bundle of a fabric, its inventory, and how many bytes its devices printed.
func recorded(b *testing.B, o synth.Options) (packed []byte, inv *inventory.Inventory, size int64) {
	s, err := testbed.Compile(synth.New(o).Scenario())
	if err != nil {
		b.Fatal(err)
	}
	if inv, err = inventory.Load("inventory.yml", []byte(s.Inventory())); err != nil {
		b.Fatal(err)
	}
	captures := s.Captures()
	for _, c := range captures {
		for _, r := range c.Replies {
			size += int64(len(r.Data))
		}
	}
	var out bytes.Buffer
	if err := bundle.Write(&out, bundle.Bundle{Inventory: inv.File.Data, Captures: captures}); err != nil {
		b.Fatal(err)
	}
	return out.Bytes(), inv, size
}
