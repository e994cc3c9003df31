package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// EVD001: every device in scope gave evidence.
var EVD001 = add(&verify.Check{
	ID:       "EVD-001",
	Title:    "every device in scope gave evidence",
	Doc:      `A switch or host that was not reached may be the one that matters. Whatever depends on it is unknown.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A15", "B"), standard.Grundschutz("SYS.1.5.A19", "S")},
	Severity: verify.High,
	Run: verify.Each(devices, func(d *topology.Device) (v verify.Verdict) {
		switch {
		case d.Capture == nil:
			v.Unknown("%s was not asked", d.Name).Missing("collect %s", d.Name)
		case d.Capture.Err != "":
			v.Unknown("%s was not fully collected", d.Name).Missing("%s", d.Capture.Err)
		case d.ParseErr != "":
			v.Unknown("%s: nothing could be read from its replies", d.Name).Missing("%s", d.ParseErr)
		case !d.Collected():
			v.Unknown("%s gave no usable reply", d.Name).Missing("a login on %s that may run the listed commands", d.Name)
		default:
			r := answer(d)
			v.Pass(r.Span(0, 0), "%s answered", d.Name)
		}
		return v
	}),
})

func devices(f *topology.Fabric) []*topology.Device { return f.Devices }

// answer returns the first usable reply; there is one when the device was collected.
func answer(d *topology.Device) *capture.Reply {
	for _, r := range d.Capture.Replies {
		if r.Usable() {
			return r
		}
	}
	return &capture.Reply{}
}
