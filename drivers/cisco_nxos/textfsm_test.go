package cisco_nxos

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func BenchmarkText(b *testing.B) {
	drivertest.BenchmarkTexts(b, Driver, drivertest.Text{
		Command: "show port-channel summary",
		// Three members stand in a line; more go on in the next.
		Reply: drivertest.Entries("Group Port-       Type     Protocol  Member Ports\n      Channel\n"+
			"--------------------------------------------------------------------------------\n", 500,
			"{i}     Po{i}(SU)     Eth      LACP      Eth1/{i}(P)    Eth2/{i}(P)    {more}\n", func(i int) map[string]any {
				if i%50 == 0 {
					return map[string]any{"more": "Eth3/1(P)\n                                     Eth4/1(P)    Eth5/1(H)"}
				}
				return map[string]any{"more": ""}
			}),
		Template: `Value Required NAME (Po\d+)
Value OPER ([UDM])
Value PROTOCOL (LACP|NONE|PAGP)
Value List MEMBER (Eth[\d/]+)
Value List FLAG (\w)

Start
  ^Group\s+Port- -> Table

Table
  ^\d+\s+Po\d+\( -> Continue.Record
  ^\d+\s+${NAME}\([SR]?${OPER}\)\s+\S+\s+${PROTOCOL} -> Continue
  ^\d+\s+Po\S+\s+\S+\s+\S+\s+${MEMBER}\(${FLAG}\) -> Continue
  ^\d+\s+Po\S+\s+\S+\s+\S+\s+(?:\S+\s+){1}${MEMBER}\(${FLAG}\) -> Continue
  ^\d+\s+Po\S+\s+\S+\s+\S+\s+(?:\S+\s+){2}${MEMBER}\(${FLAG}\)
  ^\s+${MEMBER}\(${FLAG}\) -> Continue
  ^\s+(?:\S+\s+){1}${MEMBER}\(${FLAG}\) -> Continue
  ^\s+(?:\S+\s+){2}${MEMBER}\(${FLAG}\)
`,
		Facts: drivertest.LAGs,
	}, drivertest.Text{
		Command: "show lldp neighbors detail",
		Reply: drivertest.Entries("Capability codes:\n  (R) Router, (B) Bridge\nDevice ID            Local Intf      Hold-time  Capability  Port ID\n", 500, `
Chassis id: 0053.0000.0001
Port id: eno{i}
Local Port id: Eth1/{i}
Port Description: nic {i}
System Name: hv{i}
System Description: Debian GNU/Linux 13
Time remaining: 92 seconds
System Capabilities: B, R
Enabled Capabilities: R
Management Address: 192.0.2.10
Management Address IPV6: 2001:db8::10
Vlan ID: 10

`, nil) + "\nTotal entries displayed: 500\n",
		Template: `Value Required LOCAL (\S+)
Value CHASSIS (.+)
Value PORT (.+)
Value PORT_DESCRIPTION (.+)
Value SYSTEM (.+)
Value DESCRIPTION (.+)
Value ADDRESS ([\d.]+)
Value ADDRESS6 ([\da-f:]+)
Value PVID (\d+)

Start
  ^Chassis id: -> Continue.Record
  ^Chassis id:\s+${CHASSIS}\s*$$
  ^Port id:\s+${PORT}\s*$$
  ^Local Port id:\s+${LOCAL}
  ^Port Description:\s+${PORT_DESCRIPTION}\s*$$
  ^System Name:\s+${SYSTEM}\s*$$
  ^System Description:\s+${DESCRIPTION}\s*$$
  ^Management Address:\s+${ADDRESS}
  ^Management Address IPV6:\s+${ADDRESS6}
  ^Vlan ID:\s+${PVID}
`,
		Facts: func(s *state.Switch) map[string]int {
			known := func(known func(*state.RemoteSystem) bool) int { return drivertest.Known(s.Remotes, known) }
			return map[string]int{
				"LOCAL":            len(s.Remotes),
				"CHASSIS":          known(func(r *state.RemoteSystem) bool { return r.ChassisID.Known() }),
				"PORT":             known(func(r *state.RemoteSystem) bool { return r.PortID.Known() }),
				"PORT_DESCRIPTION": known(func(r *state.RemoteSystem) bool { return r.PortDescription.Known() }),
				"SYSTEM":           known(func(r *state.RemoteSystem) bool { return r.SystemName.Known() }),
				"DESCRIPTION":      known(func(r *state.RemoteSystem) bool { return r.SystemDescription.Known() }),
				"ADDRESS":          known(func(r *state.RemoteSystem) bool { return len(r.ManagementAddresses) > 0 }),
				"ADDRESS6":         known(func(r *state.RemoteSystem) bool { return len(r.ManagementAddresses) > 1 }),
				"PVID":             known(func(r *state.RemoteSystem) bool { return r.PVID.Known() }),
			}
		},
	})
}
