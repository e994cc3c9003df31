package checks

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// EVD005: each device is the one that is meant.
var EVD005 = add(&verify.Check{
	ID:    "EVD-005",
	Title: "each device is the one that is meant",
	Doc: `The host key was checked against known_hosts, and the hostname and serial number that the inventory gives must be the device's own. An address that was
moved to another box would otherwise be audited under the wrong name. Where the inventory gives no hostname, a device must not call itself by the name of another entry, and no two
entries may be one box. A hostname may lack its domain, and of a stack any member's serial number will do. What a box said that is not, or may not
be, the one that is meant counts for nothing elsewhere: it is as if that one had not been collected.`,
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
		if h := d.Host; h != nil && h.Entry != nil && d.SaidHost != nil {
			expect(&v, d, "hostname", h.Entry.Hostname, d.SaidHost.Hostname)
		}
		if e := switchEntry(d); e != nil {
			expect(&v, d, "hostname", e.Hostname, d.Said.Device.Hostname)
			expect(&v, d, "serial number", e.Serial, serial(d.Said, e.Serial))
		}
		for _, m := range d.Mistakes {
			if m.Sure {
				v.Fail(m.From[0], "%s", m.Why).Also(m.From[1:]...).Fix("%s", m.Fix)
			} else {
				v.Unknown("%s", m.Why).Also(m.From...).Missing("%s", m.Want)
			}
		}
		return v
	}),
})

// switchEntry returns what the inventory declares of a switch that gave state, else nil.
func switchEntry(d *topology.Device) *inventory.Switch {
	if d.Said == nil {
		return nil
	}
	for i := range d.Fabric.Inventory.Switches {
		if e := &d.Fabric.Inventory.Switches[i]; e.Name == d.Name {
			return e
		}
	}
	return nil
}

// expect holds a name or number against the declared one. One that differs is among the device's mistakes.
func expect(v *verify.Verdict, d *topology.Device, what, want string, got capture.Fact[string]) {
	switch {
	case want == "":
	case !got.Known():
		v.Unknown("%s: %s not reported", d.Name, what).Missing("the %s of %s", what, d.Name)
	case strings.EqualFold(want, got.Value) || what == "hostname" && topology.SameName(want, got.Value):
		v.Pass(got.From, "%s: %s %s is as declared", d.Name, what, got.Value)
	}
}

// serial returns the serial number of the switch, of a stack that of the member which the inventory names: which of them
// speaks for the stack changes.
func serial(s *state.Switch, want string) capture.Fact[string] {
	for i := range s.Members {
		if m := s.Members[i].Serial; m.Known() && strings.EqualFold(m.Value, want) {
			return m
		}
	}
	return s.Device.Serial
}
