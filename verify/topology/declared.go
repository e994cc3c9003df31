package topology

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
)

// A DeclaredCable is a cable that the inventory names under links:, between switches, or with an end that is nowhere. One between a host's
// uplink and a switch is a claim about the uplink instead.
type DeclaredCable struct {
	*inventory.Cable
	Ends  [2]*Port // nil where the device is no switch of the fabric, or has no such port
	Stray []Stray  // ends that are not there
}

// A Stray is an end of a declared cable that the device, which lists all it has, does not have.
type Stray struct {
	inventory.CableEnd
	List capture.Span
}

// Subject implements Named.
func (c *DeclaredCable) Subject() Subject {
	return Subject{"trunk", c.A.Device + "/" + c.A.Port + " to " + c.Z.Device + "/" + c.Z.Port}
}

// Trunk returns what is known of the cable at its first end that has one, nil when there is none.
func (c *DeclaredCable) Trunk() *Trunk {
	for _, p := range c.Ends {
		if p != nil && p.Trunk != nil {
			return p.Trunk
		}
	}
	return nil
}

// Between reports whether the cable joins the ports that are declared, by all that is known of it; seen: a device says so.
func (c *DeclaredCable) Between() (agreed, seen bool) {
	t := c.Trunk()
	if t == nil {
		return false, false
	}
	_, contested := t.disputed()
	same := t.A == c.Ends[0] && t.Z == c.Ends[1] || t.A == c.Ends[1] && t.Z == c.Ends[0]
	return same && !contested, t.observed()
}

// Cables returns the declared cables that no uplink's claims tell of, in the order of the inventory.
func (f *Fabric) Cables() (out []*DeclaredCable) {
	for i := range f.Inventory.Links {
		c := &DeclaredCable{Cable: &f.Inventory.Links[i]}
		uplink, switches := false, 0
		for j, end := range []inventory.CableEnd{c.A, c.Z} {
			s, h := f.switches[end.Device], f.hosts[end.Device]
			switch {
			case s != nil:
				switches++
				if c.Ends[j] = s.ports[end.Port]; c.Ends[j] == nil && s.Listed.Interfaces.Known() {
					c.Stray = append(c.Stray, Stray{end, s.Listed.Interfaces})
				}
			case h != nil && h.uplink(end.Port) != nil:
				uplink = true
			case h != nil && h.ListsNICs() && !h.has(end.Port):
				c.Stray = append(c.Stray, Stray{end, h.Listed.NICs})
			}
		}
		if !uplink && (switches == 2 || len(c.Stray) > 0) {
			out = append(out, c)
		}
	}
	return out
}

// has reports whether the host has a NIC of that name, used or not.
func (h *Host) has(nic string) bool {
	for i := range h.NICs {
		if h.NICs[i].Name == nic {
			return true
		}
	}
	return false
}

// Says tells what devices and the inventory say of the cable.
func (t *Trunk) Says() string { return t.says() }
