package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"

	"uplinkcheck/inventory"
	"uplinkcheck/verify"
)

// cellsOf lists the cells of all matrices as "esx2 management" to "fail leaf1".
func cellsOf(r *verify.Report) map[string]cell {
	out := map[string]cell{}
	for _, g := range grids(r) {
		for i, h := range g.hosts {
			for j, c := range g.table[i] {
				out[h.Name+" "+g.networks[j].Name] = c
			}
		}
	}
	return out
}

func TestMatrixNamesTheWorstLoss(t *testing.T) {
	got := cellsOf(sample())
	for where, want := range map[string]string{"esx1 management": "ok", "esx1 dmz": "ok", "esx2 dmz": "-", "esx2 vmotion": "fail leaf1 +1", "box7 vmotion": "unknown leaf1 +1"} {
		if c := got[where]; c.Says() != want {
			t.Errorf("%s: got %q (%s), want %q", where, c.Says(), c.Why, want)
		}
	}
	if c := got["esx2 management"]; !strings.Contains(c.Why, "no uplink is left") || c.Finding == nil {
		t.Errorf("the cell does not say why, or leads to no finding: %+v", c)
	}
}

// A tick is never set against what a check found, and a waived finding shows as such.
func TestMatrixIsNeverBetterThanTheFindings(t *testing.T) {
	r := sample()
	for _, f := range r.Findings {
		switch f.Check() + " " + f.Subject.Name {
		case "RED-003 esx1/management":
			f.Outcome, f.Reason = verify.Unknown, "not known where it leads"
		case "RED-002 esx2/vmotion", "RED-003 esx2/vmotion":
			f.Outcome, f.Waiver = verify.NotApplicable, &inventory.Waiver{By: "me", Reason: "why not"}
		}
	}
	r.Fabric.Hosts[0].Entry = &inventory.HostEntry{Maintenance: true}
	got := cellsOf(r)
	for where, want := range map[string]string{"esx1 management": "unknown", "esx1 vmotion": "ok", "esx2 vmotion": "n/a waived leaf1 +1", "box7 vmotion": "n/a out of service"} {
		if c := got[where]; c.Says() != want {
			t.Errorf("%s: got %q (%s), want %q", where, c.Says(), c.Why, want)
		}
	}
}

// What a cluster says it must survive fails; else losing a declared place only warns, and losing a whole LAG is no question.
func TestMatrixCountsWhatTheClusterMustSurvive(t *testing.T) {
	for _, c := range []struct {
		survive []string
		feeds   bool
		want    string
	}{
		{nil, false, "ok"}, {[]string{"lag"}, false, "fail LAG leaf1+leaf2/Port-Channel1"},
		{nil, true, "warn domain feed-a"}, {[]string{"domain"}, true, "fail domain feed-a"},
	} {
		r := sample()
		if c.feeds {
			r.Fabric.Inventory.Domains = []inventory.Domain{{Name: "feed-a", Members: []string{"leaf1", "leaf2"}}}
		}
		r.Fabric.Hosts[1].Clusters[0].Survive = c.survive
		if got := cellsOf(r)["esx1 management"].Says(); got != c.want {
			t.Errorf("survive %v: got %q, want %q", c.survive, got, c.want)
		}
	}
}

func TestMatrixJoinsWhatFaresAlike(t *testing.T) {
	r := many(40)
	hosts, rows := 0, 0
	for _, g := range grids(r) {
		hosts, rows = hosts+g.Hosts, rows+len(g.Rows)
	}
	if hosts != 43 || rows > 8 {
		t.Errorf("got %d rows of %d hosts", rows, hosts)
	}
}

func TestRanges(t *testing.T) {
	for names, want := range map[string]string{
		"esx1":                           "esx1",
		"esx1 esx2":                      "esx1, esx2",
		"esx1 esx2 esx3 esx4":            "esx1…esx4",
		"esx1 esx2 esx3 esx5":            "esx1…esx3, esx5",
		"a b c d e":                      "a, b, c and 2 more",
		"kvm09 kvm10 kvm11 x1":           "kvm09…kvm11, x1",
		"esx1 kvm2":                      "esx1, kvm2",
		"h1 h3 h5 h7 h8 h9":              "h1, h3, h5 and 3 more",
		"n99999999999999999999999 n1 n2": "n99999999999999999999999, n1, n2",
	} {
		if got := ranges(strings.Fields(names), 3); got != want {
			t.Errorf("%s: got %q, want %q", names, got, want)
		}
	}
}

// A table that is too wide shrinks its widest column first, keeps verdicts whole, and is continued below where nothing can shrink any more.
func TestWideMatrixStaysInTheTerminal(t *testing.T) {
	g := &grid{Cluster: "prod", Hosts: 1, Worst: verify.Fail}
	row := gridRow{Name: "a-host-with-a-long-name…a-host-with-a-longer-name"}
	for i := range 14 {
		g.Columns = append(g.Columns, column{Name: fmt.Sprintf("network-%d", i)})
		row.Cells = append(row.Cells, cell{Needed: true, Outcome: verify.Fail, Loss: "link leaf1/Ethernet49 to leaf2/Ethernet49"})
	}
	g.Rows = []gridRow{row}
	for _, width := range []int{60, 80, 132} {
		p := &page{o: Options{Width: width}}
		p.grid(g)
		fails, networks := 0, 0
		for l := range strings.Lines(p.String()) {
			if w := text.StringWidth(strings.TrimRight(l, "\n")); w > width {
				t.Errorf("width %d: %d columns: %s", width, w, l)
			}
			fails += strings.Count(l, "fail ")
			networks += strings.Count(l, "n")
		}
		if fails != 14 || networks == 0 {
			t.Errorf("width %d: %d verdicts of 14:\n%s", width, fails, p.String())
		}
	}
}
