// Package drivertest is the conformance suite that every driver runs: what holds for one holds for all.
//
// Recordings are in testdata/<case>/ of the driver, as package recording reads them, with want.json (the state expected; -update
// rewrites it, a person reads the difference) and SOURCE (system, version, model, where it came from, licence, edits).
package drivertest

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/recording"
	"uplinkcheck/drivers/state"
)

var update = flag.Bool("update", false, "rewrite want.json")

// A Subject is what the suite tests: a driver, or anything else with commands and a pure Parse.
type Subject struct {
	Commands []drivers.Command
	Refusal  func([]byte) string
	Parse    func(*capture.Capture) (any, error) // a pointer to a struct of facts
}

// Run holds a driver to the rules, over its recordings.
func Run(t *testing.T, d *drivers.Driver) {
	t.Helper()
	if d.Name == "" || d.Title == "" || d.Privileges == "" || len(d.Access) == 0 || d.Parse == nil {
		t.Error("a driver needs Name, Title, Privileges, Access and Parse")
	}
	if slices.Contains(d.Access, drivers.Session) && (d.Prompt == nil || strings.Count(d.Prompt.Pattern, "%s") != 1) {
		t.Error("a driver with prompt sessions needs a Prompt whose Pattern has one place for the name")
	}
	RunSubject(t, OfDriver(d))
}

// OfDriver makes a Subject of a driver.
func OfDriver(d *drivers.Driver) Subject {
	return Subject{d.Commands, d.Refusal, func(c *capture.Capture) (any, error) {
		s, err := d.Parse(c)
		if s == nil {
			return nil, err
		}
		return s, err
	}}
}

// RunSubject holds a subject to the rules, over its recordings.
func RunSubject(t *testing.T, s Subject) {
	t.Helper()
	commands(t, s)
	cases, err := filepath.Glob("testdata/*/SOURCE")
	if err != nil || len(cases) == 0 {
		t.Fatal("no recordings: testdata/<case>/ with a SOURCE is needed")
	}
	for _, source := range cases {
		dir := filepath.Dir(source)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			c := load(t, s, dir)
			for _, r := range rules {
				t.Run(r.name, func(t *testing.T) {
					defer func() {
						if t.Failed() {
							t.Logf("the rule: %s", r.explanation)
						}
					}()
					r.check(t, s, c, dir)
				})
			}
		})
	}
}

var rules = []struct {
	name, explanation string
	check             func(t *testing.T, s Subject, c *capture.Capture, dir string)
}{
	{"replay", "the recording gives the state in want.json", replay},
	{"spans", "every fact rests on a span of a usable reply of this capture, and a string, number or address stands in it", spans},
	{"truncation", "a reply that is cut short gives unknowns or an error, never another value", truncation},
	{"missing", "a reply that is missing takes its facts away, and changes no other", missing},
	{"line endings", "CR LF in place of LF changes nothing", lineEndings},
	{"echo", "the echo of the command line before a JSON document changes nothing", echo},
	{"pager", "what a pager leaves between two lines of JSON or XML gives unknowns or an error, never another value", pager},
	{"twice", "parsing twice gives the same bytes, in sorted order", twice},
	{"unusable", "a reply with an error, or without a proven end, states nothing", unusable},
}

// reading matches the commands that change nothing; forbidden is what joins a second command to one.
var (
	reading = regexp.MustCompile(`^((admin )?show \S|display \S|info from state \S|<get(-[\w-]+)?[ />]|hostname$|uname -|cat /|head (-\S+ (\d+ )?)*/|ovs-vsctl (--format=json )?(list \w+|show|--version)$|` +
		`ovs-appctl (version|[\w-]+/(show|show-stats)( \S+)?)$|ovs-ofctl dump-[\w-]+ \S+$|ip (-\S+ )*(link|address|route|neigh|vrf) show$|` +
		`bridge (-\S+ )*(vlan|fdb|link) show$|lldpcli (-f \w+ )?show \S|teamdctl \S+ state|nv show |net show |clagctl( -j)?$|lldpctl( -f \w+)?$|sonic-db-dump -n \w+ -k \S+ -y$|fdbshow$|ethtool [^-\s]\S*$|mclagdctl -i \S+ dump \S)`)
	forbidden = regexp.MustCompile("[;&`$\n\r]|^[^<].*[<>]|\\| *(append|redirect|tee|save)\\b")
)

func commands(t *testing.T, s Subject) {
	seen, core := map[string]bool{}, 0
	for _, c := range s.Commands {
		if c.Group == drivers.Core && c.InsteadOf == "" && !c.Optional {
			core++
		}
		switch {
		case !reads(c.Line):
			t.Errorf("%q does more than read, as far as this suite can tell", c.Line)
		case seen[c.Line]:
			t.Errorf("%q is listed twice", c.Line)
		case c.Gives == "":
			t.Errorf("%q does not say what it gives", c.Line)
		case strings.Contains(c.Line, "%s") != (c.Each != nil):
			t.Errorf("%q: %%s and Each go together", c.Line)
		case c.InsteadOf != "" && !seen[c.InsteadOf]:
			t.Errorf("%q stands in for %q, which is not listed before it", c.Line, c.InsteadOf)
		}
		seen[c.Line] = true
	}
	if core > mostCore {
		t.Errorf("%d commands are asked of every device; %d are enough: give the others a Group", core, mostCore)
	}
}

// mostCore is the number of commands that every device may be asked, whatever the checks.
const mostCore = 8

// reads reports whether a line is one reading command.
func reads(line string) bool { return reading.MatchString(line) && !forbidden.MatchString(line) }

func load(t testing.TB, s Subject, dir string) *capture.Capture {
	t.Helper()
	c, err := recording.Load(dir, s.Commands, s.Refusal)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func finished(s Subject, command string, data []byte) *capture.Reply {
	return recording.Reply(command, data, s.Refusal)
}

func replay(t *testing.T, s Subject, c *capture.Capture, dir string) {
	got := dump(t, s, c)
	path := filepath.Join(dir, "want.json")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the state differs from %s: first at\n%s", path, firstDifference(got, want))
	}
}

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			lo := max(0, i-3)
			return fmt.Sprintf("line %d, got:\n%s\nwant:\n%s", i+1, strings.Join(g[lo:min(len(g), i+4)], "\n"), strings.Join(w[min(len(w), lo):min(len(w), i+4)], "\n"))
		}
	}
	return fmt.Sprintf("line %d: the want is longer", len(g))
}

func dump(t testing.TB, s Subject, c *capture.Capture) []byte {
	t.Helper()
	v, err := s.Parse(c)
	if err != nil {
		t.Fatal(err)
	}
	out, err := state.Dump(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func spans(t *testing.T, s Subject, c *capture.Capture, _ string) {
	v, err := s.Parse(c)
	if err != nil {
		t.Fatal(err)
	}
	facts := 0
	state.EachFact(v, func(path string, value reflect.Value, from capture.Span) {
		if !from.Known() {
			return
		}
		facts++
		if why := badSpan(c, value, from); why != "" {
			t.Errorf("%s: %s", path, why)
		}
	})
	if facts == 0 {
		t.Error("the recording states nothing")
	}
}

// badSpan says what is wrong with a fact's span, "" when nothing is.
func badSpan(c *capture.Capture, value reflect.Value, from capture.Span) string {
	if !slices.Contains(c.Replies, from.Reply) || !from.Reply.Usable() {
		return "its span is in no usable reply of the capture"
	}
	if from.Start > from.End || int(from.End) > len(from.Reply.Data) {
		return "its span is outside its reply"
	}
	if !value.IsValid() || from == from.Reply.Whole() {
		return ""
	}
	text := strings.ToLower(from.Text())
	switch v := value.Interface().(type) {
	case string:
		if !stated(text, strings.ToLower(v)) {
			return fmt.Sprintf("%q does not stand in %q", v, from.Text())
		}
	case state.MAC:
		if !v.IsZero() && !statesMAC(text, v) {
			return fmt.Sprintf("%s does not stand in %q", v, from.Text())
		}
	case state.Identifier:
		if m, ok := v.MAC(); ok && !statesMAC(text, m) && !encoded(from, m[:]) || !ok && !stated(text, strings.ToLower(v.ID)) && !encoded(from, []byte(v.ID)) {
			return fmt.Sprintf("%s does not stand in %q", v.ID, from.Text())
		}
	case netip.Addr:
		if v.Is4() && !strings.Contains(text, v.String()) {
			return fmt.Sprintf("%s does not stand in %q", v, from.Text())
		}
	case netip.Prefix: // its length may stand elsewhere
		if v.Addr().Is4() && !strings.Contains(text, v.Addr().String()) {
			return fmt.Sprintf("%s does not stand in %q", v, from.Text())
		}
	default:
		if n, ok := number(value); ok && !statesNumber(text, n) {
			return fmt.Sprintf("%d does not stand in %q", n, from.Text())
		}
	}
	return ""
}

// encoded reports whether the span has the bytes in Base64.
func encoded(from capture.Span, raw []byte) bool {
	return strings.Contains(from.Text(), base64.StdEncoding.EncodeToString(raw))
}

// number returns a fact's number; an enumeration is none, for its words are the platform's.
func number(v reflect.Value) (uint64, bool) {
	if _, word := v.Interface().(fmt.Stringer); word {
		return 0, false
	}
	switch {
	case v.CanInt():
		return uint64(v.Int()), true
	case v.CanUint():
		return v.Uint(), true
	}
	return 0, false
}

// statesNumber allows for hexadecimal, for a speed with its unit (10G, 1000mbps), and for a zero that stands for "none".
func statesNumber(text string, n uint64) bool {
	digits := strings.TrimRight(fmt.Sprint(n), "0")
	return digits == "" || strings.Contains(text, digits) || strings.Contains(text, fmt.Sprintf("%x", n))
}

// stated allows for the escapes of JSON and XML, and for names that a device shortens: all letters and digits of
// the value stand in the text, in order.
func stated(text, value string) bool {
	if strings.Contains(text, value) {
		return true
	}
	rest := []rune(value)
	for _, r := range text {
		for len(rest) > 0 && !unicode.IsLetter(rest[0]) && !unicode.IsDigit(rest[0]) {
			rest = rest[1:]
		}
		if len(rest) > 0 && r == rest[0] {
			rest = rest[1:]
		}
	}
	left := strings.TrimFunc(string(rest), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return left == "" || shortened(text, value) || inRange(text, value)
}

// portRange matches ranges of ports in a line of text: 1/1/34-1/1/52, or eth1/1/1-4.
var portRange = regexp.MustCompile(`([\w/.:]*?)(\d+)-([\w/.:]*?)(\d+)(?:$|[^\w/.:])`)

// inRange reports whether a text has a range with that port: the same kind, or its short form, before a number between both ends.
func inRange(text, value string) bool {
	digits := strings.LastIndexFunc(value, func(r rune) bool { return r < '0' || r > '9' }) + 1
	n, err := strconv.Atoi(value[digits:])
	return err == nil && slices.ContainsFunc(portRange.FindAllStringSubmatch(text, -1), func(m []string) bool {
		lo, err1 := strconv.Atoi(m[2])
		hi, err2 := strconv.Atoi(m[4])
		return err1 == nil && err2 == nil && lo <= n && n <= hi && strings.HasSuffix(m[1], m[3]) &&
			(strings.HasSuffix(value[:digits], m[1]) || shortened(m[1]+value[digits:], value))
	})
}

// interfaceName is a kind and a number, such as gigabitethernet1/0/1.
var interfaceName = regexp.MustCompile(`^([a-z][a-z-]*)(\d[\d/.:]*)$`)

// nameInText matches interfaces in a line of text.
var nameInText = regexp.MustCompile(`\b([a-z][a-z-]*)(\d[\d/.:]*)`)

// shortened reports whether a text is a short form of an interface's name: the same number behind another word for the kind, since
// devices shorten Ten-GigabitEthernet1/0/1 to XGE1/0/1. In a longer text it must be the beginning of that word. A LAG may be told by its
// number alone.
func shortened(text, value string) bool {
	full := interfaceName.FindStringSubmatch(value)
	if full == nil {
		return false
	}
	if strings.Trim(text, "\" ") == full[2] {
		return true
	}
	short := interfaceName.FindStringSubmatch(strings.TrimSpace(text))
	return short != nil && short[2] == full[2] && len(short[1]) < len(full[1]) ||
		slices.ContainsFunc(nameInText.FindAllStringSubmatch(text, -1), func(m []string) bool { return m[2] == full[2] && strings.HasPrefix(full[1], m[1]) })
}

// macInText matches the forms of state.ParseMAC.
var macInText = regexp.MustCompile(`[0-9a-f]{2}( [0-9a-f]{2}){5}|[0-9a-f]{1,6}([:.-][0-9a-f]{1,6}){1,5}|[0-9a-f]{12}`)

// statesMAC allows for an address that a table wraps over lines: then its digits stand there in order, with other cells in between.
func statesMAC(text string, m state.MAC) bool {
	if strings.Contains(text, "\n") && stated(text, m.String()) {
		return true
	}
	return slices.ContainsFunc(macInText.FindAllString(text, -1), func(s string) bool {
		got, err := state.ParseMAC(s)
		return err == nil && got == m
	})
}

// cuts are where a reply is cut: before each line and in the middle of each, at most 40 places of either kind.
func cuts(data []byte) (at []int) {
	const most = 40
	lines := []int{0}
	for i, b := range data[:max(0, len(data)-1)] {
		if b == '\n' {
			lines = append(lines, i+1)
		}
	}
	step := max(1, len(lines)/most)
	for i := 0; i < len(lines); i += step {
		end := len(data)
		if i+1 < len(lines) {
			end = lines[i+1]
		}
		at = append(at, lines[i])
		if mid := (lines[i] + end) / 2; mid > lines[i] {
			at = append(at, mid)
		}
	}
	if len(lines) < most/2 && len(data) > 1 { // few long lines
		for i := 1; i < most; i++ {
			at = append(at, i*len(data)/most)
		}
	}
	return at
}

func truncation(t *testing.T, s Subject, c *capture.Capture, _ string) {
	full := facts(s, c)
	for i, r := range c.Replies {
		for _, at := range cuts(r.Data) {
			if why := otherwise(full, facts(s, with(c, i, finished(s, r.Command, r.Data[:at])))); why != "" {
				t.Fatalf("%s cut at byte %d of %d: %s", r.Command, at, len(r.Data), why)
			}
		}
	}
}

func missing(t *testing.T, s Subject, c *capture.Capture, _ string) {
	full := facts(s, c)
	for i, r := range c.Replies {
		other := *c
		other.Replies = slices.Delete(slices.Clone(c.Replies), i, i+1)
		if why := otherwise(full, facts(s, &other)); why != "" {
			t.Errorf("without %s: %s", r.Command, why)
		}
	}
}

// with returns the capture with another reply in place of its i-th.
func with(c *capture.Capture, i int, r *capture.Reply) *capture.Capture {
	other := *c
	other.Replies = slices.Clone(c.Replies)
	other.Replies[i] = r
	return &other
}

// otherwise says which fact of a spoiled capture the full one does not state, "" when each is stated there or unknown.
func otherwise(full, spoiled map[string]string) string {
	for _, path := range slices.Sorted(maps.Keys(spoiled)) {
		want, ok := full[path]
		switch {
		case !ok && !strings.Contains(path, "Unread") && !fuller(full, path, spoiled[path]):
			return fmt.Sprintf("%s is %s, and unknown in the whole reply", path, spoiled[path])
		case ok && spoiled[path] != want:
			return fmt.Sprintf("%s is %s, but %s in the whole reply", path, spoiled[path], want)
		}
	}
	return ""
}

// fuller reports whether the full capture states the fact of a neighbour of whose identifiers it knows more: {unknown 7} may be {locally assigned 7}
// there, and {unknown }, an identifier that was not told, may be any.
func fuller(full map[string]string, path, value string) bool {
	const untold, unknown = "{unknown }", "{unknown "
	if !strings.Contains(path, unknown) {
		return false
	}
	like := func(s string) *regexp.Regexp {
		kinds := strings.NewReplacer(regexp.QuoteMeta(untold), `\{[^{}]*\}`, regexp.QuoteMeta(unknown), `\{[A-Za-z ]+ `)
		return regexp.MustCompile("^" + kinds.Replace(regexp.QuoteMeta(s)) + "$")
	}
	paths, values := like(path), like(value)
	for other, v := range full {
		if values.MatchString(v) && paths.MatchString(other) {
			return true
		}
	}
	return false
}

// format is the format of a reply's command, Text for one with a word put in.
func format(s Subject, r *capture.Reply) drivers.Format {
	for _, c := range s.Commands {
		if c.Line == r.Command {
			return c.Format
		}
	}
	return drivers.Text
}

func echo(t *testing.T, s Subject, c *capture.Capture, _ string) {
	want := facts(s, c)
	for i, r := range c.Replies {
		if format(s, r) != drivers.JSON || !r.Usable() {
			continue
		}
		got := facts(s, with(c, i, finished(s, r.Command, slices.Concat([]byte(r.Command+"\r\n"), r.Data))))
		if !maps.Equal(got, want) {
			t.Errorf("%s: %d facts become %d", r.Command, len(want), len(got))
		}
	}
}

// residue is what "--More--" and a key press leave behind.
const residue = "--More--\x1b[7m \x1b[m\b\b\b\r        \r"

func pager(t *testing.T, s Subject, c *capture.Capture, _ string) {
	full := facts(s, c)
	for i, r := range c.Replies {
		if format(s, r) == drivers.Text {
			continue // a pager is switched off, and where it is not, collect takes its traces away
		}
		for _, at := range cuts(r.Data) {
			if at > 0 && r.Data[at-1] == '\n' {
				spoiled := finished(s, r.Command, slices.Concat(r.Data[:at], []byte(residue), r.Data[at:]))
				if why := otherwise(full, facts(s, with(c, i, spoiled))); why != "" {
					t.Fatalf("%s with a pager before byte %d: %s", r.Command, at, why)
				}
			}
		}
	}
}

// facts are the known facts by path, without the spans of lists, which say only how far they reach.
func facts(s Subject, c *capture.Capture) map[string]string {
	out := map[string]string{}
	v, err := s.Parse(c)
	if err != nil || v == nil {
		return out
	}
	state.EachFact(v, func(path string, value reflect.Value, from capture.Span) {
		if from.Known() && value.IsValid() {
			out[path] = fmt.Sprint(value.Interface())
		}
	})
	return out
}

func lineEndings(t *testing.T, s Subject, c *capture.Capture, _ string) {
	other := *c
	other.Replies = nil
	for _, r := range c.Replies {
		other.Replies = append(other.Replies, finished(s, r.Command, bytes.ReplaceAll(r.Data, []byte("\n"), []byte("\r\n"))))
	}
	want, got := facts(s, c), facts(s, &other)
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if got[path] != want[path] {
			t.Fatalf("%s is %q with LF and %q with CR LF", path, want[path], got[path])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d facts with LF, %d with CR LF", len(want), len(got))
	}
}

func twice(t *testing.T, s Subject, c *capture.Capture, _ string) {
	if a, b := dump(t, s, c), dump(t, s, c); !bytes.Equal(a, b) {
		t.Errorf("two parses differ: first at\n%s", firstDifference(a, b))
	}
	v, err := s.Parse(c)
	if sw, ok := v.(*state.Switch); ok && err == nil {
		sw.Sort()
		if sorted, err := state.Dump(sw); err != nil || !bytes.Equal(sorted, dump(t, s, c)) {
			t.Error("the slices are not in the order of state.Switch.Sort")
		}
	}
}

func unusable(t *testing.T, s Subject, c *capture.Capture, _ string) {
	for _, spoil := range []func(*capture.Reply){
		func(r *capture.Reply) { r.Err = "refused" },
		func(r *capture.Reply) { r.Complete = false },
	} {
		other := *c
		other.Replies = nil
		for _, r := range c.Replies {
			bad := *r
			spoil(&bad)
			other.Replies = append(other.Replies, &bad)
		}
		for path, value := range facts(s, &other) {
			t.Fatalf("%s is %s although no reply is usable", path, value)
		}
	}
}

// Fuzz looks for bytes that make a driver panic, or state a fact outside its reply. Seeds are the recordings.
func Fuzz(f *testing.F, d *drivers.Driver) { FuzzSubject(f, OfDriver(d)) }

// FuzzSubject is Fuzz for any subject.
func FuzzSubject(f *testing.F, s Subject) {
	f.Helper()
	index := map[string]int{}
	for i, c := range s.Commands {
		index[c.Line] = i
	}
	sources, err := filepath.Glob("testdata/*/SOURCE")
	if err != nil {
		f.Fatal(err)
	}
	for _, source := range sources {
		for _, r := range load(f, s, filepath.Dir(source)).Replies {
			f.Add(index[r.Command], r.Data)
		}
	}
	f.Fuzz(func(t *testing.T, command int, data []byte) {
		line := s.Commands[uint(command)%uint(len(s.Commands))].Line
		c := &capture.Capture{Device: "fuzz", Replies: []*capture.Reply{finished(s, strings.ReplaceAll(line, "%s", "br0"), data)}}
		v, err := s.Parse(c)
		if err != nil || v == nil {
			return
		}
		state.EachFact(v, func(path string, value reflect.Value, from capture.Span) {
			if from.Known() && (!slices.Contains(c.Replies, from.Reply) || !from.Reply.Usable() || from.Start > from.End || int(from.End) > len(data)) {
				t.Errorf("%s rests on bytes outside its reply", path)
			}
		})
	})
}

// Parse returns what a driver reads of replies, given as a command and its output in turn. A reply of refusal is marked as such.
func Parse(t *testing.T, d *drivers.Driver, replies ...string) *state.Switch {
	t.Helper()
	c := &capture.Capture{Device: "sw1"}
	for i := 0; i+1 < len(replies); i += 2 {
		data := []byte(strings.TrimLeft(replies[i+1], "\n"))
		c.Replies = append(c.Replies, &capture.Reply{Device: "sw1", Command: replies[i], Data: data, Complete: true, Err: d.Refusal(data)})
	}
	s, err := d.Parse(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
