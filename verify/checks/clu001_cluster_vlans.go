package checks

import (
	"cmp"
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// CLU001: every host of a cluster offers every VLAN of the cluster.
var CLU001 = add(&verify.Check{
	ID:    "CLU-001",
	Title: "every host of a cluster offers every VLAN of the cluster",
	Doc: `A guest can only move to, or be restarted on, a host that offers its VLANs. Each VLAN of the cluster's networks:, and each that a guest on a host of the cluster
uses, must arrive on an uplink of every host; that one leg of a bond lacks it, VLN-001 and VLN-002 say. What only some hosts are meant to offer is not asked of the
others: networks: under such a host, and class: where guests only move between hosts of one class. A guest's port that was left with all VLANs of its bridge
names none. What the guests of a host use only a source can report, and hosts in maintenance are left out.`,
	Cites: []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.5.A2", "B"), standard.Grundschutz("SYS.1.5.A9", "S"),
		standard.Grundschutz("SYS.1.5.A20", "E")},
	Severity: verify.High,
	Run: func(f *topology.Fabric) []verify.Finding {
		guests, needs := guestsOf(f), map[*inventory.Cluster][]*topology.Network{}
		for _, c := range f.Clusters() {
			needs[c.Cluster] = networksNamed(f, c.Networks)
		}
		return verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
			switch {
			case idle(&v, h):
			case len(h.Clusters) == 0:
				v.NotApplicable("%s is in no cluster", h.Name)
			default:
				for _, c := range h.Clusters {
					judgeOffer(&v, h, c, needs[c], guests[company{c, classOf(h.Entry), ""}])
				}
			}
			return v
		})(f)
	},
})

// idle says n/a for a host that is declared out of service.
func idle(v *verify.Verdict, h *topology.Host) bool {
	if h.Entry == nil || !h.Entry.Maintenance {
		return false
	}
	v.NotApplicable("%s is declared out of service", h.Name)
	return true
}

// A company is hosts that are compared with each other: those of one cluster and class and, where that matters, of one source.
type company struct {
	cluster *inventory.Cluster
	class   string
	source  string
}

func classOf(e *inventory.HostEntry) string {
	if e == nil {
		return ""
	}
	return e.Class
}

// sourceOf returns who is asked about a host, "declared" when nobody is.
func sourceOf(e *inventory.HostEntry) string {
	if e == nil {
		return "declared"
	}
	return cmp.Or(e.Source, "declared")
}

// entriesByName finds the entries of declared hosts.
func entriesByName(f *topology.Fabric) map[string]*inventory.HostEntry {
	out := map[string]*inventory.HostEntry{}
	for i := range f.Inventory.Hosts {
		out[f.Inventory.Hosts[i].Name] = &f.Inventory.Hosts[i]
	}
	return out
}

// guestVLANs are the VLANs that the guests of a company use.
type guestVLANs struct {
	vids   state.VIDSet
	by     map[state.VID]guestPort
	told   []string // hosts that said what their guests use
	silent []string // hosts that should have, and did not
	mute   []string // hosts that nobody asks
	vague  []string // hosts of which a guest sends untagged into nobody knows which VLAN
}

type guestPort struct {
	host string
	*inventory.Use
}

// guestsOf gathers, by cluster and class, what guests use. VLANs that a host's own entry asks for are that host's alone.
func guestsOf(f *topology.Fabric) map[company]*guestVLANs {
	entries, out := entriesByName(f), map[company]*guestVLANs{}
	for _, c := range f.Clusters() {
		shared := vlansNamed(f, c.Networks)
		for _, name := range c.Cluster.Hosts {
			e := entries[name]
			if e != nil && e.Maintenance {
				continue
			}
			k := company{c.Cluster, classOf(e), ""}
			if out[k] == nil {
				out[k] = &guestVLANs{by: map[state.VID]guestPort{}}
			}
			h := f.HostNamed(name)
			switch asked := sourceOf(e) != "declared"; {
			case h != nil && h.Listed.Uses.Known():
				out[k].told = append(out[k].told, name)
			case asked:
				out[k].silent = append(out[k].silent, name)
			default:
				out[k].mute = append(out[k].mute, name)
			}
			if h != nil {
				out[k].add(h, ownVLANs(f, e).Minus(shared))
			}
		}
	}
	return out
}

func networksNamed(f *topology.Fabric, names []string) (out []*topology.Network) {
	for _, n := range f.Networks {
		if slices.Contains(names, n.Name) {
			out = append(out, n)
		}
	}
	return out
}

func vlansNamed(f *topology.Fabric, names []string) (vids state.VIDSet) {
	for _, n := range networksNamed(f, names) {
		vids = vids.Union(n.VLANs)
	}
	return vids
}

// ownVLANs are those of the networks that the host's own entry names.
func ownVLANs(f *topology.Fabric, e *inventory.HostEntry) state.VIDSet {
	if e == nil {
		return state.VIDSet{}
	}
	names := slices.Clone(e.Networks)
	for _, u := range e.Uplinks {
		names = append(names, u.Networks...)
	}
	return vlansNamed(f, names)
}

func (g *guestVLANs) add(h *topology.Host, own state.VIDSet) {
	for i := range h.Uses {
		u := &h.Uses[i]
		if u.Kind != inventory.GuestPort {
			continue
		}
		var unclear verify.Verdict
		vids := sends(&unclear, h, u).Minus(own)
		if unclear.Outcome() == verify.Unknown && !slices.Contains(g.vague, h.Name) {
			g.vague = append(g.vague, h.Name)
		}
		for v := range vids.Minus(g.vids).All() {
			g.by[v] = guestPort{h.Name, u}
		}
		g.vids = g.vids.Union(vids)
	}
}

// judgeOffer holds what arrives at a host against the networks and the guests of its cluster.
func judgeOffer(v *verify.Verdict, h *topology.Host, c *inventory.Cluster, networks []*topology.Network, guests *guestVLANs) {
	var asked, rest state.VIDSet
	var proof []capture.Span
	sound := true
	for _, n := range networks {
		asked = asked.Union(n.VLANs)
		o := offerOf(h, n.VLANs, carriersOf(h, n))
		proof, sound = withNew(proof, o.proof), o.judge(v, h) && sound
		if !o.lacks.Empty() {
			v.Fail(o.why.Evidence(), "VLAN %s (%s), which cluster %s needs on each host, arrives on no uplink of %s: %s", o.lacks, n.Name, c.Name, h.Name, o.why.Why).
				Also(o.why.From...).Also(c.From).Fix("allow, create and activate VLAN %s on the uplinks of %s", o.lacks, h.Name)
		}
	}
	if guests != nil {
		rest = guests.vids.Minus(asked)
		o := offerOf(h, rest, h.Uplinks)
		proof, sound = withNew(proof, o.proof), o.judge(v, h) && sound
		for vid := range o.lacks.All() {
			by := guests.by[vid]
			v.Fail(o.why.Evidence(), "VLAN %s arrives on no uplink of %s: %s; guest port %s of %s, for one, uses VLAN %d", o.lacks, h.Name, o.why.Why, by.Name, by.host, vid).
				Also(o.why.From...).Also(by.From).
				Fix("allow, create and activate VLAN %s on the uplinks of %s; or declare that it is meant for some hosts only: networks: of %s, or another class:", o.lacks, h.Name, by.host)
			break
		}
		guests.doubt(v, c)
	}
	compared := asked.Union(rest)
	switch {
	case !sound:
	case compared.Empty():
		v.NotApplicable("cluster %s names no networks, and no guest there is known to use a VLAN", c.Name)
	default:
		v.Pass(first(proof), "%s offers VLAN %s: those of the networks of cluster %s%s", h.Name, compared, c.Name, guests.says()).Also(proof...).Also(c.From)
	}
}

// withNew adds the lines that are not there yet: networks over the same uplinks rest on the same.
func withNew(proof, lines []capture.Span) []capture.Span {
	for _, x := range lines {
		if !slices.Contains(proof, x) {
			proof = append(proof, x)
		}
	}
	return proof
}

// carriersOf returns the uplinks that are meant to carry a network of the host's.
func carriersOf(h *topology.Host, n *topology.Network) []*topology.Uplink {
	for _, r := range h.Required {
		if r.Network == n {
			return r.Uplinks
		}
	}
	return h.Uplinks
}

// An offer is which of some VLANs arrive on an uplink of a host.
type offer struct {
	proof   []capture.Span
	lacks   state.VIDSet
	why     topology.Carriage // of the first that lacks
	unclear state.VIDSet
	doubt   string // of the first that is unclear
}

func offerOf(h *topology.Host, vids state.VIDSet, uplinks []*topology.Uplink) (o offer) {
	if vids.Empty() {
		return o
	}
	for _, u := range uplinks {
		if c := u.CarriesAll(vids); c.Answer == state.Yes {
			return offer{proof: c.From}
		}
	}
	for vid := range vids.All() {
		best := topology.Carriage{Answer: state.No}
		if len(uplinks) == 0 || !h.ListsNICs() {
			best = topology.Carriage{Why: "not all NICs of " + h.Name + " are known"}
		}
		for i, u := range uplinks {
			if c := u.Carries(vid); rankOf(c.Answer) > rankOf(best.Answer) || c.Answer == best.Answer && i == 0 {
				best = c
			}
		}
		switch best.Answer {
		case state.Yes:
			o.proof = append(o.proof, best.Evidence())
		case state.No:
			if o.lacks.Empty() {
				o.why = best
			}
			o.lacks = o.lacks.Union(state.VIDs(vid))
		default:
			if o.unclear.Empty() {
				o.doubt = best.Why
			}
			o.unclear = o.unclear.Union(state.VIDs(vid))
		}
	}
	return o
}

// judge notes what is not known; it reports whether all VLANs arrive.
func (o *offer) judge(v *verify.Verdict, h *topology.Host) bool {
	if !o.unclear.Empty() {
		v.Unknown("VLAN %s: not known whether it arrives on an uplink of %s: %s", o.unclear, h.Name, o.doubt).
			Missing("all NICs of %s, where each of its uplinks ends, and link, LACP and VLAN state of those ports", h.Name)
	}
	return o.unclear.Empty() && o.lacks.Empty()
}

// doubt notes what the guests of a company may use beyond what is known.
func (g *guestVLANs) doubt(v *verify.Verdict, c *inventory.Cluster) {
	if len(g.silent) > 0 {
		v.Unknown("%s did not report what the guests there use, which cluster %s needs on each host", few(g.silent), c.Name).
			Missing("log in to %s with a source that reports port groups or bridge ports (source: linux)", few(g.silent))
	}
	if len(g.vague) > 0 {
		v.Unknown("in which VLAN guests of %s send untagged frames is not known", few(g.vague)).
			Missing("where the uplinks of %s end, and the untagged (native) VLAN of those ports", few(g.vague))
	}
}

// says tells whose guests were looked at.
func (g *guestVLANs) says() (text string) {
	if g == nil {
		return ""
	}
	if len(g.told) > 0 {
		text = ", and those that guests of " + few(g.told) + " use"
	}
	if len(g.mute) > 0 {
		text += "; nobody is asked what guests of " + few(g.mute) + " use"
	}
	return text
}
