package topology

import (
	"slices"

	"uplinkcheck/inventory"
)

// Service is a declared service.
type Service struct {
	*inventory.Service
	Fabric *Fabric
}

// Subject implements Named.
func (s *Service) Subject() Subject { return Subject{"service", s.Name} }

// Services returns the declared services of the kinds named, of all when none is, in the inventory's order.
func (f *Fabric) Services(kinds ...inventory.ServiceKind) (out []*Service) {
	for i := range f.Inventory.Services {
		s := &f.Inventory.Services[i]
		if len(kinds) == 0 || slices.Contains(kinds, s.Kind) {
			out = append(out, &Service{s, f})
		}
	}
	return out
}

// In returns the networks that the service is in itself.
func (s *Service) In() []*Network { return s.Fabric.networksNamed(s.Networks) }

// Entered returns the networks that the service must be reached in, those that stand in for one another together: its own, and of a firewall
// those that it serves.
func (s *Service) Entered() (out [][]*Network) {
	networks := s.In()
	if s.Kind == inventory.Firewall {
		networks = s.For()
	}
	for _, n := range networks {
		i := slices.IndexFunc(out, func(group []*Network) bool { return group[0].standsInFor(n) })
		if i < 0 {
			out = append(out, nil)
			i = len(out) - 1
		}
		out[i] = append(out[i], n)
	}
	return out
}

// standsInFor reports whether both are storage paths of one role, of which either will do.
func (n *Network) standsInFor(o *Network) bool {
	return n != o && n.Path != "" && o.Path != "" && n.Role == o.Role
}

// For returns the networks whose hosts need the service.
func (s *Service) For() []*Network {
	if len(s.Serves) == 0 {
		return s.In()
	}
	return s.Fabric.networksNamed(s.Serves)
}

// networksNamed finds networks by name, in the order of the names.
func (f *Fabric) networksNamed(names []string) (out []*Network) {
	f.findAnchors()
	for _, name := range names {
		if n := f.sim.named[name]; n != nil {
			out = append(out, n)
		}
	}
	return out
}
