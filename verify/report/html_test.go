package report

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

func TestEveryLinkLeadsSomewhereInThePage(t *testing.T) {
	for name, r := range map[string]*verify.Report{"sample": sample(), "under a profile": audited(), "many hosts": many(9), "hostile": poisoned(), "empty": {}, "no fabric": withoutFabric(sample())} {
		out := string(written(t, "html", r, Options{}))
		ids := map[string]bool{}
		for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(out, -1) {
			if ids[m[1]] {
				t.Errorf("%s: id %q is there twice", name, m[1])
			}
			ids[m[1]] = true
		}
		for _, m := range regexp.MustCompile(` (?:href|src|xlink:href|action)="([^"]*)"`).FindAllStringSubmatch(out, -1) {
			if !strings.HasPrefix(m[1], "#") || !ids[m[1][1:]] {
				t.Errorf("%s: link to %q leads out of the page or nowhere", name, m[1])
			}
		}
	}
}

// The policy forbids every load, and allows only this very script and style.
func TestPolicyFitsThePage(t *testing.T) {
	out := string(written(t, "html", sample(), Options{}))
	policy := html.UnescapeString(between(t, out, `Content-Security-Policy" content="`, `"`))
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy: %s", policy)
	}
	for directive, tag := range map[string]string{"script-src": "script", "style-src": "style"} {
		sum := sha256.Sum256([]byte(between(t, out, "<"+tag+">", "</"+tag+">")))
		if want := directive + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("policy lacks %s: %s", want, policy)
		}
	}
	if m := regexp.MustCompile(`(?i) (style|on[a-z]+)="`).FindString(out); m != "" {
		t.Errorf("the page has an attribute that the policy forbids: %s", m)
	}
}

func between(t *testing.T, s, from, to string) string {
	t.Helper()
	_, s, ok := strings.Cut(s, from)
	s, _, ok2 := strings.Cut(s, to)
	if !ok || !ok2 {
		t.Fatalf("no %s … %s", from, to)
	}
	return s
}

func all(*verify.Finding) bool { return true }

// Each quoted line is marked in the full reply that its link leads to.
func TestQuotedLinesAreMarkedInTheReply(t *testing.T) {
	r := sample()
	cited := citationsOf(r, all)
	marks := map[string]string{}
	for _, x := range cited.replies() {
		var all strings.Builder
		for _, s := range x.Segments {
			all.WriteString(s.Text)
			if s.ID != "" {
				marks[s.ID] = s.Text
			}
		}
		marks[x.ID] = all.String()
	}
	for _, f := range r.Findings {
		for _, s := range f.Evidence {
			if text := marks[cited.anchor(s)]; !strings.Contains(text, cleanBlock(s.Text())) {
				t.Errorf("%s %s: the link leads to %.80q, which lacks %.80q", f.Check(), f.Subject.Name, text, s.Text())
			}
		}
	}
	for i, x := range cited.order {
		var all strings.Builder
		for _, s := range cited.replies()[i].Segments {
			all.WriteString(s.Text)
		}
		if all.String() != cleanBlock(string(x.Data)) {
			t.Errorf("%s %s is not shown whole", x.Device, x.Command)
		}
	}
}

func TestLongRepliesAreShortenedAroundTheCitedLines(t *testing.T) {
	lines := strings.Repeat("Ethernet1 is up, line protocol is up (connected)\n", 8000)
	reply := &capture.Reply{Device: "leaf1", Command: "show interfaces", Complete: true, Data: []byte(lines + "Ethernet7 is down\n" + lines)}
	flat := &capture.Reply{Device: "leaf1", Command: "show | json", Complete: true, Data: []byte(strings.Repeat("ä", 200<<10) + `"TELLS"` + strings.Repeat("ö", 200<<10))}
	r := &verify.Report{Captures: []*capture.Capture{{Device: "leaf1", Replies: []*capture.Reply{reply, flat}}},
		Findings: []*verify.Finding{{By: &verify.Check{ID: "LAG-001"}, Outcome: verify.Fail, Evidence: []capture.Span{at(reply, "Ethernet7 is down", 0), at(flat, "TELLS", 0), reply.Whole()}}}}
	got := citationsOf(r, all).replies()
	for i, want := range []string{"Ethernet7 is down", "TELLS"} {
		size, marked := 0, ""
		for _, s := range got[i].Segments {
			size += len(s.Text)
			if s.ID != "" {
				marked += s.Text
			}
			if strings.Contains(s.Text, `\x`) {
				t.Errorf("%s: cut inside a letter", want)
			}
		}
		if size > 16<<10 || marked != want || !strings.HasPrefix(got[i].Note, "shortened: ") {
			t.Errorf("got %d bytes, mark %q, note %q", size, marked, got[i].Note)
		}
	}
	if out := written(t, "html", r, Options{}); len(out) > 128<<10 {
		t.Errorf("the page has %d bytes", len(out))
	}
}

func TestLegsSayWhatTheyCarry(t *testing.T) {
	want := map[string]state.Tri{"esx1/vmnic0": state.Yes, "esx1/vmnic1": state.Yes, "esx2/vmnic2": state.Yes, "esx2/vmnic3": state.No,
		"box7/eno1": state.Yes, "box7/eno2": state.Unknown}
	for _, h := range sample().Fabric.Hosts {
		p := pictureOf(h)
		for i, l := range p.Legs {
			if got := l.Status; got != want[h.Name+"/"+l.NIC] {
				t.Errorf("%s/%s: got %s (%s), want %s", h.Name, l.NIC, got, l.Why, want[h.Name+"/"+l.NIC])
			}
			if l.NIC != p.NICs[i].Text || l.X < 0 || l.X > p.W || l.Y > p.H {
				t.Errorf("%s/%s: drawn over NIC %s at %d,%d of %d,%d", h.Name, l.NIC, p.NICs[i].Text, l.X, l.Y, p.W, p.H)
			}
		}
	}
}

// A leg that is only guessed, or about which devices disagree, is never drawn as carrying.
func TestUnsureLegIsUnknown(t *testing.T) {
	r := sampleOf(0, func(in *sampleInput) {
		e := &in.Inventory.Hosts[0] // esx1, of which leaf1 hears vmnic0
		e.Uplinks = []inventory.DeclaredUplink{{NIC: "vmnic0", From: e.From, Port: inventory.CableEnd{Device: "leaf2", Port: "Ethernet1"}}}
		leaf1 := in.Switches[0] // which hears nothing of esx2 any more, and has it in a description
		leaf1.Remotes = slices.DeleteFunc(leaf1.Remotes, func(x state.RemoteSystem) bool { return x.SystemName.Value == "esx2" })
		i := slices.IndexFunc(leaf1.Interfaces, func(x state.Interface) bool { return x.Name == "Ethernet7" })
		leaf1.Interfaces[i].Description = capture.Of("esx2 vmnic2", e.From)
	})
	for _, c := range []struct {
		uplink string
		want   topology.Confidence
	}{{"esx1/vmnic0", topology.Contradicted}, {"esx2/vmnic2", topology.Inferred}, {"esx2/vmnic3", topology.NoMapping}} {
		for _, u := range r.Fabric.Uplinks() {
			if u.String() != c.uplink {
				continue
			}
			if got := legOf(u); u.Confidence() != c.want || got.Status != state.Unknown {
				t.Errorf("%s, which is %s: got %s %s (%s)", u, c.want, u.Confidence(), got.Status, got.Why)
			}
		}
	}
}

// The picture says in words what it says in lines.
func TestPictureHasRealText(t *testing.T) {
	out := string(written(t, "html", sample(), Options{}))
	svg := between(t, out, `id="pic-esx2"`, "</svg>")
	for _, want := range []string{">leaf1<", ">leaf2<", ">pair p1<", ">Ethernet7<", ">Ethernet9<", ">vmnic2<", ">bond0, lacp<", ">leaf1/Port-Channel7<", ">esx2<",
		">✓ carrying<", ">✕ not carrying<", ">management<", `class="leg down"`, `class="leg carries"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture of esx2 lacks %s", want)
		}
	}
	if !strings.Contains(between(t, out, `id="pic-box7"`, "</svg>"), ">port not known<") {
		t.Error("the picture of box7 hides the uplink that is not mapped")
	}
}

// The page in a real browser: its script runs under its policy, the hostile text does not, and nothing is reported to the console.
func TestPageInABrowser(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("SKIPPED: chromium is not installed, so the page was not opened in a browser")
	}
	if testing.Short() {
		t.Skip("SKIPPED: -short, so the page was not opened in a browser")
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, written(t, "html", poisoned(), Options{}), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--user-data-dir="+t.TempDir(), "--dump-dom", "file://"+file)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	dom, err := cmd.Output()
	if err != nil {
		t.Skipf("SKIPPED: the browser did not start (%v), so the page was not opened", err)
	}
	if want := "29 of 29 shown"; !strings.Contains(string(dom), want) {
		t.Errorf("the page's script did not run: no %q", want)
	}
	for _, l := range strings.Split(stderr.String(), "\n") {
		if strings.Contains(l, "CONSOLE") {
			t.Errorf("console: %s", l)
		}
	}
	if strings.Contains(string(dom), "<script>alert") || strings.Contains(string(dom), "<img") {
		t.Error("hostile text became markup")
	}
}
