package verify

import (
	"cmp"
	"slices"
	"strings"

	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// A Profile reads one document, or one reader's questions, as an ordered list of demands, so that a report can say for each whether it is met.
// It is a value: a file of its own in package profile makes it.
type Profile struct {
	Name    string // as in --profile
	Title   string // the document and its edition, no full stop
	Doc     string // what it is for and how it reads the document; for people
	Demands []Demand

	// Also are groups ("RED") and checks that run though no demand names them, because an answer of the report rests on them.
	Also []string

	// Redundancy and Isolation say which of the two answers a report under this profile begins with.
	Redundancy, Isolation bool

	// Rules are where the document judges an observation otherwise than the checks do.
	Rules []Rule
}

// A Demand is what one clause asks for, as far as a tool that looks at switches and hosts' uplinks can tell.
type Demand struct {
	Clause standard.Clause // zero: a question of ours that no document asks
	Asks   string          // the question in our words; with a clause it is derived from it. Empty where the clause's title says it
	Checks []string        // ids that decide it; none: nothing here can assess it

	// Beyond is what of the clause nothing here decides; of a demand without checks, why not.
	Beyond string
}

// A Rule replaces a verdict under a profile.
type Rule struct {
	Checks   []string // ids, or groups such as "MGT"
	From, To Outcome
	Why      string // why the document judges otherwise; added to the reason
	Fix      string // how to put it right, where the check had nothing to say about that

	// When restricts the rule to some findings; nil: all.
	When func(*topology.Fabric, *Finding) bool
}

// Names reports whether the check belongs to the profile: by a demand, among Also, or because every verdict rests on it (who answered, and
// whether it is the machine that was meant).
func (p *Profile) Names(id string) bool {
	return slices.Contains(everyVerdictRestsOn, id) || named(p.Also, id) || p.Demanded(id)
}

// Demanded reports whether a demand names the check. No check is demanded by a nil profile.
func (p *Profile) Demanded(id string) bool {
	return p != nil && slices.ContainsFunc(p.Demands, func(d Demand) bool { return slices.Contains(d.Checks, id) })
}

var everyVerdictRestsOn = []string{"EVD-001", "EVD-005"}

// named reports whether words hold the id or its group.
func named(words []string, id string) bool {
	group, _, _ := strings.Cut(id, "-")
	return slices.Contains(words, id) || slices.Contains(words, group)
}

// apply replaces the verdict where a rule says so. A nil profile changes nothing.
func (p *Profile) apply(fabric *topology.Fabric, f *Finding) {
	if p == nil {
		return
	}
	for _, r := range p.Rules {
		if f.Outcome == r.From && named(r.Checks, f.Check()) && (r.When == nil || r.When(fabric, f)) {
			f.Outcome = r.To
			f.Fix = cmp.Or(f.Fix, r.Fix)
			f.Reason += " (" + r.From.String() + " without the profile " + p.Name + ": " + r.Why + ")"
			return
		}
	}
}

// A ClauseVerdict is how a demand fares.
type ClauseVerdict struct {
	*Demand
	Assessed  bool // false: no check here decides it, and Outcome means nothing
	Outcome   Outcome
	Counts    [Fail + 1]int // of the findings of its checks, by outcome
	Waived    int           // of those that are n/a
	Decisive  []*Finding    // that have the worst outcome, or, where that is unknown, leave it undecided; in the report's order
	Undecided []*Finding    // that are unknown, those about the scope of the evidence included
	NotRun    []string      // checks that were left out, or that this version does not have
}

// Clauses judges each demand of the report's profile: the worst of its checks' findings. A check that did not run, and a machine that gave
// nothing or is not the one meant, leave undecided what does not fail. Without a profile there is none.
func (r *Report) Clauses() []ClauseVerdict {
	if r.Profile == nil {
		return nil
	}
	by := map[string][]*Finding{}
	for _, f := range r.Findings {
		by[f.Check()] = append(by[f.Check()], f)
	}
	var gaps []*Finding
	for _, id := range everyVerdictRestsOn {
		for _, f := range by[id] {
			if f.Check() == "EVD-001" && f.Outcome >= Unknown || f.Outcome == Fail {
				gaps = append(gaps, f)
			}
		}
	}
	var out []ClauseVerdict
	for i := range r.Profile.Demands {
		out = append(out, judgeDemand(&r.Profile.Demands[i], by, gaps))
	}
	return out
}

func judgeDemand(d *Demand, by map[string][]*Finding, gaps []*Finding) ClauseVerdict {
	v := ClauseVerdict{Demand: d, Assessed: len(d.Checks) > 0}
	if !v.Assessed {
		return v
	}
	for _, id := range d.Checks {
		for _, f := range by[id] {
			v.Counts[f.Outcome]++
			v.Outcome = max(v.Outcome, f.Outcome)
			if f.Waiver != nil {
				v.Waived++
			}
			if f.Outcome == Unknown {
				v.Undecided = append(v.Undecided, f)
			}
		}
	}
	for _, id := range slices.Concat(d.Checks, everyVerdictRestsOn) {
		if len(by[id]) == 0 && !slices.Contains(v.NotRun, id) {
			v.NotRun = append(v.NotRun, id)
		}
	}
	for _, f := range gaps {
		if !slices.Contains(v.Undecided, f) {
			v.Undecided = append(v.Undecided, f)
		}
	}
	if len(v.NotRun) > 0 || len(gaps) > 0 {
		v.Outcome = max(v.Outcome, Unknown)
	}
	if v.Outcome == Unknown {
		v.Decisive = v.Undecided
		return v
	}
	for _, id := range d.Checks {
		for _, f := range by[id] {
			if f.Outcome == v.Outcome {
				v.Decisive = append(v.Decisive, f)
			}
		}
	}
	return v
}
