package checks

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// EVD004: every reply was complete and understood.
var EVD004 = add(&verify.Check{
	ID:    "EVD-004",
	Title: "every reply was complete and understood",
	Doc: `A reply that was refused, cut short or not understood states nothing: whatever it would have told is unknown. The raw text is kept with the evidence.
Commands for features that a device lacks are no gap.`,
	Severity: verify.High,
	Run: verify.Each(devices, func(d *topology.Device) (v verify.Verdict) {
		if !d.Collected() {
			v.NotApplicable("%s was not collected: see EVD-001", d.Name)
			return v
		}
		v.Pass(answer(d).Span(0, 0), "%s: all replies were understood", d.Name)
		for _, r := range d.Capture.Replies {
			if !r.Usable() && !r.Optional && d.Capture.Reply(r.Command) == nil && !replaced(d, r) {
				v.Unknown("%s: %s: %s", d.Name, short(r.Command), because(r)).Missing("a login on %s that may run %s", d.Name, short(r.Command))
			}
		}
		var unread []state.Unread
		if d.Said != nil {
			unread = d.Said.Unread
		} else if d.SaidHost != nil {
			unread = d.SaidHost.Unread
		}
		for _, u := range unread {
			v.Unknown("%s: not understood: %s", d.Name, u.Why).Missing("a report of this output, so that the driver learns it").Also(u.From)
		}
		return v
	}),
})

// replaced reports whether a later command of the device gave what the refused one would have.
func replaced(d *topology.Device, refused *capture.Reply) bool {
	for _, r := range d.Capture.Replies {
		if r.InsteadOf == refused.Command && r != refused && (r.Usable() || replaced(d, r)) {
			return true
		}
	}
	return false
}

func because(r *capture.Reply) string {
	if r.Err != "" {
		return r.Err
	}
	return "the reply did not end as it should"
}

// short cuts a command or RPC to one quotable line.
func short(command string) string {
	line, _, _ := strings.Cut(command, "\n")
	if len(line) > 60 {
		return line[:57] + "..."
	}
	return line
}
