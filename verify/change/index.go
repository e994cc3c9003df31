package change

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// comparison walks two fabrics side by side and collects the items.
type comparison struct {
	before, after *verify.Report
	b, a          *topology.Fabric
	waivers       []inventory.Waiver
	inventory     []string
	items         []Item
	still         map[verify.Outcome]int // verdicts that are as before

	silent  map[string]bool                                 // machines that gave state before and none after
	lagsWas map[*topology.LAG][]*topology.LAG               // of each LAG after: those that it was before
	lagOf   map[[2]string]*topology.LAG                     // of after, by switch and aggregator
	were    map[topology.Subject]map[string]*verify.Finding // the findings before, by subject and check
}

func (c *comparison) add(i Item) { c.items = append(c.items, i) }

// index finds out which machines fell silent, and which LAG of before is which of after.
func (c *comparison) index() {
	c.still = map[verify.Outcome]int{}
	c.silent = map[string]bool{}
	for _, d := range c.b.Devices {
		if now := deviceOf(c.a, d.Name); told(d) && !told(now) {
			c.silent[d.Name] = true
		}
	}
	c.lagOf = legs(c.a)
	was := legs(c.b)
	c.lagsWas = map[*topology.LAG][]*topology.LAG{}
	for _, l := range c.a.LAGs {
		for _, leg := range l.Legs {
			old := was[[2]string{leg.Switch.Name, leg.Aggregator.Name}]
			if old != nil && !slices.Contains(c.lagsWas[l], old) {
				c.lagsWas[l] = append(c.lagsWas[l], old)
			}
		}
	}
	c.were = map[topology.Subject]map[string]*verify.Finding{}
	for _, f := range c.before.Findings {
		if c.were[f.Subject] == nil {
			c.were[f.Subject] = map[string]*verify.Finding{}
		}
		c.were[f.Subject][f.Check()] = f
	}
}

func deviceOf(f *topology.Fabric, name string) *topology.Device {
	i, ok := slices.BinarySearchFunc(f.Devices, name, func(d *topology.Device, name string) int { return compareNames(d.Name, name) })
	if !ok {
		return nil
	}
	return f.Devices[i]
}

// told reports whether the machine gave any state.
func told(d *topology.Device) bool {
	return d != nil && d.Capture != nil && d.ParseErr == "" && !d.LeftOut && slices.ContainsFunc(d.Capture.Replies, (*capture.Reply).Usable)
}

// legs finds the LAG of each aggregator.
func legs(f *topology.Fabric) map[[2]string]*topology.LAG {
	out := map[[2]string]*topology.LAG{}
	for _, l := range f.LAGs {
		for _, leg := range l.Legs {
			out[[2]string{leg.Switch.Name, leg.Aggregator.Name}] = l
		}
	}
	return out
}

// aside reports whether the subject cannot be compared because a machine that it is about fell silent: that machine has an item of
// its own, and nothing is called gone because nobody looked.
func (c *comparison) aside(machines ...string) bool {
	return slices.ContainsFunc(machines, func(m string) bool { return c.silent[m] })
}

// waived returns what accepts an item of that check and subject, "" when nothing does.
func (c *comparison) waived(check, subject string) string {
	for _, w := range c.waivers {
		if w.Check == check && w.Subject == subject && !c.a.Now.After(w.Until) {
			return w.Terms()
		}
	}
	return ""
}

// accept turns harm, and what became unclear, into an accepted item where a waiver names its check and subject.
func (c *comparison) accept(i Item) Item {
	if i.Kind == Harm || i.Kind == Unclear || i.Kind == Weaker {
		if w := c.waived(i.Check, i.Subject.Name); w != "" {
			i.Kind, i.Waiver = Waived, w
		}
	}
	return i
}

// devices names the machines that fell silent and the commands that they no longer answer.
func (c *comparison) devices() {
	for _, d := range c.b.Devices {
		now := deviceOf(c.a, d.Name)
		s := topology.Subject{Kind: "device", Name: d.Name}
		switch {
		case c.silent[d.Name]:
			c.add(Item{Kind: Unclear, Subject: s, Severity: verify.Critical, Was: "collected", Is: "not collected", Text: d.Name + " gave no state" + why(now) + ": what was known of it before is not known now",
				Missing: "collect " + d.Name + " again"})
		case told(d):
			c.replies(s, d.Capture, now.Capture)
		case told(now):
			c.add(Item{Kind: Better, Subject: s, Was: "not collected", Is: "collected", Text: d.Name + " gave state, and gave none before"})
		}
	}
	for _, d := range c.a.Devices {
		if deviceOf(c.b, d.Name) == nil || deviceOf(c.b, d.Name).Capture == nil && d.Capture != nil {
			c.add(Item{Kind: Moved, Subject: topology.Subject{Kind: "device", Name: d.Name}, Is: "asked", Text: d.Name + " was not asked before"})
		}
	}
}

func why(d *topology.Device) string {
	switch {
	case d == nil || d.Capture == nil:
		return " (it was not asked)"
	case d.Capture.Err != "":
		return " (" + strings.TrimPrefix(d.Capture.Err, d.Name+": ") + ")"
	case d.LeftOut:
		return " (" + d.Mistakes[0].Why + ")"
	case d.ParseErr != "":
		return " (" + strings.TrimPrefix(d.ParseErr, d.Name+": ") + ")"
	}
	return ""
}

// replies names the commands that were answered before and are not now. Where one was not asked at all because the collection ended
// early, that counts too.
func (c *comparison) replies(s topology.Subject, was, is *capture.Capture) {
	item := Item{Kind: Unclear, Subject: s, Severity: verify.High, Was: "answered", Is: "not answered", Missing: "see why " + s.Name + " does not answer, and collect it again"}
	var commands []string
	for _, r := range was.Replies {
		now := is.Asked(r.Command)
		if !r.Usable() || r.Optional || now.Usable() || now == nil && is.Err == "" {
			continue
		}
		commands = append(commands, r.Command)
		item.Before = append(item.Before, r.Span(0, 0))
		if now != nil {
			item.After = append(item.After, now.Whole())
		}
	}
	if len(commands) == 0 {
		return
	}
	item.Text = s.Name + " no longer answers " + strings.Join(commands, ", ")
	if is.Err != "" {
		item.Text += ": " + strings.TrimPrefix(is.Err, s.Name+": ")
	}
	c.add(item)
}
