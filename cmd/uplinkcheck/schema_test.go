package main

import (
	"bytes"
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// fits checks a JSON document against a published schema.
func fits(published string, data []byte) error {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(published)))
	if err != nil {
		return err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", schema); err != nil {
		return err
	}
	compiled, err := c.Compile("report.json")
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("the result is no JSON: %w", err)
	}
	return compiled.Validate(doc)
}
