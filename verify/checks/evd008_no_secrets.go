package checks

import (
	"reflect"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/capture/redact"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// EVD008: no secrets are kept with the evidence.
var EVD008 = add(&verify.Check{
	ID:    "EVD-008",
	Title: "no secrets are kept with the evidence",
	Doc: `Replies are kept, sent to colleagues and attached to tickets. Before anything is stored, secrets are overwritten with as many x: the values of members,
elements and configuration lines that are named like a password, community, shared or private key, and crypted passwords wherever they stand. Here
the stored replies are searched again. It fails when one still holds such a value, as evidence of other origin may, and when a fact that verdicts
rest on was overwritten. The secret itself is not quoted.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.3.1.A9", "B")},
	Severity: verify.High,
	Run: verify.Each(devices, func(d *topology.Device) (v verify.Verdict) {
		if d.Capture == nil || len(d.Capture.Replies) == 0 {
			v.NotApplicable("%s gave no reply", d.Name)
			return v
		}
		hidden := map[*capture.Reply][]redact.Place{}
		for _, r := range d.Capture.Replies {
			if places := redact.Places(r.Data); len(places) > 0 {
				hidden[r] = places
				judgeSecrets(&v, d, r, places)
			}
		}
		if len(hidden) > 0 {
			judgeOverwritten(&v, d, hidden)
		}
		v.Pass(d.Capture.Replies[0].Span(0, 0), "%s: no secret stands in its %d replies", d.Name, len(d.Capture.Replies))
		return v
	}),
})

func judgeSecrets(v *verify.Verdict, d *topology.Device, r *capture.Reply, places []redact.Place) {
	for _, p := range places {
		if p.Hidden(r.Data) {
			continue
		}
		at := beside(r, places)
		if !at.Known() {
			at = d.Entry
		}
		line := r.Span(p.Start, p.Start).Line()
		if !at.Known() {
			v.Unknown("%s: line %d of the reply to %s seems to hold a secret, and there is no other line to show", d.Name, line, short(r.Command)).
				Missing("a look at line %d of the reply to %s of %s", line, short(r.Command), d.Name)
			return
		}
		v.Fail(at, "%s: line %d of the reply to %s holds what looks like a secret", d.Name, line, short(r.Command)).
			Fix("change that secret on %s, delete this evidence, and collect again with this program", d.Name)
		return
	}
}

// beside returns a line of the reply without a secret, zero when there is none: what is quoted must not be what ought to be hidden.
func beside(r *capture.Reply, places []redact.Place) capture.Span {
	for at, line := range r.Lines() {
		end := at + len(line)
		if !slices.ContainsFunc(places, func(p redact.Place) bool { return p.Start <= end && at <= p.End }) {
			return r.Span(at, at)
		}
	}
	return capture.Span{}
}

// judgeOverwritten looks for facts that rest on bytes that were overwritten.
func judgeOverwritten(v *verify.Verdict, d *topology.Device, hidden map[*capture.Reply][]redact.Place) {
	visit := func(path string, value reflect.Value, from capture.Span) {
		lost := value.IsValid() && slices.ContainsFunc(hidden[from.Reply], func(p redact.Place) bool { return overwritten(p, value, from) })
		if lost {
			v.Fail(from, "%s: %s was overwritten as if it were a secret", d.Name, path).
				Fix("give what is called so on %s a name that is not that of a secret, and report this", d.Name)
		}
	}
	if d.Said != nil {
		state.EachFact(d.Said, visit)
	}
	if d.SaidHost != nil {
		state.EachFact(d.SaidHost, visit)
	}
}

// overwritten reports whether a secret's place covers what states a fact, or is part of a text that is one.
func overwritten(p redact.Place, value reflect.Value, from capture.Span) bool {
	start, end := int(from.Start), int(from.End)
	switch {
	case !p.Hidden(from.Reply.Data), start == end:
		return false
	case p.Start <= start && end <= p.End:
		return true
	}
	return start <= p.Start && p.End <= end && value.Kind() == reflect.String && strings.Contains(value.String(), string(from.Reply.Data[p.Start:p.End]))
}
