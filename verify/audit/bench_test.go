package audit_test

import (
	"bytes"
	"fmt"
	"testing"

	"uplinkcheck/drivers/capture/bundle"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/testbed/synth"
	"uplinkcheck/verify/audit"
)

// BenchmarkLoad measures the way from an evidence bundle to a fabric: unpacking ("read"), and then parsing and joining what is in it. What
// counts is how much the switches print, in MB/s: each names its VLANs port by port.
func BenchmarkLoad(b *testing.B) {
	for _, switches := range []int{100, 1000} {
		packed, inv, size := recorded(b, switches)
		unpack := func() bundle.Bundle {
			got, err := bundle.Read(bytes.NewReader(packed))
			if err != nil {
				b.Fatal(err)
			}
			return got
		}
		b.Run(fmt.Sprintf("%d/read", switches), func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				unpack()
			}
		})
		b.Run(fmt.Sprint(switches), func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				audit.Fabric(audit.Evidence{Inventory: inv, Captures: unpack().Captures})
			}
		})
	}
}

// recorded is the bundle of a fabric with few VLANs, its inventory, and how many bytes its devices printed.
func recorded(b *testing.B, switches int) (packed []byte, inv *inventory.Inventory, size int64) {
	s, err := testbed.Compile(synth.New(synth.Options{Seed: 1, Switches: switches, VLANs: 24}).Scenario())
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
