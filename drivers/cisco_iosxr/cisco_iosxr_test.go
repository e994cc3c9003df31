package cisco_iosxr

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// A bundle whose head has unknown words is none of the one before it, and the list is not whole then; nor is it with a link that was not read.
func TestBundlesThatAreNotWhole(t *testing.T) {
	const first = "Bundle-Ether1\n  Status:                                    Down\n  LACP:                                      Operational\n\n" +
		"  Port                  Device           State        Port ID         B/W, kbps\n  --------------------  ---------------  -----------  --------------  ----------\n" +
		"  Te0/0/0/1             Local            Configured   0x8000, 0x0001    10000000\n      Link is down\n"
	for name, test := range map[string]struct {
		more  string
		whole bool
	}{
		"":               {"", true},
		"words we know":  {"\nBundle-Ether2 (ICCP Group 1)\n  Status:                                    Up\n", true},
		"an odd head":    {"\nBundle-Ether2 (a new word)\n  Status:                                    Up\n  Te0/0/0/2             Local            Active       0x8000, 0x0002    10000000\n", false},
		"an odd link":    {"  Te0/0/0/2             Local            Active       0x8000, 0x0002  new  10000000\n", false},
		"a link further": {"  Te0/0/0/2             Local            Active       0x8000, 0x0002    10000000\n", true},
	} {
		s := drivertest.Parse(t, Driver, "show bundle", first+test.more)
		if s.Listed.Aggregators.Known() != test.whole || len(s.Aggregators) == 0 || s.Aggregators[0].Oper.Value != state.Down {
			t.Errorf("%s: whole is %v, %+v", name, s.Listed.Aggregators.Known(), s.Aggregators)
		}
	}
	for reply, whole := range map[string]bool{"No bundles configured\n": true, "the process is restarting\n": false} {
		if s := drivertest.Parse(t, Driver, "show bundle", reply); s.Listed.Aggregators.Known() != whole {
			t.Errorf("%q: whole is %v", reply, !whole)
		}
	}
}

// What stands below a head that we do not know is nothing of the interface before, which may have more subinterfaces than were read.
func TestInterfaceUnderAnOddHead(t *testing.T) {
	const first = "Bundle-Ether1 is up, line protocol is up \n  MTU 1514 bytes, BW 10000000 Kbit\nBundle-Ether1.10 is up, line protocol is up \n  Layer 2 Transport Mode\n    Outer Match: Dot1Q VLAN 10\n"
	const last = "TenGigE0/0/0/9 is up, line protocol is up \n  MTU 1514 bytes, BW 10000000 Kbit\n"
	for odd, whole := range map[string]bool{"": true, "Bundle-Ether1.20 (new) is up, line protocol is up \n  Layer 2 Transport Mode\n  MTU 9000 bytes, BW 10000000 Kbit\n    Outer Match: Dot1Q VLAN 20\n": false} {
		s := drivertest.Parse(t, Driver, "show interfaces", first+odd+last)
		b := s.BridgePort("Bundle-Ether1")
		if s.Listed.Interfaces.Known() != whole || (b != nil && b.Configured.Known()) != whole || s.Interface("Bundle-Ether1.10").MTU.Value == 9000 {
			t.Errorf("%q: %+v, %+v", odd, b, s.Interfaces)
		}
	}
}
