package arista_eos

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func BenchmarkText(b *testing.B) {
	drivertest.BenchmarkTexts(b, Driver, drivertest.Text{
		Command: "show port-channel summary",
		// On each LAG of an MLAG the ports of both switches, and an uplink of eight ports here and there.
		Reply: drivertest.Entries("   Port-Channel       Protocol     Ports\n------------------ --------------- --------------------------------\n", 500,
			"   Po{i}(U)          LACP(a{fallback})      {ports}\n", func(i int) map[string]any {
				if i%50 == 0 {
					return map[string]any{"fallback": "", "ports": drivertest.Entries("", 8, "Et{slot}/{i}(PG+) ", func(int) map[string]any { return map[string]any{"slot": i} })}
				}
				return map[string]any{"fallback": []string{"", "F*"}[i%2], "ports": drivertest.Entries("", 2, "Et{lag}/{i}(PG+) PEt{lag}/{i}(P) ", func(int) map[string]any { return map[string]any{"lag": i} })}
			}),
		Template: `Value Required NAME (Po\d+)
Value OPER (U|D)
Value PROTOCOL (LACP|Static)
Value FALLBACK ([*^])
Value List MEMBER (Et[\d/]+)
Value List FLAG ([\w+-]+)

Start
  ^\s+Port-Channel\s+Protocol -> Table

Table
  ^\s+Po\d+\( -> Continue.Record
  ^\s+${NAME}\(${OPER}\)\s+${PROTOCOL}(?:\([^()*^]*${FALLBACK}?[^()]*\))? -> Continue
  ^\s+Po\S+\s+\S+\s+${MEMBER}\(${FLAG}\) -> Continue
  ^\s+Po\S+\s+\S+\s+(?:\S+\s+){1}${MEMBER}\(${FLAG}\) -> Continue
  ^\s+Po\S+\s+\S+\s+(?:\S+\s+){2}${MEMBER}\(${FLAG}\) -> Continue
  ^\s+Po\S+\s+\S+\s+(?:\S+\s+){3}${MEMBER}\(${FLAG}\) -> Continue
  ^\s+Po\S+\s+\S+\s+(?:\S+\s+){4}${MEMBER}\(${FLAG}\) -> Continue
  ^\s+Po\S+\s+\S+\s+(?:\S+\s+){5}${MEMBER}\(${FLAG}\) -> Continue
  ^\s+Po\S+\s+\S+\s+(?:\S+\s+){6}${MEMBER}\(${FLAG}\) -> Continue
  ^\s+Po\S+\s+\S+\s+(?:\S+\s+){7}${MEMBER}\(${FLAG}\)
`,
		Facts: func(s *state.Switch) map[string]int {
			facts := drivertest.LAGs(s)
			facts["FALLBACK"] = drivertest.Known(s.Aggregators, func(a *state.Aggregator) bool { return a.Fallback.Known() })
			return facts
		},
	}, drivertest.Text{
		Command: "show lldp neighbors detail",
		Reply: drivertest.Entries("", 500, `Interface Ethernet{i} detected 1 LLDP neighbors:

  Neighbor 0053.0000.0001/"eno{i}", age 12 seconds
  Discovered 1 day, 1:02:11 ago; Last changed 1 day, 1:02:11 ago
  - Chassis ID type: MAC address (4)
    Chassis ID     : 0053.0000.0001
  - Port ID type: Interface name (5)
    Port ID     : "eno{i}"
  - Time To Live: 120 seconds
  - Port Description: "eno{i}"
  - System Name: "hv{i}"
  - System Description: "Debian GNU/Linux 13"
  - Management Address Subtype: IPv4 (1)
    Management Address        : 192.0.2.10
  - IEEE802.1 Port VLAN ID: 10

`, nil),
		Template: `Value Required,Filldown LOCAL (\S+)
Value CHASSIS_TYPE (.*)
Value Required CHASSIS (\S+)
Value PORT_TYPE (.*)
Value PORT (.*)
Value TTL (\d+)
Value PORT_DESCRIPTION (.*)
Value SYSTEM (.*)
Value DESCRIPTION (.*)
Value ADDRESS (\S+)
Value PVID (\d+)

Start
  ^Interface -> Continue.Record
  ^Interface\s+${LOCAL}\s+detected
  ^\s+- Chassis ID type\s*:\s+${CHASSIS_TYPE}
  ^\s+Chassis ID\s*:\s+${CHASSIS}
  ^\s+- Port ID type\s*:\s+${PORT_TYPE}
  ^\s+Port ID\s*:\s+"${PORT}"
  ^\s+- Time To Live\s*:\s+${TTL}
  ^\s+- Port Description\s*:\s+"${PORT_DESCRIPTION}"
  ^\s+- System Name\s*:\s+"${SYSTEM}"
  ^\s+- System Description\s*:\s+"${DESCRIPTION}"
  ^\s+Management Address\s*:\s+${ADDRESS}
  ^\s+- IEEE802.1 Port VLAN ID\s*:\s+${PVID}
`,
		Facts: func(s *state.Switch) map[string]int {
			known := func(known func(*state.RemoteSystem) bool) int { return drivertest.Known(s.Remotes, known) }
			return map[string]int{
				"LOCAL":            len(s.Remotes),
				"CHASSIS_TYPE":     known(func(r *state.RemoteSystem) bool { return r.ChassisID.Value.Subtype != 0 }),
				"CHASSIS":          known(func(r *state.RemoteSystem) bool { return r.ChassisID.Known() }),
				"PORT_TYPE":        known(func(r *state.RemoteSystem) bool { return r.PortID.Value.Subtype != 0 }),
				"PORT":             known(func(r *state.RemoteSystem) bool { return r.PortID.Known() }),
				"TTL":              known(func(r *state.RemoteSystem) bool { return r.TTL.Known() }),
				"PORT_DESCRIPTION": known(func(r *state.RemoteSystem) bool { return r.PortDescription.Known() }),
				"SYSTEM":           known(func(r *state.RemoteSystem) bool { return r.SystemName.Known() }),
				"DESCRIPTION":      known(func(r *state.RemoteSystem) bool { return r.SystemDescription.Known() }),
				"ADDRESS":          known(func(r *state.RemoteSystem) bool { return len(r.ManagementAddresses) == 1 }),
				"PVID":             known(func(r *state.RemoteSystem) bool { return r.PVID.Known() }),
			}
		},
	})
}
