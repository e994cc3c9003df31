package openvswitch

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/corpus"
	"uplinkcheck/drivers/lldpd"
	"uplinkcheck/drivers/openvswitch/ovs"
	"uplinkcheck/drivers/state"
)

// A tally counts facts that stand in real outputs by what the parser made of them.
type tally struct{ right, unknown, wrong int }

func (c *tally) fact(t *testing.T, what, want, got string, known bool) {
	t.Helper()
	switch {
	case !known:
		c.unknown++
	case got == want:
		c.right++
	default:
		c.wrong++
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// TestCorpus reads every real output of our commands by a second, naive way and compares fact by fact. testdata/corpus.tsv holds the
// counts; -update rewrites it.
func TestCorpus(t *testing.T) {
	dir := corpus.Shared(t, "corpus/openvswitch")
	counts := map[string]*tally{}
	count := func(command string) *tally {
		if counts[command] == nil {
			counts[command] = &tally{}
		}
		return counts[command]
	}
	each := func(pattern string, check func(t *testing.T, name, text string)) {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: no recordings", pattern)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			check(t, filepath.Base(filepath.Dir(f))+"/"+filepath.Base(f), string(data))
		}
	}
	for _, pattern := range []string{"corpus/openvswitch/ovs_appctl_lacp_show/*/input.txt", "lab/samples/*-lacp-show.txt"} {
		each(pattern, func(t *testing.T, name, text string) { compareLACP(t, name, text, count("ovs-appctl lacp/show")) })
	}
	for _, pattern := range []string{"corpus/openvswitch/ovs_appctl_bond_show/*/input.txt", "lab/samples/*-bond-show.txt"} {
		each(pattern, func(t *testing.T, name, text string) { compareBond(t, name, text, count("ovs-appctl bond/show")) })
	}
	each("corpus/openvswitch/ovs_appctl_fdb_show/*/input.txt", func(t *testing.T, name, text string) {
		compareFDB(t, name, text, count("ovs-appctl fdb/show"))
	})
	each("lab/samples/*-json0.json", func(t *testing.T, name, text string) { compareLLDP(t, name, text, count(lldpd.NeighboursLine)) })
	each("lab/samples/s1-port.json", func(t *testing.T, name, text string) {
		interfaces, err := os.ReadFile(filepath.Join(dir, "lab/samples/s1-interface.json"))
		if err != nil {
			t.Fatal(err)
		}
		compareTables(t, name, text, string(interfaces), count)
	})
	var table strings.Builder
	table.WriteString("command\tright\tunknown\twrong\n")
	for _, command := range slices.Sorted(keys(counts)) {
		c := counts[command]
		fmt.Fprintf(&table, "%s\t%d\t%d\t%d\n", command, c.right, c.unknown, c.wrong)
	}
	const path = "testdata/corpus.tsv"
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != table.String() {
		t.Errorf("%s holds other counts (%v); now they are\n%s", path, err, table.String())
	}
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// world makes a capture of one reply, and of tables with a bond for each of its sections and an interface for each member.
func world(command, text string, members map[string][]string, mode string) *capture.Capture {
	var ports, interfaces, refs [][]any
	for _, bond := range slices.Sorted(keys(members)) {
		var ids []any
		for _, m := range members[bond] {
			id := []string{"uuid", "i-" + m}
			ids = append(ids, id)
			number := len(interfaces) + 1
			fmt.Sscanf(m, "of%d", &number)
			interfaces = append(interfaces, []any{id, m, "", number})
		}
		lacp := any("active")
		if mode == "active-backup" {
			lacp = []any{"set", []any{}}
		}
		id := []string{"uuid", "p-" + bond}
		refs = append(refs, []any{id[0], id[1]})
		ports = append(ports, []any{id, bond, []any{"set", ids}, lacp, mode})
	}
	table := func(data any, headings ...string) []byte {
		out, err := json.Marshal(map[string]any{"data": data, "headings": headings})
		if err != nil {
			panic(err)
		}
		return out
	}
	reply := func(line string, data []byte) *capture.Reply {
		return &capture.Reply{Device: "corpus", Command: line, Data: data, Complete: true}
	}
	return &capture.Capture{Device: "corpus", Replies: []*capture.Reply{
		reply("ovs-vsctl --format=json list Interface", table(interfaces, "_uuid", "name", "type", "ofport")),
		reply("ovs-vsctl --format=json list Port", table(ports, "_uuid", "name", "interfaces", "lacp", "bond_mode")),
		reply("ovs-vsctl --format=json list Bridge", table([]any{[]any{[]string{"uuid", "b"}, "br0", []any{"set", refs}}}, "_uuid", "name", "ports")),
		reply(command, []byte(text)),
	}}
}

var (
	sectionLine = regexp.MustCompile(`^---- (\S+) ----$`)
	memberLine  = regexp.MustCompile(`^member: (\S+): (\S+) (\S+)$`)
	endLine     = regexp.MustCompile(`^ +(actor|partner) (\S+): ?(.*)$`)
	bondLine    = regexp.MustCompile(`^member (\S+): (\S+)$`)
	stateWords  = strings.Fields("activity timeout aggregation synchronized collecting distributing defaulted expired")
)

func compareLACP(t *testing.T, name, text string, c *tally) {
	members, section := map[string][]string{}, ""
	for _, line := range strings.Split(text, "\n") {
		if m := sectionLine.FindStringSubmatch(line); m != nil {
			section = m[1]
		} else if m := memberLine.FindStringSubmatch(line); m != nil {
			members[section] = append(members[section], m[1])
		}
	}
	v := ovs.Read(world("ovs-appctl lacp/show", text, members, "balance-tcp"))
	var m *ovs.Member
	for i, line := range strings.Split(text, "\n") {
		where := fmt.Sprintf("%s:%d", name, i+1)
		if s := sectionLine.FindStringSubmatch(line); s != nil {
			section = s[1]
		} else if s := memberLine.FindStringSubmatch(line); s != nil {
			m = v.Port(section).Member(s[1])
			if m == nil {
				t.Fatalf("%s: member is not read", where)
			}
			c.fact(t, where, s[2], m.Status.Value, m.Status.Known())
			c.fact(t, where, fmt.Sprint(s[3] == "attached"), fmt.Sprint(m.Attached.Value), m.Attached.Known())
		} else if value, ok := strings.CutPrefix(line, "  may_enable: "); ok {
			c.fact(t, where, value, fmt.Sprint(m.MayEnable.Value), m.MayEnable.Known())
		} else if s := endLine.FindStringSubmatch(line); s != nil {
			e := &m.Actor
			if s[1] == "partner" {
				e = &m.Partner
			}
			got, known := said(e, s[2])
			c.fact(t, where, strings.TrimSpace(s[3]), got, known)
		}
	}
}

// said writes a value as Open vSwitch prints it.
func said(e *state.Endpoint, key string) (string, bool) {
	number := func(f capture.Fact[uint16]) (string, bool) { return fmt.Sprint(f.Value), f.Known() }
	switch key {
	case "sys_id":
		return e.System.Value.String(), e.System.Known()
	case "sys_priority":
		return number(e.SystemPriority)
	case "port_id":
		return number(e.Port)
	case "port_priority":
		return number(e.PortPriority)
	case "key":
		return number(e.Key)
	}
	var on []string
	for i, w := range stateWords {
		if e.State.Value.Has(1<<i) == state.Yes {
			on = append(on, w)
		}
	}
	return strings.Join(on, " "), e.State.Known()
}

func compareBond(t *testing.T, name, text string, c *tally) {
	members, section, mode := map[string][]string{}, "", ""
	for _, line := range strings.Split(text, "\n") {
		if m := sectionLine.FindStringSubmatch(line); m != nil {
			section = m[1]
		} else if m := bondLine.FindStringSubmatch(line); m != nil {
			members[section] = append(members[section], m[1])
		} else if value, ok := strings.CutPrefix(line, "bond_mode: "); ok {
			mode = value
		}
	}
	v := ovs.Read(world("ovs-appctl bond/show", text, members, mode))
	member := ""
	for i, line := range strings.Split(text, "\n") {
		where := fmt.Sprintf("%s:%d", name, i+1)
		if s := sectionLine.FindStringSubmatch(line); s != nil {
			section = s[1]
			continue
		}
		b := &ovs.Bond{}
		if p := v.Port(section); p != nil && p.Bond != nil {
			b = p.Bond
		}
		if s := bondLine.FindStringSubmatch(line); s != nil {
			member = s[1]
			c.fact(t, where, fmt.Sprint(s[2] == "enabled"), fmt.Sprint(b.Enabled[member].Value), b.Enabled[member].Known())
		} else if value, ok := strings.CutPrefix(line, "lacp_status: "); ok {
			c.fact(t, where, value, b.LACPStatus.Value, b.LACPStatus.Known())
		} else if value, ok := strings.CutPrefix(line, "lacp_fallback_ab: "); ok {
			c.fact(t, where, value, fmt.Sprint(b.FallbackAB.Value), b.FallbackAB.Known())
		} else if line == "  active member" {
			c.fact(t, where, member, b.Active.Value, b.Active.Known())
		}
	}
}

func compareFDB(t *testing.T, name, text string, c *tally) {
	ports := map[string][]string{}
	var rows [][]string
	for _, line := range strings.Split(text, "\n") {
		if f := strings.Fields(line); len(f) >= 3 && f[0] != "Port" {
			rows = append(rows, f)
			ports["port"+f[0]] = []string{"of" + f[0]}
		}
	}
	s, err := Driver.Parse(world("ovs-appctl fdb/show br0", text, ports, ""))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range rows {
		k := slices.IndexFunc(s.MACs, func(e state.MACEntry) bool { return e.MAC.String() == f[2] })
		if k < 0 {
			c.fact(t, name, f[2], "", false)
			continue
		}
		e := s.MACs[k]
		c.fact(t, fmt.Sprintf("%s: entry %d", name, i), strings.Join([]string{"port" + f[0], f[1], f[2]}, " "),
			fmt.Sprintf("%s %d %s", e.Interface, e.VID, e.MAC), true)
	}
}

func compareLLDP(t *testing.T, name, text string, c *tally) {
	type value []struct{ Type, Value string }
	var doc struct {
		LLDP []struct {
			Interface []struct {
				Name, Via string
				Chassis   []struct {
					ID, Name, Descr value
					Addresses       value `json:"mgmt-ip"`
				}
				Port []struct{ ID, Descr, TTL value }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	remotes, listed, _ := lldpd.Neighbours(&capture.Reply{Device: "corpus", Data: []byte(text), Complete: true})
	if !listed.Known() || len(remotes) != len(doc.LLDP[0].Interface) {
		t.Fatalf("%s: %d neighbours are read, there are %d", name, len(remotes), len(doc.LLDP[0].Interface))
	}
	for i, want := range doc.LLDP[0].Interface {
		r, chassis, port := remotes[i], want.Chassis[0], want.Port[0]
		c.fact(t, name, want.Name+" "+want.Via, r.Interface+" "+r.Protocol.String(), true)
		c.fact(t, name, chassis.ID[0].Value, r.ChassisID.Value.ID, r.ChassisID.Known())
		c.fact(t, name, chassis.Name[0].Value, r.SystemName.Value, r.SystemName.Known())
		c.fact(t, name, chassis.Descr[0].Value, r.SystemDescription.Value, r.SystemDescription.Known())
		c.fact(t, name, port.ID[0].Value, r.PortID.Value.ID, r.PortID.Known())
		c.fact(t, name, port.Descr[0].Value, r.PortDescription.Value, r.PortDescription.Known())
		c.fact(t, name, port.TTL[0].Value, fmt.Sprint(r.TTL.Value), r.TTL.Known())
		for j, a := range chassis.Addresses {
			c.fact(t, name, a.Value, r.ManagementAddresses[j].Value.String(), j < len(r.ManagementAddresses))
		}
	}
}

// compareTables compares what the cells of a real Port and Interface table say with the switch made of them.
func compareTables(t *testing.T, name, ports, interfaces string, count func(string) *tally) {
	rows := func(text string) (out []map[string]any) {
		var doc struct {
			Headings []string
			Data     [][]any
		}
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		for _, d := range doc.Data {
			r := map[string]any{}
			for i, h := range doc.Headings {
				r[h] = d[i]
			}
			out = append(out, r)
		}
		return out
	}
	var refs []any
	for _, r := range rows(ports) {
		refs = append(refs, r["_uuid"])
	}
	c := world("ovs-ofctl dump-aggregate br0", "", nil, "")
	bridge, err := json.Marshal(map[string]any{"headings": []string{"_uuid", "name", "ports", "fail_mode", "controller"},
		"data": []any{[]any{[]string{"uuid", "b"}, "br0", []any{"set", refs}, []any{"set", []any{}}, []any{"set", []any{}}}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{interfaces, ports, string(bridge), "NXST_AGGREGATE reply (xid=0x4): flow_count=1\n"} {
		c.Replies[i].Data = []byte(text)
	}
	s, err := Driver.Parse(c)
	if err != nil {
		t.Fatal(err)
	}
	n := count("ovs-vsctl list Interface")
	for _, r := range rows(interfaces) {
		i := s.Interface(r["name"].(string))
		if i == nil {
			t.Fatalf("%s: interface %v is not read", name, r["name"])
		}
		n.fact(t, name, r["admin_state"].(string), i.Admin.Value.String(), i.Admin.Known())
		n.fact(t, name, r["link_state"].(string), i.Oper.Value.String(), i.Oper.Known())
		n.fact(t, name, r["duplex"].(string), i.Duplex.Value.String(), i.Duplex.Known())
		n.fact(t, name, fmt.Sprint(uint64(r["link_speed"].(float64))), fmt.Sprint(i.Speed.Value), i.Speed.Known())
		n.fact(t, name, fmt.Sprint(r["mtu"]), fmt.Sprint(i.MTU.Value), i.MTU.Known())
		n.fact(t, name, r["mac_in_use"].(string), i.MAC.Value.String(), i.MAC.Known())
	}
	n = count("ovs-vsctl list Port")
	for _, r := range rows(ports) {
		b := s.BridgePort(r["name"].(string))
		if b == nil {
			t.Fatalf("%s: port %v is not read", name, r["name"])
		}
		if r["vlan_mode"] != "native-untagged" { // the sample's other ports say nothing of VLANs: all of them
			n.fact(t, name, "1-4094 false", fmt.Sprint(b.Configured.Value, b.Explicit.Value), b.Configured.Known())
			continue
		}
		var vids []string
		for _, v := range r["trunks"].([]any)[1].([]any) {
			vids = append(vids, fmt.Sprint(v))
		}
		n.fact(t, name, strings.Join(vids, ","), b.Configured.Value.String(), b.Configured.Known())
		n.fact(t, name, fmt.Sprint(r["tag"]), b.Untagged.Value.String(), b.Untagged.Known())
		a := s.Aggregator(r["name"].(string))
		n.fact(t, name, "LACP", a.Protocol.Value.String(), a.Protocol.Known())
	}
}
