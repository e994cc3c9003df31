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

// Of a LAG it is its ports that may be configured so; where they differ, where one was not read and on a FEX it is not known.
func TestOrphanLAGsWithoutThePeerLink(t *testing.T) {
	const listed = `{"TABLE_orphan_ports":{"ROW_orphan_ports":{"vpc-vlan":"7","vpc-orphan-ports":"Po7"}}}`
	const on, off = "  vpc orphan-port suspend\n\n", "  mtu 9216\n\n"
	for name, x := range map[string]struct{ one, two, first, second, want string }{
		"none":         {"Eth1/6", "Eth1/7", off, off, "false"},
		"both":         {"Eth1/6", "Eth1/7", on, on, "true"},
		"the first":    {"Eth1/6", "Eth1/7", on, off, "unknown"},
		"the second":   {"Eth1/6", "Eth1/7", off, on, "unknown"},
		"by a profile": {"Eth1/6", "Eth1/7", off, "  inherit port-profile servers\n\n", "unknown"},
		"on a FEX":     {"Eth101/1/6", "Eth101/1/7", off, off, "unknown"},
	} {
		full := strings.NewReplacer("Eth", "Ethernet")
		s := parsed(t, "show vpc orphan-ports | json", listed, "show port-channel summary",
			"Group Port-       Type     Protocol  Member Ports\n      Channel\n"+strings.Repeat("-", 80)+"\n7     Po7(SU)     Eth      LACP      "+x.one+"(P)    "+x.two+"(P)    \n",
			"show running-config interface", "interface port-channel7\n  switchport\n\ninterface "+full.Replace(x.one)+"\n"+x.first+"interface "+full.Replace(x.two)+"\n"+x.second+"interface mgmt0\n")
		got := "unknown"
		for _, o := range s.MLAG.Orphans {
			if o.Interface == "port-channel7" && o.Suspends.Known() {
				got = fmt.Sprint(o.Suspends.Value)
			}
		}
		if got != x.want || len(s.Aggregators) != 1 || len(s.Aggregators[0].Ports) != 2 {
			t.Errorf("%s: suspends is %s, want %s (%v)", name, got, x.want, s.Aggregators)
		}
	}
}

// A port is on the FEX that its name begins with, as is a lane of one; no chassis has as many slots.
func TestPortsOfFEXes(t *testing.T) {
	for name, want := range map[string]string{"Ethernet101/1/5": "101", "Ethernet199/1/48/2": "199", "Ethernet200/1/1": "200", "Ethernet1/101/1": "", "Ethernet18/1/1": "",
		"Ethernet101/1": "", "port-channel101": "", "Ethernet1011/1/1": "", "Ethernet099/1/1": "", "Ethernet10a/1/1": ""} {
		if got := fexOf(name); got != want {
			t.Errorf("%s is on FEX %q, want %q", name, got, want)
		}
	}
}

// A FEX is told by text, by JSON with one row or several, by the inventory and by its ports' names. What is no number of one states nothing.
func TestFEXes(t *testing.T) {
	for name, x := range map[string]struct{ command, reply, want string }{
		"text":         {"show fex detail", "FEX: 101 Description: FEX0101   state: Online\n  Extender Model: N2K-C2248TP-1GE,  Extender Serial: FOX0F01\nFEX: 102 Description: rack 7 left   state: Image Download\n  Extender Model: N2K-C2232PP-10GE,  Extender Serial: FOX0F02\n", "101 true N2K-C2248TP-1GE FOX0F01; 102 false N2K-C2232PP-10GE FOX0F02"},
		"away":         {"show fex detail", "FEX: 101 Description: FEX0101   state: Online\n  Extender Model: N2K-C2248TP-1GE,  Extender Serial: FOX0F01\nFEX: 103 Description: FEX0103   state: Offline\n", "101 true N2K-C2248TP-1GE FOX0F01; 103 false  "},
		"cut":          {"show fex detail", "FEX: 101 Description: FEX0101   state: Online\n  Extender Model: N2K-C2248TP-1GE,  Extender Serial: FOX0", "101 true  "},
		"one row":      {"show fex detail | json", `{"TABLE_fex_info":{"ROW_fex_info":{"chas_id":"101","descr":"FEX0101","fex_state":"Online","model":"N2K-C2248TP","serial":"FOX0F01"}}}`, "101 true N2K-C2248TP FOX0F01"},
		"two rows":     {"show fex detail | json", `{"TABLE_fex_info":{"ROW_fex_info":[{"chas_id":101,"fex_state":"Offline","model":"--","serial":"N/A"},{"chas_id":102,"fex_state":"AA Version Mismatch"}]}}`, "101 false  ; 102 false  "},
		"zeros":        {"show fex detail", "FEX: 101 Description: FEX0101   state: Online\n  Extender Model: N2K-C2248TP-1GE,  Extender Serial: 00000000000\n", "101 true N2K-C2248TP-1GE "},
		"no number":    {"show fex detail | json", `{"TABLE_fex_info":{"ROW_fex_info":{"chas_id":"1","fex_state":"Online"}}}`, ""},
		"no FEX":       {"show fex detail", "\n", ""},
		"a new word":   {"show fex detail", "FEX: 101 Description: FEX0101   state: Hitless Upg Idle\n  Extender Serial: FOX0F01\n", "101 ?  FOX0F01"},
		"an inventory": {"show inventory", "NAME: \"FEX 101 CHASSIS\",  DESCR: \"N2K-C2248TP  CHASSIS\"\nPID: N2K-C2248TP   ,  VID: V03 ,  SN: FOX0F01\n\nNAME: \"FEX 101 Module 1\",  DESCR: \"Supervisor\"\nPID: N2K-C2248TP   ,  VID: V03 ,  SN: FOC1\n", "101 ? N2K-C2248TP FOX0F01"},
		"and in JSON":  {"show inventory | json", `{"TABLE_inv":{"ROW_inv":[{"name":"\"FEX 101 CHASSIS\"","productid":"N2K-C2248TP","serialnum":"FOX0F01"},{"name":"FEX 101 Fan 1","productid":"x","serialnum":"N/A"}]}}`, "101 ? N2K-C2248TP FOX0F01"},
		"a port":       {"show interface status", "Port          Name               Status    Vlan      Duplex  Speed   Type\nEth101/1/5    --                 connected 7         full    1000    --\nEth1/49/1     --                 connected 7         full    10G     --\n", "101 ?  "},
	} {
		var got []string
		for _, e := range parsed(t, x.command, x.reply).Extenders {
			up := "?"
			if e.Up.Known() {
				up = fmt.Sprint(e.Up.Value)
			}
			got = append(got, strings.Join([]string{e.ID, up, e.Model.Value, e.Serial.Value}, " "))
		}
		if strings.Join(got, "; ") != x.want {
			t.Errorf("%s: got %q, want %q", name, strings.Join(got, "; "), x.want)
		}
	}
}

// A FEX is shared with the vPC peer when it hangs on a vPC, and not where there is no vPC, or none on what it hangs on.
func TestSharedFEXes(t *testing.T) {
	const (
		fex  = "FEX: 101 Description: FEX0101   state: Online\n  Fabric interface state:\n    %s - Interface Up. State: Active\n"
		lags = `{"TABLE_channel":{"ROW_channel":{"group":"101","port-channel":"port-channel101","status":"U","prtcl":"NONE","TABLE_member":{"ROW_member":{"port":"Ethernet1/1","port-status":"P"}}}}}`
		port = `{"TABLE_interface":{"ROW_interface":{"interface":"Ethernet101/1/5","state":"up"}}}`
	)
	vpc := func(name string) string {
		return `{"vpc-domain-id":"1","num-of-vpcs":"1","TABLE_vpc":{"ROW_vpc":{"vpc-id":"9","vpc-ifindex":"` + name + `","vpc-port-state":"1"}}}`
	}
	for name, x := range map[string]struct {
		fabric, vpc, want string
	}{
		"on a vPC":           {"Po101", vpc("Po101"), "true"},
		"on a member of it":  {"Eth1/1", vpc("Po101"), "true"},
		"beside the vPC":     {"Po101", vpc("Po9"), "false"},
		"on a single port":   {"Eth1/2", vpc("Po9"), "false"},
		"vPC not answered":   {"Po101", "{}", "unknown"},
		"no vPC":             {"Po101", `{"vpc-domain-id":"not configured"}`, "false"},
		"a port is a vPC":    {"", vpc("Eth101/1/5"), "true"},
		"on nothing we know": {"", vpc("Po9"), "unknown"},
	} {
		replies := []string{"show interface | json", port, "show port-channel summary | json", lags, "show vpc | json", x.vpc}
		if x.fabric != "" {
			replies = append(replies, "show fex detail", fmt.Sprintf(fex, x.fabric))
		}
		s := parsed(t, replies...)
		got := "unknown"
		if f := s.Extenders[0].Shared; f.Known() {
			got = fmt.Sprint(f.Value)
		}
		if got != x.want || len(s.Extenders) != 1 || s.Interface("Ethernet101/1/5").Extender.Value != "101" {
			t.Errorf("%s: shared is %s, want %s", name, got, x.want)
		}
	}
}

// Releases that keep some VLANs for themselves leave them out of a list that nobody wrote.
func TestListsThatNobodyWrote(t *testing.T) {
	for list, explicit := range map[string]bool{"1-4094": false, "1-3967,4048-4093": false, "1-3966": true, "10,20": true, "none": true} {
		s := parsed(t, "show interface switchport", "Name: Ethernet1/1\n  Switchport: Enabled\n  Operational Mode: trunk\n  Trunking Native Mode VLAN: 1 (default)\n"+
			"  Trunking VLANs Allowed: "+list+"\n  Voice VLAN: none\n")
		if b := s.BridgePorts[0]; !b.Configured.Known() || b.Configured.Value.String() != list || b.Explicit.Value != explicit {
			t.Errorf("%s: got %v, explicit %v", list, b.Configured.Value, b.Explicit.Value)
		}
	}
}

func TestRangesOfPorts(t *testing.T) {
	for list, want := range map[string]string{
		"Ethernet1/1-3":                            "Ethernet1/1 Ethernet1/2 Ethernet1/3",
		"port-channel9-10,Ethernet101/1/1":         "port-channel9 port-channel10 Ethernet101/1/1",
		"Ethernet1/3-1":                            "",
		"Ethernet1/1-Ethernet1/3":                  "",
		"port-channel1,Ethernet1/1,Ethernet1/49/1": "port-channel1 Ethernet1/1 Ethernet1/49/1",
	} {
		s := parsed(t, "show vlan brief | json", `{"TABLE_vlanbriefxbrief":{"ROW_vlanbriefxbrief":{"vlanshowbr-vlanid-utf":"7","vlanshowbr-vlanstate":"active","vlanshowplist-ifidx":"`+list+`"}}}`)
		var got []string
		for _, p := range s.VLANs[0].Ports {
			got = append(got, p.Value)
		}
		if strings.Join(got, " ") != want || (len(s.Unread) > 0) != (want == "") {
			t.Errorf("%s: got %v, unread %d", list, got, len(s.Unread))
		}
	}
}

// The state BKN* leaves no blank before the cost. What holds such a port back does not let it take over.
func TestBrokenPortInTheTable(t *testing.T) {
	s := parsed(t, "show spanning-tree mst", "##### MST1    vlans mapped:   10\nInterface        Role Sts Cost      Prio.Nbr Type\n"+
		"---------------- ---- --- --------- -------- --------------------------------\nEth1/1           Altn BKN*20000     128.130  Network P2p *BA_Inc\n\n")
	if len(s.STP) != 1 || !capture.Is(s.STP[0].State, state.Blocking) || !capture.Is(s.STP[0].Alternate, false) {
		t.Errorf("got %+v", s.STP)
	}
}

// A reason may have brackets of its own.
func TestReasonWithBrackets(t *testing.T) {
	for head, want := range map[string]string{
		"Ethernet1/1 is down (suspended(no LACP PDUs))":                        "suspended(no LACP PDUs)",
		"Ethernet1/1 is down (Link not connected)":                             "Link not connected",
		"Vlan10 is down (VLAN/BD is down), line protocol is down, autostate x": "VLAN/BD is down",
	} {
		if s := parsed(t, "show interface", head+"\nadmin state is up\n"); s.Interfaces[0].OperReason.Value != want {
			t.Errorf("%s: got %q", head, s.Interfaces[0].OperReason.Value)
		}
	}
}

// A Nexus 1000V has the module behind the port.
func TestAddressWithAModule(t *testing.T) {
	s := parsed(t, "show mac address-table", "VLAN      MAC Address       Type    Age       Port                           Mod\n"+
		"---------+-----------------+-------+---------+------------------------------+---\n"+
		"10        0200.5e00.0001    dynamic 5         Eth3/5                         3\n")
	if len(s.MACs) != 1 || s.MACs[0].Interface != "Ethernet3/5" {
		t.Errorf("got %+v", s.MACs)
	}
}

// In JSON one member says of an SVI what the text says before the reason: a VLAN without a port that is up does not take an SVI out of service.
func TestStateOfAnSVI(t *testing.T) {
	for row, want := range map[string]string{
		`"svi_admin_state":"up"`: "up up", `"svi_admin_state":"down","svi_rsn_desc":"Administratively down"`: "down down",
		`"svi_admin_state":"down","svi_rsn_desc":"VLAN/BD is down"`: "unknown down", `"svi_admin_state":"up","svi_rsn_desc":"VLAN/BD is down"`: "up unknown",
	} {
		i := parsed(t, "show interface brief | json", `{"TABLE_interface":{"ROW_interface":{"interface":"Vlan10",`+row+`}}}`).Interfaces[0]
		if got := i.Admin.Value.String() + " " + i.Oper.Value.String(); got != want {
			t.Errorf("%s: got %s, want %s", row, got, want)
		}
	}
	i := parsed(t, "show interface | json", `{"TABLE_interface":{"ROW_interface":{"interface":"Vlan10","svi_admin_state":"down","svi_rsn_desc":"VLAN/BD is down","svi_line_proto":"down"}}}`).Interfaces[0]
	if i.Admin.Known() || !capture.Is(i.Oper, state.Down) {
		t.Errorf("got %v, %v", i.Admin, i.Oper)
	}
}

func TestMembersInAChannel(t *testing.T) {
	s := parsed(t, "show interface", "port-channel7 is up\nadmin state is up,\n  Members in this channel: Eth1/1, Eth1/10\nEthernet1/10 is up\nadmin state is up, Dedicated Interface\n")
	of := s.Interface("Ethernet1/10").Aggregator
	if p := s.Aggregator("port-channel7").Ports; len(p) != 2 || of.Value != "port-channel7" || !strings.Contains(of.From.Quote(), of.Value) {
		t.Errorf("got %+v", p)
	}
}

// The column of names is as wide as its heading says: one that fills it may be cut.
func TestNamesInColumns(t *testing.T) {
	s := parsed(t, "show interface status", `
Port             Name            Status    Vlan      Duplex  Speed   Type
Eth1/1           fifteen-letters connected trunk     full    10G     10Gbase-SR
Eth1/2           short           connected trunk     full    10G     10Gbase-SR
Eth1/3           down 1 full x   connected trunk     full    10G     10Gbase-SR

Interface     Name               Status    Reason            Reason description
Tunnel1       to a branch        down      admin down        Administratively down
Tunnel2       no down times      connected none              none
`)
	for name, want := range map[string]string{"Ethernet1/1": " up", "Ethernet1/2": "short up", "Ethernet1/3": "down 1 full x up", "Tunnel1": "to a branch down", "Tunnel2": "no down times up"} {
		if i := s.Interface(name); i.Description.Value+" "+i.Oper.Value.String() != want {
			t.Errorf("%s: got %q %s, want %q", name, i.Description.Value, i.Oper.Value, want)
		}
	}
}

func TestNameOfAVLANWithStates(t *testing.T) {
	v := parsed(t, "show vlan brief", "VLAN Name                             Status    Ports\n10   no active ports                  suspended Po1, Eth1/1\n").VLANs[0]
	if v.Name.Value != "no active ports" || !capture.Is(v.Active, false) || len(v.Ports) != 2 {
		t.Errorf("got %+v", v)
	}
}

// The letters of capabilities are no port id where none was sent, and "null" is no name.
func TestShortListOfLLDP(t *testing.T) {
	s := parsed(t, "show lldp neighbors", `
Device ID            Local Intf      Hold-time  Capability  Port ID
r6                   Eth1/6          120        R
sw7                  Eth1/7          120                    B
null                 Eth1/8          120        B           0200.5e00.0003
`)
	for i, want := range []string{"r6 ", "sw7 B", " 02:00:5e:00:00:03"} {
		if r := s.Remotes[i]; r.SystemName.Value+" "+r.PortID.Value.ID != want {
			t.Errorf("got %q %q, want %q", r.SystemName.Value, r.PortID.Value.ID, want)
		}
	}
}

// The port id of a phone has two words; what begins with a number may be the end of others.
func TestPortIDsOfCDP(t *testing.T) {
	s := parsed(t, "show cdp neighbors", `
Device-ID          Local Intrfce  Hldtme Capability  Platform      Port ID
phone1             Eth1/4         160    H P       IP Phone 7965 Port 1
camera             Eth1/5         160    H         A camera      Jack 1
dell               Eth1/5/1       160    S         Force10       TenGigabitEthernet 0/1
hp                 Eth1/5/2       160    S         HP 2530-48G   49
sw                 Eth1/6         160    S I       N9K-C93180YC- Ethernet1/49
`)
	for i, want := range []string{"Port 1", "", "", "49", "Ethernet1/49"} {
		if got := s.Remotes[i].PortID.Value.ID; got != want {
			t.Errorf("%s: got %q, want %q", s.Remotes[i].Interface, got, want)
		}
	}
}

func TestEdgePortsOfAnInstance(t *testing.T) {
	s := parsed(t, "show spanning-tree mst", "##### MST0    vlans mapped:   1-4094\nInterface        Role Sts Cost      Prio.Nbr Type\n"+
		"Eth1/1           Desg FWD 2000      128.129  Edge P2p\nPo10             Desg FWD 200       128.4105 (vPC) Network P2p\n\n")
	if len(s.STP) != 2 || !capture.Is(s.STP[0].Edge, true) || s.STP[1].Edge.Known() {
		t.Errorf("got %+v", s.STP)
	}
}

// Releases differ in the name of the native VLAN of a neighbour.
func TestNativeVLANOfANeighbour(t *testing.T) {
	for _, key := range []string{"native_vlan", "nativevlan"} {
		s := parsed(t, "show cdp neighbors detail | json", `{"TABLE_cdp_neighbor_detail_info":{"ROW_cdp_neighbor_detail_info":{"device_id":"sw1","intf_id":"Ethernet1/1","port_id":"Eth1","`+key+`":"99"}}}`)
		if !capture.Is(s.Remotes[0].PVID, 99) {
			t.Errorf("%s: got %v", key, s.Remotes[0].PVID)
		}
	}
}

// Ports that speak LACP say so of their LAG.
func TestProtocolOfPorts(t *testing.T) {
	s := parsed(t, "show lacp interface", "Interface Ethernet1/1 is up\n  Channel group is 1 port channel is Po1\n  PDUs sent: 5\n  PDUs rcvd: 7\n")
	if a := s.Aggregator("port-channel1"); !capture.Is(a.Protocol, state.LACP) || !capture.Is(a.Ports[0].RX, 7) {
		t.Errorf("got %+v", a)
	}
}

// What a device printed between a neighbour's name and its row is not the neighbour's name.
func TestForeignLinesAreNoNames(t *testing.T) {
	for line, table := range map[string][2]string{
		"show cdp neighbors": {"Device-ID          Local Intrfce  Hldtme Capability  Platform      Port ID\n",
			"                    Eth1/1         150    R S I s   N9K-C93180YC- Eth1/2\n"},
		"show lldp neighbors": {"Device ID            Local Intf      Hold-time  Capability  Port ID\n",
			"                     Eth1/1          120        BR          Eth1/2\n"},
	} {
		for between, want := range map[string]string{"": "a-name-that-is-long.example.com", "Warning: something happened\n": ""} {
			s := drivertest.Parse(t, Driver, line, table[0]+"a-name-that-is-long.example.com\n"+between+table[1])
			got := ""
			for _, r := range s.Remotes {
				got += r.SystemName.Value
			}
			if got != want {
				t.Errorf("%s, %q between: got %q, want %q", line, between, got, want)
			}
		}
	}
}

// Where tags are mapped to other VLANs, or where a mirror session sends to, the settings of a port are not what it carries.
func TestPortsThatAreMore(t *testing.T) {
	const vlans = `{"TABLE_vlanbriefxbrief":{"ROW_vlanbriefxbrief":[{"vlanshowbr-vlanid-utf":"10","vlanshowbr-vlanname":"a","vlanshowbr-vlanstate":"active","vlanshowbr-shutstate":"noshutdown"}]}}`
	json := func(monitor string) string {
		return `{"TABLE_interface":{"ROW_interface":[{"interface":"Ethernet1/1","switchport":"Enabled","switchport_monitor":"` + monitor +
			`","oper_mode":"trunk","native_vlan":"1","trunk_vlans":"10","voice_vlan":"none"}]}}`
	}
	words := func(monitor string) string {
		return "Name: Ethernet1/1\n  Switchport: Enabled\n  Switchport Monitor: " + monitor + " \n  Operational Mode: trunk\n  Trunking Native Mode VLAN: 1 (default)\n" +
			"  Trunking VLANs Allowed: 10\n  Voice VLAN: none\n"
	}
	const asJSON, asText, config = "show interface switchport | json", "show interface switchport", "show running-config interface"
	section := func(line string) string {
		return "interface Ethernet1/1\n  switchport\n" + line + "  switchport mode trunk\n\ninterface Ethernet1/2\n"
	}
	for _, c := range []struct {
		command, reply, config string
		known                  bool
	}{
		{asJSON, json("Not enabled"), section(""), true},
		{asJSON, json("Enabled"), section(""), false},
		{asText, words("Not enabled"), section(""), true},
		{asText, words("Enabled"), section(""), false},
		{asJSON, json(""), section("  switchport vlan mapping enable\n"), true},
		{asJSON, json(""), section("  switchport vlan mapping enable\n  switchport vlan mapping 100 10\n"), false},
		{asText, words("Not enabled"), section("  switchport vlan mapping 100-110 dot1q-tunnel 10\n"), false},
		{asJSON, json(""), section("  switchport vlan mapping all dot1q-tunnel 10\n"), false},
		{asJSON, json(""), "interface Ethernet1/1\n  switchport vlan mapping 100 10\n", false},
	} {
		s := drivertest.Parse(t, Driver, "show vlan brief | json", vlans, c.command, c.reply, config, c.config)
		if b := s.BridgePort("Ethernet1/1"); b == nil || b.Members.Known() != c.known || len(s.Unread) > 0 == c.known {
			t.Errorf("%s, %q: %+v, %+v", c.reply, c.config, b, s.Unread)
		}
	}
}

// A profile may have the least number of links of a LAG, and what it does without a partner.
func TestLAGsWithAProfile(t *testing.T) {
	for lines, want := range map[string]string{
		"  switchport\n": "0 none", "  lacp min-links 2\n": "2 none", "  inherit port-profile servers\n": "unknown unknown",
		"  inherit port-profile servers\n  lacp min-links 2\n  no lacp suspend-individual\n": "2 individual",
	} {
		s := parsed(t, "show version | json", `{"chassis_id":"Nexus9000 C93180YC-EX chassis","nxos_ver_str":"9.3(8)"}`,
			"show port-channel summary", "Group Port-       Type     Protocol  Member Ports\n      Channel\n"+strings.Repeat("-", 80)+"\n7     Po7(SU)     Eth      LACP      Eth1/7(P)    \n",
			"show running-config interface", "interface port-channel7\n"+lines+"\ninterface mgmt0\n")
		a, got := s.Aggregators[0], []string{"unknown", "unknown"}
		if a.MinLinks.Known() {
			got[0] = fmt.Sprint(a.MinLinks.Value)
		}
		if a.Fallback.Known() {
			got[1] = a.Fallback.Value.String()
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %s, want %s", lines, got, want)
		}
	}
}

// A port may tag its native VLAN, or not, whatever the switch does.
func TestNativeTagOfAPort(t *testing.T) {
	const trunk = `{"TABLE_interface":{"ROW_interface":[{"interface":"Ethernet1/1","switchport":"Enabled","oper_mode":"trunk","native_vlan":"10","trunk_vlans":"10,20","voice_vlan":"none"}]}}`
	for _, c := range []struct {
		global, line string
		want         state.VID
	}{
		{"disabled", "  switchport mode trunk\n", 10}, {"enabled", "  switchport mode trunk\n", 0},
		{"disabled", "  switchport trunk native vlan tag\n", 0}, {"disabled", "  switchport trunk native vlan tag exclude control\n", 0},
		{"enabled", "  no switchport trunk native vlan tag\n", 10},
	} {
		s := parsed(t, "show interface switchport | json", trunk, "show vlan dot1q tag native", "vlan dot1q native tag is "+c.global+"\n",
			"show running-config interface", "interface Ethernet1/1\n"+c.line+"\ninterface mgmt0\n")
		if b := s.BridgePort("Ethernet1/1"); !b.PVID.Known() || b.PVID.Value != c.want {
			t.Errorf("%s, %q: got %v (known: %v), want %d", c.global, c.line, b.PVID.Value, b.PVID.Known(), c.want)
		}
	}
}
