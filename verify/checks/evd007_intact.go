package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// EVD007: the evidence is what was collected.
var EVD007 = add(&verify.Check{
	ID:    "EVD-007",
	Title: "the evidence is what was collected",
	Doc: `Each reply gets a checksum (SHA-256) when it is stored, before anything reads it, and a bundle carries the checksums along; here they are taken again.
A bundle in which a byte was changed, or a reply is missing, is not read at all. Verdicts are computed from these bytes and nothing else, so
audit --from gives the same ones again, on any machine and any day. Nothing here is signed: who may write the bundle can make
another one. Keep it where few can, or sign the file.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A19", "S"), standard.Grundschutz("NET.1.2.A35", "E"), standard.Grundschutz("NET.3.1.A23", "S")},
	Severity: verify.Medium,
	Run: verify.Each(devices, func(d *topology.Device) (v verify.Verdict) {
		if d.Capture == nil || len(d.Capture.Replies) == 0 {
			v.NotApplicable("%s gave no reply", d.Name)
			return v
		}
		for _, r := range d.Capture.Replies {
			switch {
			case !r.Sealed():
				v.Unknown("%s: no checksum was taken of the reply to %s", d.Name, short(r.Command)).Missing("collect %s with this program", d.Name)
			case !r.Intact():
				v.Fail(r.Span(0, 0), "%s: the reply to %s is not what was collected", d.Name, short(r.Command)).
					Fix("collect %s again, and find out what changed its evidence", d.Name)
			case r.Device != d.Name:
				v.Fail(r.Span(0, 0), "%s: the reply to %s is of %s", d.Name, short(r.Command), r.Device).Fix("collect %s again", d.Name)
			}
		}
		v.Pass(d.Capture.Replies[0].Span(0, 0), "%s: all %d replies are as they were collected", d.Name, len(d.Capture.Replies))
		return v
	}),
})
