// Package verify decides: checks are pure functions of a fabric, and each verdict carries the lines that prove it.
package verify

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
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

	// Needs are the groups of commands whose replies the verdict may rest on, beside the core set; nil: all of them. A run of checks that
	// need less asks for less.
	Needs []drivers.Group

	// Undecided says which fact is missing where no driver and no source reads what would decide the check yet. Such a check is in the
	// catalogue, answers unknown, and runs only when it is asked for by its id or by a profile. "" for all others.
	Undecided string
}

// A Finding is the verdict of one check on one subject.
//
// There are millions of them: it holds no more than a report needs to say it.
type Finding struct {
	By         *Check // that found it; nil: none did
	Subject    topology.Subject
	Outcome    Outcome
	Severity   Severity
	Confidence Footing // of the mapping it rests on
	Reason     string  // subject, observed, expected, in the site's own names
	Missing    string  // for Unknown: what would decide it and how to get it
	Fix        string  // which box, port and value to change
	Evidence   []capture.Span
	Waiver     *inventory.Waiver // that turned it into n/a; nil: none did
}

// Check is the id of the check that found it, "" where none did.
func (f *Finding) Check() string {
	if f.By == nil {
		return ""
	}
	return f.By.ID
}

// Cites are the clauses that the check rests on; none of a finding by no check.
func (f *Finding) Cites() []standard.Clause {
	if f.By == nil {
		return nil
	}
	return f.By.Cites
}

// A Footing is how sure the mapping is that a finding rests on. The zero Footing is none: it rests on no mapping.
type Footing uint8

// RestingOn returns the footing on a mapping.
func RestingOn(c topology.Confidence) Footing { return 1 + Footing(c) }

// String returns the word for the mapping's confidence, "" for no mapping.
func (f Footing) String() string {
	if f == 0 {
		return ""
	}
	return topology.Confidence(f - 1).String()
}

// A Verdict collects what a judge found out about one subject. The zero Verdict is NotApplicable.
// The worst note decides; the notes of that outcome make the reason. Others are forgotten, and cost no words.
//
// There are millions of them: one needs no memory but its own for what most of them have, one reason and some lines.
// Its texts are in a buffer of its own: a copy of it is not written to beside it.
type Verdict struct {
	outcome    Outcome // the worst so far
	reasons    texts   // of that outcome
	lines      [maxEvidence]capture.Span
	known      int            // how many of lines are evidence
	shared     []capture.Span // the evidence instead, where it is that of PassBy
	counts     bool           // the last note is of that outcome
	severity   Severity
	hasSev     bool
	confidence Footing
	missing    texts
	fix        texts
}

// Pass notes that the required state was observed, as from says. Without a span it counts as Unknown.
func (v *Verdict) Pass(from capture.Span, format string, args ...any) *Verdict {
	return v.add(Pass, from, format, args)
}

// PassBy is Pass by all of some lines, the first of which must be known. They must not be written to afterwards: findings that rest on the
// same lines share them.
func (v *Verdict) PassBy(lines []capture.Span, format string, args ...any) *Verdict {
	fresh := v.outcome < Pass
	v.Pass(lines[0], format, args...)
	if some := lines[:min(len(lines), maxEvidence)]; fresh && allDifferent(some) {
		v.known, v.shared = 0, slices.Clip(some)
		return v
	}
	return v.Also(lines...)
}

func allDifferent(lines []capture.Span) bool {
	for i, x := range lines {
		if !x.Known() || slices.Contains(lines[:i], x) {
			return false
		}
	}
	return true
}

// Warn notes something lawful but weak.
func (v *Verdict) Warn(from capture.Span, format string, args ...any) *Verdict {
	return v.add(Warn, from, format, args)
}

// Fail notes an observation that refutes the requirement.
func (v *Verdict) Fail(from capture.Span, format string, args ...any) *Verdict {
	return v.add(Fail, from, format, args)
}

// Note notes an observation that the caller ranks: Pass, Warn or Fail.
func (v *Verdict) Note(o Outcome, from capture.Span, format string, args ...any) *Verdict {
	return v.add(o, from, format, args)
}

// Unknown notes that the evidence to decide is missing.
func (v *Verdict) Unknown(format string, args ...any) *Verdict {
	return v.add(Unknown, capture.Span{}, format, args)
}

// NotApplicable notes why the check does not apply.
func (v *Verdict) NotApplicable(format string, args ...any) *Verdict {
	return v.add(NotApplicable, capture.Span{}, format, args)
}

// somePasses bounds the reasons of a pass: who is told forty times that all is well knows it.
const somePasses = 40

func (v *Verdict) add(o Outcome, from capture.Span, format string, args []any) *Verdict {
	unproven := !from.Known() && (o == Pass || o == Warn || o == Fail)
	would := o
	if unproven {
		o = Unknown
	}
	if v.counts = o >= v.outcome; !v.counts {
		return v
	}
	if o > v.outcome {
		v.outcome, v.known, v.shared = o, 0, nil
		v.reasons.clear()
	}
	if o == Pass && v.reasons.count == somePasses {
		v.reasons.more++
		return v.Also(from)
	}
	if unproven {
		format, args = format+" (would be %s, but no line says so)", append(slices.Clip(args), would)
	}
	v.reasons.add(format, args...)
	return v.Also(from)
}

// maxEvidence bounds the lines quoted for one finding.
const maxEvidence = 12

// Also adds further lines of proof to the last note; unknown spans are passed over.
func (v *Verdict) Also(spans ...capture.Span) *Verdict {
	if v.shared != nil { // what others share is not written to
		v.known, v.shared = copy(v.lines[:], v.shared), nil
	}
	for _, s := range spans {
		if !v.counts || v.known == maxEvidence {
			break
		}
		if s.Known() && !slices.Contains(v.lines[:v.known], s) {
			v.lines[v.known] = s
			v.known++
		}
	}
	return v
}

// Missing says what would decide an Unknown and how to get it.
func (v *Verdict) Missing(format string, args ...any) *Verdict {
	if v.outcome <= Unknown {
		v.missing.add(format, args...)
	}
	return v
}

// Fix says how to put a Fail or Warn right.
func (v *Verdict) Fix(format string, args ...any) *Verdict {
	v.fix.add(format, args...)
	return v
}

// As overrides the check's severity for this subject, as when a role makes it critical.
func (v *Verdict) As(s Severity) *Verdict {
	v.severity, v.hasSev = s, true
	return v
}

// Resting names the mapping confidence that the verdict rests on.
func (v *Verdict) Resting(c topology.Confidence) *Verdict {
	v.confidence = RestingOn(c)
	return v
}

// Outcome returns the worst of the notes, NotApplicable when there are none.
func (v *Verdict) Outcome() Outcome { return v.outcome }

// fill makes a finding of the verdict, but for its reason, which the room gives when it is closed.
func (v *Verdict) fill(f *Finding, subject topology.Subject, in *room) {
	f.Subject, f.Outcome, f.Severity, f.Confidence, f.Evidence = subject, v.outcome, v.severity, v.confidence, v.shared
	if !v.hasSev {
		f.Severity = inherit
	}
	if v.known > 0 {
		f.Evidence = in.keep(v.lines[:v.known])
	}
	if f.Outcome == Unknown {
		f.Missing = v.missing.String()
	}
	if f.Outcome == Fail || f.Outcome == Warn {
		f.Fix = v.fix.String()
	}
	in.say(f, &v.reasons)
	v.reasons.clear()
	v.missing.clear()
	v.fix.clear()
}

// A room holds what many findings say, made a piece at a time: one piece of memory for thousands of lines and for hundreds of reasons
// is less work than one for each.
type room struct {
	spans   []capture.Span // free ones
	reasons []byte
	of      []*Finding // that the reasons are of
	ends    []int      // where each ends
}

func (r *room) keep(lines []capture.Span) []capture.Span {
	n := len(lines)
	if len(r.spans) < n {
		r.spans = make([]capture.Span, 512)
	}
	kept := r.spans[:n:n]
	copy(kept, lines)
	r.spans = r.spans[n:]
	return kept
}

func (r *room) say(f *Finding, reasons *texts) {
	r.reasons = reasons.append(r.reasons)
	r.of, r.ends = append(r.of, f), append(r.ends, len(r.reasons))
	if len(r.reasons) > 32<<10 {
		r.close()
	}
}

// close gives the findings so far their reasons.
func (r *room) close() {
	all, start := string(r.reasons), 0
	for i, f := range r.of {
		f.Reason = all[start:r.ends[i]]
		start = r.ends[i]
	}
	r.reasons, r.of, r.ends = r.reasons[:0], r.of[:0], r.ends[:0]
}

// texts are texts in the order in which they were first said, each once, and not more than a person reads. The zero texts are none.
type texts struct {
	count int
	all   *bytes.Buffer   // with "; " between them; nil: none
	ends  []int           // of each, where there are more than one
	said  map[string]bool // where they are many
	more  int             // that are left out, and not counted
}

const mostTexts = 200

// buffers are for the texts of verdicts that are not made into findings yet.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (t *texts) add(format string, args ...any) {
	if t.all == nil {
		t.all = buffers.Get().(*bytes.Buffer)
		fmt.Fprintf(t.all, format, args...)
		t.count = 1
		return
	}
	end := t.all.Len()
	if t.count == 1 {
		t.ends = append(make([]int, 0, 4), end)
	}
	t.all.WriteString("; ")
	start := t.all.Len()
	fmt.Fprintf(t.all, format, args...)
	text := t.all.Bytes()[start:]
	known := t.has(text)
	if !known && t.said != nil {
		t.said[string(text)] = true
	}
	switch {
	case known:
		t.all.Truncate(end)
	case t.count == mostTexts:
		t.more++
		t.all.Truncate(end)
	default:
		t.ends = append(t.ends, t.all.Len())
		t.count++
	}
}

// has tells whether the text was said before.
func (t *texts) has(text []byte) bool {
	if t.said != nil {
		return t.said[string(text)]
	}
	if t.count == 16 {
		t.said = map[string]bool{}
	}
	start, found := 0, false
	for _, end := range t.ends {
		before := t.all.Bytes()[start:end]
		found = found || bytes.Equal(before, text)
		if t.said != nil {
			t.said[string(before)] = true
		}
		start = end + len("; ")
	}
	return found
}

func (t *texts) append(to []byte) []byte {
	if t.all == nil {
		return to
	}
	to = append(to, t.all.Bytes()...)
	if t.more > 0 {
		to = fmt.Appendf(to, "; and %d more", t.more)
	}
	return to
}

// String returns the texts with "; " between them.
func (t *texts) String() string { return string(t.append(nil)) }

// clear forgets all texts.
func (t *texts) clear() {
	if t.all != nil {
		t.all.Reset()
		buffers.Put(t.all)
	}
	*t = texts{}
}

// Each makes a check's Run from "every subject of this kind" and "judge one subject".
func Each[T topology.Named](over func(*topology.Fabric) []T, judge func(T) Verdict) func(*topology.Fabric) []Finding {
	return func(f *topology.Fabric) []Finding {
		subjects := over(f)
		out := make([]Finding, len(subjects))
		var in room
		for i, s := range subjects {
			judgeOne(&out[i], s, judge, &in)
		}
		in.close()
		return out
	}
}

// judgeOne turns a panic of a judge into Unknown: one bug costs one verdict and can never pass.
func judgeOne[T topology.Named](f *Finding, s T, judge func(T) Verdict, in *room) {
	defer func() {
		if p := recover(); p != nil {
			var v Verdict
			v.Unknown("this program failed while judging: %v", p).
				Missing("report this as a bug, with an evidence bundle if you can share one").As(High)
			v.fill(f, s.Subject(), in)
		}
	}()
	v := judge(s)
	v.fill(f, s.Subject(), in)
}

// inherit marks a finding that takes its check's severity.
const inherit Severity = 255
