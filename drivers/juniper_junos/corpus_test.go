package juniper_junos

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/corpus"
	"uplinkcheck/drivers/state"
)

// recordings is the folder of what real Junos switches answered.
func recordings(t *testing.T) string {
	const folder = "corpus/juniper_junos"
	return filepath.Join(corpus.Shared(t, folder), folder)
}

// A tally counts how what was read compares with what somebody else read from the same bytes.
type tally struct {
	t                     *testing.T
	right, unknown, wrong int
}

func (y *tally) fact(what string, got capture.Fact[string], want string) {
	switch {
	case !got.Known():
		y.unknown++
	case strings.EqualFold(got.Value, want):
		y.right++
	default:
		y.wrong++
		y.t.Errorf("%s: got %q, want %q", what, got.Value, want)
	}
}

// present counts a row that should be there.
func (y *tally) present(what string, there bool) {
	if there {
		y.right++
		return
	}
	y.unknown++
	y.t.Logf("%s: not read", what)
}

// as makes text of any fact.
func as[T any](f capture.Fact[T]) capture.Fact[string] {
	return capture.Then(f, func(v T) (string, bool) { return fmt.Sprint(v), true })
}

type object = map[string]any

func textOf(v any) string {
	if v == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(v))
}

// folders are the recorded commands with published results, the line that asks the same, and how the two compare.
var folders = []struct {
	folder, line string
	compare      func(y *tally, s *state.Switch, want any)
}{
	{"get_vlan_information", "<get-vlan-information/>", func(y *tally, s *state.Switch, want any) {
		for id, v := range want.(object) {
			vid, ok := toVID(id)
			if !ok { // the default VLAN without an id
				continue
			}
			y.vlan(s, vid, textOf(v.(object)["name"]), v.(object)["interfaces"].([]any))
		}
	}},
	{"show_vlans", "show vlans | no-more", func(y *tally, s *state.Switch, want any) {
		for _, row := range want.([]any) {
			vid, _ := toVID(textOf(row.(object)["tag"]))
			y.vlan(s, vid, textOf(row.(object)["vlan_name"]), row.(object)["interfaces"].([]any))
		}
	}},
	{"show_vlans_detail", "<get-vlan-information/>", func(y *tally, s *state.Switch, want any) {
		for _, row := range want.([]any) {
			vid, _ := toVID(textOf(row.(object)["vlan"]))
			y.vlan(s, vid, "", row.(object)["interfaces"].([]any))
		}
	}},
	{"get_lldp_neighbors_information", "<get-lldp-neighbors-information/>", napalmNeighbours("hostname", "port")},
	{"get_lldp_interface_neighbors", "<get-lldp-neighbor-detail-information/>", napalmNeighbours("remote_system_name", "remote_port")},
	{"get_lldp_interface_neighbors_information", "<get-lldp-neighbor-detail-information/>", napalmNeighbours("remote_system_name", "remote_port")},
	{"show_lldp_neighbors", "show lldp neighbors | no-more", rowNeighbours("local_interface", "neighbor_name", "chassis_id")},
	{"show_lldp_neighbors_detail", "<get-lldp-neighbor-detail-information/>", rowNeighbours("ifname", "peerHostname", "")},
	{"get_ethernet_switching_table_information", "<get-ethernet-switching-table-information/>", addresses("mac", "interface")},
	{"show_ethernet_switching_table_detail", "<get-ethernet-switching-table-information/>", addresses("macaddr", "oif")},
	{"show_version", "show version | no-more", func(y *tally, s *state.Switch, want any) {
		if rows, ok := want.([]any); ok {
			row := rows[0].(object)
			y.fact("host name", s.Device.Hostname, textOf(row["hostname"]))
			y.fact("model", s.Device.Model, textOf(row["model"]))
			y.fact("version", s.Device.Version, textOf(row["junos_version"]))
			return
		}
		row := want.(object)["software-information"].(object)
		y.fact("host name", s.Device.Hostname, textOf(row["host-name"]))
		y.fact("model", s.Device.Model, textOf(row["product-model"]))
		y.fact("version", s.Device.Version, textOf(row["junos-version"]))
	}},
	{"show_system_information", "<get-system-information/>", func(y *tally, s *state.Switch, want any) {
		row := want.([]any)[0].(object)
		y.fact("host name", s.Device.Hostname, textOf(row["hostname"]))
		y.fact("model", s.Device.Model, textOf(row["model"]))
		y.fact("version", s.Device.Version, textOf(row["version"]))
		y.fact("serial number", s.Device.Serial, textOf(row["serialNumber"]))
	}},
	{"show_lacp_interfaces", "show lacp interfaces | no-more", func(y *tally, s *state.Switch, want any) {
		info := want.(object)["lacp-interface-information-list"].(object)["lacp-interface-information"].(object)
		a := s.Aggregator(textOf(info["lag-lacp-header"].(object)["aggregate-name"]))
		for _, row := range info["lag-lacp-state"].([]any) {
			y.state(a, row.(object))
		}
	}},
	{"show_lacp_statistics_interfaces_interface", "show lacp statistics interfaces | no-more", func(y *tally, s *state.Switch, want any) {
		info := want.(object)["lacp-interface-statistics-list"].(object)["lacp-interface-statistics"].(object)
		a := s.Aggregator(textOf(info["lag-lacp-header"].(object)["aggregate-name"]))
		for _, row := range info["lag-lacp-statistics"].([]any) {
			for _, m := range a.Ports {
				if m.Name == row.(object)["name"] {
					y.fact(m.Name+" RX", as(m.RX), textOf(row.(object)["lacp-rx-packets"]))
					y.fact(m.Name+" TX", as(m.TX), textOf(row.(object)["lacp-tx-packets"]))
				}
			}
		}
	}},
	{"show_interface", "<get-interface-information/>", func(y *tally, s *state.Switch, want any) {
		for _, row := range want.([]any) {
			row := row.(object)
			n := s.Interface(textOf(row["ifname"]))
			if n == nil || textOf(row["ifname"]) != base(textOf(row["ifname"])) {
				continue // a unit, or what another command said
			}
			y.fact(n.Name+" oper", as(n.Oper), textOf(row["state"]))
			y.fact(n.Name+" admin", as(n.Admin), textOf(row["adminState"]))
			if master := textOf(row["master"]); strings.HasPrefix(master, "ae") {
				y.fact(n.Name+" aggregator", n.Aggregator, master)
			}
		}
	}},
	{"get_interface_information", "<get-interface-information/>", func(y *tally, s *state.Switch, want any) {
		for name, row := range want.(object) {
			row := row.(object)
			n := s.Interface(name)
			if n == nil || row["is_up"] == nil {
				continue
			}
			y.fact(name+" oper", as(n.Oper), map[bool]string{true: "up", false: "down"}[row["is_up"].(bool)])
			if mac := textOf(row["mac_address"]); mac != "None" && mac != "" {
				y.fact(name+" MAC", as(n.MAC), mac)
			}
			if speed, ok := row["speed"].(float64); ok && speed > 0 {
				y.fact(name+" speed", as(n.Speed), fmt.Sprint(uint64(speed)*1e6))
			}
		}
	}},
}

func (y *tally) vlan(s *state.Switch, id state.VID, name string, ports []any) {
	v := s.VLAN(id)
	y.present(fmt.Sprintf("VLAN %d", id), v != nil)
	if v != nil && name != "" {
		y.fact("VLAN name", v.Name, name)
	}
	var want []string
	for _, p := range ports {
		if k := kindOf(base(textOf(p))); k == state.Physical || k == state.Aggregate {
			want = append(want, base(textOf(p)))
			b := s.BridgePort(base(textOf(p)))
			y.present(textOf(p), b != nil)
			if b != nil && b.Members.Known() && !b.Members.Value.Has(id) {
				y.wrong++
				y.t.Errorf("%s: VLAN %d is not among %s", textOf(p), id, b.Members.Value)
			}
		}
	}
	for _, b := range s.BridgePorts {
		if b.Members.Known() && b.Members.Value.Has(id) && !strings.Contains(" "+strings.Join(want, " ")+" ", " "+b.Interface+" ") {
			y.wrong++
			y.t.Errorf("%s: VLAN %d is among %s, but not in the published result", b.Interface, id, b.Members.Value)
		}
	}
}

func (y *tally) state(a *state.Aggregator, row object) {
	for _, m := range a.Ports {
		if m.Name != row["name"] {
			continue
		}
		end := m.Actor
		if row["lacp-role"] == "Partner" {
			end = m.Partner
		}
		for _, b := range lacpBits {
			want := state.No
			if strings.EqualFold(textOf(row[b.leaf]), b.on) {
				want = state.Yes
			}
			y.fact(m.Name+" "+b.leaf, capture.Of(end.State.Value.Has(b.bit).String(), end.State.From), want.String())
		}
	}
}

func (y *tally) neighbour(s *state.Switch, local, system, chassis, port string) {
	for _, r := range s.Remotes {
		if r.Interface == portOf(local) {
			y.fact(local+" system name", r.SystemName, system)
			id := func(f capture.Fact[state.Identifier]) capture.Fact[string] {
				return capture.Then(f, func(i state.Identifier) (string, bool) { return i.ID, true })
			}
			if chassis != "" {
				y.fact(local+" chassis id", id(r.ChassisID), chassis)
			}
			if port != "" {
				y.fact(local+" port id", id(r.PortID), port)
			}
			return
		}
	}
	y.present("neighbour on "+local, false)
}

// napalmNeighbours compares with lists by local port. Where no port id was printed they fall back to the description.
func napalmNeighbours(system, port string) func(*tally, *state.Switch, any) {
	return func(y *tally, s *state.Switch, want any) {
		for local, list := range want.(object) {
			row := list.([]any)[0].(object)
			y.neighbour(s, local, textOf(row[system]), textOf(row["remote_chassis_id"]), textOf(row[port]))
		}
	}
}

func rowNeighbours(local, system, chassis string) func(*tally, *state.Switch, any) {
	return func(y *tally, s *state.Switch, want any) {
		for _, row := range want.([]any) {
			if row := row.(object); row[local] != nil {
				y.neighbour(s, textOf(row[local]), textOf(row[system]), textOf(row[chassis]), "")
			}
		}
	}
}

func addresses(mac, port string) func(*tally, *state.Switch, any) {
	return func(y *tally, s *state.Switch, want any) {
		for _, row := range want.([]any) {
			row := row.(object)
			m, _ := toMAC(textOf(row[mac]))
			found := false
			for _, e := range s.MACs {
				if e.MAC == m && fmt.Sprint(e.VID) == textOf(row["vlan"]) {
					found = true
					y.fact("port of "+m.String(), capture.Of(e.Interface, e.From), portOf(textOf(row[port])))
				}
			}
			y.present("address "+m.String(), found)
		}
	}
}

// TestCorpus reads real outputs and compares with what others published about them: unknown is allowed, wrong is not.
func TestCorpus(t *testing.T) {
	dir := recordings(t)
	for _, f := range folders {
		t.Run(f.folder, func(t *testing.T) {
			y := &tally{t: t}
			inputs, err := filepath.Glob(filepath.Join(dir, f.folder, "*", "input.*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, input := range inputs {
				raw, err := os.ReadFile(filepath.Join(filepath.Dir(input), "expected.json"))
				if err != nil {
					continue // nobody published a result
				}
				var want any
				if err := json.Unmarshal(raw, &want); err != nil {
					t.Fatal(err)
				}
				data, err := os.ReadFile(input)
				if err != nil {
					t.Fatal(err)
				}
				s, err := parse(&capture.Capture{Replies: []*capture.Reply{{Command: f.line, Data: data, Complete: true}}})
				if err != nil {
					t.Errorf("%s: %v", input, err)
					continue
				}
				f.compare(y, s, want)
			}
			t.Logf("%d right, %d unknown, %d wrong", y.right, y.unknown, y.wrong)
			if y.right == 0 {
				t.Error("nothing was read")
			}
		})
	}
}

// TestCorpusWhole gives every recording to every line: no panic, and nothing that refuses is read.
func TestCorpusWhole(t *testing.T) {
	inputs, err := filepath.Glob(filepath.Join(recordings(t), "*", "*", "*.*"))
	if err != nil || len(inputs) < 100 {
		t.Fatalf("%d recordings: %v", len(inputs), err)
	}
	for _, input := range inputs {
		data, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range Driver.Commands {
			s, err := parse(&capture.Capture{Replies: []*capture.Reply{{Command: c.Line, Data: data, Complete: true, Err: refusal(data)}}})
			if err == nil && s == nil {
				t.Errorf("%s as %s: neither a state nor an error", input, c.Line)
			}
		}
	}
}

func recorded(t *testing.T, path, command string) *state.Switch {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(recordings(t), path))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Driver.Parse(&capture.Capture{Device: "vc1", Platform: Driver.Name,
		Replies: []*capture.Reply{{Device: "vc1", Command: command, Data: data, Complete: true}}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStackCablesAreReadFromRealReplies(t *testing.T) {
	s := recorded(t, "get_virtual_chassis_information/eznc__facts_ifd_style_switch_get-virtual-chassis-information/input.xml",
		"<get-virtual-chassis-information/>")
	for _, m := range s.Members {
		if len(m.Links) != 3 || m.Links[0].Port != "vcp-1/0/1" || m.Links[0].To == m.ID || !m.LinksFrom.Known() {
			t.Errorf("member %s has the links %+v; the reply lists three, each to the other member", m.ID, m.Links)
		}
	}
}

func TestCountersOfBadPDUsAreReadFromRealReplies(t *testing.T) {
	s := recorded(t, "show_lacp_statistics_interfaces_interface/genie__golden_output/input.txt", "show lacp statistics interfaces | no-more")
	for _, p := range s.Aggregators[0].Ports {
		// The recording ends without a line end, so its last row is not read.
		if p.Name == "ge-0/0/6" && (!capture.Is(p.RX, 286) || !capture.Is(p.UnknownRX, 0) || !capture.Is(p.IllegalRX, 0)) {
			t.Errorf("%s: got %v LACPDUs, %v unknown, %v illegal", p.Name, p.RX, p.UnknownRX, p.IllegalRX)
		}
	}
}

// The configuration says for which interfaces a filter judges what arrives, alone or in a list.
func TestFiltersAreReadFromRealConfigurations(t *testing.T) {
	path := filepath.Join(recordings(t), "show_configuration_interfaces", "nautobot__juniper_junos_3", "input.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := &capture.Reply{Device: "mx1", Command: "show configuration interfaces | display inheritance", Data: data, Complete: true}
	e, err := root(r)
	if err != nil {
		t.Fatal(err)
	}
	p := &parser{sw: &state.Switch{}, reply: r}
	for x := range e.all("configuration") {
		configuration(p, x)
	}
	for name, want := range map[string]capture.Fact[bool]{"lo0.0": {Value: true}, "ge-1/0/0.2950": {Value: true}, "ae0.0": {}} {
		if got := p.filtered(name); got.Value != want.Value {
			t.Errorf("%s: filtered is %v, want %v", name, got, want.Value)
		}
	}
	if p.filtered("irb.10").Known() {
		t.Error("an interface that is not configured is known to have no filter")
	}
}
