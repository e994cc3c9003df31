package change

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// passing are the checks that judge ages and counters: their verdicts come and go with the time of a collection. A fail of them counts,
// nothing else.
var passing = []string{"EVD-002", "LAG-013", "LAG-014", "LAG-015", "LAG-018"}

// verdicts compares the verdicts of after with those of before on the same subject.
func (c *comparison) verdicts() {
	names := map[string]*topology.LAG{}
	for _, l := range c.a.LAGs {
		names[l.Name] = l
	}
	for _, f := range c.after.Findings {
		was := c.was(f, names)
		if was != nil && was.Outcome == f.Outcome {
			c.still[f.Outcome]++
		}
		if item, differs := c.verdict(was, f); differs && !(item.Kind == Moved && f.Subject.Kind == "device" && c.silent[f.Subject.Name]) {
			c.add(c.accept(item))
		}
	}
}

// was returns the verdict of the same check on the same subject before, the worst where a LAG was several, nil when there was none.
func (c *comparison) was(f *verify.Finding, lags map[string]*topology.LAG) (worst *verify.Finding) {
	subjects := []topology.Subject{f.Subject}
	if l := lags[f.Subject.Name]; f.Subject.Kind == "lag" && l != nil {
		subjects = nil
		for _, old := range c.lagsWas[l] {
			subjects = append(subjects, old.Subject())
		}
	}
	for _, s := range subjects {
		if old := c.were[s][f.Check()]; old != nil && (worst == nil || old.Outcome > worst.Outcome) {
			worst = old
		}
	}
	return worst
}

// verdict makes an item of two verdicts of one check on one subject; was is nil when the subject is new.
func (c *comparison) verdict(was, is *verify.Finding) (Item, bool) {
	i := Item{Subject: is.Subject, Check: is.Check(), Severity: is.Severity, Text: is.Reason, Is: is.Outcome.String(),
		Missing: is.Missing, Fix: is.Fix, After: is.Evidence}
	before := verify.NotApplicable
	if was != nil {
		before, i.Was, i.Before = was.Outcome, was.Outcome.String(), was.Evidence
	}
	switch now := is.Outcome; {
	case now == verify.Fail && before == verify.Fail:
		more := c.moreReasons(was, is)
		i.Kind, i.Text = Harm, "fails as before, and now also: "+more
		return i, more != "" && !slices.Contains(passing, is.Check()) && byLoss[is.Check()] == nil
	case now == verify.Fail:
		i.Kind = Harm
	case now == before || slices.Contains(passing, is.Check()):
		return i, false
	case now == verify.Unknown:
		i.Kind = Unclear
	case now == verify.Warn && before != verify.Fail:
		i.Kind = Weaker
	case now == verify.NotApplicable && before == verify.Unknown:
		return i, false
	case now == verify.NotApplicable:
		i.Kind, i.Text = Moved, "no longer applies: "+is.Reason
	case before == verify.NotApplicable:
		return i, false // what is new is said as a fact; that it is well is no news
	default:
		i.Kind, i.Text = Better, is.Reason
		i.Before = was.Evidence
	}
	return i, true
}

// simulated are the checks that go through losses: their reasons name what happens to be in the way of what is left.
var simulated = []string{"CLU-002", "CLU-003", "CLU-006", "MGT-009", "RED-012"}

// wide are the kinds of subjects of which a finding may have many places, such as every port at which a network leaks.
var wide = []string{"network", "cluster", "service", "fabric"}

// moreReasons returns the reasons of a fail that it did not have before, when they became more, or when they name a VLAN, or a place of a wide
// subject, that no reason named before. Reasons that only read otherwise are no news.
func (c *comparison) moreReasons(was, is *verify.Finding) string {
	old, now := strings.Split(was.Reason, "; "), strings.Split(is.Reason, "; ")
	then, vlans := c.things(was.Reason)
	var fresh []string
	for _, r := range now {
		names, more := c.things(r)
		news := !more.Minus(vlans).Empty() || slices.Contains(wide, is.Subject.Kind) && slices.ContainsFunc(names, func(x string) bool { return !slices.Contains(then, x) })
		if !slices.Contains(old, r) && (len(now) > len(old) || news && !slices.Contains(simulated, is.Check())) {
			fresh = append(fresh, r)
		}
	}
	return strings.Join(fresh, "; ")
}

var inBrackets = regexp.MustCompile(`\([^()]*\)`)

// things returns the ports and machines that a text names, and the VLANs. What is in brackets only explains.
func (c *comparison) things(text string) (names []string, vlans state.VIDSet) {
	words := strings.Fields(inBrackets.ReplaceAllString(text, ""))
	for i, w := range words {
		w = strings.Trim(w, ",:;")
		if i > 0 && (words[i-1] == "VLAN" || words[i-1] == "VLANs") {
			if set, err := state.ParseVIDSet(w); err == nil {
				vlans = vlans.Union(set)
			}
		}
		machine, _, _ := strings.Cut(w, "/")
		if c.a.SwitchNamed(machine) != nil || c.a.HostNamed(machine) != nil {
			names = append(names, w)
		}
	}
	return names, vlans
}

// byLoss are the checks that go through losses of some kinds, for each network of each host.
var byLoss = map[string][]topology.ScenarioKind{
	"RED-002": {topology.SwitchLoss, topology.ControlPlaneLoss, topology.MemberLoss},
	"RED-003": {topology.LinkLoss, topology.TrunkLoss},
	"RED-004": {topology.NICLoss},
}

// survivals compares what each network of each host survives, loss by loss, where its check failed before and fails still: a verdict
// that stays says nothing of a loss that came on top.
func (c *comparison) survivals() {
	was := map[string]*topology.Role{}
	for _, r := range c.b.Roles() {
		was[r.Subject().Name] = r
	}
	then, now := failing(c.before.Findings), failing(c.after.Findings)
	for _, r := range c.a.Roles() {
		for _, check := range sorted(byLoss) {
			if key := check + " " + r.Subject().Name; was[r.Subject().Name] != nil && then[key] && now[key] {
				c.survival(check, was[r.Subject().Name], r)
			}
		}
	}
}

func failing(findings []*verify.Finding) map[string]bool {
	out := map[string]bool{}
	for _, f := range findings {
		if byLoss[f.Check()] != nil && f.Outcome == verify.Fail {
			out[f.Check()+" "+f.Subject.Name] = true
		}
	}
	return out
}

// survival names the losses that the role survived before and does not survive now.
func (c *comparison) survival(check string, was, is *topology.Role) {
	item := Item{Kind: Harm, Subject: is.Subject(), Check: check, Severity: verify.High, Was: "survived", Is: "lost"}
	name := is.Network.Name + " of " + is.Host.Name
	then, now := c.b.Failures().Now(was), c.a.Failures().Now(is)
	switch {
	case then.Answer != state.Yes:
		return
	case now.Answer == state.No:
		item.Was, item.Is, item.Text = "working", "not working", name+" has no working path now: "+now.Why
		item.Fix = fmt.Sprintf("bring an uplink of %s into service that carries %s", is.Host.Name, is.Network.Name)
		item.Before, item.After = then.From, now.From
		c.add(c.accept(item))
		return
	}
	survived := map[string]bool{}
	for _, k := range byLoss[check] {
		for _, s := range c.b.Scenarios(k) {
			survived[s.Name] = true
		}
	}
	for _, s := range c.b.Failures().Of(was, byLoss[check]...) {
		survived[s.Scenario.Name] = false
	}
	for _, s := range c.a.Failures().Of(is, byLoss[check]...) {
		if l := s.Scenario.Link; s.Answer != state.No || !survived[s.Scenario.Name] || l != nil && l.Uplink.Host != is.Host {
			continue
		}
		item.Text = fmt.Sprintf("%s is lost with %s, which it survived: %s", name, s.Scenario, s.Why)
		item.Fix = fmt.Sprintf("give %s a working uplink for %s that does not depend on %s", is.Host.Name, is.Network.Name, s.Scenario)
		item.Before, item.After = then.From, s.From
		c.add(c.accept(item))
	}
}
