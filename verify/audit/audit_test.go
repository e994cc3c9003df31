package audit_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/topology"
)

// A hostile way to answer: what comes in place of the i-th reply of a device, nil when that makes no sense.
type hostile struct {
	name string
	make func(replies []*capture.Reply, i int, peer *capture.Capture) []byte

	// ownWords: the bytes are a device's own, only not those that were asked for: that need not show.
	ownWords bool
	// credible: nothing in the reply tells that it is another's, and what another is may well pass.
	credible bool
}

var ways = []hostile{
	{name: "nothing", make: func([]*capture.Reply, int, *capture.Capture) []byte { return []byte{} }},
	{name: "the first half", make: func(r []*capture.Reply, i int, _ *capture.Capture) []byte { return r[i].Data[:len(r[i].Data)/2] }},
	{name: "random bytes", make: func([]*capture.Reply, int, *capture.Capture) []byte { return noise }},
	{name: "invalid UTF-8", make: func(r []*capture.Reply, i int, _ *capture.Capture) []byte { return sprinkle(r[i].Data, "\xff\xc3", 29) }},
	{name: "escapes of a terminal", make: func(r []*capture.Reply, i int, _ *capture.Capture) []byte {
		return bytes.ReplaceAll(r[i].Data, []byte(" "), []byte("\x1b[1;31m \x1b]0;owned\x07"))
	}},
	{name: "a web page", make: func([]*capture.Reply, int, *capture.Capture) []byte {
		return []byte("<!DOCTYPE html>\n<html><body onload=\"alert(1)\"><script>alert('leaf1')</script><p>Port-Channel1 up 10,20</body></html>\n")
	}},
	{name: "an entity bomb", make: func([]*capture.Reply, int, *capture.Capture) []byte { return []byte(bomb) }},
	{name: "deep nesting", make: func(r []*capture.Reply, i int, _ *capture.Capture) []byte {
		if strings.HasPrefix(r[i].Command, "<") {
			return []byte(strings.Repeat("<rpc-reply>", 10_000) + strings.Repeat("</rpc-reply>", 10_000))
		}
		return []byte(strings.Repeat(`{"interfaces":`, 10_000) + "1" + strings.Repeat("}", 10_000))
	}},
	{name: "the reply to another command", ownWords: true, make: func(r []*capture.Reply, i int, _ *capture.Capture) []byte {
		return r[(i+1)%len(r)].Data
	}},
	{name: "the reply of the peer", ownWords: true, credible: true, make: func(r []*capture.Reply, i int, peer *capture.Capture) []byte {
		if theirs := peer.Reply(r[i].Command); theirs != nil {
			return theirs.Data
		}
		return nil
	}},
}

var noise = func() []byte {
	b := make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}()

const bomb = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">` +
	`<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]><rpc-reply>&e;</rpc-reply>`

// sprinkle puts what after every n bytes.
func sprinkle(data []byte, what string, n int) (out []byte) {
	for part := range slices.Chunk(data, n) {
		out = append(append(out, part...), what...)
	}
	return out
}

// One in so many hostile replies is tried, so that it takes seconds; the next command and scenario take the next of them. With
// 1, for a change of parsers or topology, all are, in a minute.
const sampled = 5

// Whatever one reply holds, nothing panics, nothing passes that did not, and every unknown says what is missing. The demo is
// there because it has what must go on failing.
func TestHostileRepliesNeverMakeAPass(t *testing.T) {
	for n, name := range []string{"healthy", "mlag-pair", "ovs-pair", "junos-pair", "demo"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := testbed.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			inv, err := inventory.Load("inventory.yml", []byte(s.Inventory()))
			if err != nil {
				t.Fatal(err)
			}
			decide := func(captures []*capture.Capture) *verify.Report {
				return audit.Decide(audit.Evidence{Inventory: inv, Captures: slices.Concat(captures, captures),
					Started: s.Fabric.Time, Finished: s.Finished()}, checks.All())
			}
			honest := s.Captures()
			before, tried := decide(honest), 0
			for d, c := range honest {
				for i := range c.Replies {
					for k, w := range ways {
						if (n+d+i+k)%sampled != 0 {
							continue
						}
						lying := answerWith(honest, d, i, w)
						if lying == nil {
							continue
						}
						tried++
						what := fmt.Sprintf("%s: %s: %s", c.Device, c.Replies[i].Command, w.name)
						compare(t, what, w, before, decide(lying), c.Device)
					}
				}
			}
			if tried < 30 {
				t.Errorf("only %d replies were tried", tried)
			}
		})
	}
}

// answerWith returns the captures with one reply of one device replaced, nil when there is nothing to replace.
func answerWith(honest []*capture.Capture, device, reply int, w hostile) []*capture.Capture {
	c := honest[device]
	r := c.Replies[reply]
	data := w.make(c.Replies, reply, peerOf(honest, c))
	if !r.Usable() || data == nil || bytes.Equal(data, r.Data) {
		return nil
	}
	lie, liar := *r, *c
	lie.Data = data
	liar.Replies = slices.Clone(c.Replies)
	liar.Replies[reply] = &lie
	out := slices.Clone(honest)
	out[device] = &liar
	return out
}

func compare(t *testing.T, what string, w hostile, before, after *verify.Report, device string) {
	t.Helper()
	if !w.credible {
		for _, p := range newPasses(before, after) {
			t.Errorf("%s: %q", what, p)
		}
	}
	for _, f := range after.Findings {
		if f.Outcome == verify.Unknown && f.Missing == "" {
			t.Errorf("%s: %s %q is unknown and does not say what is missing: %q", what, f.Check(), f.Subject.Name, f.Reason)
		}
		if strings.Contains(f.Reason, "this program failed") {
			t.Errorf("%s: %s: %s", what, f.Check(), f.Reason)
		}
	}
	if !w.ownWords && !noticed(before, after, device) {
		t.Errorf("%s: other facts than before, and nothing tells that the reply was bad", what)
	}
}

func peerOf(all []*capture.Capture, c *capture.Capture) *capture.Capture {
	for _, p := range all {
		if p != c && p.Platform == c.Platform {
			return p
		}
	}
	return &capture.Capture{}
}

// newPasses lists what passes and did not before. A LAG of which a leg went out of sight falls into two with names of
// their own: both must pass before that counts.
func newPasses(before, after *verify.Report) (out []string) {
	type key struct {
		check   string
		subject topology.Subject
	}
	was, is := map[key]*verify.Finding{}, map[key]*verify.Finding{}
	for _, f := range before.Findings {
		was[key{f.Check(), f.Subject}] = f
	}
	for _, f := range after.Findings {
		for _, s := range formerly(before.Fabric, after.Fabric, f.Subject) {
			if worst, seen := is[key{f.Check(), s}]; !seen || f.Outcome > worst.Outcome {
				is[key{f.Check(), s}] = f
			}
		}
	}
	for k, f := range is {
		if old, seen := was[k]; f.Outcome == verify.Pass && (!seen || old.Outcome != verify.Pass) {
			out = append(out, fmt.Sprintf("%s %s was %s and passes: %s", k.check, k.subject.Name, old.Outcome, f.Reason))
		}
	}
	return out
}

// formerly returns what a subject was before: itself, or the LAGs that had its ports.
func formerly(before, after *topology.Fabric, s topology.Subject) (old []topology.Subject) {
	var ports []string
	for _, l := range after.LAGs {
		if l.Subject() == s {
			ports = portNames(l)
		}
	}
	for _, l := range before.LAGs {
		if slices.ContainsFunc(portNames(l), func(p string) bool { return slices.Contains(ports, p) }) {
			old = append(old, l.Subject())
		}
	}
	if len(old) == 0 {
		return []topology.Subject{s}
	}
	return old
}

func portNames(l *topology.LAG) (names []string) {
	for _, p := range l.Ports() {
		names = append(names, p.String())
	}
	return names
}

// noticed reports whether a device's state shows that a reply was bad: fewer facts, more that was not understood, or else
// not one fact that differs.
func noticed(before, after *verify.Report, device string) bool {
	was, is := read(before, device), read(after, device)
	return is.unread > was.unread || is.known < was.known || is.text.String() == was.text.String()
}

// A reading is what was read from the replies of a device.
type reading struct {
	known, unread int
	text          strings.Builder // the facts in words
}

func read(r *verify.Report, device string) *reading {
	var out reading
	for _, d := range r.Fabric.Devices {
		switch {
		case d.Name != device || d.ParseErr != "":
		case d.Switch != nil:
			out.walk(reflect.ValueOf(d.Switch.Switch))
			out.unread = len(d.Switch.Unread)
		case d.Host != nil:
			out.walk(reflect.ValueOf(d.Host.Host))
			out.unread = len(d.Host.Unread)
		}
	}
	return &out
}

func (o *reading) walk(v reflect.Value) {
	if s, ok := v.Interface().(capture.Span); ok {
		if s.Known() {
			o.known++
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			o.walk(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			o.walk(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.Name == "Unread" {
				continue
			} else if field.IsExported() {
				o.walk(v.Field(i))
			} else {
				fmt.Fprintf(&o.text, "%v ", v)
			}
		}
	default:
		fmt.Fprintf(&o.text, "%v ", v)
	}
}
