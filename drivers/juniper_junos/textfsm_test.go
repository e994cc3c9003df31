package juniper_junos

import (
	"fmt"
	"testing"

	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func BenchmarkText(b *testing.B) {
	drivertest.BenchmarkTexts(b, Driver, drivertest.Text{
		Command: "show lacp interfaces | no-more",
		Reply: drivertest.Entries("", 500, `Aggregated interface: ae{i}
    LACP state:       Role   Exp   Def  Dist  Col  Syn  Aggr  Timeout  Activity
      xe-0/0/{i}     Actor    No    No   Yes  Yes  Yes   Yes     Fast    Active
      xe-0/0/{i}   Partner    No    No   Yes  Yes  Yes   Yes     Fast    Active
    LACP protocol:        Receive State  Transmit State          Mux State
      xe-0/0/{i}                Current   Fast periodic Collecting distributing
`, nil),
		Template: `Value Required AE (ae\d+)
Value List PORT (\S+)
Value List ROLE (Actor|Partner)
Value List EXPIRED (Yes|No)
Value List DEFAULTED (Yes|No)
Value List DISTRIBUTING (Yes|No)
Value List COLLECTING (Yes|No)
Value List SYNCHRONIZATION (Yes|No)
Value List AGGREGATION (Yes|No)
Value List TIMEOUT (Fast|Slow)
Value List ACTIVITY (Active|Passive)
Value List MUX (Collecting distributing|Collecting|Distributing|Attached|Detached|Waiting)

Start
  ^Aggregated -> Continue.Record
  ^Aggregated interface:\s+${AE}
  ^\s+${PORT}\s+${ROLE}\s+${EXPIRED}\s+${DEFAULTED}\s+${DISTRIBUTING}\s+${COLLECTING}\s+${SYNCHRONIZATION}\s+${AGGREGATION}\s+${TIMEOUT}\s+${ACTIVITY}
  ^\s+\S+\s+(Current|Expired|Defaulted|Port disabled)\s+.*\s+${MUX}\s*$$
`,
		Facts: func(s *state.Switch) map[string]int {
			ports := drivertest.PortsOf(s)
			n := map[string]int{"AE": len(s.Aggregators), "MUX": drivertest.Known(ports, func(p *state.AggregationPort) bool { return p.Selected.Known() })}
			for _, p := range ports {
				for _, end := range []state.Endpoint{p.Actor, p.Partner} {
					n["PORT"]++
					n["ROLE"]++
					for name, bit := range map[string]state.LACPBits{"EXPIRED": state.Expired, "DEFAULTED": state.Defaulted, "DISTRIBUTING": state.Distributing, "COLLECTING": state.Collecting,
						"SYNCHRONIZATION": state.Synchronization, "AGGREGATION": state.Aggregation, "TIMEOUT": state.ShortTimeout, "ACTIVITY": state.Activity} {
						if end.State.Value.Has(bit) != state.Unknown {
							n[name]++
						}
					}
				}
			}
			return n
		},
	}, drivertest.Text{
		Command: "show vlans | no-more",
		Reply: drivertest.Entries("Routing instance        VLAN name             Tag          Interfaces\n", 500,
			"default-switch          {name} {i}\n                                                           ae1.0*\n                                                           xe-0/0/{i}.0*\n",
			func(i int) map[string]any {
				return map[string]any{"name": fmt.Sprintf("%-21s", fmt.Sprint("guests-", i))}
			}),
		Template: `Value Required NAME (\S+)
Value TAG (\d+)
Value List PORTS (\S+)

Start
  ^Routing instance\s+VLAN name -> Table

Table
  ^\S -> Continue.Record
  ^\S+\s+${NAME}\s+${TAG}
  ^\s+${PORTS}\s*$$
`,
		Facts: func(s *state.Switch) map[string]int {
			n := map[string]int{"NAME": drivertest.Known(s.VLANs, func(v *state.VLAN) bool { return v.Name.Known() }), "TAG": len(s.VLANs)}
			for _, v := range s.VLANs {
				n["PORTS"] += len(v.Ports)
			}
			return n
		},
	}, drivertest.Text{
		Command: "show lldp neighbors | no-more",
		Reply: drivertest.Entries("Local Interface    Parent Interface    Chassis Id          Port info          System Name\n", 500,
			"{local} {parent} {chassis}   eno1               hv{i}\n", func(i int) map[string]any {
				return map[string]any{"local": fmt.Sprintf("%-18s", fmt.Sprint("xe-0/0/", i)), "parent": fmt.Sprintf("%-19s", fmt.Sprint("ae", i)), "chassis": fmt.Sprintf("00:53:00:00:%02x:%02x", i>>8, i&255)}
			}),
		Template: `Value LOCAL (\S+)
Value CHASSIS (\S+)
Value SYSTEM (\S+)

Start
  ^Local Interface\s+Parent Interface -> Table

Table
  ^${LOCAL}\s+\S+\s+${CHASSIS}\s+\S.*\s+${SYSTEM}\s*$$ -> Record

EOF
`,
		Facts: func(s *state.Switch) map[string]int {
			return map[string]int{
				"LOCAL":   len(s.Remotes),
				"CHASSIS": drivertest.Known(s.Remotes, func(r *state.RemoteSystem) bool { return r.ChassisID.Known() }),
				"SYSTEM":  drivertest.Known(s.Remotes, func(r *state.RemoteSystem) bool { return r.SystemName.Known() }),
			}
		},
	})
}
