package report

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/verify"
	"uplinkcheck/verify/change"
	"uplinkcheck/verify/topology"
)

// sampleChange has an item of every kind: at esx2 a cable moved and broke redundancy, leaf5 fell silent, a device tried to attack.
func sampleChange() *change.Change {
	before, after := sample(), sample()
	var lines []capture.Span
	for _, f := range after.Findings {
		if len(f.Evidence) > 0 {
			lines = f.Evidence
		}
	}
	item := func(k change.Kind, kind, name, text string) change.Item {
		return change.Item{Kind: k, Subject: topology.Subject{Kind: kind, Name: name}, Text: text, Was: "a", Is: "b", Before: lines, After: lines}
	}
	verdict := func(k change.Kind, check, kind, name, was, is, text string) change.Item {
		i := item(k, kind, name, text)
		i.Check, i.Was, i.Is, i.Severity, i.Fix, i.Missing = check, was, is, verify.High, "move vmnic3 to leaf2", "the LLDP neighbours of leaf2"
		return i
	}
	waived := verdict(change.Waived, "VLN-004", "port", "leaf1/Ethernet48", "pass", "fail", "leaf1/Ethernet48 lets every VLAN pass")
	waived.Waiver = "by A. Keller until 2027-01-31: firewall team moves it in January"
	silent := item(change.Unclear, "device", "leaf5", "leaf5 was not, or not fully, collected (no answer in 10s)")
	silent.Missing, silent.Severity, silent.After = "collect leaf5 again", verify.Critical, nil
	return &change.Change{Before: before, After: after, StillFail: 2, StillUnknown: 1,
		Inventory: []string{"the inventories differ: both sides are judged with the later one", "only the later one has the hosts box7"},
		Items: []change.Item{
			verdict(change.Harm, "RED-001", "host", "esx2", "pass", "fail", "esx2: every uplink that forwards ends on one switch"),
			verdict(change.Harm, "RED-002", "role", "esx2/management", "pass", "fail", "esx2: management is lost with leaf1"),
			silent,
			verdict(change.Unclear, "RED-009", "uplink", "box7/eno2", "pass", "unknown", "box7/eno2: not known on which switch port it ends"),
			item(change.Weaker, "port", "leaf1/Ethernet1", "leaf1/Ethernet1: link is down, was up"),
			item(change.Moved, "uplink", "esx2/vmnic3", "esx2/vmnic3 ends on leaf1/Ethernet9, ended on leaf2/Ethernet7"),
			item(change.Moved, "port", "leaf1/Ethernet12", "leaf1/Ethernet12: description is "+hostile),
			verdict(change.Better, "LAG-001", "lag", "leaf1+leaf2/Port-Channel1", "fail", "pass", "leaf1/Ethernet1 is bundled"),
			waived,
		}}
}

func changeWritten(t *testing.T, format string, c *change.Change, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteChange(&b, format, c, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestChange(t *testing.T) {
	text := changeWritten(t, "text", sampleChange(), Options{})
	golden(t, "change.txt", text)
	golden(t, "change-verbose.txt", changeWritten(t, "text", sampleChange(), Options{Verbose: true, Width: 100}))
	golden(t, "change.json", changeWritten(t, "json", sampleChange(), Options{}))
	for line := range strings.Lines(string(text)) {
		word := !strings.Contains(strings.TrimSpace(line), " ") // a word wider than the page stands alone
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 && !word {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if i := bytes.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x202e }); i >= 0 {
		t.Errorf("a control character reaches the terminal: %q", text[i:])
	}
}

func TestChangeSaysFirst(t *testing.T) {
	of := func(kinds ...change.Kind) *change.Change {
		c := &change.Change{Before: &verify.Report{}, After: &verify.Report{}}
		for _, k := range kinds {
			c.Items = append(c.Items, change.Item{Kind: k, Subject: topology.Subject{Kind: "host", Name: "esx1"}, After: []capture.Span{{}}})
		}
		return c
	}
	for _, x := range []struct {
		name string
		c    *change.Change
		word string
		code int
	}{
		{"nothing", of(), "NO CHANGE", 0},
		{"what is better or moved is no harm", of(change.Weaker, change.Moved, change.Better), "NO NEW HARM", 0},
		{"an accepted harm is none", of(change.Waived), "NO NEW HARM", 0},
		{"what became unclear", of(change.Unclear, change.Better), "CANNOT TELL", 2},
		{"harm wins", of(change.Harm, change.Unclear), "NEW HARM", 1},
	} {
		if got := string(changeWritten(t, "text", x.c, Options{})); !strings.HasPrefix(got, x.word+" ") || x.c.ExitCode() != x.code {
			t.Errorf("%s: exit code %d, and %s", x.name, x.c.ExitCode(), got)
		}
	}
}

// heldBySchema holds a published schema to the structs that make its documents, and documents to it.
func heldBySchema(t *testing.T, file, title string, structs any, published string, documents ...[]byte) {
	t.Helper()
	s := (&jsonschema.Reflector{Anonymous: true, ExpandedStruct: true}).Reflect(structs)
	s.Title = title
	s.Description = "Later versions may add fields and publish their own schema; no field changes its meaning."
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if b = append(b, '\n'); *update {
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if published != string(b) {
		t.Errorf("%s is not what the structs say; run go test ./verify/report -update and read the diff", file)
	}
	schema, err := validator.UnmarshalJSON(strings.NewReader(published))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource(file, schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range documents {
		doc, err := validator.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(doc); err != nil {
			t.Error(err)
		}
	}
}

func TestChangeFitsItsSchema(t *testing.T) {
	empty := &change.Change{Before: &verify.Report{}, After: &verify.Report{}}
	heldBySchema(t, "change.schema.json", "uplinkcheck gate", &changeDocument{}, ChangeSchema(),
		changeWritten(t, "json", sampleChange(), Options{}), changeWritten(t, "json", empty, Options{}))
}
