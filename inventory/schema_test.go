package inventory

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write schema.json")

func TestSchemaIsCurrent(t *testing.T) {
	s := schemaOf(object(fileKeys))
	s.Version = jsonschema.Version
	s.Title = "uplinkcheck inventory"
	want, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got := []byte(Schema); !bytes.Equal(got, want) {
		t.Errorf("schema.json is not what the key tables say: run go generate ./inventory")
	}
}

// schemaOf writes a shape as JSON Schema. Every value may be null: a key with nothing after it is as good as absent.
func schemaOf(s shape) *jsonschema.Schema {
	out := &jsonschema.Schema{}
	text := func(pattern string) *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Pattern: pattern} }
	orList := func(x *jsonschema.Schema) *jsonschema.Schema {
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{x, {Type: "array", Items: x, UniqueItems: true}}}
	}
	switch s.kind {
	case "text":
		// YAML reads 7 and true as other types; the file takes them as text.
		out = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string"}, {Type: "number"}, {Type: "boolean"}}}
		if s.words != nil {
			out = &jsonschema.Schema{Type: "string", Enum: anys(s.words)}
		}
	case "texts":
		out = orList(schemaOf(shape{kind: "text", words: s.words}))
	case "flag":
		out.Type = "boolean"
	case "vlans":
		n := &jsonschema.Schema{Type: "integer", Minimum: "1", Maximum: "4094"}
		out = orList(&jsonschema.Schema{AnyOf: []*jsonschema.Schema{n, text(`^[0-9]{1,4}(-[0-9]{1,4})?(, *[0-9]{1,4}(-[0-9]{1,4})?)*$`)}})
	case "vlan":
		out = &jsonschema.Schema{Type: "integer", Minimum: "1", Maximum: "4094"}
	case "mtu":
		out = &jsonschema.Schema{Type: "integer", Minimum: "68", Maximum: "65535"}
	case "count":
		out = &jsonschema.Schema{Type: "integer", Minimum: "1"}
	case "bandwidth":
		out = text(`^[0-9]{1,6}(\.[0-9]{1,6})?[MGT]$`)
	case "date":
		out = text(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	case "duration":
		out = text(`^([0-9.]+(ns|us|ms|s|m|h))+$`)
	case "mac":
		out = text(`^(([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|([0-9A-Fa-f]{4}[:.-]){2}[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}-?[0-9A-Fa-f]{6})$`)
	case "end":
		out = text(`^[^/]+/.+$`)
	case "secret":
		out = schemaOf(object(secretKeys))
		one := uint64(1)
		out.MinProperties, out.MaxProperties = &one, &one
	case "either":
		for _, e := range s.elem {
			out.AnyOf = append(out.AnyOf, schemaOf(e))
		}
	case "list":
		out.Type, out.Items = "array", schemaOf(s.elem[0])
		if s.n > 0 {
			n := uint64(s.n)
			out.MinItems, out.MaxItems = &n, &n
		}
	case "map":
		elem := schemaOf(s.elem[0])
		out.Type = "object"
		out.PropertyNames = text(`^[^/,@\s]+$`)
		out.AdditionalProperties = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "null"}, elem}}
	case "object":
		out.Type = "object"
		out.Required = s.need
		out.AdditionalProperties = jsonschema.FalseSchema
		out.Properties = jsonschema.NewProperties()
		for _, k := range s.keys {
			x := schemaOf(k.shape)
			x.Description = k.about
			out.Properties.Set(k.name, x)
		}
	}
	return out
}

func anys(words []string) (out []any) {
	for _, w := range words {
		out = append(out, w)
	}
	return out
}

func TestSchemaAcceptsTheSampleAndRefusesWrongFiles(t *testing.T) {
	parsed, err := validator.UnmarshalJSON(strings.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("inventory.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("inventory.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(src string) error {
		data, err := yaml.YAMLToJSON([]byte(src))
		if err != nil {
			t.Fatal(err)
		}
		v, err := validator.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	if err := validate(sample); err != nil {
		t.Errorf("the sample: %v", err)
	}
	for _, c := range wrong {
		if !c.schema {
			continue
		}
		if err := validate(c.src); err == nil {
			t.Errorf("%s: the schema accepts\n%s", c.name, c.src)
		}
	}
}
