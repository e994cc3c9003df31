package report

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
)

// poisoned is sample with hostile text in every place that a device or an inventory can fill.
func poisoned() *verify.Report {
	r := audited()
	r.Inventory += hostile
	for i := range r.Fabric.Inventory.Waivers {
		w := &r.Fabric.Inventory.Waivers[i]
		w.Subject, w.By, w.Reason = w.Subject+hostile, hostile, hostile
	}
	for _, f := range r.Findings {
		f.Subject.Name += hostile
		f.Reason, f.Missing, f.Fix, f.Waiver = f.Reason+hostile, hostile, hostile, &inventory.Waiver{By: hostile, Reason: hostile}
	}
	for _, c := range r.Captures {
		c.Platform, c.Address, c.HostKey, c.Err = hostile, hostile, hostile, hostile
		for _, x := range c.Replies {
			x.Command += hostile
			x.Device = hostile
			x.Data = append(x.Data, hostile...)
		}
	}
	for _, d := range r.Fabric.Devices {
		d.Name, d.Platform, d.ParseErr = d.Name+hostile, hostile, hostile
	}
	for _, h := range r.Fabric.Hosts {
		h.Name += hostile
		h.Source = hostile
		for _, u := range h.Uplinks {
			u.NIC.Name += hostile
		}
		for _, team := range h.Teams {
			team.Name += hostile
		}
	}
	for _, s := range r.Fabric.Switches {
		s.Name += hostile
		for _, p := range s.Ports {
			p.Name += hostile
		}
	}
	for _, n := range r.Fabric.Networks {
		n.Name += hostile
	}
	r.Fabric.Pairs[0].Name += hostile
	r.Fabric.LAGs[0].Name += hostile
	return r
}

// Whatever a device says, no format lets a control, bidi or zero-width character or a byte that is no UTF-8 through.
func TestHostileTextIsVisible(t *testing.T) {
	for _, f := range All() {
		for _, o := range []Options{{}, {Verbose: true, Width: 120}} {
			out := written(t, f.Name, poisoned(), o)
			if !utf8.Valid(out) {
				t.Errorf("%s: not UTF-8", f.Name)
			}
			for i, r := range string(out) {
				if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
					t.Errorf("%s: %U at byte %d: %q", f.Name, r, i, out[max(0, i-40):i+10])
					break
				}
			}
		}
	}
}

func TestHostileTextIsNoMarkup(t *testing.T) {
	out := written(t, "html", poisoned(), Options{})
	for _, bad := range []string{"<script>alert", "<img", "onerror=alert(2)>\\x1b[2J<", "</pre>)"} {
		if bytes.Contains(out, []byte(bad)) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if n := bytes.Count(out, []byte("<script")); n != 1 {
		t.Errorf("got %d scripts, want the page's own", n)
	}
	if !bytes.Contains(out, []byte("&lt;script&gt;alert(1)&lt;/script&gt;")) {
		t.Error("the hostile text is not shown at all")
	}
	// Every tag of the page must be one of the template's: a device that could open a tag would show here.
	tags := regexp.MustCompile(`</?([a-zA-Z!][^\s/>]*)`)
	known := map[string]bool{}
	for _, m := range tags.FindAllStringSubmatch(pageHTML, -1) {
		known[m[1]] = true
	}
	for _, m := range tags.FindAllSubmatch(out, -1) {
		if !known[string(m[1])] {
			t.Errorf("the page has a tag %q", m[0])
		}
	}
}

func TestJSONKeepsHostileText(t *testing.T) {
	var d document
	if err := json.Unmarshal(written(t, "json", poisoned(), Options{}), &d); err != nil {
		t.Fatal(err)
	}
	if want := strings.ToValidUTF8(hostile, "\uFFFD"); !strings.HasSuffix(d.Findings[0].Reason, want) {
		t.Errorf("got %q, want it to end in %q", d.Findings[0].Reason, want)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"Ethernet1":        "Ethernet1",
		"\x1b[31mred":      `\x1b[31mred`,
		"a\x00b\x7f":       `a\x00b\x7f`,
		"\u009b31m":        `\x9b31m`,
		"\u202egnp.exe":    `\u202egnp.exe`,
		"a\u200bb\ufeff":   `a\u200bb\ufeff`,
		"\xff\xc3(":        `\xff\xc3(`,
		"two\nlines\tand":  "two lines and",
		"cr\r":             `cr\x0d`,
		"Büro München 北":   "Büro München 北",
		"tag \U000e0041":   `tag \U000e0041`,
		"line\u2028sep":    `line\u2028sep`,
		"nobreak\u00a0sp":  `nobreak\xa0sp`,
		"a literal \\x1b!": `a literal \x1b!`,
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q): got %q, want %q", in, got, want)
		}
	}
	if got, want := cleanBlock("a\r\nb\tc\x1b\n"), "a\nb\tc\\x1b\n"; got != want {
		t.Errorf("cleanBlock: got %q, want %q", got, want)
	}
}

func TestQuoteKeepsTheTellingPart(t *testing.T) {
	long := strings.Repeat("a", 5000) + "TELLS" + strings.Repeat("b", 5000)
	wide := strings.Repeat("北", 300) + "TELLS" + strings.Repeat("京", 300)
	for name, data := range map[string]string{
		"short": "one TELLS two", "at the start": "TELLS and then a good deal more than fits in the width of it",
		"at the end": "a good deal more than fits in the width of it and then TELLS", "one line of megabytes": long, "wide letters": wide,
		"second line": "first\n   indented TELLS\r\nthird",
	} {
		r := &capture.Reply{Device: "leaf1", Command: "show", Data: []byte(data)}
		q := quoteOf(at(r, "TELLS", 0), 40)
		if w := text.StringWidth(q.String()); w > 40 {
			t.Errorf("%s: %d columns wide: %q", name, w, q.String())
		}
		if q.Mark != "TELLS" {
			t.Errorf("%s: got %q, want the mark TELLS", name, q.Mark)
		}
		if strings.Contains(q.String(), "first") || strings.Contains(q.String(), "third") {
			t.Errorf("%s: quotes another line: %q", name, q.String())
		}
	}
	r := &capture.Reply{Data: []byte("header\nrow\nrow\n")}
	if got, want := quoteOf(r.Whole(), 60).String(), "header (and 2 more lines)"; got != want {
		t.Errorf("whole reply: got %q, want %q", got, want)
	}
	empty := &capture.Reply{}
	if got := quoteOf(empty.Whole(), 60).String(); got != "" {
		t.Errorf("empty reply: got %q", got)
	}
}
