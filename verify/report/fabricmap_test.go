package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed/synth"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// generated is the report of a healthy fabric of that many switches, without any finding.
func generated(switches int) *verify.Report {
	f := topology.Build(synth.New(synth.Options{Seed: 1, Switches: switches}).Input())
	return &verify.Report{Tool: "uplinkcheck", Version: "v0.1.0", Started: start, Finished: start, Inventory: "generated", Fabric: f}
}

func TestFabricIsDrawnInLayers(t *testing.T) {
	m := htmlOf(sample()).Map
	if m.Drawn == nil || len(m.Layers) > 0 {
		t.Fatal("two switches are not drawn at once")
	}
	at := map[string]box{}
	for _, b := range m.Drawn.Boxes {
		at[b.Full] = b
	}
	for _, name := range []string{"leaf1", "leaf2", "esx1", "esx2", "box7"} {
		if at[name].W == 0 {
			t.Errorf("%s is not drawn", name)
		}
	}
	if at["leaf1"].Y != at["leaf2"].Y || at["esx2"].Y <= at["leaf1"].Y {
		t.Error("the switches of a pair are not side by side above their hosts")
	}
	if f := m.Drawn.Frames[0]; f.X > at["leaf1"].X || f.X+f.W < at["leaf2"].X+at["leaf2"].W || f.Text != "pair p1" {
		t.Errorf("the pair's frame is not round both: %+v", f)
	}
	for line, want := range map[string]string{"esx1 to leaf2": "✓ carrying", "esx2 to leaf1": "✕ 1 of 2 not carrying", "box7 to not known where": "? unknown", "leaf1 to leaf2": "✓ carrying"} {
		got := ""
		for _, l := range m.Drawn.Lines {
			if l.From+" to "+l.To == line {
				got = l.Words()
			}
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
	if len(m.Trouble) != 2 || m.Trouble[0].Status() != state.No {
		t.Errorf("trouble in words: %+v", m.Trouble)
	}
}

// Up to maxDrawn switches no box lies over another and every one is within the picture.
func TestNoBoxLiesOverAnother(t *testing.T) {
	for _, n := range []int{2, 8, 30, 60} {
		p := htmlOf(generated(n)).Map.Drawn
		if p == nil {
			t.Fatalf("%d switches are not drawn at once", n)
		}
		for i, a := range p.Boxes {
			if a.X < 0 || a.Y < 0 || a.X+a.W > p.W || a.Y+a.H > p.H {
				t.Errorf("%d switches: %s at %d,%d is not within %d x %d", n, a.Text, a.X, a.Y, p.W, p.H)
			}
			for _, b := range p.Boxes[:i] {
				if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
					t.Errorf("%d switches: %s lies over %s", n, a.Text, b.Text)
				}
			}
		}
	}
}

// Beyond that each pair is a box that opens; each switch is in one, and whatever does not carry is said in words.
func TestLargeFabricIsGroupedByPair(t *testing.T) {
	r := generated(120)
	m := htmlOf(r).Map
	if m.Drawn != nil || len(m.Layers) < 2 {
		t.Fatalf("drawn at once, or not in layers: %d", len(m.Layers))
	}
	members := 0
	for _, l := range m.Layers {
		for _, u := range l.Units {
			members += len(strings.Split(u.Members, ", "))
			if u.Picture == nil || u.Class() != "pass" {
				t.Errorf("%s: %s %s has no picture, or is not healthy", u.Name, u.Word(), u.Words)
			}
		}
	}
	if members != len(r.Fabric.Switches) || len(m.Trouble) > 0 {
		t.Errorf("got %d switches of %d, trouble %+v", members, len(r.Fabric.Switches), m.Trouble)
	}
	in := synth.New(synth.Options{Seed: 1, Switches: 120}).Input()
	p := r.Fabric.Trunks[0].A
	at := slices.IndexFunc(in.Switches, func(s *state.Switch) bool { return s.Name == p.Switch.Name })
	down := in.Switches[at].Interface(p.Name)
	down.Oper = capture.Of(state.Down, down.From)
	r.Fabric = topology.Build(in)
	m = htmlOf(r).Map
	if len(m.Trouble) != 1 || m.Trouble[0].Status() != state.No {
		t.Errorf("a cable that is down: %+v", m.Trouble)
	}
}

// The page of a large fabric that is broken everywhere stays one that a browser opens.
func TestPageOfALargeFabricIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short, so no page of 1,000 switches was written")
	}
	r := generated(1000)
	reply := replyOf("leaf1", "show everything", strings.Repeat("Ethernet1 is down\n", 20000))
	r.Captures = []*capture.Capture{{Device: "leaf1", Replies: []*capture.Reply{reply}}}
	for i, role := range r.Fabric.Roles() {
		for _, check := range []string{"RED-002", "RED-003", "VLN-001"} {
			r.Findings = append(r.Findings, &verify.Finding{By: &verify.Check{ID: check}, Subject: role.Subject(), Outcome: verify.Outcome(1 + i%4), Severity: verify.High,
				Reason: fmt.Sprintf("%s is lost", role.Subject().Name), Missing: fmt.Sprintf("what %d says", i), Fix: "mend it", Evidence: []capture.Span{reply.Span(i%20000*18, i%20000*18+17)}})
		}
	}
	for i := range 3000 {
		r.Fabric.Inventory.Waivers = append(r.Fabric.Inventory.Waivers, inventory.Waiver{Check: "RED-002", Subject: fmt.Sprint(i), Reason: "r", By: "b"})
	}
	out := written(t, "html", r, Options{})
	t.Logf("%d findings, %d switches, %d hosts: %d bytes", len(r.Findings), len(r.Fabric.Switches), len(r.Fabric.Hosts), len(out))
	if len(out) > 24<<20 {
		t.Errorf("the page has %d bytes", len(out))
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllSubmatch(out, -1) {
		ids[string(m[1])] = true
	}
	for _, m := range regexp.MustCompile(` href="#([^"]*)"`).FindAllSubmatch(out, -1) {
		if !ids[string(m[1])] {
			t.Fatalf("link to %q leads nowhere", m[1])
		}
	}
}
