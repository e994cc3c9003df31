package topology

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"uplinkcheck/inventory/yamldoc"
)

// Find returns the scenarios that a user's word names: a switch, a stack member ("leaf1 member 2"), a fabric extender
// ("FEX 101 of leaf1"), a line card, switch/port or host/nic (the cable there), a LAG by its name or as switch/aggregator or host/bond, a
// rack, power feed, site or domain with or without that word, a pair (both its switches), "peer-link PAIR", or any scenario by its own
// name. Case does not matter. The error suggests names.
func (f *Fabric) Find(name string) ([]*Scenario, error) {
	key := strings.ToLower(strings.Join(strings.Fields(name), " "))
	found := f.named(key)
	if len(found) == 0 {
		if s := f.portAlone(name); s != nil {
			return []*Scenario{s}, nil
		}
		hint := yamldoc.DidYouMean(name, f.allNames())
		if hint == "" {
			hint = ": name a switch, SWITCH/PORT, HOST/NIC, LAG, pair, rack, power feed, site or domain"
		}
		return nil, fmt.Errorf("nothing here is called %q%s", name, hint)
	}
	if len(found) > 1 && !f.together(key, found) {
		var names []string
		for _, s := range found {
			names = append(names, s.Name)
		}
		return nil, fmt.Errorf("%q may be %s; name one of them", name, strings.Join(names, " or "))
	}
	return found, nil
}

// together reports whether the word names several scenarios on purpose: the switches of a pair.
func (f *Fabric) together(key string, found []*Scenario) bool {
	for _, p := range f.Pairs {
		if strings.ToLower(p.Name) == key && len(found) == len(p.Switches) && found[0].Switches != nil {
			return true
		}
	}
	return false
}

// portAlone is the loss of a port at which nothing is known.
func (f *Fabric) portAlone(name string) *Scenario {
	device, port, _ := strings.Cut(name, "/")
	s := f.switches[device]
	if s == nil || s.ports[port] == nil {
		return nil
	}
	return &Scenario{Kind: LinkLoss, Name: "link at " + name, Ports: []*Port{s.ports[port]}}
}

// named returns the scenarios that a word names, in order. Few words are asked for: an index would cost more than it saves.
func (f *Fabric) named(key string) (found []*Scenario) {
	for alias, s := range f.aliases() {
		if strings.EqualFold(alias, key) && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	return found
}

// allNames returns the words that name something, each once.
func (f *Fabric) allNames() (out []string) {
	seen := map[string]bool{}
	for alias := range f.aliases() {
		if key := strings.ToLower(alias); !seen[key] {
			seen[key] = true
			out = append(out, alias)
		}
	}
	return out
}

// aliases yields the words that name scenarios: their own, and those of pairs, which name both switches.
func (f *Fabric) aliases() iter.Seq2[string, *Scenario] {
	return func(yield func(string, *Scenario) bool) {
		whole := map[*Switch]*Scenario{}
		for _, s := range f.Scenarios() {
			for _, alias := range s.aliases() {
				if !yield(alias, s) {
					return
				}
			}
			if s.Kind == SwitchLoss || s.Kind == ControlPlaneLoss {
				whole[s.Switches[0]] = s
			}
		}
		for _, p := range f.Pairs {
			for _, sw := range p.Switches {
				if !yield(p.Name, whole[sw]) {
					return
				}
			}
		}
	}
}

// aliases are the words that name a scenario.
func (s *Scenario) aliases() []string {
	out := []string{s.Name}
	switch s.Kind {
	case MemberLoss:
		if s.extender != nil && len(s.extender.Switches) > 1 {
			out = append(out, s.extender.names()...)
		}
	case LinkLoss:
		out = append(out, s.Link.Uplink.String())
		if s.Link.Port != nil && s.Link.Port.Link == s.Link {
			out = append(out, s.Link.Port.String())
		}
	case TrunkLoss:
		out = append(out, strings.TrimPrefix(s.Name, "link "), s.Trunk.A.String())
		if s.Trunk.Z != nil {
			out = append(out, s.Trunk.Z.String())
		}
	case LAGLoss:
		out = append(out, s.LAG.Name)
		legs := s.LAG.Legs
		if other := s.LAG.other(); other != nil {
			out = append(out, other.Name)
			legs = slices.Concat(legs, other.Legs)
		}
		for _, l := range legs {
			out = append(out, l.Switch.Name+"/"+l.Aggregator.Name)
		}
		if s.LAG.Team != nil {
			out = append(out, s.LAG.Team.Host.Name+"/"+s.LAG.Team.Name)
		}
	case PeerLinkLoss:
		out = append(out, "peer-link "+s.Pair.Name)
	case RackLoss, PowerLoss, SiteLoss, DomainLoss:
		bare := strings.TrimPrefix(s.Name, s.Kind.String()+" ")
		out = append(out, bare)
		if s.Kind == PowerLoss {
			out = append(out, "power "+bare)
		}
	}
	return out
}
