package checks

import (
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// EVD002: the evidence is fresh and of one time.
var EVD002 = add(&verify.Check{
	ID:    "EVD-002",
	Title: "the evidence is fresh and of one time",
	Doc: `Two ends of a link that were asked an hour apart may be two different networks. The age of the oldest reply is measured against the end of the collection,
and the time between the first reply and the last. The limits are 24h and 15m; policy: {max_age: …, max_spread: …} sets others.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.2.A8", "B")},
	Severity: verify.Medium,
	Run: verify.Each(whole, func(f everything) (v verify.Verdict) {
		age, spread := f.Inventory.Policy.MaxAge, f.Inventory.Policy.MaxSpread
		if age == 0 {
			age = 24 * time.Hour
		}
		if spread == 0 {
			spread = 15 * time.Minute
		}
		var oldest, newest *capture.Reply
		timeless := ""
		for _, c := range f.Captures {
			for _, r := range c.Replies {
				if !r.Usable() {
					continue
				}
				if r.At.IsZero() {
					timeless = c.Device
					continue
				}
				if oldest == nil || r.At.Before(oldest.At) {
					oldest = r
				}
				if newest == nil || r.At.After(newest.At) {
					newest = r
				}
			}
		}
		switch {
		case oldest == nil:
			v.Unknown("no reply has a time").Missing("collect again")
		case timeless != "":
			v.Unknown("replies of %s have no time", timeless).Missing("collect %s again", timeless)
		case f.Now.Sub(oldest.At) > age:
			v.Warn(oldest.Span(0, 0), "%s was asked %s before the end, the limit is %s", oldest.Device, f.Now.Sub(oldest.At).Round(time.Second), age).Fix("collect again")
		case newest.At.Sub(oldest.At) > spread:
			v.Warn(oldest.Span(0, 0), "%s was asked %s before %s, the limit is %s", oldest.Device, newest.At.Sub(oldest.At).Round(time.Second), newest.Device, spread).
				Also(newest.Span(0, 0)).Fix("collect all devices in one run, or raise policy: max_spread")
		default:
			v.Pass(oldest.Span(0, 0), "all replies came within %s", newest.At.Sub(oldest.At).Round(time.Second)).Also(newest.Span(0, 0))
		}
		return v
	}),
})

// everything is the fabric as a subject.
type everything struct{ *topology.Fabric }

// Subject implements topology.Named.
func (everything) Subject() topology.Subject { return topology.Subject{Kind: "fabric", Name: "fabric"} }

func whole(f *topology.Fabric) []everything { return []everything{{f}} }
