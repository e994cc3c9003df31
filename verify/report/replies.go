package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/verify"
)

// Bounds of the replies that a page shows. A longer reply, and every reply once the page holds maxReplies, is shortened to what is
// around the cited lines.
const (
	maxReply   = 256 << 10
	maxReplies = 16 << 20
	around     = 2 << 10 // bytes that stay on either side of a cited line
	maxMark    = 400     // bytes that are marked of a longer line
)

// A fullReply is a reply as the page shows it, with the cited lines marked.
type fullReply struct {
	ID, Device, Command, Note string
	Segments                  []segment
}

// A segment is a piece of a reply: plain text, a mark with an ID, or a note that something was left out.
type segment struct {
	Text, ID string
	Gap      bool
}

// citations gathers which replies the findings cite, and where.
type citations struct {
	order  []*capture.Reply
	ranges map[*capture.Reply][]extent
	ids    map[*capture.Reply]string
}

type extent struct{ lo, hi int }

// citationsOf walks captures in order, then other texts that are cited, such as the inventory file. Findings that the page does not list cite
// nothing.
func citationsOf(r *verify.Report, listed func(*verify.Finding) bool) *citations {
	c := &citations{ranges: map[*capture.Reply][]extent{}, ids: map[*capture.Reply]string{}}
	var cited []*capture.Reply
	for _, f := range r.Findings {
		if !listed(f) {
			continue
		}
		for _, s := range f.Evidence {
			if !s.Known() {
				continue
			}
			if _, seen := c.ranges[s.Reply]; !seen {
				c.ranges[s.Reply] = nil
				cited = append(cited, s.Reply)
			}
			if x, ok := extentOf(s); ok {
				c.ranges[s.Reply] = append(c.ranges[s.Reply], x)
			}
		}
	}
	for _, x := range r.Captures {
		for _, reply := range x.Replies {
			if _, ok := c.ranges[reply]; ok {
				c.name(reply)
			}
		}
	}
	for _, reply := range cited {
		c.name(reply)
		c.ranges[reply] = merged(c.ranges[reply])
	}
	return c
}

func (c *citations) name(reply *capture.Reply) {
	if c.ids[reply] == "" {
		c.order = append(c.order, reply)
		c.ids[reply] = fmt.Sprintf("r-%d", len(c.order))
	}
}

// anchor returns where on the page the span is shown, "" when its reply is not.
func (c *citations) anchor(s capture.Span) string {
	if x, ok := extentOf(s); ok {
		ranges := c.ranges[s.Reply]
		after, _ := slices.BinarySearchFunc(ranges, x.lo+1, func(y extent, lo int) int { return cmp.Compare(y.lo, lo) })
		if after > 0 && x.lo <= ranges[after-1].hi {
			return markID(c.ids[s.Reply], ranges[after-1])
		}
	}
	return c.ids[s.Reply]
}

func markID(reply string, x extent) string { return fmt.Sprintf("%s-%d", reply, x.lo) }

// extentOf returns what is marked for a span: the line in which it starts, of a long line the span itself. A span over the
// whole reply marks nothing.
func extentOf(s capture.Span) (x extent, ok bool) {
	d, start, end := s.Reply.Data, int(s.Start), int(s.End)
	if start == 0 && end == len(d) && bytes.Count(d, []byte{'\n'}) > 1 || len(d) == 0 {
		return extent{}, false
	}
	lo := bytes.LastIndexByte(d[:start], '\n') + 1
	hi := len(d)
	if i := bytes.IndexByte(d[start:], '\n'); i >= 0 {
		hi = start + i
	}
	for hi > lo && d[hi-1] == '\r' {
		hi--
	}
	start = min(start, hi)
	if hi-lo > maxMark {
		lo, hi = start, min(end, hi, start+maxMark)
	}
	return extent{snap(d, lo), snap(d, hi)}, true
}

// snap moves an offset down to the start of a rune.
func snap(d []byte, i int) int {
	for n := 0; n < utf8.UTFMax && i > 0 && i < len(d) && !utf8.RuneStart(d[i]); n++ {
		i--
	}
	return i
}

// merged sorts extents and joins those that overlap.
func merged(all []extent) []extent {
	slices.SortFunc(all, func(a, b extent) int { return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(b.hi, a.hi)) })
	var out []extent
	for _, x := range all {
		if n := len(out); n > 0 && x.lo < out[n-1].hi || n > 0 && x == out[n-1] {
			out[n-1].hi = max(out[n-1].hi, x.hi)
			continue
		}
		out = append(out, x)
	}
	return out
}

// replies returns the cited replies, bounded.
func (c *citations) replies() []fullReply {
	var out []fullReply
	total := 0
	for _, r := range c.order {
		x := fullReply{ID: c.ids[r], Device: clean(r.Device), Command: clean(r.Command)}
		keep := []extent{{0, len(r.Data)}}
		if len(r.Data) > maxReply || total+len(r.Data) > maxReplies {
			keep = []extent{{0, snap(r.Data, min(around, len(r.Data)))}}
			for _, m := range c.ranges[r] {
				keep = append(keep, extent{snap(r.Data, max(0, m.lo-around)), snap(r.Data, min(len(r.Data), m.hi+around))})
			}
			keep = merged(keep)
			x.Note = fmt.Sprintf("shortened: %d bytes in all, shown is what is around the cited lines; the whole is in the evidence bundle", len(r.Data))
		}
		for _, k := range keep {
			total += k.hi - k.lo
		}
		x.Segments = segments(r, x.ID, keep, c.ranges[r])
		out = append(out, x)
	}
	return out
}

// segments cuts what is kept of a reply into marks and the text between them. Every mark lies within a kept extent.
func segments(r *capture.Reply, id string, keep, marks []extent) []segment {
	var out []segment
	at := 0
	plain := func(to int) {
		if to > at {
			out = append(out, segment{Text: cleanBlock(string(r.Data[at:to]))})
			at = to
		}
	}
	gap := func(to int) {
		if to > at {
			out = append(out, segment{Text: fmt.Sprintf("[%d bytes left out]", to-at), Gap: true})
			at = to
		}
	}
	for _, k := range keep {
		gap(k.lo)
		for _, m := range marks {
			if m.lo < k.lo || m.lo >= k.hi && k.hi > k.lo {
				continue
			}
			plain(m.lo)
			hi := min(m.hi, k.hi)
			out = append(out, segment{Text: cleanBlock(string(r.Data[m.lo:hi])), ID: markID(id, m)})
			at = hi
		}
		plain(k.hi)
	}
	gap(len(r.Data))
	return out
}
