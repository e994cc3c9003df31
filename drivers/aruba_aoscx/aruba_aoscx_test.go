package aruba_aoscx

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// A list is whole only where each row of it was understood: an odd head, a list of members that goes on and a row with more columns end that.
func TestWhatWasNotUnderstoodIsNoWholeList(t *testing.T) {
	const port = "Interface 1/1/1 is up\n Admin state is up\n VLAN Mode: access\n Access VLAN: 10\n"
	const lag = "Aggregate-name : lag10\nInterfaces : 1/1/1 1/1/2\n"
	const head = "Actor details of all interfaces:\n"
	for name, test := range map[string]struct {
		command, reply string
		listed         func(l state.Listed) bool
		want           bool
	}{
		"interfaces":                {"show interface", port, func(l state.Listed) bool { return l.Interfaces.Known() && l.BridgePorts.Known() }, true},
		"a head of an old release":  {"show interface", port + "\nAggregate-name lag10\n Admin state : up\n VLAN Mode: native-untagged\n", func(l state.Listed) bool { return l.Interfaces.Known() || l.BridgePorts.Known() }, false},
		"aggregates":                {"show lacp aggregates", lag, func(l state.Listed) bool { return l.Aggregators.Known() }, true},
		"no aggregate at all":       {"show lacp aggregates", "The daemon does not answer\n", func(l state.Listed) bool { return l.Aggregators.Known() }, false},
		"members in another line":   {"show lacp aggregates", lag + "             1/1/3 1/1/4\n", func(l state.Listed) bool { return l.Aggregators.Known() }, false},
		"a member of another kind":  {"show lacp aggregates", "Aggregate-name : lag10\nInterfaces : 1/1/1 slot-2\n", func(l state.Listed) bool { return l.Aggregators.Known() }, false},
		"LACP":                      {"show lacp interfaces", head + "1/1/1  lag10  1  1  ALFNCD  02:00:5e:00:00:01  65534  10  up\n", func(l state.Listed) bool { return l.LACP.Known() }, true},
		"LACP with one more column": {"show lacp interfaces", head + "1/1/1  lag10  x  1  1  ALFNCD  02:00:5e:00:00:01  65534  10  up\n", func(l state.Listed) bool { return l.LACP.Known() }, false},
	} {
		s := drivertest.Parse(t, Driver, test.command, test.reply)
		if got := test.listed(s.Listed); got != test.want {
			t.Errorf("%s: whole is %v, want %v", name, got, test.want)
		}
		if b := s.BridgePort("1/1/1"); test.command == "show interface" && (b == nil || b.Mode.Value != state.Access) {
			t.Errorf("%s: the settings of another port were taken: %+v", name, b)
		}
	}
}

// The peer's leg is down only where what it says of all its ports was understood.
func TestPeersLegIsDown(t *testing.T) {
	const tail = "\nRemote Partner details of all interfaces:\n"
	for row, want := range map[string]state.Status{
		"1/1/9  lag10(mc)  1  1  ALFO  02:00:5e:00:00:02  65534  10\n":   state.Down,
		"1/1/9  lag10(mc)  1  1  ALFNCD  02:00:5e:00:00:02  65534  10\n": state.Up,
		"1/1/9  lag10(mc)  1  1  ALFQ  02:00:5e:00:00:02  65534  10\n":   0,
	} {
		s := drivertest.Parse(t, Driver, "show lacp interfaces multi-chassis", "Remote Actor details of all interfaces:\n"+row+tail)
		if len(s.MLAG.Ports) != 1 || s.MLAG.Ports[0].PeerOper.Value != want {
			t.Errorf("%s: got %+v", row, s.MLAG.Ports)
		}
	}
}

// A list of VLANs that was to go on is not known, nor what a port does whose state has an unknown word.
func TestWhatIsCutOrUnknown(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show interface", "Interface 1/1/1 is up\n VLAN Mode: native-untagged\n Native VLAN: 1\n Allowed VLAN List: 1,10,\n\n")
	if b := s.BridgePort("1/1/1"); b == nil || b.Configured.Known() || b.PVID.Known() {
		t.Errorf("got %+v", b)
	}
	s = drivertest.Parse(t, Driver, "show spanning-tree mst", "#### MST1\nVlans mapped:  2,10\nPort           Role           State      Cost\n1/1/3          Designated     Loop-Inc   2000 128\n")
	if len(s.STP) != 1 || s.STP[0].State.Known() || len(s.Unread) == 0 {
		t.Errorf("got %+v", s.STP)
	}
}

// A LAG over both switches is listed in its routing instance with its mark.
func TestInterfacesOfARoutingInstance(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show vrf", "VRF Name   : red\n        Interfaces             Status\n        -----------------------------\n        lag10(mc)              up\n        mgmt                   up\n")
	if len(s.VRFs) != 1 || len(s.VRFs[0].Interfaces) != 2 || s.VRFs[0].Interfaces[0] != "lag10" {
		t.Errorf("got %+v", s.VRFs)
	}
}

// A chassis may be called by anything. A row whose columns have moved is none.
func TestNeighboursInShort(t *testing.T) {
	const head = "LOCAL-PORT  CHASSIS-ID         PORT-ID            PORT-DESC    TTL      SYS-NAME\n-----------------------------------------------------------------------------------\n"
	s := drivertest.Parse(t, Driver, "show lldp neighbor-info", head+"1/1/1       192.0.2.7          02:00:5e:00:00:01  port 1       120      phone\n1/1/2       a chassis that says x  1/1/1  y  120  z\n"+
		"1/1/3       02:00:5e:00:00:02  TenGigabitEther...              120      a-long-na...\n")
	if len(s.Remotes) == 2 && (s.Remotes[1].PortID.Known() || s.Remotes[1].SystemName.Known() || !s.Remotes[1].ChassisID.Known()) {
		t.Errorf("cut: got %+v", s.Remotes[1])
	}
	if len(s.Remotes) != 2 || s.Remotes[0].ChassisID.Value.ID != "192.0.2.7" || s.Remotes[0].SystemName.Value != "phone" || s.Remotes[0].PortDescription.Value != "port 1" || len(s.Unread) != 1 {
		t.Errorf("got %+v, %+v", s.Remotes, s.Unread)
	}
}

// An empty table is a list of no addresses.
func TestNoAddresses(t *testing.T) {
	for reply, whole := range map[string]bool{"No MAC entries found.\n": true, "The daemon does not answer\n": false} {
		if s := drivertest.Parse(t, Driver, "show mac-address-table", reply); s.Listed.MACs.Known() != whole {
			t.Errorf("%q: whole is %v", reply, !whole)
		}
	}
}

// A LAG over both switches is marked in the short list of interfaces too.
func TestLAGsInTheShortList(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show interface brief", "lag10(mc)      1       trunk  --             yes     up      --                      2000    --\nlag20          1       trunk  --             no      down    --                      auto    --\n")
	if len(s.Interfaces) != 2 || s.Interfaces[0].Name != "lag10" || s.Interfaces[0].Oper.Value != state.Up || s.Interfaces[1].Admin.Value != state.Down {
		t.Errorf("got %+v", s.Interfaces)
	}
}

// The short list has speeds, descriptions, and why a port is down.
func TestShortListOfInterfaces(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show interface brief", `Port      Native  Mode   Type           Enabled Status  Reason                  Speed   Description
          VLAN                                                                  (Mb/s)
--------------------------------------------------------------------------------------------------
1/1/1     1       access 1GbT           yes     up                              1000    host one
1/1/2     10      trunk  25G-DAC        yes     down    Waiting for link        --      --
`)
	if len(s.Interfaces) != 2 || s.Interfaces[0].Speed.Value != 1_000_000_000 || s.Interfaces[0].Description.Value != "host one" || s.Interfaces[0].OperReason.Known() {
		t.Errorf("got %+v", s.Interfaces)
	} else if i := s.Interfaces[1]; i.Speed.Known() || i.Description.Known() || i.OperReason.Value != "Waiting for link" {
		t.Errorf("got %+v", i)
	}
}

// The short form of a stack's list has a row for each chassis.
func TestStackInShort(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show vsf detail", `Topology                    : Ring
Status                      : No Split

Mbr Mac Address         type           Status
ID
--- ------------------- -------------- ---------------
1   02:00:5e:00:11:01   JL665A         Conductor
2   02:00:5e:00:11:02   JL665A         Standby
3                       JL665A         Not Present
`)
	if len(s.Members) != 3 || !s.Device.Stacked.Value || s.Members[0].Role.Value != state.RoleActive || s.Members[1].MAC.Value.String() != "02:00:5e:00:11:02" || !s.Members[2].Up.Known() || s.Members[2].Up.Value {
		t.Errorf("got %+v, %+v", s.Device, s.Members)
	}
}

// What stands below a LAG whose name is not known is nothing of the one before.
func TestLAGOfAnUnknownName(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show lacp aggregates", "\nAggregate-name        : lag1 (multi-chassis)\nInterfaces            : 1/1/1\nAggregate mode        : active\n\n"+
		"Aggregate-name        : lag2 (something new)\nInterfaces            : 1/1/2\nAggregate mode        : passive\n\n")
	if len(s.Aggregators) != 1 || len(s.Aggregators[0].Ports) != 1 || s.Aggregators[0].Ports[0].Name != "1/1/1" || s.Listed.Aggregators.Known() {
		t.Errorf("got %+v, whole %v", s.Aggregators, s.Listed.Aggregators.Known())
	}
}
