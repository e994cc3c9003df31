package lab

import (
	"context"
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

// Rewire plugs all cables as the topology file says and drops no frames.
func (l *Lab) Rewire(ctx context.Context) error {
	return l.replug(ctx, func() {
		clear(l.cables)
		clear(l.deaf)
		for _, link := range l.Topology.Links {
			l.plug(link.A, link.Z)
		}
	})
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
