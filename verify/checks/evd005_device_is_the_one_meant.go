package checks

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// EVD005: each device is the one that is meant.
var EVD005 = add(&verify.Check{
	ID:    "EVD-005",
	Title: "each device is the one that is meant",
	Doc: `The host key was checked against known_hosts, and the hostname and serial number that the inventory gives must be the device's own. An address that was
moved to another box would otherwise be audited under the wrong name. A hostname may lack its domain, and of a stack any member's serial number will do.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.2.A9", "B")},
	Severity: verify.High,
	Run: verify.Each(devices, func(d *topology.Device) (v verify.Verdict) {
		if !d.Collected() {
			v.NotApplicable("%s was not collected: see EVD-001", d.Name)
			return v
		}
		if d.Capture.HostKey == "" {
			v.Unknown("%s: no host key was recorded", d.Name).Missing("a collection over SSH")
		} else {
			v.Pass(answer(d).Span(0, 0), "%s: host key %s is the known one", d.Name, d.Capture.HostKey)
		}
		if d.Host != nil && d.Host.Entry != nil {
			expect(&v, d, "hostname", d.Host.Entry.Hostname, d.Host.Hostname)
		}
		if d.Switch != nil && d.Switch.Entry != nil {
			expect(&v, d, "hostname", d.Switch.Entry.Hostname, d.Switch.Device.Hostname)
			expect(&v, d, "serial number", d.Switch.Entry.Serial, serial(d.Switch))
		}
		return v
	}),
})

func expect(v *verify.Verdict, d *topology.Device, what, want string, got capture.Fact[string]) {
	switch {
	case want == "":
	case !got.Known():
		v.Unknown("%s: %s not reported", d.Name, what).Missing("the %s of %s", what, d.Name)
	case !strings.EqualFold(want, got.Value) && !(what == "hostname" && sameHost(want, got.Value)):
		v.Fail(got.From, "%s has %s %q, but the inventory says %q", d.Name, what, got.Value, want).Also(d.Entry).
			Fix("check the address of %s, or correct the inventory", d.Name)
	default:
		v.Pass(got.From, "%s: %s %s is as declared", d.Name, what, got.Value)
	}
}

// sameHost reports whether two names are one, of which only one has its domain.
func sameHost(a, b string) bool {
	short, _, wholeA := strings.Cut(a, ".")
	other, _, wholeB := strings.Cut(b, ".")
	return strings.EqualFold(short, other) && wholeA != wholeB
}

// serial returns the serial number of the switch, of a stack that of the member which the inventory names: which of them
// speaks for the stack changes.
func serial(s *topology.Switch) capture.Fact[string] {
	for i := range s.Members {
		if m := s.Members[i].Serial; m.Known() && strings.EqualFold(m.Value, s.Entry.Serial) {
			return m
		}
	}
	return s.Device.Serial
}
