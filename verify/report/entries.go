package report

import (
	"cmp"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// A consequence is what a fail or warn means for service, worst first: the order of a report.
type consequence int

const (
	downNow consequence = iota
	lostNext
	leaks
	unproven
	weaker
	hygiene
)

// String returns the heading of the consequence.
func (c consequence) String() string {
	return [...]string{"Down now", "Lost with the next failure", "Isolation broken", "Evidence that cannot be relied on",
		"Weaker than intended", "Hygiene"}[c]
}

// downChecks fail when something that should carry frames at this moment does not.
var downChecks = []string{"LAG-001", "LAG-002", "LAG-003", "LAG-007", "LAG-008", "LAG-013", "LAG-019", "LAG-020",
	"MLG-001", "MLG-005", "MLG-008", "MLG-011", "RED-007", "VLN-001", "VLN-012", "VLN-013", "VLN-014", "VLN-015", "CLU-002", "SVC-001"}

func consequenceOf(f *verify.Finding) consequence {
	switch {
	case f.Severity <= verify.Low:
		return hygiene
	case f.Outcome == verify.Warn:
		return weaker
	case group(f.Check()) == "EVD":
		return unproven
	case isolation.bears(f.Check()):
		return leaks
	case slices.Contains(downChecks, f.Check()):
		return downNow
	case redundancy.bears(f.Check()) && f.Severity >= verify.High:
		return lostNext
	}
	return weaker
}

// An entry is what a reader mends in one go: findings of one likely cause.
type entry struct {
	Consequence consequence
	Where       string            // the hosts, pair, network or device it is about
	Lead        *verify.Finding   // the worst; it makes the headline
	Others      []*verify.Finding // the rest, worst first
}

// all returns every finding of the entry, worst first.
func (e *entry) all() []*verify.Finding { return append([]*verify.Finding{e.Lead}, e.Others...) }

// causes are the checks that name what is wrong, best first; what is not listed says what follows from it, or less plainly.
var causes = []string{"RED-005", "RED-006", "LAG-017", "LAG-020", "LAG-008", "MLG-016", "MLG-001", "MLG-002", "MLG-013", "MLG-010", "MLG-006", "MLG-014",
	"LAG-004", "LAG-005", "LAG-006", "LAG-013", "VLN-012", "VLN-001", "VLN-018", "VLN-005", "VLN-009", "VLN-002", "MLG-007", "VLN-014", "VLN-016", "MGT-007",
	"SEP-013", "SEP-006", "MGT-001", "SEP-004", "MGT-004", "MGT-008", "MGT-002", "VLN-004", "RED-010", "RED-014", "RED-008", "RED-015",
	"LAG-002", "LAG-007", "LAG-001", "RED-007", "SVC-003", "CLU-001"}

// causeRank orders checks by how plainly they name a cause.
func causeRank(check string) int {
	if i := slices.Index(causes, check); i >= 0 {
		return i
	}
	return len(causes)
}

// mends are those of the plainest cause in the entry: what follows from it needs no mending of its own.
func (e *entry) mends() (out []string) {
	best := e.Lead.Check()
	for _, f := range e.Others {
		if f.Fix != "" && causeRank(f.Check()) < causeRank(best) {
			best = f.Check()
		}
	}
	for _, f := range e.all() {
		if f.Check() != best {
			continue
		}
		for fix := range strings.SplitSeq(f.Fix, "; ") {
			if fix = prose(fix); fix != "" && !slices.Contains(out, fix) {
				out = append(out, fix)
			}
		}
	}
	return out
}

// entries groups fails and warns by cause. Findings belong together when they have the same outcome, answer the same question
// (redundancy, isolation, neither) and are about the same place. The place of a role, uplink or team is its host; that of
// a port or LAG is every host it leads to, so that two hosts whose cables were swapped share a LAG and with it an entry.
func entries(r *verify.Report) []*entry {
	x := newPlaces(r.Fabric)
	sets := map[string]string{} // union-find: key to parent
	var find func(string) string
	find = func(k string) string {
		if p, ok := sets[k]; ok && p != k {
			sets[k] = find(p)
			return sets[k]
		}
		return k
	}
	key := func(f *verify.Finding, place string) string {
		kind := "other"
		switch {
		case redundancy.bears(f.Check()):
			kind = "redundancy"
		case isolation.bears(f.Check()):
			kind = "isolation"
		}
		return f.Outcome.String() + " " + kind + " " + place
	}
	var bad []*verify.Finding
	for _, f := range r.Findings {
		if f.Outcome == verify.Fail || f.Outcome == verify.Warn {
			bad = append(bad, f)
			places := x.of(f)
			for _, p := range places[1:] {
				sets[find(key(f, p))] = find(key(f, places[0]))
			}
		}
	}
	groups := map[string][]*verify.Finding{}
	for _, f := range bad {
		k := find(key(f, x.of(f)[0]))
		groups[k] = append(groups[k], f)
	}
	var out []*entry
	for _, g := range groups {
		slices.SortStableFunc(g, worstFirst)
		var where []string
		for _, f := range g {
			for _, p := range x.of(f) {
				if !slices.Contains(where, p) {
					where = append(where, p)
				}
			}
		}
		slices.SortFunc(where, state.NaturalCompare)
		out = append(out, &entry{Consequence: consequenceOf(g[0]), Where: clean(strings.Join(where, ", ")), Lead: g[0], Others: g[1:]})
	}
	slices.SortFunc(out, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.Consequence, b.Consequence), cmp.Compare(b.Lead.Severity, a.Lead.Severity),
			state.NaturalCompare(a.Where, b.Where), worstFirst(a.Lead, b.Lead))
	})
	return out
}

// worstFirst orders by outcome, severity, how plainly the cause is named, then id and subject.
func worstFirst(a, b *verify.Finding) int {
	return cmp.Or(cmp.Compare(b.Outcome, a.Outcome), cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(causeRank(a.Check()), causeRank(b.Check())), cmp.Compare(a.Check(), b.Check()),
		cmp.Compare(a.Subject.Kind, b.Subject.Kind), state.NaturalCompare(a.Subject.Name, b.Subject.Name))
}

// An undecided is a question that more evidence would answer: the findings that wait for the same thing.
type undecided struct {
	Missing  string // what would decide it and how to get it
	Findings []*verify.Finding
}

// undecideds groups the unknown findings by what they miss: machines that gave nothing first, because the rest may follow
// from that, then the gravest.
func undecideds(r *verify.Report) []*undecided {
	var out []*undecided
	at := map[string]*undecided{}
	for _, f := range r.Findings {
		if f.Outcome != verify.Unknown {
			continue
		}
		u := at[f.Missing]
		if u == nil {
			u = &undecided{Missing: f.Missing}
			at[f.Missing] = u
			out = append(out, u)
		}
		u.Findings = append(u.Findings, f)
	}
	for _, u := range out {
		slices.SortStableFunc(u.Findings, worstFirst)
	}
	scope := func(u *undecided) int {
		if slices.ContainsFunc(u.Findings, func(f *verify.Finding) bool { return f.Check() == "EVD-001" }) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b *undecided) int {
		return cmp.Or(cmp.Compare(scope(a), scope(b)), worstFirst(a.Findings[0], b.Findings[0]))
	})
	return out
}

// place finds the hosts that a subject is about.
type place struct {
	ports, lags map[string][]string
}

func newPlaces(f *topology.Fabric) place {
	x := place{ports: map[string][]string{}, lags: map[string][]string{}}
	if f == nil {
		return x
	}
	hostOf := func(p *topology.Port) string {
		if p == nil || p.Link == nil || p.Link.Uplink == nil {
			return ""
		}
		return p.Link.Uplink.Host.Name
	}
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			if h := hostOf(p); h != "" {
				x.ports[p.String()] = []string{h}
			}
		}
	}
	for _, l := range f.LAGs {
		var hosts []string
		if l.Team != nil {
			hosts = append(hosts, l.Team.Host.Name)
		}
		for _, p := range l.Ports() {
			if h := hostOf(p); h != "" && !slices.Contains(hosts, h) {
				hosts = append(hosts, h)
			}
		}
		x.lags[l.Name] = hosts
	}
	return x
}

// of returns at least one name: the hosts that the finding is about, else the subject's own.
func (x place) of(f *verify.Finding) []string {
	var hosts []string
	switch s := f.Subject; s.Kind {
	case "uplink", "role", "team":
		host, _, _ := strings.Cut(s.Name, "/")
		hosts = []string{host}
	case "port":
		hosts = x.ports[s.Name]
	case "lag":
		hosts = x.lags[s.Name]
	}
	if len(hosts) == 0 {
		return []string{f.Subject.Name}
	}
	return hosts
}
