package all

import "uplinkcheck/inventory"

//go:generate go run ../../drivers/all/generate.go Source

// Source returns the source of that name, or nil.
func Source(name string) *inventory.Source {
	for _, s := range Sources {
		if s.Name == name {
			return s
		}
	}
	return nil
}
