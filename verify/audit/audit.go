// Package audit goes from recorded bytes to a report: it parses each capture with its platform's driver or source, joins
// the fabric and runs the checks. It is pure: equal evidence gives equal reports, on any machine and any day.
package audit

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"uplinkcheck/drivers"
	driverlist "uplinkcheck/drivers/all"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	sourcelist "uplinkcheck/inventory/all"
	"uplinkcheck/verify"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/topology"
)

// Version is that of the program and of the "version" field of reports.
const Version = "0.1.0"

// Evidence is all that a verdict rests on.
type Evidence struct {
	Inventory         *inventory.Inventory // never nil; an empty one declares nothing
	Captures          []*capture.Capture   // a device may occur twice: an earlier and a later sample
	Started, Finished time.Time            // of the collection
}

// Decide parses, joins and judges.
func Decide(ev Evidence, run []*verify.Check) *verify.Report { return DecideFor(nil, ev, run) }

// DecideFor is Decide under a profile; nil is none.
func DecideFor(p *verify.Profile, ev Evidence, run []*verify.Check) *verify.Report {
	f := Fabric(ev)
	name := ""
	if ev.Inventory.File != nil {
		name = ev.Inventory.File.Command
	}
	var leftOut []*verify.Check
	for _, c := range checks.All() {
		if !slices.Contains(run, c) && c.Undecided == "" {
			leftOut = append(leftOut, c)
		}
	}
	return &verify.Report{
		Tool: "uplinkcheck", Version: Version, Started: ev.Started, Finished: ev.Finished,
		Inventory: name, Fabric: f, Findings: verify.RunFor(p, f, run), Captures: f.Captures, Checks: run, LeftOut: leftOut, Profile: p,
	}
}

// Fabric parses the captures and joins them. Of several samples of one device the last counts; the one before it
// tells what lasts.
func Fabric(ev Evidence) *topology.Fabric {
	in := topology.Input{Inventory: ev.Inventory, Now: ev.Finished, ParseErrs: map[string]string{}, Allowed: Listed}
	last := map[string]int{}
	for i, c := range ev.Captures {
		last[c.Device] = i
	}
	for i, p := range parseAll(ev.Inventory, ev.Captures) {
		c := ev.Captures[i]
		if last[c.Device] != i {
			p.earlierInto(&in)
			continue
		}
		in.Captures = append(in.Captures, c)
		p.into(&in, c)
	}
	for _, h := range ev.Inventory.Hosts {
		if h.Source == "" || h.Source == "declared" {
			in.Hosts = append(in.Hosts, declared(h))
		}
	}
	return topology.Build(in)
}

// parsed is what became of a capture: a switch, a host, an error, or nothing where a device gave nothing.
type parsed struct {
	sw   *state.Switch
	host *inventory.Host
	err  error
}

// parseAll parses captures side by side. The result has their order.
func parseAll(inv *inventory.Inventory, captures []*capture.Capture) []parsed {
	out := make([]parsed, len(captures))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range captures {
		g.Go(func() error {
			out[i] = parse(inv, c)
			return nil
		})
	}
	_ = g.Wait() // nothing fails: an error is a result
	return out
}

// Reader returns what reads a capture: a driver or a source, or neither. Where both have its platform's name, as of Linux, the inventory
// says whether the device is a host or a switch.
func Reader(inv *inventory.Inventory, c *capture.Capture) (*drivers.Driver, *inventory.Source) {
	d, s := Driver(c.Platform), Source(c.Platform)
	switch {
	case d == nil || s == nil:
		return d, s
	case slices.ContainsFunc(inv.Hosts, func(h inventory.HostEntry) bool { return h.Name == c.Device }):
		return nil, s
	}
	return d, nil
}

func parse(inv *inventory.Inventory, c *capture.Capture) (p parsed) {
	usable := slices.ContainsFunc(c.Replies, (*capture.Reply).Usable)
	d, s := Reader(inv, c)
	switch {
	case d == nil && s == nil:
		p.err = fmt.Errorf("nothing here reads the platform %q", c.Platform)
	case !usable:
	case d != nil:
		p.sw, p.err = d.Parse(c)
	default:
		p.host, p.err = s.Parse(c)
	}
	return p
}

// earlierInto adds an earlier sample of a device; one that cannot be parsed is as if it had not been taken.
func (p parsed) earlierInto(in *topology.Input) {
	switch {
	case p.err != nil:
	case p.sw != nil:
		in.Before = append(in.Before, p.sw)
	case p.host != nil:
		in.Earlier = append(in.Earlier, p.host)
	}
}

// into adds a device. A switch that gave nothing is no switch of the fabric: it is a gap, which EVD-001 reports. A host that gave nothing
// exists, since the inventory says so; what it would have told stays unknown.
func (p parsed) into(in *topology.Input, c *capture.Capture) {
	switch {
	case p.err != nil:
		in.ParseErrs[c.Device] = p.err.Error()
	case p.sw != nil:
		in.Switches = append(in.Switches, p.sw)
	case p.host != nil:
		in.Hosts = append(in.Hosts, p.host)
	default:
		for _, h := range in.Inventory.Hosts {
			if d, _ := Reader(in.Inventory, c); d == nil && h.Name == c.Device {
				in.Hosts = append(in.Hosts, declared(h))
			}
		}
	}
}

// declared returns what the inventory alone says of a host: at least that it exists.
func declared(h inventory.HostEntry) *inventory.Host {
	if host := inventory.Declared(h); host != nil {
		return host
	}
	return &inventory.Host{Name: h.Name, Source: "declared", From: h.From}
}

// Driver returns the driver of that name or alias, or nil.
func Driver(name string) *drivers.Driver { return driverlist.Driver(name) }

// Source returns the source of that name, or nil.
func Source(name string) *inventory.Source { return sourcelist.Source(name) }

// Listed reports whether a platform's driver or source lists the command, filled-in arguments included.
func Listed(platform, command string) bool {
	var commands []drivers.Command
	if d := Driver(platform); d != nil {
		commands = d.Commands
		if d.Prompt != nil && slices.Contains(d.Prompt.Setup, command) {
			return true
		}
	}
	if s := Source(platform); s != nil {
		commands = slices.Concat(commands, s.Commands)
	}
	for _, c := range commands {
		if c.Line == command {
			return true
		}
		if before, after, ok := strings.Cut(c.Line, "%s"); ok && c.Each != nil &&
			strings.HasPrefix(command, before) && strings.HasSuffix(command, after) && len(command) > len(before)+len(after) &&
			plainWord(command[len(before):len(command)-len(after)]) {
			return true
		}
	}
	return false
}

func plainWord(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/") == ""
}

// Needed reports of which groups of commands the checks may need replies.
func Needed(run []*verify.Check) func(drivers.Group) bool {
	return func(g drivers.Group) bool {
		return slices.ContainsFunc(run, func(c *verify.Check) bool { return c.Needs == nil || slices.Contains(c.Needs, g) })
	}
}

// Select returns the checks of the catalogue that only names (all when it is empty) and skip does not: ids such as LAG-004,
// or groups such as LAG, in any case. A check that no platform can decide yet is only chosen by its id. A name that fits no
// check is an error.
func Select(only, skip []string) ([]*verify.Check, error) { return SelectFor(nil, only, skip) }

// SelectFor is Select of the checks that a profile names, those that no platform can decide yet included; nil names all others.
func SelectFor(p *verify.Profile, only, skip []string) ([]*verify.Check, error) {
	all := checks.All()
	if err := known(all, append(slices.Clone(only), skip...)); err != nil {
		return nil, err
	}
	var out []*verify.Check
	for _, c := range all {
		match := func(w string) bool { return matches(c, w) }
		byID := func(w string) bool { return strings.EqualFold(c.ID, w) }
		if p != nil && !p.Names(c.ID) || c.Undecided != "" && !p.Demanded(c.ID) && !slices.ContainsFunc(only, byID) {
			continue
		}
		if (len(only) == 0 || slices.ContainsFunc(only, match)) && !slices.ContainsFunc(skip, match) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("--profile, --only and --skip leave no check: list them with uplinkcheck checks")
	}
	return out, nil
}

// Catalogue returns the checks that words name by id or group, those that no platform can decide yet included. A word that fits
// no check is an error.
func Catalogue(words []string) (out []*verify.Check, err error) {
	all := checks.All()
	if err := known(all, words); err != nil {
		return nil, err
	}
	for _, c := range all {
		if slices.ContainsFunc(words, func(w string) bool { return matches(c, w) }) {
			out = append(out, c)
		}
	}
	return out, nil
}

// known refuses the first word that names no check.
func known(all []*verify.Check, words []string) error {
	for _, w := range words {
		if !slices.ContainsFunc(all, func(c *verify.Check) bool { return matches(c, w) }) {
			return fmt.Errorf("no check %q: list them with uplinkcheck checks", w)
		}
	}
	return nil
}

func matches(c *verify.Check, word string) bool {
	group, _, _ := strings.Cut(c.ID, "-")
	return strings.EqualFold(c.ID, word) || strings.EqualFold(group, word)
}

// Platforms lists, sorted, what an inventory may name as platform.
func Platforms() (names []string) {
	for _, d := range driverlist.Drivers {
		names = append(append(names, d.Name), d.Aliases...)
	}
	slices.SortFunc(names, state.NaturalCompare)
	return names
}

// Sources lists what an inventory may name as source of a host.
func Sources() []string {
	names := []string{"declared"}
	for _, s := range sourcelist.Sources {
		names = append(names, s.Name)
	}
	return names
}
