package testbed

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed/model"
)

// Username and Password open every simulated device.
const (
	Username = "netops"
	Password = "simulated"
)

// Inventory is the inventory file that fits the scenario, with the addresses of the model. What the scenario has under
// "inventory" is merged into it.
func (s *Scenario) Inventory() string {
	return s.inventory(map[string]any{"env": "TESTBED_PASSWORD"}, func(t *target) map[string]any {
		return map[string]any{"address": strings.TrimSuffix(t.address, ":22")}
	})
}

func (s *Scenario) inventory(password map[string]any, login func(*target) map[string]any) string {
	spec := s.Fabric.Scenario
	top := map[string]any{
		"credentials": map[string]any{"default": map[string]any{"username": Username, "password": password}},
		"switches":    s.switchEntries(login),
		"pairs":       s.pairEntries(),
		"networks":    s.networkEntries(),
		"hosts":       s.hostEntries(login),
		"clusters":    s.clusterEntries(),
	}
	top = model.MergePatch(top, spec.Inventory)
	var b strings.Builder
	order := []string{"credentials", "switches", "pairs", "domains", "networks", "clusters", "services", "hosts", "links", "waivers", "policy"}
	for _, section := range append(order, slices.Sorted(maps.Keys(top))...) {
		v, ok := top[section]
		if !ok {
			continue
		}
		delete(top, section)
		writeSection(&b, section, v)
	}
	return b.String()
}

// writeSection writes one entry a line, so that evidence from the inventory quotes an entry and not the file.
func writeSection(b *strings.Builder, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			return
		}
		fmt.Fprintf(b, "%s:\n", name)
		for _, k := range slices.SortedFunc(maps.Keys(v), state.NaturalCompare) {
			fmt.Fprintf(b, "  %s: %s\n", k, flow(v[k]))
		}
	case []any:
		fmt.Fprintf(b, "%s:\n", name)
		for _, item := range v {
			fmt.Fprintf(b, "  - %s\n", flow(item))
		}
	default:
		fmt.Fprintf(b, "%s: %s\n", name, flow(v))
	}
}

func flow(v any) string {
	text, err := yaml.MarshalWithOptions(v, yaml.Flow(true))
	if err != nil {
		panic(fmt.Sprintf("inventory of plain maps and lists: %v", err)) // cannot be: nothing here has a type of its own
	}
	return strings.TrimSpace(string(text))
}

// put sets a key unless the value is the zero one.
func put[T comparable](m map[string]any, key string, v T) {
	var zero T
	if v != zero {
		m[key] = v
	}
}

func (s *Scenario) switchEntries(login func(*target) map[string]any) map[string]any {
	out := map[string]any{}
	for _, sw := range s.Fabric.Switches {
		e := login(s.target(sw.Name))
		e["platform"] = sw.Platform
		e["hostname"] = sw.Hostname
		if spec := s.Fabric.Scenario.Switches[sw.Name]; spec != nil {
			put(e, "rack", spec.Rack)
			put(e, "power", spec.Power)
		}
		out[sw.Name] = e
	}
	return out
}

// pairEntries declares the pairs that the switches cannot tell of themselves.
func (s *Scenario) pairEntries() map[string]any {
	out := map[string]any{}
	for _, p := range s.Fabric.Pairs {
		declared := p.Protocol != "mlag" || !slices.Contains([]string{"arista_eos", "cisco_nxos"}, p.Switches[0].Platform)
		if spec := s.Fabric.Scenario.Pairs[p.Name]; spec.Declared != nil {
			declared = *spec.Declared
		}
		if declared {
			out[p.Name] = []any{p.Switches[0].Name, p.Switches[1].Name}
		}
	}
	return out
}

func (s *Scenario) networkEntries() map[string]any {
	out := map[string]any{}
	for name, spec := range s.Fabric.Scenario.Networks {
		role := spec.Role
		if role == "" && slices.Contains(inventory.Roles, inventory.Role(name)) {
			role = name
		}
		e := map[string]any{"vlans": vlans(spec.VLANs.VIDSet)}
		put(e, "role", role)
		put(e, "zone", spec.Zone)
		put(e, "path", spec.Path)
		put(e, "untagged", spec.Untagged)
		for kind, key := range map[model.HostKind]string{model.Gateway: "gateway", model.Station: "stations"} {
			if ports := s.portsOf(kind, name); len(ports) > 0 {
				e[key] = ports
			}
		}
		out[name] = e
	}
	return out
}

func vlans(set state.VIDSet) []any {
	var out []any
	for first, last := range set.Runs() {
		if first == last {
			out = append(out, int(first))
		} else {
			out = append(out, fmt.Sprintf("%d-%d", first, last))
		}
	}
	return out
}

// portsOf lists the switch ports of the machines of a kind that use a network, as they are cabled when nothing is wrong.
func (s *Scenario) portsOf(kind model.HostKind, network string) (out []any) {
	for _, h := range s.Fabric.Hosts {
		if h.Kind != kind {
			continue
		}
		for _, u := range h.Uses {
			if u.Network != network {
				continue
			}
			for _, nic := range h.NICs {
				port := s.Fabric.Planned(model.CableEnd{Device: h.Name, Port: nic.Name})
				where := port.Device + "/" + port.Port
				if (nic.Name == u.Over || nic.Bond == u.Over) && port.Device != "" && !slices.Contains(out, any(where)) {
					out = append(out, where)
				}
			}
		}
	}
	return out
}

func (s *Scenario) hostEntries(login func(*target) map[string]any) map[string]any {
	out := map[string]any{}
	for _, h := range s.Fabric.Hosts {
		spec := s.Fabric.Scenario.Hosts[h.Name]
		if spec == nil {
			continue
		}
		e := map[string]any{"source": h.Source}
		if t := s.target(h.Name); t != nil {
			maps.Copy(e, login(t))
		} else {
			s.declare(e, h, spec)
		}
		put(e, "rack", spec.Rack)
		put(e, "power", spec.Power)
		put(e, "single_homed", spec.SingleHomed)
		put(e, "maintenance", spec.Maintenance)
		out[h.Name] = e
	}
	return out
}

// declare writes down the uplinks and bonds of a host that nobody asks.
func (s *Scenario) declare(e map[string]any, h *model.Host, spec *model.HostSpec) {
	var uplinks []any
	for _, nic := range h.NICs {
		u := map[string]any{"nic": nic.Name, "mac": nic.MAC.String(), "pci": nic.PCI}
		put(u, "bond", nic.Bond)
		if b := spec.Bonds[cmp.Or(nic.Bond, "bond0")]; b != nil && b.Networks != nil {
			u["networks"] = *b.Networks
		}
		if spec.Cabled {
			port := s.Fabric.Planned(model.CableEnd{Device: h.Name, Port: nic.Name})
			u["port"] = port.Device + "/" + port.Port
		}
		uplinks = append(uplinks, u)
	}
	e["uplinks"] = uplinks
	bonds := map[string]any{}
	for _, b := range h.Bonds {
		bonds[b.Name] = b.Mode.String()
	}
	if len(bonds) > 0 {
		e["bonds"] = bonds
	}
}

// clusterEntries writes the clusters of the scenario; where it says nothing about them, one of all hosts and networks.
func (s *Scenario) clusterEntries() map[string]any {
	spec := s.Fabric.Scenario
	clusters := spec.Clusters
	if clusters == nil && len(spec.Hosts) > 0 && len(spec.Networks) > 0 {
		clusters = map[string]*model.ClusterSpec{"prod": {}}
	}
	out := map[string]any{}
	for name, c := range clusters {
		e := map[string]any{"hosts": c.Hosts, "networks": c.Networks, "survive": c.Survive}
		if c.Quorum > 0 {
			e["quorum"] = c.Quorum
		}
		if c.Hosts == nil {
			e["hosts"] = slices.SortedFunc(maps.Keys(spec.Hosts), state.NaturalCompare)
		}
		if c.Networks == nil {
			e["networks"] = slices.SortedFunc(maps.Keys(spec.Networks), state.NaturalCompare)
		}
		if c.Survive == nil {
			e["survive"] = []string{"switch", "link"}
		}
		out[name] = e
	}
	return out
}
