package nokia_srlinux

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// What has no name ends that the list it stands in is whole.
func TestInterfacesThatAreNotAll(t *testing.T) {
	for more, whole := range map[string]bool{
		``: true,
		`,"subinterface":[{"admin-state":"enable"}]`:                false,
		`,"lag":{"lag-type":"lacp","member":[{"oper-state":"up"}]}`: false,
	} {
		s := drivertest.Parse(t, Driver, interfaceLine, `{"interface":[{"name":"lag1","admin-state":"enable","oper-state":"up"`+more+`}]}`)
		if len(s.Interfaces) != 1 || s.Listed.Interfaces.Known() != whole || s.Listed.LACP.Known() != whole {
			t.Errorf("%s: %d interfaces, whole is %v", more, len(s.Interfaces), !whole)
		}
	}
}
