package checks

import (
	"cmp"
	"maps"
	"slices"
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
moved to another box would otherwise be audited under the wrong name. Where the inventory gives no hostname, a device must not call itself by the name of another entry, and no two
entries may be one box. A hostname may lack its domain, and of a stack any member's serial number will do.`,
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
		notAnother(&v, d)
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

// notAnother fails a device that is some other entry of the inventory: by the name that it calls itself, or because it showed
// key, hostname and serial number of one that was asked too.
func notAnother(v *verify.Verdict, d *topology.Device) {
	got := hostname(d)
	if !got.Known() || got.Value == "" {
		return
	}
	if other := entryCalled(d, got.Value); other != "" {
		v.Fail(got.From, "%s calls itself %q, and %s is another entry of the inventory", d.Name, got.Value, other).Also(d.Entry).
			Fix("check the addresses of %s and %s, or give both their hostname: in the inventory", d.Name, other)
	}
	for _, e := range d.Fabric.Devices {
		if e == d || !e.Collected() || d.Switch == nil || e.Switch == nil || e.Capture.HostKey != d.Capture.HostKey {
			continue
		}
		name, mine, yours := hostname(e), d.Switch.Device.Serial, e.Switch.Device.Serial
		if name.Known() && name.Value == got.Value && mine.Known() && yours.Known() && mine.Value != "" && mine.Value == yours.Value {
			v.Fail(mine.From, "%s and %s are one box: both show serial number %s, hostname %s and one host key", d.Name, e.Name, mine.Value, got.Value).
				Also(yours.From, d.Entry, e.Entry).Fix("give %s and %s their own addresses, or remove one of them from the inventory", d.Name, e.Name)
		}
	}
}

func hostname(d *topology.Device) capture.Fact[string] {
	switch {
	case d.Switch != nil:
		return d.Switch.Device.Hostname
	case d.Host != nil:
		return d.Host.Hostname
	}
	return capture.Fact[string]{}
}

// entryCalled names the other entry that goes by the name, "" when there is none or when the device's own entry goes by it.
func entryCalled(d *topology.Device, name string) (other string) {
	entries := map[string]string{}
	for _, s := range d.Fabric.Inventory.Switches {
		entries[s.Name] = s.Hostname
	}
	for _, h := range d.Fabric.Inventory.Hosts {
		entries[h.Name] = h.Hostname
	}
	is := func(entry string) bool {
		known := cmp.Or(entries[entry], entry)
		return strings.EqualFold(known, name) || sameHost(known, name)
	}
	if is(d.Name) || entries[d.Name] != "" { // a declared hostname was held against the device already
		return ""
	}
	for _, entry := range slices.Sorted(maps.Keys(entries)) {
		if entry != d.Name && is(entry) {
			return entry
		}
	}
	return ""
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
