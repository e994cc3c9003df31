package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// A grid is the N-1 matrix of one cluster: hosts by networks, each cell what the worst single loss costs. Hosts whose cells are equal share a
// row, networks of one role whose cells are equal share a column. All texts were cleaned.
type grid struct {
	Cluster string // "" for hosts in no cluster
	Hosts   int
	Exempt  int // of these: with a network that is not judged, since the inventory says so
	Worst   verify.Outcome
	Columns []column
	Rows    []gridRow

	hosts    []*topology.Host // of the table's rows, before any were joined
	networks []*topology.Network
	table    [][]cell
}

// A column is one network, or several of one role that fare alike.
type column struct {
	Name, Role string
	Networks   []string
}

type gridRow struct {
	Name  string // "esx1…esx40"
	Hosts []*topology.Host
	Cells []cell
}

// A cell says what the worst single loss does to the network on the host.
type cell struct {
	Needed  bool // false: the host need not offer the network
	Outcome verify.Outcome
	Loss    string          // "leaf1", "link vmnic3"; empty where nothing is lost
	More    int             // further losses that cost it too
	Why     string          // the reason, for all that do not pass
	Finding *verify.Finding // the finding about it, nil when none is
}

// Says is the cell in words: "ok", "fail leaf1 +2".
func (c cell) Says() string {
	switch {
	case !c.Needed:
		return "-"
	case c.Outcome == verify.Pass:
		return "ok"
	}
	s := strings.TrimSpace(c.Outcome.String() + " " + c.Loss)
	if c.More > 0 {
		s += fmt.Sprintf(" +%d", c.More)
	}
	return s
}

// Class is the verdict as a CSS class.
func (c cell) Class() string { return class(c.Outcome) }

// losses is how a kind of scenario counts: refuting kinds fail, the others warn unless the cluster says that it must survive them.
var losses = map[topology.ScenarioKind]struct {
	word     string // in survive: of a cluster
	refuting bool
	only     bool // counts only where it is declared
}{
	topology.SwitchLoss:       {"switch", true, false},
	topology.MemberLoss:       {"switch", true, false},
	topology.ControlPlaneLoss: {"", false, false},
	topology.LinkLoss:         {"link", true, false},
	topology.TrunkLoss:        {"link", true, false},
	topology.NICLoss:          {"nic", true, false},
	topology.LineCardLoss:     {"linecard", false, false},
	topology.PeerLinkLoss:     {"peer-link", false, false},
	topology.RackLoss:         {"rack", false, false},
	topology.PowerLoss:        {"power", false, false},
	topology.SiteLoss:         {"site", false, false},
	topology.DomainLoss:       {"domain", false, false},
	topology.LAGLoss:          {"lag", false, true},
	topology.PairLoss:         {"switch+switch", false, true},
}

// outcomeOf says how the loss of a scenario counts for a host of the cluster; n/a where it does not count at all.
func outcomeOf(s topology.Survival, h *topology.Host, c *inventory.Cluster) verify.Outcome {
	how := losses[s.Scenario.Kind]
	declared := c != nil && slices.Contains(c.Survive, how.word)
	switch {
	case how.only && !declared:
		return verify.NotApplicable // another cluster asked for it
	case s.Scenario.Link != nil && s.Scenario.Link.Uplink.Host != h:
		return verify.NotApplicable // another host's own cable
	case s.Scenario.Kind == topology.ControlPlaneLoss && h.Fabric.Inventory.Policy.StackIsRedundant:
		return verify.NotApplicable
	case s.Answer == state.Unknown:
		return verify.Unknown
	case how.refuting || declared:
		return verify.Fail
	}
	return verify.Warn
}

// kindsFor are the scenarios that count for hosts of the cluster.
func kindsFor(c *inventory.Cluster) (out []topology.ScenarioKind) {
	for kind, how := range losses {
		if !how.only || c != nil && slices.Contains(c.Survive, how.word) {
			out = append(out, kind)
		}
	}
	slices.Sort(out)
	return out
}

// lossOf names what is lost, briefly, in the row of the host.
func lossOf(s *topology.Scenario, h *topology.Host) string {
	if s.Link != nil && s.Link.Uplink.Host == h {
		return "link " + clean(s.Link.Uplink.NIC.Name)
	}
	return clean(strings.TrimSuffix(s.Name, " of "+h.Name))
}

// cellOf judges one network of a host from what each scenario leaves of it, and never better than the findings about it do.
func cellOf(r *topology.Role, c *inventory.Cluster, kinds []topology.ScenarioKind, about []*verify.Finding) cell {
	x := cell{Needed: true, Outcome: verify.Pass}
	if e := r.Host.Entry; e != nil && (e.Maintenance || e.SingleHomed) {
		x.Outcome, x.Loss = verify.NotApplicable, "single-homed"
		if e.Maintenance {
			x.Loss = "out of service"
		}
		x.Why = "declared " + x.Loss
		return x
	}
	failures := r.Host.Fabric.Failures()
	switch now := failures.Now(r); now.Answer {
	case state.No:
		x.Outcome, x.Loss, x.Why = verify.Fail, "down now", prose(now.Why)
	case state.Unknown:
		x.Outcome, x.Loss, x.Why = verify.Unknown, "", prose(now.Why)
	default:
		for _, s := range failures.Of(r, kinds...) {
			o := outcomeOf(s, r.Host, c)
			switch {
			case o > x.Outcome:
				x.Outcome, x.Loss, x.More, x.Why = o, lossOf(s.Scenario, r.Host), 0, prose(s.Why)
			case o == x.Outcome && o > verify.Pass:
				x.More++
			}
		}
	}
	return x.against(about)
}

// against holds the cell to the findings about the same network of the same host: a worse one wins, and where one is waived and none stands, the
// cell says so.
func (x cell) against(about []*verify.Finding) cell {
	waived := false
	for _, f := range about {
		if x.Finding == nil || worstFirst(f, x.Finding) < 0 {
			x.Finding = f
		}
		waived = waived || f.Waiver != nil
	}
	switch f := x.Finding; {
	case f == nil:
	case f.Outcome > x.Outcome:
		x.Outcome, x.Loss, x.More, x.Why = f.Outcome, "", 0, prose(f.Reason)
	case waived && f.Outcome < verify.Warn && x.Outcome >= verify.Warn:
		x.Outcome, x.Loss, x.Why = verify.NotApplicable, strings.TrimSpace("waived "+x.Loss), "waived: "+x.Why
	}
	return x
}

// matrixChecks are those whose findings about a host's network are about single losses.
var matrixChecks = []string{"RED-002", "RED-003", "RED-004", "MGT-009"}

// grids are the N-1 matrices: one a cluster, worst first, then one of the hosts in no cluster.
func grids(r *verify.Report) []*grid {
	if r.Fabric == nil || r.Fabric.Inventory == nil {
		return nil
	}
	about := map[string][]*verify.Finding{}
	for _, f := range r.Findings {
		if f.Subject.Kind == "role" && slices.Contains(matrixChecks, f.Check()) {
			about[f.Subject.Name] = append(about[f.Subject.Name], f)
		}
	}
	members := map[*inventory.Cluster][]*topology.Host{}
	var clusters []*inventory.Cluster
	for _, h := range r.Fabric.Hosts {
		of := h.Clusters
		if len(of) == 0 {
			of = []*inventory.Cluster{nil}
		}
		for _, c := range of {
			if members[c] == nil {
				clusters = append(clusters, c)
			}
			members[c] = append(members[c], h)
		}
	}
	var out []*grid
	for _, c := range clusters {
		if g := gridOf(c, members[c], about); len(g.Columns) > 0 {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b *grid) int {
		return cmp.Or(cmp.Compare(b.Worst, a.Worst), state.NaturalCompare(a.Cluster, b.Cluster))
	})
	return out
}

func gridOf(c *inventory.Cluster, hosts []*topology.Host, about map[string][]*verify.Finding) *grid {
	g := &grid{}
	if c != nil {
		g.Cluster = clean(c.Name)
	}
	at := map[*topology.Network]int{}
	var networks []*topology.Network
	for _, h := range hosts {
		for _, role := range h.Required {
			if _, seen := at[role.Network]; !seen {
				at[role.Network] = 0
				networks = append(networks, role.Network)
			}
		}
	}
	slices.SortFunc(networks, func(a, b *topology.Network) int {
		return cmp.Or(cmp.Compare(slices.Index(inventory.Roles, a.Role), slices.Index(inventory.Roles, b.Role)), state.NaturalCompare(a.Name, b.Name))
	})
	for i, n := range networks {
		at[n] = i
	}
	kinds := kindsFor(c)
	table := make([][]cell, 0, len(hosts))
	var shown []*topology.Host
	for _, h := range hosts {
		row := make([]cell, len(networks))
		for _, role := range h.Required {
			if i, ok := at[role.Network]; ok {
				row[i] = cellOf(role, c, kinds, about[role.Subject().Name])
				g.Worst = max(g.Worst, row[i].Outcome)
			}
		}
		if slices.ContainsFunc(row, func(x cell) bool { return x.Needed }) {
			table, shown = append(table, row), append(shown, h)
		}
		if slices.ContainsFunc(row, func(x cell) bool { return x.Needed && x.Outcome == verify.NotApplicable }) {
			g.Exempt++
		}
	}
	g.Hosts, g.hosts, g.networks, g.table = len(shown), shown, networks, table
	keep := g.addColumns(networks, table)
	g.addRows(shown, table, keep)
	return g
}

// addColumns joins networks of one role that fare alike on every host and returns which columns of the table stand for all.
func (g *grid) addColumns(networks []*topology.Network, table [][]cell) (keep []int) {
	at := map[string]int{}
	for i, n := range networks {
		var key strings.Builder
		key.WriteString(string(n.Role))
		for _, row := range table {
			key.WriteString("\x00" + row[i].Says())
		}
		k, seen := at[key.String()]
		if !seen {
			k = len(g.Columns)
			at[key.String()] = k
			g.Columns = append(g.Columns, column{Role: cmp.Or(string(n.Role), "no role")})
			keep = append(keep, i)
		}
		g.Columns[k].Networks = append(g.Columns[k].Networks, clean(n.Name))
	}
	for i := range g.Columns {
		g.Columns[i].Name = ranges(g.Columns[i].Networks, 2)
	}
	return keep
}

// addRows joins hosts that fare alike, in the order of the first of each.
func (g *grid) addRows(hosts []*topology.Host, table [][]cell, keep []int) {
	at := map[string]int{}
	for i, h := range hosts {
		cells := make([]cell, len(keep))
		var key strings.Builder
		for j, k := range keep {
			cells[j] = table[i][k]
			key.WriteString("\x00" + cells[j].Says())
		}
		k, seen := at[key.String()]
		if !seen {
			k = len(g.Rows)
			at[key.String()] = k
			g.Rows = append(g.Rows, gridRow{Cells: cells})
		}
		g.Rows[k].Hosts = append(g.Rows[k].Hosts, h)
	}
	for i := range g.Rows {
		var names []string
		for _, h := range g.Rows[i].Hosts {
			names = append(names, clean(h.Name))
		}
		g.Rows[i].Name = ranges(names, 3)
	}
	slices.SortStableFunc(g.Rows, func(a, b gridRow) int { return cmp.Compare(b.worst(), a.worst()) })
}

func (r gridRow) worst() (o verify.Outcome) {
	for _, c := range r.Cells {
		o = max(o, c.Outcome)
	}
	return o
}

// ranges shortens a sorted list of names: "esx1…esx40, esx42", with "and 12 more" after limit pieces.
func ranges(names []string, limit int) string {
	type run struct {
		first, last, stem string
		next, n           int
	}
	var runs []run
	for _, name := range names {
		stem := strings.TrimRight(name, "0123456789")
		number, err := strconv.Atoi(name[len(stem):])
		if k := len(runs) - 1; err == nil && k >= 0 && runs[k].stem == stem && runs[k].next == number {
			runs[k].last, runs[k].next, runs[k].n = name, number+1, runs[k].n+1
			continue
		}
		next := -1
		if err == nil {
			next = number + 1
		}
		runs = append(runs, run{name, name, stem, next, 1})
	}
	var parts []string
	left := len(names)
	for _, r := range runs {
		if len(parts) == limit {
			return strings.Join(parts, ", ") + fmt.Sprintf(" and %d more", left)
		}
		left -= r.n
		switch r.n {
		case 1:
			parts = append(parts, r.first)
		case 2:
			parts = append(parts, r.first+", "+r.last)
		default:
			parts = append(parts, r.first+"…"+r.last)
		}
	}
	return strings.Join(parts, ", ")
}

// label is how a cluster is called above its matrix.
func (g *grid) label() string {
	if g.Cluster == "" {
		return "hosts in no cluster"
	}
	return "cluster " + g.Cluster
}

// aboutMatrix says what a cell of the matrix is.
const aboutMatrix = "The worst that the loss of one switch, stack member, line card, cable, NIC or peer-link, or of one declared rack, power feed, site or domain, " +
	"does to each network of each host."

// allOK says of a matrix in which nothing is worse than ok what that is worth.
func (g *grid) allOK() string {
	if g.Exempt > 0 {
		return fmt.Sprintf("%d of them with networks that are declared single-homed, out of service or waived; every other network survives any of them", g.Exempt)
	}
	return "every network survives any of them"
}

// matrix is the part of the text report with the N-1 matrices: those where every cell is ok in one line each.
func (t *page) matrix() {
	all := grids(t.r)
	if len(all) == 0 {
		return
	}
	t.heading("N-1 matrix")
	t.hang("", 2, aboutMatrix)
	shown := 0
	for _, g := range all {
		if g.Worst <= verify.Pass && !t.o.Verbose {
			t.hang("  "+t.paint(verify.Pass, "ok"), 11, fmt.Sprintf("%s: %s, %s", g.label(), count(g.Hosts, "host", "hosts"), g.allOK()))
			continue
		}
		if shown++; shown > fullEntries && !t.o.Verbose {
			t.hang("  "+t.paint(g.Worst, g.Worst.String()), 11, g.label()+": see -v")
			continue
		}
		t.grid(g)
	}
}

// Rows of a matrix that are shown without Options.Verbose, and the columns that a cell keeps at least.
const (
	fullRows   = 30
	narrowest  = 9
	readable   = 18 // of a wider column, before further columns are put below
	columnGap  = 2
	matrixLeft = 2
)

func (t *page) grid(g *grid) {
	fmt.Fprintf(t, "\n  %s\n", cut(g.label(), t.o.Width-2))
	rows := g.Rows
	if !t.o.Verbose {
		rows = rows[:min(len(rows), fullRows)]
	}
	for first := 0; first < len(g.Columns); {
		widths := []int{text.StringWidth("host")}
		for _, r := range rows {
			widths[0] = max(widths[0], text.StringWidth(r.Name))
		}
		last := first
		for need := min(widths[0], readable) + matrixLeft; last < len(g.Columns); last++ {
			w := text.StringWidth(g.Columns[last].Name)
			for _, r := range rows {
				w = max(w, text.StringWidth(r.Cells[last].Says()))
			}
			if need += min(w, readable) + columnGap; need > t.o.Width && last > first {
				break // it stands below
			}
			widths = append(widths, w)
		}
		shrink(widths, t.o.Width-matrixLeft-(len(widths)-1)*columnGap)
		t.gridLines(g, rows, first, widths)
		first = max(last, first+1)
	}
	if n := len(g.Rows) - len(rows); n > 0 {
		t.hang("", matrixLeft, fmt.Sprintf("and %d more rows with -v", n))
	}
}

// shrink takes from the widest column until all fit, and from none more than leaves it readable.
func shrink(widths []int, room int) {
	total := 0
	for _, w := range widths {
		total += w
	}
	for ; total > room; total-- {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= narrowest {
			return
		}
		widths[widest]--
	}
}

// fit shortens a cell to width columns: what is lost, in its middle, while the verdict before it stays whole.
func fit(words string, width int) string {
	verdict, loss, ok := strings.Cut(words, " ")
	if room := width - text.StringWidth(verdict) - 1; ok && room >= 3 && text.StringWidth(words) > width {
		return verdict + " " + cut(cutMiddle(loss, room), room)
	}
	return cut(cutMiddle(words, width), width)
}

func (t *page) gridLines(g *grid, rows []gridRow, first int, widths []int) {
	line := func(head string, say func(column int) (string, verify.Outcome)) {
		var b strings.Builder
		b.WriteString(strings.Repeat(" ", matrixLeft) + text.Pad(cutMiddle(head, widths[0]), widths[0], ' '))
		for i, w := range widths[1:] {
			words, o := say(first + i)
			words = fit(words, w)
			pad := ""
			if i < len(widths)-2 {
				pad = strings.Repeat(" ", max(w-text.StringWidth(words), 0))
			}
			b.WriteString(strings.Repeat(" ", columnGap) + t.paint(o, words) + pad)
		}
		fmt.Fprintln(t, b.String())
	}
	line("host", func(i int) (string, verify.Outcome) { return g.Columns[i].Name, verify.NotApplicable })
	for _, r := range rows {
		line(r.Name, func(i int) (string, verify.Outcome) { return r.Cells[i].Says(), r.Cells[i].Outcome })
	}
}
