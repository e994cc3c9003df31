package report

import (
	"regexp"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"

	"uplinkcheck/verify"
)

func TestTextFitsTheTerminal(t *testing.T) {
	for name, r := range map[string]*verify.Report{"sample": sample(), "under a profile": audited(), "many hosts": many(30), "empty": {}} {
		for _, width := range []int{60, 80, 132} {
			for _, verbose := range []bool{false, true} {
				out := string(written(t, "text", r, Options{Width: width, Verbose: verbose}))
				for i, l := range strings.Split(out, "\n") {
					if w := text.StringWidth(l); w > width && !oneName(l) {
						t.Errorf("%s, width %d, line %d is %d wide: %s", name, width, i+1, w, l)
					}
					if strings.HasSuffix(l, " ") {
						t.Errorf("%s, line %d ends in a blank: %q", name, i+1, l)
					}
				}
			}
		}
	}
}

// oneName reports whether a line is too wide for a good reason: a name that must not be broken.
func oneName(l string) bool { return len(strings.Fields(l)) <= 2 }

func TestTextAnswersFirst(t *testing.T) {
	lines := strings.Split(string(written(t, "text", sample(), Options{})), "\n")
	if !strings.HasPrefix(lines[0], "NOT REDUNDANT") || !strings.HasPrefix(lines[1], "LEAKS") {
		t.Errorf("got %q and %q", lines[0], lines[1])
	}
}

// Colour adds nothing but colour: without the escapes the bytes are those of the plain report.
func TestColourIsNotTheCarrier(t *testing.T) {
	coloured := written(t, "text", sample(), Options{Color: true, Verbose: true})
	escapes := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	if !escapes.Match(coloured) {
		t.Fatal("no colour although it was asked for")
	}
	if got, want := string(escapes.ReplaceAll(coloured, nil)), string(written(t, "text", sample(), Options{Verbose: true})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWrapKeepsNamesWhole(t *testing.T) {
	r := many(1) // its NICs are called "Ethernet 1" and so on
	p := &page{o: Options{Width: 40}, r: r, glue: newGlue(r)}
	for width := 16; width < 60; width++ {
		for _, l := range p.wrap("the NIC Ethernet 4 of leaf1+leaf2/Port-Channel200 and TwentyFiveGigE1/0/3 are down", width) {
			for _, part := range []string{"Ethernet", "leaf1+leaf2/Port", "TwentyFive"} {
				whole := map[string]string{"Ethernet": "Ethernet 4", "leaf1+leaf2/Port": "leaf1+leaf2/Port-Channel200", "TwentyFive": "TwentyFiveGigE1/0/3"}[part]
				if strings.Contains(l, part) && !strings.Contains(l, whole) {
					t.Errorf("width %d breaks %q: %q", width, whole, l)
				}
			}
		}
	}
	if got := p.wrap(strings.Repeat("x", 9000), 40); len(got) != 1 || text.StringWidth(got[0]) > maxName {
		t.Errorf("a word of 9000 letters is not cut: %d lines", len(got))
	}
}

func TestVerboseListsWhatPassed(t *testing.T) {
	plain, verbose := string(written(t, "text", sample(), Options{})), string(written(t, "text", sample(), Options{Verbose: true}))
	for _, only := range []string{"uplinks end on leaf1 and leaf2", "SHA256:47DEQpj8HBSa", "show mlag detail | json"} {
		if strings.Contains(plain, only) || !strings.Contains(strings.Join(strings.Fields(verbose), " "), only) {
			t.Errorf("%q: want it with -v only", only)
		}
	}
	for _, always := range []string{"A. Keller", "leaf5", "RED-009"} {
		if !strings.Contains(plain, always) {
			t.Errorf("%q is missing", always)
		}
	}
}
