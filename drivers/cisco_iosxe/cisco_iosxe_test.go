package cisco_iosxe

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// That switches are no StackWise Virtual pair does not say that they are not stacked by cables of their own.
func TestStackWiseVirtualOff(t *testing.T) {
	if s := drivertest.Parse(t, Driver, "show stackwise-virtual", "Stackwise Virtual : Disabled\n"); s.Device.Stacked.Known() {
		t.Errorf("stacked is %v", s.Device.Stacked.Value)
	}
}
