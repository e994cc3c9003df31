package juniper_junos

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func FuzzDriver(f *testing.F) { drivertest.Fuzz(f, Driver) }
