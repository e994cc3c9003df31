package huawei_vrp

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func BenchmarkText(b *testing.B) {
	drivertest.BenchmarkTexts(b, Driver, drivertest.Text{
		Command: "display eth-trunk",
		Reply: drivertest.Entries("", 500, `Eth-Trunk{i}'s state information is:
Local:
LAG ID: {i}                   WorkingMode: LACP
Preempt Delay: Disabled     Hash arithmetic: According to SIP-XOR-DIP
System Priority: 32768      System ID: 0053-00aa-0001
Least Active-linknumber: 1  Max Active-linknumber: 8
Operate status: up          Number Of Up Port In Trunk: 2
--------------------------------------------------------------------------------
ActorPortName          Status   PortType PortPri PortNo PortKey PortState Weight
10GE1/0/{i}            Selected 10GE     32768   2      305     10111100  1
10GE2/0/{i}            Selected 10GE     32768   66     305     10111100  1

Partner:
--------------------------------------------------------------------------------
ActorPortName          SysPri   SystemID        PortPri PortNo PortKey PortState
10GE1/0/{i}            65535    0053-00bb-0001  255     1      9       10111100
10GE2/0/{i}            65535    0053-00bb-0001  255     2      9       10111100

`, nil),
		Template: `Value Required NAME (Eth-Trunk\d+)
Value PROTOCOL (\w+)
Value PRIORITY (\d+)
Value SYSTEM (\S+)
Value LEAST (\d+)
Value OPER (up|down)
Value List PORT (\S+)
Value List STATUS (\w+)
Value List PORT_PRIORITY (\d+)
Value List PORT_NUMBER (\d+)
Value List KEY (\d+)
Value List STATE ([01]{8})
Value List PARTNER_OF (\S+)
Value List PARTNER_PRIORITY (\d+)
Value List PARTNER_SYSTEM (\w{4}-\w{4}-\w{4})
Value List PARTNER_PORT_PRIORITY (\d+)
Value List PARTNER_PORT_NUMBER (\d+)
Value List PARTNER_KEY (\d+)
Value List PARTNER_STATE ([01]{8})

Start
  ^Eth-Trunk -> Continue.Record
  ^${NAME}'s state
  ^LAG ID:.*WorkingMode:\s+${PROTOCOL}
  ^System Priority:\s+${PRIORITY}\s+System ID:\s+${SYSTEM}
  ^Least Active-linknumber:\s+${LEAST}
  ^Operate status:\s+${OPER}
  ^${PORT}\s+${STATUS}\s+\S+\s+${PORT_PRIORITY}\s+${PORT_NUMBER}\s+${KEY}\s+${STATE}\s+\d+
  ^${PARTNER_OF}\s+${PARTNER_PRIORITY}\s+${PARTNER_SYSTEM}\s+${PARTNER_PORT_PRIORITY}\s+${PARTNER_PORT_NUMBER}\s+${PARTNER_KEY}\s+${PARTNER_STATE}
`,
		Facts: func(s *state.Switch) map[string]int {
			lags, ports := s.Aggregators, drivertest.PortsOf(s)
			ofLAG := func(known func(*state.Aggregator) bool) int { return drivertest.Known(lags, known) }
			ofPort := func(known func(*state.AggregationPort) bool) int { return drivertest.Known(ports, known) }
			return map[string]int{
				"NAME":     len(lags),
				"PROTOCOL": ofLAG(func(a *state.Aggregator) bool { return a.Protocol.Known() }),
				// The two of the LAG are with each of its ports.
				"PRIORITY": ofLAG(func(a *state.Aggregator) bool {
					return a.Ports[0].Actor.SystemPriority.Known() && a.Ports[1].Actor.SystemPriority.Known()
				}),
				"SYSTEM": ofLAG(func(a *state.Aggregator) bool {
					return a.Ports[0].Actor.System.Known() && a.Ports[1].Actor.System.Known()
				}),
				"LEAST":                 ofLAG(func(a *state.Aggregator) bool { return a.MinLinks.Known() }),
				"OPER":                  ofLAG(func(a *state.Aggregator) bool { return a.Oper.Known() }),
				"PORT":                  len(ports),
				"STATUS":                ofPort(func(p *state.AggregationPort) bool { return p.Selected.Known() }),
				"PORT_PRIORITY":         ofPort(func(p *state.AggregationPort) bool { return p.Actor.PortPriority.Known() }),
				"PORT_NUMBER":           ofPort(func(p *state.AggregationPort) bool { return p.Actor.Port.Known() }),
				"KEY":                   ofPort(func(p *state.AggregationPort) bool { return p.Actor.Key.Known() }),
				"STATE":                 ofPort(func(p *state.AggregationPort) bool { return p.Actor.State.Known() }),
				"PARTNER_OF":            len(ports),
				"PARTNER_PRIORITY":      ofPort(func(p *state.AggregationPort) bool { return p.Partner.SystemPriority.Known() }),
				"PARTNER_SYSTEM":        ofPort(func(p *state.AggregationPort) bool { return p.Partner.System.Known() }),
				"PARTNER_PORT_PRIORITY": ofPort(func(p *state.AggregationPort) bool { return p.Partner.PortPriority.Known() }),
				"PARTNER_PORT_NUMBER":   ofPort(func(p *state.AggregationPort) bool { return p.Partner.Port.Known() }),
				"PARTNER_KEY":           ofPort(func(p *state.AggregationPort) bool { return p.Partner.Key.Known() }),
				"PARTNER_STATE":         ofPort(func(p *state.AggregationPort) bool { return p.Partner.State.Known() }),
			}
		},
	})
}
