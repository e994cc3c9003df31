// Package capture holds what devices said, byte for byte, and where a fact was read.
//
// It is the leaf of the import graph: parsers, checks and reports all point back into a
// Reply, so that each verdict can quote the line that proves it.
package capture

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"time"
	"unicode/utf8"
)

// A Capture is everything one device said in one run, in the order it was asked.
// A Capture whose Err is not empty may still hold replies: what was said before the failure stays.
type Capture struct {
	Device   string    // name in the inventory
	Platform string    // driver or source that asked, such as "arista_eos" or "linux"
	Address  string    // host:port that was dialled, empty when nothing was
	HostKey  string    // fingerprint of the verified host key ("SHA256:…"), empty when unknown
	Started  time.Time // when dialling began
	Finished time.Time // when the last reply ended
	Replies  []*Reply
	Err      string // why the device was not, or not fully, collected: one line with a next step
}

// A Reply is what a device answered to one command.
//
// A Reply with an Err, or one that is not Complete, states nothing: parsers must not read facts from it.
// Its bytes are kept so that a person can see what came.
type Reply struct {
	Device    string
	Command   string // the exact line or RPC that was sent
	Data      []byte // raw, untrusted; secrets overwritten by as many x
	At        time.Time
	Took      time.Duration
	Complete  bool   // the end was proven: exit status, framing, or the prompt of this very host
	InsteadOf string // the command that this one was sent in place of; usually empty
	Optional  bool   // the platform may lack the feature: an Err is then no gap
	Err       string // why it states nothing, such as "% Invalid input (line 1)"

	// Sum is the SHA-256 of Data, taken when the reply was stored (Seal); zero: never taken. A bundle keeps it.
	Sum [sha256.Size]byte
}

// Seal takes the checksum of the reply, as the last step of storing it.
func (r *Reply) Seal() { r.Sum = sha256.Sum256(r.Data) }

// Sealed reports whether a checksum was taken of the reply.
func (r *Reply) Sealed() bool { return r.Sum != [sha256.Size]byte{} }

// Intact reports whether the bytes are those that Seal saw; false also when it never did.
func (r *Reply) Intact() bool { return r.Sealed() && sha256.Sum256(r.Data) == r.Sum }

// Usable reports whether facts may be read from the reply. A nil Reply is not usable.
func (r *Reply) Usable() bool { return r != nil && r.Complete && r.Err == "" }

// Reply returns the last usable reply to command, or nil.
func (c *Capture) Reply(command string) *Reply {
	for i := len(c.Replies) - 1; i >= 0; i-- {
		if r := c.Replies[i]; r.Command == command && r.Usable() {
			return r
		}
	}
	return nil
}

// Asked returns the last reply to command, usable or not, or nil when it was never asked.
func (c *Capture) Asked(command string) *Reply {
	for i := len(c.Replies) - 1; i >= 0; i-- {
		if c.Replies[i].Command == command {
			return c.Replies[i]
		}
	}
	return nil
}

// A Span is a byte range of a Reply. The zero Span rests on nothing.
// It is 16 bytes, so that the state of ten thousand switches fits in memory.
type Span struct {
	Reply      *Reply
	Start, End uint32
}

// Known reports whether the span rests on a reply.
func (s Span) Known() bool { return s.Reply != nil }

// Span returns the range [start, end) of the reply, clipped to it.
func (r *Reply) Span(start, end int) Span {
	n := len(r.Data)
	start = min(max(start, 0), n)
	end = min(max(end, start), n)
	return Span{Reply: r, Start: uint32(start), End: uint32(end)}
}

// Whole returns the span of the entire reply: the evidence for an absence.
func (r *Reply) Whole() Span { return r.Span(0, len(r.Data)) }

// Through returns the bytes from the start of s to the end of other, other alone where it does not end behind that start in the same reply.
func (s Span) Through(other Span) Span {
	if s.Reply == nil || s.Reply != other.Reply || other.End < s.Start {
		return other
	}
	return Span{Reply: s.Reply, Start: s.Start, End: other.End}
}

// Text returns the bytes of the span as they came. The caller escapes them before showing them.
func (s Span) Text() string {
	if s.Reply == nil {
		return ""
	}
	return string(s.Reply.Data[s.Start:s.End])
}

// Line returns the 1-based line number at which the span starts, 0 for the zero Span.
func (s Span) Line() int {
	if s.Reply == nil {
		return 0
	}
	return 1 + bytes.Count(s.Reply.Data[:s.Start], []byte{'\n'})
}

// maxQuote bounds a quoted line: single-line JSON replies run to megabytes.
const maxQuote = 240

// Quote returns the line in which the span starts, without its line ending, cut to at most 240
// bytes around the span at rune boundaries. It is raw device text: escape it before showing it.
// A span over the whole of a longer reply quotes its first line.
func (s Span) Quote() string {
	if s.Reply == nil {
		return ""
	}
	d := s.Reply.Data
	lo := bytes.LastIndexByte(d[:s.Start], '\n') + 1
	hi := len(d)
	if i := bytes.IndexByte(d[s.Start:], '\n'); i >= 0 {
		hi = int(s.Start) + i
	}
	if hi-lo > maxQuote {
		before := max(0, (maxQuote-int(min(s.End, uint32(hi))-s.Start))/2)
		lo = max(lo, int(s.Start)-before)
		hi = min(hi, lo+maxQuote)
		for lo < hi && !utf8.RuneStart(d[lo]) {
			lo++
		}
		for hi > lo && hi < len(d) && !utf8.RuneStart(d[hi]) {
			hi--
		}
	}
	return strings.TrimRight(string(d[lo:hi]), "\r")
}

// Lines yields the 0-based offset and the text of each line, without its line ending (LF or CR LF).
func (r *Reply) Lines() func(yield func(at int, line string) bool) {
	return func(yield func(int, string) bool) {
		text := string(r.Data) // once, and not line by line
		for at := 0; at < len(text); {
			end := len(text)
			next := end
			if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
				end, next = at+i, at+i+1
			}
			if !yield(at, strings.TrimSuffix(text[at:end], "\r")) {
				return
			}
			at = next
		}
	}
}

// A Fact is a value together with the span that states it.
// A Fact that no span states is unknown, and its Value means nothing.
type Fact[T any] struct {
	Value T
	From  Span
}

// Known reports whether a device stated the fact.
func (f Fact[T]) Known() bool { return f.From.Reply != nil }

// Of returns the fact that from states v. With the zero Span the result is unknown.
func Of[T any](v T, from Span) Fact[T] {
	if from.Reply == nil {
		return Fact[T]{}
	}
	return Fact[T]{Value: v, From: from}
}

// Is reports whether the fact is known and equals v.
func Is[T comparable](f Fact[T], v T) bool { return f.Known() && f.Value == v }

// Same compares two facts: equal is meaningful only when known, that is, when both are stated.
func Same[T comparable](a, b Fact[T]) (equal, known bool) {
	return a.Value == b.Value, a.Known() && b.Known()
}

// Then maps the value of a known fact, keeping its span; unknown stays unknown.
// When ok is false the result is unknown: a word that was not understood is no fact.
func Then[T, U any](f Fact[T], convert func(T) (U, bool)) Fact[U] {
	if !f.Known() {
		return Fact[U]{}
	}
	v, ok := convert(f.Value)
	if !ok {
		return Fact[U]{}
	}
	return Fact[U]{Value: v, From: f.From}
}
