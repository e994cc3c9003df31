package juniper_junos

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// instances reads the routing instances that route; those that only switch are no VRFs.
func instances(p *parser, e elem) {
	if e.n.Name() == "routing-instances" { // the configuration, which does not name the instance that is always there
		e.live = true
		for i := range e.named("instance") {
			name := i.at("name").str()
			if kind := i.text("instance-type"); !name.Known() || kind != "vrf" && kind != "virtual-router" {
				continue
			}
			v := state.VRF{Name: name.Value, From: i.span()}
			for n := range i.named("interface") {
				if text := n.at("name").str(); text.Known() {
					v.Interfaces = append(v.Interfaces, text.Value)
				}
			}
			p.sw.VRFs = append(p.sw.VRFs, v)
		}
		return
	}
	for core := range e.named("instance-core") {
		name := core.at("instance-name").str()
		if !name.Known() || strings.HasPrefix(name.Value, "__") { // Junos' own
			continue
		}
		switch core.text("instance-type") {
		case "vrf", "virtual-router":
		case "forwarding":
			if name.Value != "master" {
				continue
			}
		default:
			continue
		}
		v := state.VRF{Name: name.Value, From: core.span()}
		for n := range core.all("interface-name") {
			if text := n.str(); text.Known() {
				v.Interfaces = append(v.Interfaces, text.Value)
			}
		}
		for n := range core.named("instance-interface") {
			if text := n.str(); text.Known() {
				v.Interfaces = append(v.Interfaces, text.Value)
			}
		}
		p.sw.VRFs = append(p.sw.VRFs, v)
	}
	p.sw.Listed.VRFs = e.span()
	if e.attribute("style") == "detail" {
		p.master = e.span()
	}
}

var (
	instanceName = regexp.MustCompile(`^\s*(\S+):$`)
	instanceType = regexp.MustCompile(`^\s*Type: (\S+)`)
)

// instancesText reads "show route instance detail" as text: a name with a colon begins an instance; below "Interfaces:" stands one a line.
func instancesText(p *parser, r *capture.Reply) {
	name, within := capture.Fact[string]{}, ""
	var v *state.VRF
	for _, l := range text.Lines(r) {
		if m := l.Match(instanceName); m != nil && m[1].Value != "Interfaces" && m[1].Value != "Tables" && m[1].Value != "Instance" {
			name, v, within = m[1], nil, ""
		} else if m := l.Match(instanceType); m != nil && name.Known() && v == nil {
			kind := m[1].Value
			if kind == "vrf" || kind == "virtual-router" || kind == "forwarding" && name.Value == "master" {
				p.sw.VRFs = append(p.sw.VRFs, state.VRF{Name: name.Value, From: name.From})
				v = &p.sw.VRFs[len(p.sw.VRFs)-1]
			}
		} else if key, value, ok := l.KeyValue(); ok && (!value.Known() || key != "Interfaces") {
			if within = ""; !value.Known() {
				within = key
			}
		} else if w := l.Fields(); v != nil && within == "Interfaces" && len(w) == 1 {
			v.Interfaces = append(v.Interfaces, w[0].Value)
		}
	}
}

// finishRouted joins what the list of VLANs, the list of interfaces and the routing instances say of the routed interfaces.
// Without the list of VLANs nothing binds them to a VLAN, and there may be others.
func (p *parser) finishRouted() {
	for name, l := range p.routed {
		i := slices.IndexFunc(p.sw.SVIs, func(s state.SVI) bool { return s.Interface == name })
		if i < 0 {
			p.sw.SVIs = append(p.sw.SVIs, state.SVI{Interface: name, From: l.from})
			i = len(p.sw.SVIs) - 1
		}
		p.sw.SVIs[i].Addresses, p.sw.SVIs[i].Oper, p.sw.SVIs[i].Addressed = l.addresses, l.oper, l.addressed
	}
	for i := range p.sw.SVIs {
		p.sw.SVIs[i].VRF = p.vrfOf(p.sw.SVIs[i].Interface)
		p.sw.SVIs[i].Filtered = p.filtered(p.sw.SVIs[i].Interface)
	}
	if p.sw.Listed.VLANs.Known() {
		p.sw.Listed.SVIs = p.sw.Listed.Interfaces
	}
}

// filtered says whether the configuration of a routed interface names a filter for what arrives at it. Only an interface that is
// configured is known to have none.
func (p *parser) filtered(name string) capture.Fact[bool] {
	device, number, _ := strings.Cut(name, ".")
	if p.config == nil {
		return capture.Fact[bool]{}
	}
	for unit := range p.config.interfaces[device].named("unit") {
		if unit.text("name") != number {
			continue
		}
		for _, family := range []string{"inet", "inet6"} {
			for _, input := range []string{"input", "input-list"} {
				if f := unit.at("family", family, "filter", input); f.exists() {
					return capture.Of(true, f.span())
				}
			}
		}
		return capture.Of(false, unit.span())
	}
	return capture.Fact[bool]{}
}

// vrfOf returns the routing instance of a logical interface. The detailed list names the interfaces of all instances but the
// default one: what is in none of them is in that.
func (p *parser) vrfOf(name string) capture.Fact[string] {
	for _, v := range p.sw.VRFs {
		if slices.Contains(v.Interfaces, name) {
			return capture.Of(v.Name, v.From)
		}
	}
	return capture.Of("master", p.master)
}
