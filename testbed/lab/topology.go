// Package lab realises a containerlab topology of Linux nodes in network namespaces: real Open vSwitch, real LACP, real lldpd
// and OpenSSH, without containers. Cables run through a patch panel, so that they can be pulled, moved and made deaf one way
// while the ports stay where they are.
//
// It needs Linux, root, and Debian's openvswitch-switch, lldpd, openssh-server and iproute2 (Missing says what lacks).
// Everything lives in processes that end with the process that called Up, however that ends.
package lab

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Topology is what package lab reads of a containerlab topology file.
type Topology struct {
	Name  string
	Mgmt  netip.Prefix // management network; its first address is the one the operator's machine has
	Nodes []Node       // by name
	Links []Link       // in the order of the file
}

// Node is a node with what it inherits from its group, kind and the defaults.
type Node struct {
	Name    string
	Group   string
	Address netip.Addr // in the management network
	Env     map[string]string
	Binds   []string // source:target[:options]
	Exec    []string // run once the links are there
}

// End is one end of a link: a port of a node.
type End struct{ Node, Port string }

// String returns the end as containerlab writes it, node:port.
func (e End) String() string { return e.Node + ":" + e.Port }

// ParseEnd reads node:port.
func ParseEnd(s string) (End, error) {
	node, port, ok := strings.Cut(s, ":")
	if !ok || node == "" || port == "" {
		return End{}, fmt.Errorf("%q is not node:port", s)
	}
	return End{node, port}, nil
}

// Link is a cable.
type Link struct{ A, Z End }

// file is the part of a topology file that the lab uses. containerlab itself refuses keys it does not know; here others are
// passed over.
type file struct {
	Name string
	Mgmt struct {
		Subnet string `yaml:"ipv4-subnet"`
	}
	Topology struct {
		Defaults level
		Kinds    map[string]level
		Groups   map[string]level
		Nodes    map[string]level
		Links    []struct{ Endpoints []string }
	}
}

// level is one of the places where a property of a node may stand.
type level struct {
	Kind    string
	Group   string
	Address string `yaml:"mgmt-ipv4"`
	Env     map[string]string
	Binds   []string
	Exec    []string
}

// ReadTopology reads a topology file. Every node must be of kind linux and have a management address.
func ReadTopology(path string) (*Topology, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var f file
	if err := yaml.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	t := &Topology{Name: f.Name}
	if t.Mgmt, err = netip.ParsePrefix(f.Mgmt.Subnet); err != nil {
		return nil, fmt.Errorf("%s: mgmt: ipv4-subnet: %w", path, err)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Topology.Nodes)) {
		n, err := f.node(name)
		if err != nil {
			return nil, fmt.Errorf("%s: node %s: %w", path, name, err)
		}
		t.Nodes = append(t.Nodes, n)
	}
	for i, l := range f.Topology.Links {
		link, err := t.link(l.Endpoints)
		if err != nil {
			return nil, fmt.Errorf("%s: link %d: %w", path, i+1, err)
		}
		t.Links = append(t.Links, link)
	}
	return t, nil
}

// node merges the levels in containerlab's order: the nearest kind, group and address win, maps are merged key by key,
// lists are added up.
func (f *file) node(name string) (Node, error) {
	own := f.Topology.Nodes[name]
	kind, group := own.Kind, own.Group
	if group == "" {
		group = f.Topology.Defaults.Group
	}
	g := f.Topology.Groups[group]
	for _, k := range []string{g.Kind, f.Topology.Defaults.Kind} {
		if kind == "" {
			kind = k
		}
	}
	if kind != "linux" {
		return Node{}, fmt.Errorf("kind %q cannot run in a namespace, only linux can", kind)
	}
	n := Node{Name: name, Group: group, Env: map[string]string{}}
	for _, l := range []level{f.Topology.Defaults, f.Topology.Kinds[kind], g, own} {
		maps.Copy(n.Env, l.Env)
		n.Binds = append(n.Binds, l.Binds...)
		n.Exec = append(n.Exec, l.Exec...)
	}
	var err error
	if n.Address, err = netip.ParseAddr(own.Address); err != nil {
		return Node{}, fmt.Errorf("mgmt-ipv4: %w", err)
	}
	return n, nil
}

func (t *Topology) link(ends []string) (Link, error) {
	if len(ends) != 2 {
		return Link{}, fmt.Errorf("%d endpoints, want 2", len(ends))
	}
	a, err := ParseEnd(ends[0])
	if err != nil {
		return Link{}, err
	}
	z, err := ParseEnd(ends[1])
	if err != nil {
		return Link{}, err
	}
	for _, e := range []End{a, z} {
		if t.Node(e.Node) == nil {
			return Link{}, fmt.Errorf("%s: no such node", e)
		}
		for _, l := range t.Links {
			if l.A == e || l.Z == e {
				return Link{}, fmt.Errorf("%s: used twice", e)
			}
		}
		if len(e.panelPort()) > maxInterfaceName {
			return Link{}, fmt.Errorf("%s: names of node and port have more than %d characters together", e, maxInterfaceName-1)
		}
	}
	return Link{a, z}, nil
}

// Node returns the node of that name, or nil.
func (t *Topology) Node(name string) *Node {
	for i := range t.Nodes {
		if t.Nodes[i].Name == name {
			return &t.Nodes[i]
		}
	}
	return nil
}

// Ends returns the ports of a node that have a link, in the order of the file.
func (t *Topology) Ends(node string) []End {
	var out []End
	for _, l := range t.Links {
		for _, e := range []End{l.A, l.Z} {
			if e.Node == node {
				out = append(out, e)
			}
		}
	}
	return out
}

// Far returns what the file says is at the other end of e.
func (t *Topology) Far(e End) (End, bool) {
	for _, l := range t.Links {
		switch e {
		case l.A:
			return l.Z, true
		case l.Z:
			return l.A, true
		}
	}
	return End{}, false
}
