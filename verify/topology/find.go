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
	apart := strings.Contains(key, "/")
	for alias, s := range f.aliases(func(s *Scenario) bool { return apart || !s.Kind.slashed() }) {
		if strings.EqualFold(alias, key) && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	return found
}

// allNames returns the words that name something, each once.
func (f *Fabric) allNames() (out []string) {
	seen := map[string]bool{}
	for alias := range f.aliases(func(*Scenario) bool { return true }) {
		if key := strings.ToLower(alias); !seen[key] {
			seen[key] = true
			out = append(out, alias)
		}
	}
	return out
}

// slashed reports whether there is a slash in all words that name losses of the kind: those of ports and cables, of which there are most.
func (k ScenarioKind) slashed() bool { return k == LinkLoss || k == TrunkLoss || k == LAGLoss }

// aliases yields the words that name those scenarios: their own, and those of pairs, which name both switches.
func (f *Fabric) aliases(of func(*Scenario) bool) iter.Seq2[string, *Scenario] {
	return func(yield func(string, *Scenario) bool) {
		whole := map[*Switch]*Scenario{}
		for _, s := range f.Scenarios() {
			if of(s) {
				for alias := range s.aliases {
					if !yield(alias, s) {
						return
					}
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

// aliases yields the words that name a scenario.
func (s *Scenario) aliases(yield func(string) bool) {
	more := yield(s.Name)
	also := func(alias string) { more = more && yield(alias) }
	switch s.Kind {
	case MemberLoss:
		if s.extender != nil && len(s.extender.Switches) > 1 {
			for _, name := range s.extender.names() {
				also(name)
			}
		}
	case LinkLoss:
		also(s.Link.Uplink.String())
		if s.Link.Port != nil && s.Link.Port.Link == s.Link {
			also(s.Link.Port.String())
		}
	case TrunkLoss:
		also(strings.TrimPrefix(s.Name, "link "))
		also(s.Trunk.A.String())
		if s.Trunk.Z != nil {
			also(s.Trunk.Z.String())
		}
	case LAGLoss:
		for _, lag := range []*LAG{s.LAG, s.LAG.other()} {
			if lag == nil {
				continue
			}
			also(lag.Name)
			for _, l := range lag.Legs {
				also(l.Switch.Name + "/" + l.Aggregator.Name)
			}
		}
		if s.LAG.Team != nil {
			also(s.LAG.Team.Host.Name + "/" + s.LAG.Team.Name)
		}
	case PeerLinkLoss:
		also("peer-link " + s.Pair.Name)
	case RackLoss, PowerLoss, SiteLoss, DomainLoss:
		bare := strings.TrimPrefix(s.Name, s.Kind.String()+" ")
		also(bare)
		if s.Kind == PowerLoss {
			also("power " + bare)
		}
	}
}
