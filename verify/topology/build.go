package topology

import (
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// Input is everything a Fabric is built from.
type Input struct {
	Inventory *inventory.Inventory
	Captures  []*capture.Capture
	Switches  []*state.Switch   // parsed, in any order
	Hosts     []*inventory.Host // parsed or declared, in any order
	ParseErrs map[string]string // device: why its capture could not be parsed
	Now       time.Time
}
