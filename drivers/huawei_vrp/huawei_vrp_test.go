package huawei_vrp

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// An answer that is none of a list of ports does not say that there are none.
func TestNoPorts(t *testing.T) {
	if s := drivertest.Parse(t, Driver, "display interface", "The system is busy\n"); s.Listed.Interfaces.Known() || s.Listed.SVIs.Known() {
		t.Error("an odd answer is taken for a list of no ports")
	}
}
