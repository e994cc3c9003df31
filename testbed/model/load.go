package model

import (
	"bytes"
	"fmt"
	"maps"

	"github.com/goccy/go-yaml"
)

// Parse reads a scenario. With a base, lookup must return that scenario's YAML; bases may have bases.
// Errors quote the line.
func Parse(name string, text []byte, lookup func(base string) ([]byte, error)) (*Scenario, error) {
	merged, err := merge(name, text, lookup, 0)
	if err != nil {
		return nil, err
	}
	flat, err := yaml.Marshal(merged)
	if err != nil {
		return nil, fmt.Errorf("scenario %s: %w", name, err)
	}
	s := &Scenario{}
	if err := yaml.NewDecoder(bytes.NewReader(flat), yaml.DisallowUnknownField()).Decode(s); err != nil {
		return nil, fmt.Errorf("scenario %s: %w", name, err)
	}
	s.Name = name
	return s, nil
}

// maxBases bounds a chain of bases, so that a circle is an error.
const maxBases = 8

func merge(name string, text []byte, lookup func(string) ([]byte, error), depth int) (map[string]any, error) {
	if depth > maxBases {
		return nil, fmt.Errorf("scenario %s: more than %d bases in a row", name, maxBases)
	}
	var top map[string]any
	if err := yaml.Unmarshal(text, &top); err != nil {
		return nil, fmt.Errorf("scenario %s: %w", name, err)
	}
	base, _ := top["base"].(string)
	if base == "" {
		return top, nil
	}
	delete(top, "base")
	if lookup == nil {
		return nil, fmt.Errorf("scenario %s: base %q cannot be looked up here", name, base)
	}
	text, err := lookup(base)
	if err != nil {
		return nil, fmt.Errorf("scenario %s: base %q: %w", name, base, err)
	}
	under, err := merge(base, text, lookup, depth+1)
	if err != nil {
		return nil, err
	}
	out := MergePatch(under, top)
	if patch, ok := top["inventory"].(map[string]any); ok {
		first, _ := under["inventory"].(map[string]any)
		out["inventory"] = compose(first, patch)
	}
	return out, nil
}

// compose makes one patch of two that follow each other: unlike in MergePatch, null stays, for what it will delete is elsewhere.
func compose(first, then map[string]any) map[string]any {
	out := maps.Clone(first)
	if out == nil {
		out = map[string]any{}
	}
	for k, v := range then {
		before, ok1 := out[k].(map[string]any)
		after, ok2 := v.(map[string]any)
		if ok1 && ok2 {
			v = compose(before, after)
		}
		out[k] = v
	}
	return out
}

// MergePatch applies a JSON merge patch (RFC 7396) to a YAML map: maps are merged, null deletes, all else replaces.
// Neither argument is changed.
func MergePatch(target, patch map[string]any) map[string]any {
	out := make(map[string]any, len(target)+len(patch))
	for k, v := range target {
		out[k] = v
	}
	for k, v := range patch {
		sub, isMap := v.(map[string]any)
		switch {
		case v == nil:
			delete(out, k)
		case isMap:
			old, _ := out[k].(map[string]any)
			out[k] = MergePatch(old, sub)
		default:
			out[k] = v
		}
	}
	return out
}
