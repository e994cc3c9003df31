package lab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxInterfaceName is the longest name of a Linux network interface (IFNAMSIZ less the zero byte).
const maxInterfaceName = 15

// panelPort names the back of a port at the patch panel.
func (e End) panelPort() string { return e.Node + "." + e.Port }

// Far returns the port that is plugged to e now.
func (l *Lab) Far(e End) (End, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	far, ok := l.cables[e]
	return far, ok
}

// Hears returns the port whose frames reach e now: none when nothing is plugged, or when frames towards e are lost.
func (l *Lab) Hears(e End) (End, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	far, ok := l.cables[e]
	return far, ok && !l.deaf[e]
}

// Pull unplugs the cable at e: both ports lose carrier.
func (l *Lab) Pull(ctx context.Context, e End) error {
	return l.replug(ctx, func() { l.unplug(e) })
}

// Patch plugs a cable between two ports, after pulling those that are there.
func (l *Lab) Patch(ctx context.Context, a, z End) error {
	return l.replug(ctx, func() { l.plug(a, z) })
}

// SwapFar exchanges what is plugged to a and z: two cables mixed up.
func (l *Lab) SwapFar(ctx context.Context, a, z End) error {
	return l.replug(ctx, func() {
		farA, farZ := l.cables[a], l.cables[z]
		l.plug(a, farZ)
		l.plug(z, farA)
	})
}

// LoseTowards drops every frame on its way to e; both ports keep carrier, and the other direction works.
func (l *Lab) LoseTowards(ctx context.Context, e End) error {
	return l.replug(ctx, func() { l.deaf[e] = true })
}

// Rewire plugs all cables as the topology file says, but those of nodes without power, and drops no frames.
func (l *Lab) Rewire(ctx context.Context) error {
	return l.replug(ctx, func() {
		clear(l.cables)
		clear(l.deaf)
		for _, link := range l.Topology.Links {
			if l.nodes[link.A.Node] != nil && l.nodes[link.Z.Node] != nil {
				l.plug(link.A, link.Z)
			}
		}
	})
}

// PowerOff ends a node as a cut of its power does: everything in it is killed, and its cables are dark at their other ends.
func (l *Lab) PowerOff(ctx context.Context, node string) error {
	b := l.box(node)
	if b == nil {
		return fmt.Errorf("no node %s, or it has no power", node)
	}
	err := l.replug(ctx, func() {
		for _, e := range l.Topology.Ends(node) {
			l.unplug(e)
		}
		delete(l.nodes, node)
		delete(l.machines, node)
	})
	b.stop()
	return errors.Join(err, l.writePIDs())
}

// PowerOn starts a node anew and plugs its cables as the topology file says. Another node without power stays dark.
func (l *Lab) PowerOn(ctx context.Context, node string) error {
	n := l.Topology.Node(node)
	if n == nil || l.box(node) != nil {
		return fmt.Errorf("no node %s, or it has power", node)
	}
	// The kernel takes the ports of the node that was away in its own time.
	gone := func() bool {
		out, err := l.panel.run(ctx, "", nil, "ip", "-o", "link", "show")
		return err == nil && !strings.Contains(out, " "+node+".")
	}
	if err := poll(ctx, gone); err != nil {
		return fmt.Errorf("%s: ports of before are still there: %w", node, err)
	}
	if err := l.startNodes([]Node{*n}); err != nil {
		return err
	}
	if err := l.wire(ctx, []Node{*n}); err != nil {
		return err
	}
	err := l.replug(ctx, func() {
		for _, e := range l.Topology.Ends(node) {
			if far, ok := l.Topology.Far(e); ok && l.nodes[far.Node] != nil {
				l.plug(e, far)
			}
		}
	})
	return errors.Join(err, l.configure(ctx, *n))
}

func (l *Lab) plug(a, z End) {
	l.unplug(a)
	l.unplug(z)
	l.cables[a], l.cables[z] = z, a
}

func (l *Lab) unplug(e End) {
	if far, ok := l.cables[e]; ok {
		delete(l.cables, far)
	}
	delete(l.cables, e)
}

// replug changes the plan and makes the patch panel follow: frames that enter at the back of a port leave at the back of
// another, and a port that nothing is plugged to is down. The ports of the nodes are never touched: Open vSwitch and
// lldpd would go on with the interface that was.
func (l *Lab) replug(ctx context.Context, change func()) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	cables, deaf := maps.Clone(l.cables), maps.Clone(l.deaf)
	change()
	var links, filters strings.Builder
	for _, link := range l.Topology.Links {
		for _, e := range []End{link.A, link.Z} {
			if l.nodes[e.Node] == nil {
				continue
			}
			was, isNow := target(cables, deaf, e), target(l.cables, l.deaf, e)
			port := e.panelPort()
			if was != isNow && was != (End{}) {
				fmt.Fprintf(&filters, "filter del dev %s ingress pref 1\n", port)
			}
			if was != isNow && isNow != (End{}) {
				fmt.Fprintf(&filters, "filter add dev %s ingress pref 1 protocol all u32 match u32 0 0 action mirred egress redirect dev %s\n",
					port, isNow.panelPort())
			}
			if _, plugged := l.cables[e]; plugged {
				fmt.Fprintf(&links, "link set %s up\n", port)
			} else {
				fmt.Fprintf(&links, "link set %s down\n", port)
			}
		}
	}
	if _, err := l.panel.run(ctx, links.String(), nil, "ip", "-batch", "-"); err != nil {
		return err
	}
	_, err := l.panel.run(ctx, filters.String(), nil, "tc", "-batch", "-")
	return err
}

// target is where frames from e go; the zero End when nowhere.
func target(cables map[End]End, deaf map[End]bool, e End) End {
	if far, ok := cables[e]; ok && !deaf[far] {
		return far
	}
	return End{}
}

// Ends returns all ports that have a link in the file, sorted.
func (l *Lab) Ends() []End {
	var out []End
	for _, link := range l.Topology.Links {
		out = append(out, link.A, link.Z)
	}
	slices.SortFunc(out, func(a, b End) int { return strings.Compare(a.String(), b.String()) })
	return out
}
