package cisco_iosxe

import (
	"fmt"
	"testing"

	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func BenchmarkText(b *testing.B) {
	drivertest.BenchmarkTexts(b, Driver, drivertest.Text{
		Command: "show etherchannel summary",
		// Three members stand in a line; more go on in the next.
		Reply: drivertest.Entries("Number of channel-groups in use: 500\nNumber of aggregators:           500\n\n"+
			"Group  Port-channel  Protocol    Ports\n------+-------------+-----------+-----------------------------------------------\n", 500,
			"{i}      Po{i}(SU)         LACP      Gi1/0/{i}(P)     Gi2/0/{i}(P)     {more}\n", func(i int) map[string]any {
				if i%50 == 0 {
					return map[string]any{"more": fmt.Sprintf("Gi3/0/%d(P)\n                                     Gi4/0/%d(P)     Gi5/0/%d(H)", i, i, i)}
				}
				return map[string]any{"more": ""}
			}),
		Template: `Value Required NAME (Po\d+)
Value OPER ([UDMN])
Value PROTOCOL (LACP|PAgP|-)
Value List MEMBER ([A-Z][\w/]+)
Value List FLAG ([\w-]+)

Start
  ^Group\s+Port-channel -> Table

Table
  ^\d+\s+Po\d+\( -> Continue.Record
  ^\d+\s+${NAME}\([SR]?${OPER}\w*\)\s+${PROTOCOL} -> Continue
  ^\d+\s+Po\S+\s+\S+\s+${MEMBER}\(${FLAG}\) -> Continue
  ^\d+\s+Po\S+\s+\S+\s+(?:\S+\s+){1}${MEMBER}\(${FLAG}\) -> Continue
  ^\d+\s+Po\S+\s+\S+\s+(?:\S+\s+){2}${MEMBER}\(${FLAG}\)
  ^\s+${MEMBER}\(${FLAG}\) -> Continue
  ^\s+(?:\S+\s+){1}${MEMBER}\(${FLAG}\) -> Continue
  ^\s+(?:\S+\s+){2}${MEMBER}\(${FLAG}\)
`,
		Facts: drivertest.LAGs,
	}, drivertest.Text{
		Command: "show vlan brief",
		// Four ports stand in a line; more go on in the next.
		Reply: drivertest.Entries("\nVLAN Name                             Status    Ports\n---- -------------------------------- --------- -------------------------------\n", 500,
			"{vlan} {name} active    {ports}\n", func(i int) map[string]any {
				ports := fmt.Sprintf("Gi1/0/%d, Gi2/0/%d", i, i)
				if i%10 == 0 {
					ports += fmt.Sprintf(", Gi3/0/%d, Gi4/0/%d\n                                                Gi5/0/%d, Gi6/0/%d", i, i, i, i)
				}
				return map[string]any{"vlan": fmt.Sprintf("%-4d", i+1), "name": fmt.Sprintf("%-32s", fmt.Sprint("guests ", i)), "ports": ports}
			}),
		Template: `Value Required VLAN (\d+)
Value NAME (\S.*?)
Value STATUS (active|suspended|act/lshut|sus/lshut)
Value List PORT ([A-Z][\w/]+)

Start
  ^VLAN\s+Name\s+Status -> Table

Table
  ^\d -> Continue.Record
  ^${VLAN}\s+${NAME}\s+${STATUS}\s*$$
  ^${VLAN}\s+${NAME}\s+${STATUS}\s+${PORT} -> Continue
  ^\d+\s.*?\s(?:[A-Z][\w/]+,\s+){1}${PORT} -> Continue
  ^\d+\s.*?\s(?:[A-Z][\w/]+,\s+){2}${PORT} -> Continue
  ^\d+\s.*?\s(?:[A-Z][\w/]+,\s+){3}${PORT}
  ^\s+${PORT} -> Continue
  ^\s+(?:\S+,\s+){1}${PORT} -> Continue
  ^\s+(?:\S+,\s+){2}${PORT} -> Continue
  ^\s+(?:\S+,\s+){3}${PORT}
`,
		Facts: func(s *state.Switch) map[string]int {
			n := map[string]int{
				"VLAN":   len(s.VLANs),
				"NAME":   drivertest.Known(s.VLANs, func(v *state.VLAN) bool { return v.Name.Known() }),
				"STATUS": drivertest.Known(s.VLANs, func(v *state.VLAN) bool { return v.Active.Known() }),
			}
			for _, v := range s.VLANs {
				n["PORT"] += len(v.Ports)
			}
			return n
		},
	}, drivertest.Text{
		Command: "show interfaces switchport",
		Reply: drivertest.Entries("", 500, `Name: Gi1/0/{i}
Switchport: Enabled
Administrative Mode: trunk
Operational Mode: trunk
Administrative Trunking Encapsulation: dot1q
Operational Trunking Encapsulation: dot1q
Negotiation of Trunking: Off
Access Mode VLAN: 1 (default)
Trunking Native Mode VLAN: 10 (management)
Administrative Native VLAN tagging: disabled
Voice VLAN: none
Administrative private-vlan host-association: none
Administrative private-vlan mapping: none
Administrative private-vlan trunk native VLAN: none
Administrative private-vlan trunk Native VLAN tagging: enabled
Administrative private-vlan trunk encapsulation: dot1q
Administrative private-vlan trunk normal VLANs: none
Administrative private-vlan trunk associations: none
Administrative private-vlan trunk mappings: none
Operational private-vlan: none
Trunking VLANs Enabled: 10,20,30-39
Pruning VLANs Enabled: 2-1001
Capture Mode Disabled
Capture VLANs Allowed: ALL

Protected: false
Unknown unicast blocked: disabled
Unknown multicast blocked: disabled
Appliance trust: none
`, nil),
		Template: `Value Required NAME (\S+)
Value SWITCHPORT (Enabled|Disabled)
Value MODE (.+)
Value NEGOTIATION (On|Off)
Value NATIVE (\d+)
Value ALLOWED (\S+)

Start
  ^Name: -> Continue.Record
  ^Name:\s+${NAME}
  ^Switchport:\s+${SWITCHPORT}
  ^Administrative Mode:\s+${MODE}\s*$$
  ^Negotiation of Trunking:\s+${NEGOTIATION}
  ^Trunking Native Mode VLAN:\s+${NATIVE}
  ^Trunking VLANs Enabled:\s+${ALLOWED}
`,
		Facts: func(s *state.Switch) map[string]int {
			known := func(known func(*state.BridgePort) bool) int { return drivertest.Known(s.BridgePorts, known) }
			return map[string]int{
				"NAME":        len(s.BridgePorts),
				"SWITCHPORT":  drivertest.Known(s.Interfaces, func(i *state.Interface) bool { return i.Bridged.Known() }),
				"MODE":        known(func(p *state.BridgePort) bool { return p.Mode.Known() }),
				"NEGOTIATION": known(func(p *state.BridgePort) bool { return p.Trunking.Known() }),
				"NATIVE":      known(func(p *state.BridgePort) bool { return p.PVID.Known() }),
				"ALLOWED":     known(func(p *state.BridgePort) bool { return p.Configured.Known() }),
			}
		},
	})
}
