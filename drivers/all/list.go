package all

import (
	"slices"

	"uplinkcheck/drivers"
)

//go:generate go run generate.go

// Driver returns the driver of that name or alias, or nil.
func Driver(name string) *drivers.Driver {
	for _, d := range Drivers {
		if d.Name == name || slices.Contains(d.Aliases, name) {
			return d
		}
	}
	return nil
}
