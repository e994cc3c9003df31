package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// An Agent is one lldpd.
type Agent struct {
	Down        bool // not running
	Chassis     state.Identifier
	Hostname    string
	Description string
	Address     netip.Addr
	Ports       []string // where it runs
	Heard       []model.Neighbour
}

// Reply answers a command of lldpcli; false when it is none of those that are known.
func (a *Agent) Reply(command string) ([]byte, bool) {
	var top any
	switch command {
	case "lldpcli -f json0 show neighbors details":
		top = a.neighbours()
	case "lldpcli -f json0 show chassis":
		top = object{{"local-chassis", []any{object{{"chassis", []any{a.own()}}}}}}
	case "lldpcli -f json0 show interfaces":
		top = a.interfaces()
	default:
		return nil, false
	}
	if a.Down {
		return []byte("2026-11-01T08:00:00 [WARN/control] unable to connect to socket /run/lldpd.socket: No such file or directory\n"), true
	}
	return append(encode(top), '\n'), true
}

// An object is a JSON object whose members keep their order, as lldpcli's do.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		v, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", m.name, v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func encode(v any) []byte {
	flat, err := json.Marshal(v)
	if err != nil {
		panic(err) // only strings, numbers and lists of them
	}
	var out bytes.Buffer
	if err := json.Indent(&out, flat, "", "  "); err != nil {
		panic(err)
	}
	return append(out.Bytes(), '\n')
}

func value(s string) []any { return []any{object{{"value", s}}} }

var subtypeWords = map[state.Subtype]string{state.MACAddress: "mac", state.NetworkAddress: "ip", state.InterfaceName: "ifname",
	state.InterfaceAlias: "ifalias", state.Local: "local"}

func identifier(id state.Identifier) []any {
	word := subtypeWords[id.Subtype]
	if word == "" {
		word = "unhandled"
	}
	return []any{object{{"type", word}, {"value", id.ID}}}
}

func (a *Agent) neighbours() any {
	if len(a.Heard) == 0 {
		return object{{"lldp", []any{object{}}}}
	}
	var list []any
	for i, n := range a.Heard {
		chassis := object{{"id", identifier(n.ChassisID)}, {"name", value(n.SystemName)}, {"descr", value(n.SystemDesc)}}
		if n.Address.IsValid() {
			chassis = append(chassis, member{"mgmt-ip", value(n.Address.String())})
		}
		chassis = append(chassis, member{"capability", []any{
			object{{"type", "Bridge"}, {"enabled", n.Bridge}}, object{{"type", "Station"}, {"enabled", !n.Bridge}}}})
		port := object{{"id", identifier(n.PortID)}, {"descr", value(n.PortDescription)}, {"ttl", value(strconv.Itoa(n.TTL))}}
		one := object{{"name", n.Port}, {"via", "LLDP"}, {"rid", strconv.Itoa(i + 1)}, {"age", "40 days, 00:00:00"},
			{"chassis", []any{chassis}}, {"port", []any{port}}}
		if n.PVID != 0 {
			one = append(one, member{"vlan", []any{object{{"vlan-id", strconv.Itoa(int(n.PVID))}, {"pvid", true}}}})
		}
		list = append(list, one)
	}
	return object{{"lldp", []any{object{{"interface", list}}}}}
}

func (a *Agent) own() any {
	o := object{{"id", identifier(a.Chassis)}, {"name", value(a.Hostname)}, {"descr", value(a.Description)}}
	if a.Address.IsValid() {
		o = append(o, member{"mgmt-ip", value(a.Address.String())})
	}
	return o
}

func (a *Agent) interfaces() any {
	var list []any
	for _, p := range a.Ports {
		id := identifier(state.Identifier{Subtype: state.InterfaceName, ID: p})
		list = append(list, object{{"name", p}, {"status", value("RX and TX")}, {"chassis", []any{a.own()}},
			{"port", []any{object{{"id", id}, {"descr", value(p)}}}}, {"ttl", []any{object{{"ttl", "120"}}}}})
	}
	if list == nil {
		return object{{"lldp", []any{object{}}}}
	}
	return object{{"lldp", []any{object{{"interface", list}}}}}
}
