package checks

import (
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// CLU002: the live-migration network connects all hosts of the cluster.
var CLU002 = add(&verify.Check{
	ID:    "CLU-002",
	Title: "the live-migration network connects all hosts of the cluster",
	Doc: `A guest moves only between hosts that reach each other in the live-migration network. Each host must carry it on an uplink that is in service, and what it
carries must lead to the other hosts of the cluster, or to the gateway where one is declared. Where the inventory or the hosts say how large the frames are,
all hosts must say the same, and the ports on the way must take them: a migration over a smaller one hangs. VLN-014 looks at each uplink's MTU. Hosts in
maintenance are left out; one that is in no such network while others of its cluster are is named. This is about now: what one loss changes, RED-002 and
RED-003 say.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.5.A9", "S")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Clusters, func(c *topology.Cluster) (v verify.Verdict) {
		var roles []*topology.Role
		var without []*topology.Host
		for _, h := range c.Hosts {
			if h.Maintained() {
				continue
			}
			n := len(roles)
			for _, r := range h.Required {
				if r.Network.Role == inventory.LiveMigration {
					roles = append(roles, r)
				}
			}
			if len(roles) == n {
				without = append(without, h)
			}
		}
		switch {
		case len(c.Hosts) == 0:
			v.Unknown("no host of %s is known", c.Name).Missing("the hosts of %s, under hosts: in the inventory", c.Name)
		case len(roles) == 0 && len(c.Fabric.Networks) == 0:
			v.Unknown("no network with role %s is declared", inventory.LiveMigration).Missing("networks: in the inventory: which VLANs are for live migration")
		case len(roles) == 0:
			v.NotApplicable("no host of %s needs a network with role %s", c.Name, inventory.LiveMigration)
		}
		missing(&v, c)
		for _, r := range roles {
			judgeConnected(&v, r)
		}
		for _, h := range without {
			leftOut(&v, h, roles)
		}
		judgeOneMTU(&v, roles)
		return v
	}),
})

// missing notes declared hosts of the cluster of which nothing is known.
func missing(v *verify.Verdict, c *topology.Cluster) {
	if len(c.Hosts) == 0 {
		return
	}
	for _, name := range c.Absent {
		v.Unknown("%s of %s is not known", name, c.Name).Missing("%s under hosts: in the inventory", name)
	}
}

// leftOut notes a host that is in no live-migration network, where others of its cluster are.
func leftOut(v *verify.Verdict, h *topology.Host, roles []*topology.Role) {
	switch {
	case len(roles) == 0:
	case h.Listed.Uses.Known():
		v.Warn(h.Listed.Uses, "%s sends nothing in a network with role %s, but %s is in %s", h.Name, inventory.LiveMigration, roles[0].Host.Name, roles[0].Network.Name).Also(roles[0].From).
			Fix("put %s into %s, or name %s under networks: of the cluster to have it demanded of all", h.Name, roles[0].Network.Name, roles[0].Network.Name)
	default:
		v.Unknown("not known whether %s is in a network with role %s, as %s is in %s", h.Name, inventory.LiveMigration, roles[0].Host.Name, roles[0].Network.Name).
			Missing("%s under networks: of %s or of its cluster, if it is", roles[0].Network.Name, h.Name)
	}
}

func judgeConnected(v *verify.Verdict, r *topology.Role) {
	failures := r.Host.Fabric.Failures()
	now := failures.Now(r)
	if now.Answer == state.Yes && failures.Apart(r) {
		now = failures.Whichever(r)
	}
	switch now.Answer {
	case state.Yes:
		judgeSpread(v, r)
		v.Pass(first(now.From), "%s: %s connects it: %s", r.Host.Name, r.Network.Name, now.Why).Also(now.From...)
	case state.No:
		v.Fail(first(append(now.From, r.From)), "%s: %s: %s", r.Host.Name, r.Network.Name, now.Why).Also(now.From...).
			Fix("give %s an uplink that carries VLAN %s of %s to the other hosts: see VLN-001 and SEP-008", r.Host.Name, r.Network.VLANs, r.Network.Name)
	default:
		v.Unknown("%s: %s: %s", r.Host.Name, r.Network.Name, now.Why).Missing("%s", now.Missing)
	}
}

// judgeSpread notes an uplink of an aggregating team of which nobody reported whether it carries the network, or whether it is in
// service: if it is and does not, the frames that the host sends over it are lost.
func judgeSpread(v *verify.Verdict, r *topology.Role) {
	for _, u := range r.Uplinks {
		p := u.Mapped()
		if u.Team == nil || u.Team.Mode.Value.NeedsAggregator() == state.No || u.Serves() == state.No {
			continue
		}
		if p == nil {
			v.Unknown("%s: where %s ends is not known, and so not whether the frames that it sends over it in %s arrive", r.Host.Name, u, r.Network.Name).
				Missing("settle RED-009 for %s first", u)
			continue
		}
		if p.Serves() == state.No {
			continue
		}
		for vid := range r.Sent(u).All() {
			switch passes := u.Passes(vid); {
			case passes == state.Yes:
				continue
			case passes == state.No && !r.Assigned:
				v.Unknown("%s: not known whether it sends %s over %s, where it would be lost: %s", r.Host.Name, r.Network.Name, u, u.Carries(vid).Why).
					Missing("networks: of each uplink of %s in the inventory, or a source that reports what uses them", r.Host.Name)
			default:
				v.Unknown("%s: the frames that it sends over %s in %s may be lost: %s", r.Host.Name, u, r.Network.Name, u.Carries(vid).Why).
					Missing("link, LACP and VLAN state of %s", p)
			}
			break
		}
	}
}

// judgeOneMTU compares how large frames the hosts send in the network, and holds the ports between their switches against it.
func judgeOneMTU(v *verify.Verdict, roles []*topology.Role) {
	of := map[*topology.Network][]frameSize{}
	first := map[*topology.Network]*topology.Role{}
	var order []*topology.Role
	for _, r := range roles {
		if first[r.Network] == nil {
			first[r.Network] = r
			order = append(order, r)
		}
		size, known := sizeIn(v, r)
		if !known {
			continue
		}
		if sizes := of[r.Network]; len(sizes) > 0 && sizes[0].payload.Value != size.payload.Value {
			v.Fail(size.payload.From, "%s, but %s: the frames of one do not fit the other", size.needs(), sizes[0].needs()).Also(sizes[0].payload.From).
				Fix("give %s one MTU on all hosts", r.Network.Name)
		}
		of[r.Network] = append(of[r.Network], size)
	}
	for _, from := range order {
		w := ways{from: from, searches: map[topology.Spot]*topology.Search{}, done: map[*topology.Port]bool{}}
		for _, r := range roles {
			if r.Network == from.Network && r != from && len(of[r.Network]) > 0 {
				w.judge(v, r, largest(of[r.Network]))
			}
		}
	}
}

// sizeIn returns how large the frames of a role's network are: as the inventory means it, or as the host's own interface in it is set.
func sizeIn(v *verify.Verdict, r *topology.Role) (s frameSize, known bool) {
	if r.Network.MTU.Known() {
		return frameSize{name: r.Network.Name, payload: r.Network.MTU}, true
	}
	asked := r.Host.Source != "declared" && !r.Host.Inferred
	silent := asked && !r.Host.Listed.Uses.Known()
	for i := range r.Host.Uses {
		use := &r.Host.Uses[i]
		if use.Kind != inventory.HostInterface || !use.VIDs.Overlaps(r.Network.VLANs) {
			continue
		}
		if use.MTU.Known() {
			return frameSize{use.Name, r.Host.Name, use.MTU}, true
		}
		silent = true
	}
	if silent {
		v.Unknown("%s did not report how large its frames in %s are", r.Host.Name, r.Network.Name).Missing("the MTU of the interface of %s in %s", r.Host.Name, r.Network.Name)
	}
	return frameSize{}, false
}

// ways are those from one host to others of its network.
type ways struct {
	from     *topology.Role
	searches map[topology.Spot]*topology.Search
	done     map[*topology.Port]bool // ports that were judged
}

// search returns the search that begins at a spot.
func (w *ways) search(at topology.Spot) *topology.Search {
	if w.searches[at] == nil {
		w.searches[at] = w.from.Host.Fabric.Domains().Of(at.Switch, at.VID).Search(at)
	}
	return w.searches[at]
}

// judge holds the ports between the switches of two hosts against the size of their frames. Hosts on one switch need none.
func (w *ways) judge(v *verify.Verdict, b *topology.Role, s frameSize) {
	a := w.from
	for vid := range a.Network.VLANs.All() {
		from, to := attached(a, vid), attached(b, vid)
		if len(from) == 0 || len(to) == 0 || slices.ContainsFunc(from, func(at topology.Spot) bool { return slices.Contains(to, at) }) {
			continue
		}
		var way []topology.Hop
		for i := 0; i < len(from) && way == nil; i++ {
			way = w.search(from[i]).To(func(at topology.Spot) bool { return slices.Contains(to, at) })
		}
		if way == nil {
			v.Unknown("the ports between %s and %s in VLAN %d are not known", a.Host.Name, b.Host.Name, vid).
				Missing("links between the switches that carry VLAN %d: LLDP, or links: in the inventory", vid)
		}
		for _, h := range way {
			for _, p := range []*topology.Port{h.Out, h.In} {
				if p != nil && !w.done[p] {
					w.done[p] = true
					judgePort(v, s, p)
				}
			}
		}
	}
}

// attached returns the switches on which the host may have the network in a VLAN.
func attached(r *topology.Role, vid state.VID) (out []topology.Spot) {
	for _, u := range r.In(vid) {
		if p := u.Mapped(); p != nil && u.Passes(vid) != state.No {
			if at := (topology.Spot{Switch: p.Switch, VID: vid}); !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	return out
}
