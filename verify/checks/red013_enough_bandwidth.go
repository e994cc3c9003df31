package checks

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED013: what remains after one loss is fast enough.
var RED013 = add(&verify.Check{
	ID:    "RED-013",
	Title: "what remains after one loss is fast enough",
	Doc: `Redundancy that halves the bandwidth below what a network needs survives the loss and fails the users. The speeds of the uplinks that carry the network are added up
after the worst single loss of a link, a NIC or a switch; of a team that uses one link at a time only one counts. Storage paths A and B count together. What a
network needs, bandwidth: in the inventory says; without it this is not judged. A stack is one loss, unless policy: {stack_is_redundant: true}.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A13", "B")},
	Severity: verify.Low,
	Run: verify.Each((*topology.Fabric).Roles, func(r *topology.Role) (v verify.Verdict) {
		if !r.Network.Bandwidth.Known() {
			v.NotApplicable("%s: bandwidth: of the network has this judged", r.Network.Name)
			return v
		}
		if !exempt(&v, r.Host) {
			judgeBandwidth(&v, r)
		}
		return v
	}),
})

// A lane is an uplink that carries a network now, and how fast.
type lane struct {
	u     *topology.Uplink
	speed capture.Fact[uint64]
}

func judgeBandwidth(v *verify.Verdict, r *topology.Role) {
	floor := r.Network.Bandwidth
	lanes, open, gone := lanesOf(r)
	least, most, lost := worstLoss(lanes, r.Host.Fabric.Inventory.Policy.StackIsRedundant)
	var proof []capture.Span
	for _, l := range lanes {
		proof = append(proof, l.speed.From)
	}
	name := r.Host.Name + ": " + r.Network.Name
	switch {
	case least >= floor.Value && len(lanes) > 0:
		v.Pass(first(proof), "%s keeps %s if %s is lost, and needs %s", name, rateOf(least), lost, rateOf(floor.Value)).Also(proof...).Also(floor.From)
	case len(open) > 0:
		v.Unknown("%s keeps %s for sure if %s is lost, and needs %s; not known is what else it has: %s", name, rateOf(least), lost, rateOf(floor.Value), strings.Join(open, "; ")).
			Missing("state, VLANs and speed of every uplink of %s", r.Host.Name)
	case !r.Host.ListsNICs() || len(r.Uplinks) == 0:
		v.Unknown("%s did not list all its NICs, or has none: not known is what %s keeps", r.Host.Name, r.Network.Name).Missing("the whole list of NICs of %s", r.Host.Name)
	case len(lanes) == 0:
		v.Warn(first(gone), "%s has no uplink that carries it now, and needs %s", name, rateOf(floor.Value)).Also(gone...).Also(floor.From).
			Fix("bring an uplink of %s into service that carries %s: see RED-002", r.Host.Name, r.Network.Name)
	case most >= floor.Value:
		v.Unknown("%s keeps %s to %s if %s is lost, as its team shares traffic or not, and needs %s", name, rateOf(least), rateOf(most), lost, rateOf(floor.Value)).
			Missing("the mode of the teams of %s", r.Host.Name)
	default:
		v.Warn(first(proof), "%s keeps %s if %s is lost, but needs %s", name, rateOf(most), lost, rateOf(floor.Value)).Also(proof...).Also(floor.From).
			Fix("give %s faster or more uplinks for %s on other switches than %s, or lower bandwidth: of the network", r.Host.Name, r.Network.Name, lost)
	}
}

// lanesOf returns the uplinks that carry the network, or the other path of the same storage; open says of which that is not known, and
// gone why the others do not.
func lanesOf(r *topology.Role) (lanes []lane, open []string, gone []capture.Span) {
	seen := map[*topology.Uplink]bool{}
	for _, path := range append([]*topology.Role{r}, r.Alternatives...) {
		for _, u := range path.Uplinks {
			c := u.CarriesAll(path.Network.VLANs)
			if c.Answer == state.No {
				gone = append(gone, c.From...)
			}
			if c.Answer == state.No || seen[u] {
				continue
			}
			speed := u.NIC.Speed
			if p := u.Mapped(); p != nil && p.Interface != nil && p.Interface.Speed.Known() {
				speed = p.Interface.Speed
			}
			switch {
			case c.Answer == state.Unknown:
				open = append(open, c.Why)
			case !speed.Known():
				open = append(open, u.String()+": speed not reported")
			default:
				seen[u] = true
				lanes = append(lanes, lane{u, speed})
			}
		}
	}
	return lanes, open, gone
}

// worstLoss returns the least and the most that remains after the single loss that takes most, and what that loss is.
func worstLoss(lanes []lane, members bool) (least, most uint64, lost string) {
	var losses []string
	for _, l := range lanes {
		losses = append(losses, causes(l, members)...)
	}
	slices.Sort(losses)
	lost = "a link"
	for i, loss := range slices.Compact(losses) {
		left := slices.DeleteFunc(slices.Clone(lanes), func(l lane) bool { return slices.Contains(causes(l, members), loss) })
		lo, hi := capacity(left)
		if i == 0 || lo < least || lo == least && hi < most {
			least, most, lost = lo, hi, loss
		}
	}
	return least, most, lost
}

// causes are the single losses that take an uplink.
func causes(l lane, members bool) []string {
	out := []string{l.u.String()}
	if p := l.u.Mapped(); p != nil {
		chassis, ok := p.Chassis()
		if !members || !ok {
			chassis = topology.Chassis{Switch: p.Switch.Name}
		}
		out = append(out, chassis.String())
	}
	if pci := l.u.NIC.PCI; pci.Known() {
		device, _, _ := strings.Cut(pci.Value, ".")
		out = append(out, "NIC "+l.u.Host.Name+" "+device)
	}
	return out
}

// capacity adds up what uplinks carry: of a team that uses one at a time, one of them; of one of which the mode is not known, that or all.
func capacity(lanes []lane) (least, most uint64) {
	type single struct{ min, max uint64 }
	one := map[*topology.Team]single{}
	for _, l := range lanes {
		t, speed := l.u.Team, l.speed.Value
		known := t != nil && t.Mode.Known()
		if t != nil && (!known || t.Mode.Value == inventory.TeamActiveBackup) {
			s, ok := one[t]
			if !ok {
				s.min = speed
			}
			s = single{min(s.min, speed), max(s.max, speed)}
			if !known && ok {
				s.max += min(s.max, speed)
			}
			one[t] = s
			continue
		}
		least, most = least+speed, most+speed
	}
	for _, s := range one {
		least, most = least+s.min, most+s.max
	}
	return least, most
}

// rateOf writes bit/s as the inventory does.
func rateOf(bits uint64) string {
	switch {
	case bits == 0:
		return "nothing"
	case bits >= 1e9:
		return fmt.Sprintf("%gG", float64(bits)/1e9)
	}
	return fmt.Sprintf("%gM", float64(bits)/1e6)
}
