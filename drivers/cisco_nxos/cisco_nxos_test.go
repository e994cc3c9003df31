package cisco_nxos

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// parsed reads replies, given as a command and its output in turn.
func parsed(t *testing.T, replies ...string) *state.Switch {
	t.Helper()
	c := &capture.Capture{Device: "nx1"}
	for i := 0; i < len(replies); i += 2 {
		c.Replies = append(c.Replies, &capture.Reply{Device: "nx1", Command: replies[i], Data: []byte(replies[i+1]), Complete: true})
	}
	s, err := Driver.Parse(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRefusals(t *testing.T) {
	for reply, want := range map[string]string{
		"                 ^\n% Invalid command at '^' marker.\n":          "% Invalid command at '^' marker.",
		"show vpc\r\n          ^\r\n% Invalid command at '^' marker.\r\n": "% Invalid command at '^' marker.",
		"% Permission denied for the role\n":                              "% Permission denied for the role",
		"Syntax error while parsing 'show x'\n":                           "Syntax error while parsing 'show x'",
		"Legend:\n\nvPC domain id : 1\n% Invalid\n":                       "", // further down it may be anything
		"Name: Ethernet1/1\n  Switchport: Enabled\n":                      "",
		"": "",
	} {
		if got := refusal([]byte(reply)); got != want {
			t.Errorf("%q: got %q, want %q", reply, got, want)
		}
	}
}

// One row is an object, several are a list, and of some commands the table is the list; NX-API wraps an answer.
func TestRowsInAnyShape(t *testing.T) {
	const row = `{"vlanshowbr-vlanid":"7","vlanshowbr-vlanname":"x","vlanshowbr-vlanstate":"active","vlanshowbr-shutstate":"noshutdown"}`
	for name, reply := range map[string]string{
		"an object":     `{"TABLE_vlanbriefxbrief":{"ROW_vlanbriefxbrief":` + row + `}}`,
		"a list":        `{"TABLE_vlanbriefxbrief":{"ROW_vlanbriefxbrief":[` + row + `]}}`,
		"tables":        `{"TABLE_vlanbriefxbrief":[{"ROW_vlanbriefxbrief":` + row + `}]}`,
		"a body":        `{"ins_api":{"type":"cli_show","outputs":{"output":{"body":{"TABLE_vlanbriefxbrief":{"ROW_vlanbriefxbrief":` + row + `}},"code":"200"}}}}`,
		"a result":      `[{"jsonrpc":"2.0","result":{"body":{"TABLE_vlanbriefxbrief":{"ROW_vlanbriefxbrief":` + row + `}},"id":1}}]`,
		"a line before": "Note: slow\n" + `{"TABLE_vlanbriefxbrief":{"ROW_vlanbriefxbrief":` + row + `}}`,
	} {
		if s := parsed(t, "show vlan brief | json", reply); len(s.VLANs) != 1 || s.VLANs[0].ID != 7 || !s.Listed.VLANs.Known() {
			t.Errorf("%s: got %v", name, s.VLANs)
		}
	}
	if s := parsed(t, "show vlan brief | json", `{"TABLE_vlanbriefxbrief":""}`); len(s.VLANs) != 0 || s.Listed.VLANs.Known() {
		t.Error("no table is taken for a list of no VLANs")
	}
}

// Which frames fit is decided by a policy for the whole switch on some models, whatever a port shows.
func TestMTUOfModelsWithAPolicy(t *testing.T) {
	port := `{"TABLE_interface":{"ROW_interface":{"interface":"Ethernet1/1","state":"up","admin_state":"up","eth_mtu":"1500","eth_mode":"trunk"}}}`
	for model, known := range map[string]bool{"Nexus 5596 Chassis": false, "Nexus5548 Chassis": false, "Nexus 3048 Chassis": false, "Nexus9000 C93180YC-EX Chassis": true} {
		s := parsed(t, "show version | json", `{"chassis_id":"`+model+`"}`, "show interface | json", port)
		if got := s.Interfaces[0].MTU.Known(); got != known {
			t.Errorf("%s: MTU known: %v", model, got)
		}
	}
}

func TestSince(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"00:12:31": 12*time.Minute + 31*time.Second, "1d08h": 32 * time.Hour, "5week(s) 6day(s)": 41 * day, "never": state.Never, "1y2w": 379 * day, "soon": 0,
	} {
		got := since(capture.Of(text, (&capture.Reply{Data: []byte(text)}).Whole()))
		if got.Value != want || got.Known() != (text != "soon") {
			t.Errorf("%s: got %v", text, got.Value)
		}
	}
}

// A vPC whose peers differ suspends VLANs: those of its LAGs are known only from the list of active ones, and a list that is cut says nothing.
func TestSuspendedVLANs(t *testing.T) {
	const (
		ports = `{"TABLE_interface":{"ROW_interface":[{"interface":"port-channel10","switchport":"Enabled","oper_mode":"trunk","native_vlan":"1","trunk_vlans":"10,20","voice_vlan":"none"},` +
			`{"interface":"port-channel11","switchport":"Enabled","oper_mode":"trunk","native_vlan":"1","trunk_vlans":"10,20","voice_vlan":"none"}]}}`
		vlans = `{"TABLE_vlanbriefxbrief":{"ROW_vlanbriefxbrief":[{"vlanshowbr-vlanid-utf":"10","vlanshowbr-vlanstate":"active","vlanshowbr-shutstate":"noshutdown"},` +
			`{"vlanshowbr-vlanid-utf":"20","vlanshowbr-vlanstate":"active","vlanshowbr-shutstate":"noshutdown"}]}}`
	)
	vpc := func(consistent, list string) string {
		return `{"vpc-domain-id":"1","vpc-peer-status":"peer-ok","vpc-peer-consistency":"` + consistent + `","num-of-vpcs":"1",` +
			`"TABLE_vpc":{"ROW_vpc":{"vpc-id":"10","vpc-ifindex":"Po10","vpc-port-state":"1","vpc-consistency":"consistent","up-vlan-bitset":"` + list + `"}}}`
	}
	for name, x := range map[string]struct{ reply, vpc, other string }{
		"suspended":          {vpc("inconsistent", "10"), "10", "10,20"},
		"alike":              {vpc("consistent", "10,20"), "10,20", "10,20"},
		"alike, list is cut": {vpc("consistent", "10,..."), "10,20", "10,20"},
		"list is cut":        {vpc("inconsistent", "10,..."), "", "10,20"},
		"vPC not answered":   {"{}", "", ""},
	} {
		s := parsed(t, "show interface switchport | json", ports, "show vlan brief | json", vlans, "show vpc | json", x.reply)
		for i, want := range []string{x.vpc, x.other} {
			got := s.BridgePorts[i].Members
			if got.Known() != (want != "") || want != "" && got.Value.String() != want {
				t.Errorf("%s: %s carries %v (known: %v), want %q", name, s.BridgePorts[i].Interface, got.Value, got.Known(), want)
			}
		}
	}
}

// A word of consistency that we do not know is no "success".
func TestConsistencyInAnUnknownWord(t *testing.T) {
	for words, want := range map[[3]string]string{
		{"success", "success", "success"}: "true", {"pending", "success", "success"}: "unknown", {"success", "success", "pending"}: "unknown",
		{"pending", "failed", "success"}: "false", {"success", "success", "failed"}: "false",
	} {
		s := parsed(t, "show vpc", "vPC domain id                     : 1\nPeer status                       : peer adjacency formed ok\n"+
			"Configuration consistency status  : "+words[0]+"\nPer-vlan consistency status       : "+words[1]+"\nType-2 consistency status         : "+words[2]+"\nNumber of vPCs configured         : 0\n")
		got := "unknown"
		if c := s.MLAG.Consistent; c.Known() {
			got = map[bool]string{true: "true", false: "false"}[c.Value]
		}
		if got != want {
			t.Errorf("%v: consistent is %s, want %s", words, got, want)
		}
	}
}

// What stands below the head of an interface of another kind is nothing of the port before.
func TestInterfaceOfAnotherKind(t *testing.T) {
	s := parsed(t, "show interface", "Ethernet1/1 is up\nadmin state is up, Dedicated Interface\n  MTU 9216 bytes, BW 10000000 Kbit\n  Port mode is trunk\n\n"+
		"zfc1/2 is trunking\n  MTU 2112 bytes, BW 8000000 Kbit\n  Port mode is routed\n")
	if len(s.Interfaces) != 1 || s.Interfaces[0].MTU.Value != 9216 || !capture.Is(s.Interfaces[0].Bridged, true) {
		t.Errorf("got %+v", s.Interfaces)
	}
}

// A list of neighbours that is shorter than its own count is not whole.
func TestNeighboursThatAreMissing(t *testing.T) {
	const row = `{"chassis_type":"Mac Address","chassis_id":"0200.5e00.0001","l_port_id":"Eth1/1","port_type":"Interface Name","port_id":"x1","sys_name":"h1"}`
	for count, whole := range map[string]bool{"1": true, "2": false} {
		s := parsed(t, "show lldp neighbors detail | json", `{"TABLE_nbor_detail":{"ROW_nbor_detail":`+row+`},"neigh_count":"`+count+`"}`)
		if len(s.Remotes) != 1 || s.Listed.Remotes.Known() != whole {
			t.Errorf("count %s: whole is %v, %+v", count, !whole, s.Remotes)
		}
	}
}

// With an overlay, a switch without vPC may be in Ethernet segments: that it has no multi-chassis LAGs is not known.
func TestOverlayWithoutVPC(t *testing.T) {
	for nve, want := range map[string]state.MLAGProtocol{"disabled": state.NoMLAG, "enabled": 0} {
		s := parsed(t, "show feature", "Feature Name          Instance  State\n--------------------  --------  --------\nnve                    1          "+nve+"\nvpc                    1          disabled\n")
		if got := s.MLAG.Protocol; got.Value != want || got.Known() != (want != 0) {
			t.Errorf("nve %s: got %v", nve, got.Value)
		}
	}
}

// Orphans come as an object or a list, behind a note. An answer without a table, and one with a word that is no port, is no list of all.
func TestOrphans(t *testing.T) {
	const asked = "show vpc orphan-ports | json"
	for name, x := range map[string]struct {
		command, reply, want string
		whole                bool
	}{
		"one row":        {asked, `{"TABLE_orphan_ports":{"ROW_orphan_ports":{"vpc-vlan":"7","vpc-orphan-ports":"Eth1/6, Po5"}}}`, "Ethernet1/6:7 port-channel5:7", true},
		"a note":         {asked, "Note: \n--------::Going through port database. Please be patient.::--------\n\n" + `{"TABLE_orphan_ports":{"ROW_orphan_ports":[{"vpc-vlan":7,"vpc-orphan-ports":"Eth1/6"},{"vpc-vlan":8,"vpc-orphan-ports":"Eth1/6,Eth1/49/2"}]}}`, "Ethernet1/6:7,8 Ethernet1/49/2:8", true},
		"a strange name": {asked, `{"TABLE_orphan_ports":{"ROW_orphan_ports":{"vpc-vlan":"7","vpc-orphan-ports":"Eth1/6, none"}}}`, "Ethernet1/6:7", false},
		"no VLAN":        {asked, `{"TABLE_orphan_ports":{"ROW_orphan_ports":{"vpc-vlan":"all","vpc-orphan-ports":"Eth1/6"}}}`, "", false},
		"an empty table": {asked, `{"TABLE_orphan_ports":""}`, "", false},
		"text":           {"show vpc orphan-ports", "Note: \n--------::Going through port database. Please be patient.::--------\n\nVLAN           Orphan Ports\n-------        -------------------------\n", "", false},
		"text wrapped":   {"show vpc orphan-ports", "VLAN           Orphan Ports\n-------        ---------\n7              Eth1/6, Eth1/7,\n               Po5\n8              Po5\n", "Ethernet1/6:7 Ethernet1/7:7 port-channel5:7,8", false},
		"text, off":      {"show vpc orphan-ports", "Note: vPC is not configured\n7              Eth1/6\n", "", false},
	} {
		s := parsed(t, x.command, x.reply)
		var got []string
		for _, o := range s.MLAG.Orphans {
			var in []string
			for _, v := range o.ListedIn {
				in = append(in, fmt.Sprint(v.Value))
			}
			got = append(got, o.Interface+":"+strings.Join(in, ","))
		}
		if strings.Join(got, " ") != x.want || s.Listed.Orphans.Known() != x.whole {
			t.Errorf("%s: got %v, whole %v", name, got, s.Listed.Orphans.Known())
		}
	}
}

// What an orphan does without the peer-link is its configuration, as far as that was read: to the end of its section, and not where a
// profile may say more. Of ports of a FEX it does not tell all.
func TestOrphansWithoutThePeerLink(t *testing.T) {
	const listed = `{"TABLE_orphan_ports":{"ROW_orphan_ports":{"vpc-vlan":"7","vpc-orphan-ports":"Eth1/6, Eth101/1/6"}}}`
	for section, want := range map[string]string{
		"  vpc orphan-port suspend\n":         "true",
		"  vpc orphan-ports suspend\n":        "true",
		"  description vpc orphan-port no\n":  "false",
		"  inherit port-profile servers\n":    "unknown",
		"  switchport\n  vpc orphan-port sus": "unknown",
	} {
		end := "\ninterface mgmt0\n"
		if !strings.HasSuffix(section, "\n") {
			end = ""
		}
		s := parsed(t, "show vpc orphan-ports | json", listed, "show running-config interface",
			"interface Ethernet101/1/6\n  vpc orphan-port suspend\n\ninterface Ethernet1/6\n"+section+end)
		got := "unknown"
		if x := s.MLAG.Orphans[0].Suspends; x.Known() {
			got = fmt.Sprint(x.Value)
		}
		if got != want || s.MLAG.Orphans[1].Suspends.Known() {
			t.Errorf("%q: suspends is %s, want %s; on the FEX: %v", section, got, want, s.MLAG.Orphans[1].Suspends)
		}
	}
}
