package linux

import (
	"testing"

	"uplinkcheck/inventory/inventorytest"
)

func TestSource(t *testing.T) { inventorytest.Run(t, Source) }

func FuzzParse(f *testing.F) { inventorytest.Fuzz(f, Source) }
