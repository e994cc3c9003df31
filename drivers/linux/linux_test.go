package linux

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }
