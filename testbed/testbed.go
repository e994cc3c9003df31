// Package testbed is a fabric of simulated switches and hypervisors on loopback: httptest.Server for networks.
//
// A scenario (package model) says what is cabled, configured and wrong; a personality words what each platform would print;
// a device (package device) is the SSH and NETCONF server that says it. The same scenario serves three ways:
//
//	sc, err := testbed.Load("mlag-pair")
//	sc.Captures()                  // what collecting would return, without a network: cases of checks
//	fleet := testbed.Start(t, sc)  // real servers on 127.0.0.1, closed with the test
//	fleet, err := testbed.Serve(ctx, sc, testbed.Options{Dir: dir})  // the same outside tests: demo, testbed serve
//
// A rendering proves correlation and scale, never parsing: it would only prove that we agree with ourselves. That the
// renderings look like the real thing is held by the personalities' tests against real recordings.
package testbed

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/testbed/model"
)

//go:embed scenarios/*.yml
var scenarios embed.FS

// Scenario is a compiled scenario. It is never written to after Parse, and may be used by several goroutines.
type Scenario struct {
	Name    string
	Fabric  *model.Fabric
	targets []*target
}

// Names lists the scenarios that Load knows, sorted.
func Names() []string {
	files, _ := fs.Glob(scenarios, "scenarios/*.yml") // the pattern is right
	for i, f := range files {
		files[i] = strings.TrimSuffix(strings.TrimPrefix(f, "scenarios/"), ".yml")
	}
	return files
}

// Load returns a scenario by name.
func Load(name string) (*Scenario, error) {
	text, err := lookup(name)
	if err != nil {
		return nil, err
	}
	return Parse(name, text)
}

func lookup(name string) ([]byte, error) {
	text, err := scenarios.ReadFile("scenarios/" + name + ".yml")
	if err != nil {
		return nil, fmt.Errorf("no scenario %q: there are %s", name, strings.Join(Names(), ", "))
	}
	return text, nil
}

// Parse reads a scenario from YAML. Its base may be any that Load knows. An edit that does not match what the device
// would print is an error.
func Parse(name string, text []byte) (*Scenario, error) {
	spec, err := model.Parse(name, text, lookup)
	if err != nil {
		return nil, err
	}
	return Compile(spec)
}

// Compile makes a scenario of a specification that a program wrote. Its base is not looked up.
func Compile(spec *model.Scenario) (*Scenario, error) {
	f, err := model.Compile(spec)
	if err != nil {
		return nil, err
	}
	s := &Scenario{Name: spec.Name, Fabric: f}
	if err := s.build(); err != nil {
		return nil, fmt.Errorf("scenario %s: %w", spec.Name, err)
	}
	return s, nil
}

// Earlier returns the same scenario as it was collected so much earlier: counters are lower, all else is equal.
func (s *Scenario) Earlier(d time.Duration) (*Scenario, error) {
	spec := *s.Fabric.Scenario
	spec.Time = s.Fabric.Time.Add(-d)
	return Compile(&spec)
}

// perReply is how long a simulated device takes for a reply, in the times of Captures.
const perReply = 100 * time.Millisecond

// Captures returns what collecting the scenario would: every switch, and every host that is asked, sorted by name. All
// times come from the scenario. A device that is unreachable has an Err and no replies.
func (s *Scenario) Captures() []*capture.Capture {
	out := make([]*capture.Capture, 0, len(s.targets))
	for _, t := range s.targets {
		out = append(out, t.capture(s.Fabric.Time))
	}
	return out
}

// Finished is when the collection that Captures returns was over.
func (s *Scenario) Finished() time.Time {
	end := s.Fabric.Time
	for _, c := range s.Captures() {
		if c.Finished.After(end) {
			end = c.Finished
		}
	}
	return end
}

func (s *Scenario) target(name string) *target {
	i := slices.IndexFunc(s.targets, func(t *target) bool { return t.name == name })
	if i < 0 {
		return nil
	}
	return s.targets[i]
}
