package report

import (
	"bytes"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/reload"
	"uplinkcheck/verify/topology"
)

// sampleReload has an entry under every label.
func sampleReload(r *verify.Report) *reload.Result {
	var lines []capture.Span
	for _, f := range r.Findings {
		if len(f.Evidence) > 0 {
			lines = f.Evidence
		}
	}
	return &reload.Result{Names: []string{"leaf1", "rack r1"}, Answer: state.No, Kept: 12,
		Lost:      []reload.Entry{{Name: "box9", Kind: "host", Every: true, Why: "its only uplink: eno1 on leaf1/Ethernet12", From: lines}, {Name: "dmz", Kind: "network", Why: "no gateway is left: " + hostile}},
		CutOff:    []reload.Entry{{Name: "leaf1/Ethernet21", Kind: "station", Why: "jump1, on leaf1/Ethernet21 alone"}},
		Unknown:   []reload.Entry{{Name: "box7", Kind: "host", Networks: []string{"dmz"}, Why: "uplink eno2 not mapped", Missing: "the LLDP neighbours of leaf5"}},
		OneLeg:    []reload.Entry{{Name: "esx1", Kind: "host", Networks: []string{"management"}, Rest: "leaf2"}, {Name: "kvm1", Kind: "host", Networks: []string{"management"}, Rest: "leaf2"}},
		Already:   []reload.Entry{{Name: "kvm9", Kind: "host", Networks: []string{"vmotion"}, Why: "kvm9/eno1 is down"}},
		Idle:      []reload.Entry{{Name: "old1", Kind: "host", Why: "declared out of service"}},
		Gateways:  []topology.Entrance{{Network: r.Fabric.Networks[0], Gone: []string{"leaf1/Ethernet20"}, Remain: []string{"leaf2/Ethernet20"}}},
		Peers:     []reload.Peer{{Pair: "p1", Switch: r.Fabric.Switches[1], Healthy: state.Yes, Why: "leaf2 works with its peer", From: lines, Links: 2, Up: 2, LAGs: 14, Active: 14}},
		Unreached: []topology.Unreachable{{Name: "leaf2", Why: "leaf2 is reached by way of leaf1"}},
		Apart:     []topology.Unreachable{{Name: "leaf3", Why: "no cable joins leaf3 to another switch any more"}},
	}
}

func TestReload(t *testing.T) {
	r := sample()
	var text, verbose, doc, none bytes.Buffer
	for _, x := range []struct {
		format string
		to     *bytes.Buffer
		result *reload.Result
		o      Options
	}{{"text", &text, sampleReload(r), Options{}}, {"text", &verbose, sampleReload(r), Options{Verbose: true, Width: 100}}, {"json", &doc, sampleReload(r), Options{}},
		{"json", &none, &reload.Result{Answer: state.Yes}, Options{}}} {
		if err := WriteReload(x.to, x.format, r, x.result, x.o); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "reload.txt", text.Bytes())
	golden(t, "reload-verbose.txt", verbose.Bytes())
	golden(t, "reload.json", doc.Bytes())
	if first, _, _ := strings.Cut(text.String(), "\n"); first != "May leaf1 and rack r1 go away now?   NO" {
		t.Errorf("the first line is %q", first)
	}
	for line := range strings.Lines(text.String()) {
		if word := !strings.Contains(strings.TrimSpace(line), " "); len([]rune(line)) > 81 && !word {
			t.Errorf("more than 80 columns: %s", line)
		}
	}
	if strings.ContainsAny(text.String(), "\x1b\u009b\u202e") {
		t.Error("a control character reaches the terminal")
	}
	heldBySchema(t, "reload.schema.json", "uplinkcheck reload-check", &reloadDocument{}, ReloadSchema(), doc.Bytes(), none.Bytes())
}
