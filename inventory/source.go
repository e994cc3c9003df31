package inventory

import (
	"context"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
)

// A Source knows one kind of hypervisor. A source that is asked over a shell lists Commands and needs no Fetch: package
// collect asks, as it does for a driver. Make one, fill it, export it as Source from a folder of its own.
type Source struct {
	Name       string // "linux"
	Title      string // "Linux (kernel bonds, bridges, Open vSwitch)"
	Privileges string // as drivers.Driver.Privileges

	Commands []drivers.Command
	Refusal  func(reply []byte) string

	// Fetch asks an API; nil for shell sources.
	Fetch func(context.Context, HostEntry) (*capture.Capture, error)

	// Parse turns replies into a host, under the same rules as drivers.Driver.Parse.
	Parse func(*capture.Capture) (*Host, error)
}
