package inventory

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory/yamldoc"
)

// check holds the parts of a file against each other once all are read.
func (r *reader) check(inv *Inventory) {
	r.where = ""
	r.checkNames(inv)
	r.checkRefs(inv)
	r.checkVia(inv)
	r.checkUplinks(inv)
	r.checkNetworks(inv)
	r.checkServices(inv)
}

// checkNames refuses one name for a switch and a host: links, domains and reports name both alike.
func (r *reader) checkNames(inv *Inventory) {
	switches := map[string]capture.Span{}
	for _, s := range inv.Switches {
		switches[s.Name] = s.From
	}
	for _, h := range inv.Hosts {
		if s, twice := switches[h.Name]; twice {
			r.fail(h.From, "host %q has the name of the switch in line %d; give one of them another name", h.Name, s.Line())
		}
	}
}

// checkRefs looks up every name. A name that nothing has is an error, with one exception: hosts need not be declared, as
// they can be inferred from what the switches see. So a host that is not there, and differs from one that is by its
// number only (esx2 beside esx1), or where there is none at all, is a warning.
func (r *reader) checkRefs(inv *Inventory) {
	known := inv.names()
	known[aMember] = append(known[aMember], r.others...)
	index := map[target]map[string]bool{}
	for to, names := range known {
		index[to] = map[string]bool{}
		for _, n := range names {
			index[to][n] = true
		}
	}
	for _, x := range r.refs {
		if index[x.to][x.name] {
			continue
		}
		r.where = x.where
		names := known[x.to]
		switch {
		case (x.to == aHost || x.to == aMember) && (len(inv.Hosts) == 0 || sibling(x.name, names)):
			r.warn(x.at, "%s %q is not declared; it counts only where switches see it", x.to, x.name)
		case x.to == aMember && slices.ContainsFunc(inv.Domains, func(d Domain) bool { return d.Name == x.name }):
			r.fail(x.at, "%q is a domain, and a domain holds switches and hosts: write its members here too", x.name)
		case x.to == aCredential && len(names) == 0:
			r.fail(x.at, "unknown credential %q; no credentials are declared", x.name)
		default:
			r.fail(x.at, "unknown %s %q%s", x.to, x.name, yamldoc.DidYouMean(x.name, names))
		}
	}
	r.where = ""
}

// names lists what refs may name.
func (inv *Inventory) names() map[target][]string {
	out := map[target][]string{}
	for _, s := range inv.Switches {
		out[aSwitch] = append(out[aSwitch], s.Name)
	}
	for _, h := range inv.Hosts {
		out[aHost] = append(out[aHost], h.Name)
	}
	for _, w := range inv.Networks {
		out[aNetwork] = append(out[aNetwork], w.Name)
	}
	for _, c := range inv.Credentials {
		out[aCredential] = append(out[aCredential], c.Name)
	}
	out[aMember] = slices.Concat(out[aSwitch], out[aHost])
	var places []string
	for _, w := range inv.Networks {
		places = append(append(places, w.Gateway...), w.Stations...)
	}
	for _, s := range inv.Services {
		places = append(places, s.At...)
	}
	for _, c := range inv.Clusters {
		places = append(places, c.Witness...)
	}
	for _, place := range places {
		if !strings.Contains(place, "/") {
			out[aMember] = append(out[aMember], place)
		}
	}
	return out
}

// sibling reports whether one of the names differs from name in its digits only.
func sibling(name string, names []string) bool {
	letters := func(s string) string {
		return strings.Map(func(c rune) rune {
			if c >= '0' && c <= '9' {
				return -1
			}
			return c
		}, s)
	}
	return slices.ContainsFunc(names, func(n string) bool { return letters(n) == letters(name) })
}

// checkVia refuses jump hosts that lead back to themselves.
func (r *reader) checkVia(inv *Inventory) {
	via, at := map[string][]string{}, map[string]capture.Span{}
	var order []string
	add := func(name string, l Login, from capture.Span) {
		via[name], at[name] = l.Via, from
		order = append(order, name)
	}
	for _, s := range inv.Switches {
		add(s.Name, s.Login, s.From)
	}
	for _, h := range inv.Hosts {
		add(h.Name, h.Login, h.From)
	}
	const walking, done = 1, 2
	mark := map[string]int{}
	var walk func(name string, path []string)
	walk = func(name string, path []string) {
		path = append(path, name)
		mark[name] = walking
		for _, hop := range via[name] {
			switch {
			case mark[hop] == walking:
				loop := append(path[slices.Index(path, hop):], hop)
				r.fail(find(at[name], "via"), "%s is reached via itself: %s", hop, strings.Join(loop, " via "))
			case mark[hop] != done && via[hop] != nil:
				walk(hop, path)
			}
		}
		mark[name] = done
	}
	for _, name := range order {
		if mark[name] != done {
			walk(name, nil)
		}
	}
}

// find narrows an entry's span to one of its keys.
func find(entry capture.Span, key string) capture.Span {
	text := entry.Text()
	for at := 0; ; {
		i := strings.Index(text[at:], key+":")
		if i < 0 {
			return entry
		}
		at += i
		if at > 0 && strings.ContainsRune(" {,\n", rune(text[at-1])) {
			start := int(entry.Start) + at
			return entry.Reply.Span(start, start+len(key))
		}
		at++
	}
}

func (r *reader) checkUplinks(inv *Inventory) {
	macs := map[state.MAC]string{}
	ports := map[CableEnd]string{}
	cables := map[CableEnd]Cable{} // each by both ends, with that end as A
	for _, c := range inv.Links {
		cables[c.A], cables[c.Z] = Cable{c.From, c.A, c.Z}, Cable{c.From, c.Z, c.A}
	}
	for _, h := range inv.Hosts {
		r.where = "host " + h.Name
		var bonds []string
		for _, b := range h.Bonds {
			bonds = append(bonds, b.Name)
		}
		for _, u := range h.Uplinks {
			name := h.Name + "/" + u.NIC
			if len(bonds) > 0 && u.Bond != "" && !slices.Contains(bonds, u.Bond) {
				r.fail(u.From, "nic %s: unknown bond %q%s", u.NIC, u.Bond, yamldoc.DidYouMean(u.Bond, bonds))
			}
			if u.MAC.Known() {
				if other, twice := macs[u.MAC.Value]; twice {
					r.fail(u.MAC.From, "mac %s is that of %s already; members of a bond have permanent addresses of their own", u.MAC.Value, other)
				}
				macs[u.MAC.Value] = name
			}
			if u.Port.Device != "" {
				if other, twice := ports[u.Port]; twice {
					r.fail(find(u.From, "port"), "%s/%s is the port of %s already; a port has one cable", u.Port.Device, u.Port.Port, other)
				}
				if c, twice := cables[u.Port]; twice && c.Z != (CableEnd{h.Name, u.NIC}) {
					r.fail(find(u.From, "port"), "%s/%s leads to %s/%s in line %d; a port has one cable", u.Port.Device, u.Port.Port, c.Z.Device, c.Z.Port, c.From.Line())
				}
				ports[u.Port] = name
			}
		}
		for _, b := range h.Bonds {
			if len(h.Uplinks) > 0 && !slices.ContainsFunc(h.Uplinks, func(u DeclaredUplink) bool { return u.Bond == b.Name }) {
				r.warn(b.From, "bond %s has no uplink", b.Name)
			}
		}
	}
	r.where = ""
}

// checkNetworks holds that a VLAN has one role (standards.md section 2) and one zone. Two networks may share a VLAN when
// both name a zone and the zones differ: then it is two broadcast domains with one number, as at two sites. That is
// rare, so it is a warning.
func (r *reader) checkNetworks(inv *Inventory) {
	for i, w := range inv.Networks {
		r.where = "network " + w.Name
		if w.VLANs.Empty() && !w.VLANFrom.Known() {
			r.fail(w.From, "vlans is missing: a network is a set of VLANs, such as vlans: [10, 20-30]")
		} else if w.VLANs.Empty() {
			r.fail(w.VLANFrom, "vlans is empty: a network is a set of VLANs, such as vlans: [10, 20-30]")
		}
		for _, v := range inv.Networks[:i] {
			shared := w.VLANs.Intersect(v.VLANs)
			if shared.Empty() {
				continue
			}
			twoZones := w.Zone != "" && v.Zone != "" && w.Zone != v.Zone
			switch {
			case twoZones:
				r.warn(w.VLANFrom, "VLAN %s is in network %s too; it must be two separate segments in zones %s and %s", shared, v.Name, w.Zone, v.Zone)
			case w.Role != v.Role:
				r.fail(w.VLANFrom, "VLAN %s is in network %s too (line %d) with another role, %s and not %s; a VLAN has one role, unless both name a zone and the zones differ",
					shared, v.Name, v.From.Line(), roleOr(v.Role), roleOr(w.Role))
			case w.Zone != v.Zone:
				r.fail(w.VLANFrom, "VLAN %s is in network %s too (line %d), which names another zone or none; name the zone of both, or give the VLAN to one", shared, v.Name, v.From.Line())
			case w.Path != v.Path:
				r.fail(w.VLANFrom, "VLAN %s is in network %s too (line %d), which is another path; paths that share a VLAN fail together", shared, v.Name, v.From.Line())
			}
		}
	}
	r.where = ""
}

// checkServices holds that a service says what it does and where it is in the plan.
func (r *reader) checkServices(inv *Inventory) {
	for _, s := range inv.Services {
		r.where = "service " + s.Name
		if s.Kind == "" {
			r.fail(s.From, "kind is missing: one of %s", strings.Join(serviceWords(), ", "))
		}
		if len(s.Networks) == 0 {
			r.fail(s.From, "networks is missing: the networks that it is in itself")
		}
	}
	r.where = ""
}

func roleOr(r Role) string {
	if r == "" {
		return "no role"
	}
	return string(r)
}
