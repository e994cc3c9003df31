// Package verify decides: checks are pure functions of a fabric, and each verdict carries the lines that prove it.
package verify

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// Outcome of a check on one subject, in ascending order of what a reader must do. The zero Outcome is NotApplicable:
// nothing was examined.
type Outcome uint8

const (
	NotApplicable Outcome = iota
	Pass
	Warn
	Unknown
	Fail
)

// String returns the word that reports use.
func (o Outcome) String() string {
	return [...]string{"n/a", "pass", "warn", "unknown", "fail"}[min(o, Fail)]
}

// MarshalText implements encoding.TextMarshaler with the form of String.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Severity says how bad a fail is.
type Severity uint8

const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

// String returns the word that reports use.
func (s Severity) String() string {
	return [...]string{"info", "low", "medium", "high", "critical"}[min(s, Critical)]
}

// MarshalText implements encoding.TextMarshaler with the form of String.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A Check is one requirement. It is a value: a file of its own in package checks makes it.
type Check struct {
	ID       string // "LAG-001": stable for ever, never reused
	Title    string // what must be true, no full stop
	Doc      string // why it matters, what breaks, how to put it right; for people
	Cites    []standard.Clause
	Severity Severity
	Run      func(*topology.Fabric) []Finding // usually made by Each; nil when Undecided

	// Undecided says which fact is missing where no driver and no source reads what would decide the check yet. Such a check is in the
	// catalogue, answers unknown, and runs only when it is asked for by its id or by a profile. "" for all others.
	Undecided string
}

// A Finding is the verdict of one check on one subject.
type Finding struct {
	Check      string
	Subject    topology.Subject
	Outcome    Outcome
	Severity   Severity
	Reason     string // subject, observed, expected, in the site's own names
	Missing    string // for Unknown: what would decide it and how to get it
	Fix        string // which box, port and value to change
	Confidence string // of the mapping it rests on, empty when it rests on none
	Evidence   []capture.Span
	Cites      []standard.Clause
	Waiver     string // "by …, until …: reason" when a waiver turned it into n/a
}

// A Verdict collects what a judge found out about one subject. The zero Verdict is NotApplicable.
// The worst note decides; the notes of that outcome make the reason.
type Verdict struct {
	notes      []note
	severity   Severity
	hasSev     bool
	missing    []string
	fix        []string
	confidence string
}

type note struct {
	outcome Outcome
	text    string
	spans   []capture.Span
}

// Pass notes that the required state was observed, as from says. Without a span it counts as Unknown.
func (v *Verdict) Pass(from capture.Span, format string, args ...any) *Verdict {
	return v.add(Pass, from, format, args)
}

// Warn notes something lawful but weak.
func (v *Verdict) Warn(from capture.Span, format string, args ...any) *Verdict {
	return v.add(Warn, from, format, args)
}

// Fail notes an observation that refutes the requirement.
func (v *Verdict) Fail(from capture.Span, format string, args ...any) *Verdict {
	return v.add(Fail, from, format, args)
}

// Unknown notes that the evidence to decide is missing.
func (v *Verdict) Unknown(format string, args ...any) *Verdict {
	return v.add(Unknown, capture.Span{}, format, args)
}

// NotApplicable notes why the check does not apply.
func (v *Verdict) NotApplicable(format string, args ...any) *Verdict {
	return v.add(NotApplicable, capture.Span{}, format, args)
}

func (v *Verdict) add(o Outcome, from capture.Span, format string, args []any) *Verdict {
	n := note{outcome: o, text: fmt.Sprintf(format, args...)}
	if from.Known() {
		n.spans = append(n.spans, from)
	} else if o == Pass || o == Warn || o == Fail {
		n.outcome = Unknown
		n.text += fmt.Sprintf(" (would be %s, but no line says so)", o)
	}
	v.notes = append(v.notes, n)
	return v
}

// Also adds further lines of proof to the last note; unknown spans are passed over.
func (v *Verdict) Also(spans ...capture.Span) *Verdict {
	if len(v.notes) > 0 {
		n := &v.notes[len(v.notes)-1]
		for _, s := range spans {
			if s.Known() && !slices.Contains(n.spans, s) {
				n.spans = append(n.spans, s)
			}
		}
	}
	return v
}

// Missing says what would decide an Unknown and how to get it.
func (v *Verdict) Missing(format string, args ...any) *Verdict {
	v.missing = append(v.missing, fmt.Sprintf(format, args...))
	return v
}

// Fix says how to put a Fail or Warn right.
func (v *Verdict) Fix(format string, args ...any) *Verdict {
	v.fix = append(v.fix, fmt.Sprintf(format, args...))
	return v
}

// As overrides the check's severity for this subject, as when a role makes it critical.
func (v *Verdict) As(s Severity) *Verdict {
	v.severity, v.hasSev = s, true
	return v
}

// Resting names the mapping confidence that the verdict rests on.
func (v *Verdict) Resting(c topology.Confidence) *Verdict {
	v.confidence = c.String()
	return v
}

// Outcome returns the worst of the notes, NotApplicable when there are none.
func (v *Verdict) Outcome() Outcome {
	worst := NotApplicable
	for _, n := range v.notes {
		worst = max(worst, n.outcome)
	}
	return worst
}

// maxEvidence bounds the lines quoted for one finding.
const maxEvidence = 12

func (v *Verdict) finding(subject topology.Subject) Finding {
	f := Finding{Subject: subject, Outcome: v.Outcome(), Severity: v.severity, Confidence: v.confidence}
	var reasons []string
	for _, n := range v.notes {
		if n.outcome != f.Outcome {
			continue
		}
		if !slices.Contains(reasons, n.text) {
			reasons = append(reasons, n.text)
		}
		for _, s := range n.spans {
			if len(f.Evidence) < maxEvidence && !slices.Contains(f.Evidence, s) {
				f.Evidence = append(f.Evidence, s)
			}
		}
	}
	f.Reason = strings.Join(reasons, "; ")
	if f.Outcome == Unknown {
		f.Missing = strings.Join(unique(v.missing), "; ")
	}
	if f.Outcome == Fail || f.Outcome == Warn {
		f.Fix = strings.Join(unique(v.fix), "; ")
	}
	return f
}

func unique(s []string) []string {
	var out []string
	for _, x := range s {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// Each makes a check's Run from "every subject of this kind" and "judge one subject".
func Each[T topology.Named](over func(*topology.Fabric) []T, judge func(T) Verdict) func(*topology.Fabric) []Finding {
	return func(f *topology.Fabric) []Finding {
		var out []Finding
		for _, s := range over(f) {
			out = append(out, judgeOne(s, judge))
		}
		return out
	}
}

// judgeOne turns a panic of a judge into Unknown: one bug costs one verdict and can never pass.
func judgeOne[T topology.Named](s T, judge func(T) Verdict) (f Finding) {
	defer func() {
		if p := recover(); p != nil {
			var v Verdict
			v.Unknown("this program failed while judging: %v", p).
				Missing("report this as a bug, with an evidence bundle if you can share one")
			f = v.finding(s.Subject())
			f.Severity = High
		}
	}()
	v := judge(s)
	f = v.finding(s.Subject())
	if !v.hasSev {
		f.Severity = inherit
	}
	return f
}

// inherit marks a finding that takes its check's severity.
const inherit Severity = 255
