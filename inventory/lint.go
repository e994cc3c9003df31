package inventory

import (
	_ "embed"
	"slices"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory/yamldoc"
)

// Schema is the JSON Schema of the inventory file, for editors.
//
//go:generate go test -count=1 -run ^TestSchemaIsCurrent$ . -update
//go:embed schema.json
var Schema string

// Known is what this program has: names that an inventory may use. A nil list is not held against anything.
type Known struct {
	Platforms []string  // names and aliases of drivers
	Sources   []string  // names of sources, without "declared"
	Checks    []string  // ids
	Now       time.Time // for waivers that ran out; the zero time asks for none
}

// Check returns what in the inventory this program does not know, as a yamldoc.Errors; nil when all is known.
func (k Known) Check(inv *Inventory) error {
	var bad []yamldoc.Problem
	fail := func(at capture.Span, format string, args ...any) {
		bad = append(bad, yamldoc.NewProblem(fileOf(at), at, format, args...))
	}
	for _, s := range inv.Switches {
		if k.Platforms != nil && s.Platform != "" && !slices.Contains(k.Platforms, s.Platform) {
			fail(find(s.From, "platform"), "switch %s: unknown platform %q%s", s.Name, s.Platform, nearestOr(s.Platform, k.Platforms))
		}
	}
	sources := append(slices.Clone(k.Sources), "declared")
	for _, h := range inv.Hosts {
		if k.Sources != nil && h.Source != "" && !slices.Contains(sources, h.Source) {
			fail(find(h.From, "source"), "host %s: unknown source %q%s", h.Name, h.Source, nearestOr(h.Source, sources))
		}
	}
	for _, w := range inv.Waivers {
		if k.Checks != nil && !slices.Contains(k.Checks, w.Check) {
			fail(find(w.From, "check"), "waiver: unknown check %q%s; uplinkcheck checks lists them", w.Check, yamldoc.DidYouMean(w.Check, k.Checks))
		}
	}
	return yamldoc.Join(bad)
}

// Lint reads an inventory file as Load does, holds it against what is known, and adds doubts that only a person who asks
// wants to read. The error is all that makes the file unusable; with one there are no warnings.
func Lint(name string, data []byte, known Known) ([]yamldoc.Problem, error) {
	inv, err := Load(name, data)
	if err != nil {
		return nil, err
	}
	if err := known.Check(inv); err != nil {
		return nil, err
	}
	l := &linter{inv: inv, name: name, found: slices.Clone(inv.Warnings), had: map[string]map[string]string{}}
	l.switches()
	l.hosts()
	l.intent()
	l.waivers(known.Now)
	if sorted, ok := yamldoc.Join(l.found).(yamldoc.Errors); ok {
		return sorted, nil
	}
	return nil, nil
}

// fileOf is the name of the file that a span is of.
func fileOf(at capture.Span) string {
	if at.Reply == nil {
		return "inventory"
	}
	return at.Reply.Command
}

type linter struct {
	inv   *Inventory
	name  string
	found []yamldoc.Problem
	had   map[string]map[string]string // by key and value: the entry that has it
}

func (l *linter) warn(at capture.Span, format string, args ...any) {
	l.found = append(l.found, yamldoc.NewProblem(l.name, at, format, args...))
}

func (l *linter) switches() {
	spelt := map[string]string{}
	for _, s := range l.inv.Switches {
		if s.Platform == "" {
			l.warn(s.From, "switch %s has no platform: it cannot be asked", s.Name)
		}
		if other := spelt[strings.ToLower(s.Name)]; other != "" {
			l.warn(s.From, "switch %s differs from %s in case only", s.Name, other)
		}
		spelt[strings.ToLower(s.Name)] = s.Name
		l.twice("switch "+s.Name, "hostname", s.Name, strings.ToLower(s.Hostname), s.From)
		l.twice("switch "+s.Name, "serial", s.Name, strings.ToLower(s.Serial), s.From)
		l.login("switch "+s.Name, s.Name, s.Login, s.From)
	}
}

// twice doubts what two entries have and only one box can have.
func (l *linter) twice(who, key, name, value string, at capture.Span) {
	if value == "" {
		return
	}
	if l.had[key] == nil {
		l.had[key] = map[string]string{}
	}
	if other := l.had[key][value]; other != "" {
		l.warn(find(at, key), "%s has the %s of %s: two entries may be one box", who, key, other)
	}
	l.had[key][value] = name
}

// login doubts an address of two, hops that look like a misspelt name, and old algorithms.
func (l *linter) login(who, name string, login Login, at capture.Span) {
	l.twice(who, "address", name, login.Address, at)
	names := l.inv.names()[aMember]
	for _, hop := range login.Via {
		if near := yamldoc.Nearest(hop, names); !slices.Contains(names, hop) && near != "" && !sibling(hop, names) {
			l.warn(find(at, "via"), "%s: %s is not declared here and is taken as a host name; did you mean %q?", who, hop, near)
		}
	}
	if login.Legacy {
		l.warn(find(at, "legacy"), "%s: old SSH algorithms are offered: what they protect can be read by others", who)
	}
}

func (l *linter) hosts() {
	if len(l.inv.Hosts) == 0 && len(l.inv.Switches) > 0 {
		l.warn(l.inv.File.Span(0, 0), "no hosts are declared: they are inferred from what the switches see")
	}
	for _, h := range l.inv.Hosts {
		if (h.Source == "" || h.Source == "declared") && len(h.Uplinks) == 0 {
			l.warn(h.From, "host %s has neither a source nor uplinks: nothing will be known about it", h.Name)
		}
		for _, u := range h.Uplinks {
			if !u.MAC.Known() && u.Port.Device == "" {
				l.warn(u.From, "host %s: nic %s has neither mac nor port: it cannot be found on a switch", h.Name, u.NIC)
			}
		}
		l.login("host "+h.Name, h.Name, h.Login, h.From)
	}
}

func (l *linter) intent() {
	for _, w := range l.inv.Networks {
		if w.Role == "" {
			l.warn(w.From, "network %s has no role: isolation cannot be judged", w.Name)
		}
		if w.Role == Management && len(w.Gateway) == 0 {
			l.warn(w.From, "network %s names no gateway: where management may be routed cannot be judged", w.Name)
		}
		for key, names := range map[string][]string{"joined_with": w.JoinedWith, "shared_with": w.SharedWith} {
			if slices.Contains(names, w.Name) {
				l.warn(find(w.From, key), "network %s names itself under %s", w.Name, key)
			}
		}
	}
	for _, c := range l.inv.Clusters {
		if len(c.Hosts) == 0 || len(c.Networks) == 0 {
			l.warn(c.From, "cluster %s needs hosts and networks to ask for anything", c.Name)
		} else if c.Quorum > len(c.Hosts) {
			l.warn(find(c.From, "quorum"), "cluster %s asks for %d hosts and has %d", c.Name, c.Quorum, len(c.Hosts))
		}
		l.witness(c)
	}
	for _, d := range l.inv.Domains {
		if len(d.Members) == 0 {
			l.warn(d.From, "domain %s has no members: nothing is lost with it", d.Name)
		}
	}
	for _, s := range l.inv.Services {
		if len(s.At) == 0 {
			l.warn(s.From, "service %s names no place (at:): whether hosts reach it cannot be judged", s.Name)
		}
	}
	l.classes()
}

// witness doubts a witness that can decide nothing, or that goes down with what it should decide about.
func (l *linter) witness(c Cluster) {
	if len(c.Witness) == 0 {
		return
	}
	at := find(c.From, "witness")
	sites := map[string]bool{}
	for _, h := range l.inv.Hosts {
		if slices.Contains(c.Hosts, h.Name) && h.Site != "" {
			sites[h.Site] = true
		}
	}
	if len(sites) == 1 || len(sites) == 0 && len(l.inv.Domains) == 0 {
		l.warn(at, "cluster %s has a witness, but its hosts are not declared at two sites (site:)", c.Name)
	}
	for _, w := range c.Witness {
		if slices.Contains(c.Hosts, w) {
			l.warn(at, "cluster %s: its witness is on its own host %s and is lost with it", c.Name, w)
		}
	}
}

// classes doubts classes that set nothing apart: those of hosts in no cluster.
func (l *linter) classes() {
	for _, h := range l.inv.Hosts {
		if h.Class != "" && !slices.ContainsFunc(l.inv.Clusters, func(c Cluster) bool { return slices.Contains(c.Hosts, h.Name) }) {
			l.warn(find(h.From, "class"), "host %s has a class, but is in no cluster: it is compared with nobody", h.Name)
		}
	}
}

func (l *linter) waivers(now time.Time) {
	for _, w := range l.inv.Waivers {
		if !now.IsZero() && now.After(w.Until) {
			l.warn(find(w.From, "until"), "the waiver of %s for %s ran out on %s", w.Check, w.Subject, w.Until.Format(time.DateOnly))
		}
	}
}
