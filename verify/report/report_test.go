package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"uplinkcheck/verify"
)

var update = flag.Bool("update", false, "rewrite the golden files and the schema; read the diff")

// golden compares got with testdata/name, or rewrites it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what is written now; run go test ./verify/report -update and read the diff", file)
	}
}

func written(t *testing.T, format string, r *verify.Report, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Find(format).Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	golden(t, "sample.json", written(t, "json", sample(), Options{}))
	golden(t, "sample.txt", written(t, "text", sample(), Options{}))
	golden(t, "sample.html", written(t, "html", sample(), Options{}))
	for _, f := range []string{"json", "text", "html"} {
		ending := map[string]string{"text": "txt"}[f]
		golden(t, "audited."+cmp.Or(ending, f), written(t, f, audited(), Options{}))
	}
	golden(t, "sample-verbose.txt", written(t, "text", sample(), Options{Verbose: true, Width: 100}))
}

// The published schema is made from the structs that make the document, so that neither can change alone.
func TestSchemaIsThatOfTheStructs(t *testing.T) {
	reflector := jsonschema.Reflector{Anonymous: true, ExpandedStruct: true}
	s := reflector.Reflect(&document{})
	s.Title = "uplinkcheck report"
	s.Description = "What uplinkcheck writes with --format json. Later versions may add fields and publish their own schema; no field changes its meaning."
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, '\n')
	if *update {
		if err := os.WriteFile("schema.json", b, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got := Schema(); got != string(b) {
		t.Error("schema.json is not what the structs say; run go test ./verify/report -update and read the diff")
	}
}

func TestJSONFitsItsSchema(t *testing.T) {
	compiled := compileSchema(t)
	for name, r := range map[string]*verify.Report{"sample": sample(), "under a profile": audited(), "empty report": {}, "no fabric": withoutFabric(sample())} {
		doc, err := validator.UnmarshalJSON(bytes.NewReader(written(t, "json", r, Options{})))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := compiled.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A schema that accepts everything would hold nothing.
func TestSchemaRefuses(t *testing.T) {
	compiled := compileSchema(t)
	for name, edit := range map[string][2]string{
		"a verdict that is none": {`"verdict": "fail"`, `"verdict": "ok"`},
		"a missing summary":      {`"summary"`, `"sum"`},
		"line 0":                 {`"line": 5`, `"line": 0`},
		"a bad check id":         {`"check": "RED-001"`, `"check": "red1"`},
	} {
		text := bytes.Replace(written(t, "json", sample(), Options{}), []byte(edit[0]), []byte(edit[1]), 1)
		doc, err := validator.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if compiled.Validate(doc) == nil {
			t.Errorf("the schema accepts %s", name)
		}
	}
}

func compileSchema(t *testing.T) *validator.Schema {
	t.Helper()
	s, err := validator.UnmarshalJSON(strings.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("report.json", s); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func withoutFabric(r *verify.Report) *verify.Report {
	r.Fabric = nil
	return r
}

func TestFormatsAreSortedAndFound(t *testing.T) {
	var names []string
	for _, f := range All() {
		names = append(names, f.Name)
		if Find(f.Name) != f || f.Title == "" {
			t.Errorf("format %q is not found, or has no title", f.Name)
		}
	}
	if want := []string{"html", "json", "text"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	if Find("yaml") != nil {
		t.Error("found a format that does not exist")
	}
}

// Equal reports give equal bytes, and a report without anything in it is written as well.
func TestEqualReportsGiveEqualBytes(t *testing.T) {
	for _, f := range All() {
		first := written(t, f.Name, many(12), Options{Verbose: true})
		for range 5 {
			if !bytes.Equal(first, written(t, f.Name, many(12), Options{Verbose: true})) {
				t.Errorf("%s: the same report gave other bytes", f.Name)
				break
			}
		}
		if len(written(t, f.Name, &verify.Report{}, Options{})) == 0 {
			t.Errorf("%s: nothing was written of an empty report", f.Name)
		}
	}
}

func TestWriteReportsTheWritersError(t *testing.T) {
	for _, f := range All() {
		if err := f.Write(fullDisk{}, sample(), Options{}); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v, want %v", f.Name, err, errFull)
		}
	}
}

var errFull = errors.New("disk is full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
