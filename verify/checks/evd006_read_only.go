package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// EVD006: only listed, reading commands were sent.
var EVD006 = add(&verify.Check{
	ID:    "EVD-006",
	Title: "only listed, reading commands were sent",
	Doc: `This program sends only commands that read, and of those only the ones listed for each platform. The commands in the
evidence are compared with that list, so that evidence which something else collected, or which somebody edited, is noticed.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.3.1.A4", "B")},
	Severity: verify.High,
	Run: verify.Each(devices, func(d *topology.Device) (v verify.Verdict) {
		switch {
		case d.Capture == nil || len(d.Capture.Replies) == 0:
			v.NotApplicable("%s was sent nothing", d.Name)
			return v
		case d.Fabric.Allowed == nil:
			v.Unknown("%s: the list of commands is not at hand", d.Name).Missing("a run by this program")
			return v
		}
		for _, r := range d.Capture.Replies {
			if !d.Fabric.Allowed(d.Capture.Platform, r.Command) {
				v.Fail(r.Span(0, 0), "%s was sent %q, which the driver for %s does not list", d.Name, short(r.Command), d.Capture.Platform).
					Fix("find out where this evidence comes from")
			}
		}
		v.Pass(d.Capture.Replies[0].Span(0, 0), "%s was sent %d listed commands", d.Name, len(d.Capture.Replies))
		return v
	}),
})
