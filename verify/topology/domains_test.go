package topology_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify/topology"
)

// A plan is a small fabric in which everything is known: ports with VLANs, and cables between them.
type plan struct {
	switches int
	ports    []planPort
	cables   [][2]int // indexes of ports
}

type planPort struct {
	sw      int
	access  bool
	members state.VIDSet
	pvid    state.VID // 0: untagged frames are dropped
	bare    bool      // the VLAN of untagged frames leaves without a tag
	up      bool
	blocked state.VIDSet
}

var planVIDs = []state.VID{1, 10, 20, 30, 4094}

func drawPlan(t *rapid.T) (p plan) {
	p.switches = rapid.IntRange(1, 5).Draw(t, "switches")
	set := rapid.Custom(func(t *rapid.T) state.VIDSet {
		return state.VIDs(rapid.SliceOfN(rapid.SampledFrom(planVIDs), 0, 4).Draw(t, "vids")...)
	})
	for range 2 * rapid.IntRange(0, 7).Draw(t, "cables") {
		x := planPort{sw: rapid.IntRange(0, p.switches-1).Draw(t, "switch"), access: rapid.IntRange(0, 2).Draw(t, "access") == 0,
			up: rapid.IntRange(0, 9).Draw(t, "down") > 0, bare: rapid.IntRange(0, 4).Draw(t, "native tagged") > 0}
		if x.access {
			x.pvid, x.bare = rapid.SampledFrom(planVIDs).Draw(t, "vid"), true
			x.members = state.VIDs(x.pvid)
		} else {
			x.members = set.Draw(t, "members")
			if natives := slices.Collect(x.members.All()); len(natives) > 0 && rapid.Bool().Draw(t, "native") {
				x.pvid = rapid.SampledFrom(natives).Draw(t, "pvid")
			}
		}
		if rapid.IntRange(0, 4).Draw(t, "blocked") == 0 {
			x.blocked = set.Draw(t, "blocks")
		}
		p.ports = append(p.ports, x)
		if n := len(p.ports); n%2 == 0 {
			p.cables = append(p.cables, [2]int{n - 2, n - 1})
		}
	}
	return p
}

func (p plan) name(port int) (device, name string) {
	return fmt.Sprintf("s%d", p.ports[port].sw), fmt.Sprintf("p%d", port)
}

// input makes the state that the switches of the plan would report.
func (p plan) input() topology.Input {
	said := (&capture.Reply{Device: "plan", Command: "show", Data: []byte("said\n"), Complete: true}).Whole()
	in := topology.Input{Inventory: &inventory.Inventory{}}
	for i := range p.switches {
		s := &state.Switch{Name: fmt.Sprintf("s%d", i), Listed: state.Listed{Interfaces: said, BridgePorts: said, STP: said, Remotes: said}}
		for k, x := range p.ports {
			if x.sw != i {
				continue
			}
			_, name := p.name(k)
			oper, mode, untagged := state.Down, state.Trunk, state.VIDSet{}
			if x.up {
				oper = state.Up
			}
			if x.access {
				mode = state.Access
			}
			if x.bare && x.pvid != 0 {
				untagged = state.VIDs(x.pvid)
			}
			s.Interfaces = append(s.Interfaces, state.Interface{Name: name, From: said, Kind: state.Physical, Oper: capture.Of(oper, said)})
			s.BridgePorts = append(s.BridgePorts, state.BridgePort{Interface: name, From: said, Mode: capture.Of(mode, said), Configured: capture.Of(x.members, said),
				Members: capture.Of(x.members, said), PVID: capture.Of(x.pvid, said), Untagged: capture.Of(untagged, said)})
			if !x.blocked.Empty() {
				s.STP = append(s.STP, state.STPPort{Interface: name, VIDs: x.blocked, State: capture.Of(state.Blocking, said)})
			}
		}
		s.Sort()
		in.Switches = append(in.Switches, s)
	}
	for _, c := range p.cables {
		a, z := inventory.CableEnd{}, inventory.CableEnd{}
		a.Device, a.Port = p.name(c[0])
		z.Device, z.Port = p.name(c[1])
		in.Inventory.Links = append(in.Inventory.Links, inventory.Cable{From: said, A: a, Z: z})
	}
	return in
}

// lands sends a frame of a VLAN out of one port and returns the VLAN in which it arrives at the other end, 0 when it does not. Whether
// an access port takes frames that have the tag of its own VLAN differs from switch to switch: lenient says that it does.
func (p plan) lands(from, to int, v state.VID, lenient bool) state.VID {
	x, y := p.ports[from], p.ports[to]
	if !x.up || !y.up || !x.members.Has(v) || x.blocked.Has(v) {
		return 0
	}
	at := v
	if v == x.pvid && x.bare {
		at = y.pvid
	} else if y.access && !lenient {
		return 0
	}
	if !y.members.Has(at) || y.blocked.Has(at) {
		return 0
	}
	return at
}

// spots are numbered by switch and VID.
func (p plan) components(lenient bool) []int {
	of := make([]int, p.switches*len(planVIDs))
	for i := range of {
		of[i] = i
	}
	for range of { // slowly, so that it is plainly right
		for _, c := range p.cables {
			for _, way := range [][2]int{{c[0], c[1]}, {c[1], c[0]}} {
				for _, v := range planVIDs {
					w := p.lands(way[0], way[1], v, lenient)
					if w == 0 {
						continue
					}
					a, z := p.spot(p.ports[way[0]].sw, v), p.spot(p.ports[way[1]].sw, w)
					of[a], of[z] = min(of[a], of[z]), min(of[a], of[z])
				}
			}
		}
	}
	return of
}

func (p plan) spot(sw int, v state.VID) int { return sw*len(planVIDs) + slices.Index(planVIDs, v) }

func (p plan) each(f *topology.Fabric, do func(i int, at topology.Spot)) {
	for sw := range p.switches {
		for _, v := range planVIDs {
			do(p.spot(sw, v), topology.Spot{Switch: f.SwitchNamed(fmt.Sprintf("s%d", sw)), VID: v})
		}
	}
}

// The domains are those of a naive sum over every frame, and of every VLAN by itself.
func TestDomainsAreWhereFramesGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		f := topology.Build(p.input())
		strict, lenient := p.components(false), p.components(true)
		p.each(f, func(i int, a topology.Spot) {
			var vids []state.VID
			p.each(f, func(j int, b topology.Spot) {
				want := state.No
				switch {
				case strict[i] == strict[j]:
					want = state.Yes
					vids = append(vids, b.VID)
				case lenient[i] == lenient[j]:
					want = state.Unknown
				}
				if got := f.Domains().Joined(a, b); got != want {
					t.Fatalf("%s and %s: joined %s, want %s\n%+v", a, b, got, want, p)
				}
				if has := f.Domains().Of(a.Switch, a.VID).Has(b); has != (want == state.Yes) {
					t.Fatalf("%s: the domain has %s: %v", a, b, has)
				}
			})
			if got, want := f.Domains().Of(a.Switch, a.VID).VIDs(), state.VIDs(vids...); got != want {
				t.Fatalf("%s: VIDs %s, want %s", a, got, want)
			}
		})
	})
}

// Every path is one that a frame can go, from end to end, and no shorter one exists.
func TestPathsAreRealAndShortest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		f := topology.Build(p.input())
		steps := p.distances()
		p.each(f, func(i int, a topology.Spot) {
			p.each(f, func(j int, b topology.Spot) {
				path := f.Domains().Of(a.Switch, a.VID).Path(func(x topology.Spot) bool { return x == b }, a)
				if i == j {
					return
				}
				if len(path) != steps[i][j] {
					t.Fatalf("%s to %s: %d hops, want %d\n%+v", a, b, len(path), steps[i][j], p)
				}
				at := a
				for _, h := range path {
					if h.From != at || h.Out.Switch != h.From.Switch || h.In.Switch != h.To.Switch || h.Answer != state.Yes || len(h.Lines) == 0 || !h.Lines[0].Known() {
						t.Fatalf("%s to %s: bad hop %+v", a, b, h)
					}
					if !p.connects(h) {
						t.Fatalf("%s to %s: no frame goes from %s at %s to %s at %s", a, b, h.From, h.Out, h.To, h.In)
					}
					at = h.To
				}
				if len(path) > 0 && at != b {
					t.Fatalf("%s to %s: ends at %s", a, b, at)
				}
			})
		})
	})
}

// connects reports whether a frame of one of the hop's ends arrives at the other, one way or the other.
func (p plan) connects(h topology.Hop) bool {
	index := func(port *topology.Port) (i int) {
		fmt.Sscanf(port.Name, "p%d", &i)
		return i
	}
	return p.lands(index(h.Out), index(h.In), h.From.VID, false) == h.To.VID || p.lands(index(h.In), index(h.Out), h.To.VID, false) == h.From.VID
}

// distances counts the fewest hops between any two spots, 0 where there is no way.
func (p plan) distances() [][]int {
	n := p.switches * len(planVIDs)
	dist := make([][]int, n)
	for i := range dist {
		dist[i] = make([]int, n)
	}
	for _, c := range p.cables {
		for _, way := range [][2]int{{c[0], c[1]}, {c[1], c[0]}} {
			for _, v := range planVIDs {
				if w := p.lands(way[0], way[1], v, false); w != 0 {
					a, z := p.spot(p.ports[way[0]].sw, v), p.spot(p.ports[way[1]].sw, w)
					if a != z {
						dist[a][z], dist[z][a] = 1, 1
					}
				}
			}
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				if d := dist[i][k] + dist[k][j]; i != j && dist[i][k] > 0 && dist[k][j] > 0 && (dist[i][j] == 0 || d < dist[i][j]) {
					dist[i][j] = d
				}
			}
		}
	}
	return dist
}

// Facts that nobody states leave the answer as it was, or make it unknown.
func TestLessEvidenceNeverDecidesWhatIsJoined(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		full := topology.Build(p.input())
		in := p.input()
		facts := factsOf(in)
		if len(facts) == 0 {
			return
		}
		lost := ""
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(facts)-1), 1, 6, rapid.ID[int]).Draw(t, "lost") {
			facts[i].value.SetZero()
			lost += " " + facts[i].path
		}
		if n := len(in.Inventory.Links); n > 0 && rapid.IntRange(0, 3).Draw(t, "a cable as well") == 0 {
			in.Inventory.Links = slices.Delete(in.Inventory.Links, n-1, n)
			lost += " the last cable"
		}
		less := topology.Build(in)
		p.each(full, func(i int, a topology.Spot) {
			p.each(full, func(j int, b topology.Spot) {
				was := full.Domains().Joined(a, b)
				now := less.Domains().Joined(topology.Spot{Switch: less.SwitchNamed(a.Switch.Name), VID: a.VID}, topology.Spot{Switch: less.SwitchNamed(b.Switch.Name), VID: b.VID})
				if now != was && now != state.Unknown {
					t.Fatalf("without%s: %s and %s were joined %s, now %s\n%+v", lost, a, b, was, now, p)
				}
			})
		})
	})
}
