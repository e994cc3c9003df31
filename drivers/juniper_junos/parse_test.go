package juniper_junos

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

const lacpRPC = "<get-lacp-interface-information><extensive/></get-lacp-interface-information>"

// read parses one reply to one line.
func read(t *testing.T, line, data string) *state.Switch {
	t.Helper()
	if msg := refusal([]byte(data)); msg != "" {
		t.Fatalf("refused: %s", msg)
	}
	s, err := parse(&capture.Capture{Replies: []*capture.Reply{{Command: line, Data: []byte(data), Complete: true}}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestText(t *testing.T) {
	els := read(t, "show vlans | no-more", `
Routing instance        VLAN name             Tag          Interfaces
default-switch          management            10
                                                           ae0.0*
                                                           xe-0/0/1.0
                                                           vtep.32769*
default-switch          a-name-over-the-column-edge 20
                                                           ae0.0*
default-switch          untagged-only
                                                           xe-0/0/2.0
`)
	old := read(t, "show vlans | no-more", `Name           Tag     Interfaces
default
                       ge-0/0/9.0*
management     10
                       ae0.0*, ge-0/0/1.0
unused         300
                       None
`)
	vc := read(t, "show virtual-chassis | no-more", `
Preprovisioned Virtual Chassis
Virtual Chassis ID: 0200.5e10.0000
Virtual Chassis Mode: Enabled
                                              Mstr           Mixed Route Neighbor List
Member ID  Status   Serial No    Model        prio  Role      Mode  Mode ID  Interface
0 (FPC 0)  Prsnt    PE0000000001 ex4300-48t   129   Master*      N  VC   1  vcp-255/1/0
1 (FPC 1)  Prsnt    PE0000000002 ex4300-48t   129   Backup       N  VC   0  vcp-255/1/0
2 (FPC 2)  NotPrsnt PE0000000003 ex4300-48t
`)
	fup := read(t, "show lacp interfaces | no-more", `
Aggregated interface: ae0
    LACP state:       Role   Exp   Def  Dist  Col  Syn  Aggr  Timeout  Activity
      xe-0/0/1  FUP  Actor    No   Yes    No   No   No   Yes     Fast    Active
      xe-0/0/1  FUP Partner   No   Yes    No   No   No   Yes     Fast   Passive
      xe-0/0/2       Actor    No    No    No   No   No   Yes     Fast    Active
      xe-0/0/2     Partner    No    No    No   No   No   Yes     Fast    Active
    LACP protocol:        Receive State  Transmit State          Mux State
      xe-0/0/1  FUP           Defaulted   Fast periodic           Detached
      xe-0/0/2(Standby)         Current   Fast periodic            Waiting
`).Aggregator("ae0")
	vlan := "show vlans | no-more"
	database := "Name           Tag     Interfaces\nv10  10\n                       ae1.0*\n"
	table := "show ethernet-switching table | no-more"
	macs := func(rows string) string {
		c := &capture.Capture{Replies: []*capture.Reply{{Command: vlan, Data: []byte(database), Complete: true}, {Command: table, Data: []byte(rows), Complete: true}}}
		s, err := parse(c)
		if err != nil || len(s.MACs) != 1 {
			t.Fatalf("%s: %v, %d addresses", rows, err, len(s.MACs))
		}
		return s.MACs[0].Interface
	}
	lldp := read(t, "show lldp neighbors | no-more", `
Local Interface Chassis Id        Port info          System Name
ge-0/0/1.0      02:00:5e:10:00:01 ge-0/0/9.0         access-1
ge-0/0/2.0      02:00:5e:10:00:02 port of a new host esx2
ge-0/0/3.0      02:00:5e:10:00:03 behind-a-long-name esx3
ge-0/0/4.0      02:00:5e:10:00:04 behind-a-name-over-the-edge esx4
ge-0/0/5.0      02:00:5e:10:00:05 to -> esx5         esx5

{master:0}
user@access-1> 
`)
	broken := "Routing Instance Name : default-switch\nae0.0   131072   tagged\n   mgmt   10   131072   Forwarding   tagged\n%s   guests   20   131072   Forwarding   tagged\nae1.0   131072   tagged\n\n"
	between := func(what string) bool {
		return read(t, "show ethernet-switching interfaces | no-more", fmt.Sprintf(broken, what)).BridgePort("ae0").Members.Known()
	}
	disturbed := read(t, "show ethernet-switching interfaces | no-more", "Interface    State  VLAN members        Tag   Tagging  Blocking\nae0.0        up     mgmt                10    tagged   unblocked\n"+
		"timeout: no reply\n                    guests              20    tagged   unblocked\nae1.0        up     mgmt                10    tagged   unblocked\n")
	statistics := read(t, "show lacp statistics interfaces | no-more", "Aggregated interface: ae1\n    LACP Statistics:       LACP Rx     LACP Tx   Unknown Rx   Illegal Rx\n"+
		"      xe-0/0/1 FUP             5          7            1            2\n\n      xe-0/0/2        odd       5          7            1            2\n").Aggregator("ae1").Ports
	paged := read(t, "show lldp neighbors | no-more", "Local Interface Chassis Id        Port info          System Name\n---(more)---\r            \r"+
		"ge-0/0/1.0      02:00:5e:10:00:01 ge-0/0/9.0         access-1\n")
	tags := read(t, "show vlans | no-more", "Name           Tag     Interfaces\nv10  10\n                       ae1.0*\nmany  20-22\n                       ae1.0*\n")
	beyond := read(t, "show vlans | no-more", "Name           Tag     Interfaces\nv10  10\n                       ae1.0*\n__own__  4095\n                       None\n")
	switching := read(t, "show ethernet-switching interfaces | no-more", `
Routing Instance Name : default-switch
Logical          Vlan          TAG     MAC         MAC+IP    STP         Logical           Tagging
interface        members               limit       limit     state       interface flags
ae0.0                                  131072      2048                                    tagged
                 mgmt          10      131072      1024      Forwarding                    tagged
                 guests        20      131072      1024      Discarding                    tagged
ge-0/0/5.0                             131072      2048                  DN                untagged
                 mgmt          10      131072      1024      Discarding                    untagged

`)
	single := read(t, "show ethernet-switching interfaces | no-more", `Interface    State  VLAN members        Tag   Tagging  Blocking
ge-0/0/1.0   up     mgmt                10    untagged unblocked
ge-0/0/2.0   up     mgmt                10    tagged   unblocked
`)
	for _, c := range []struct {
		about     string
		got, want any
	}{
		{"LACP: a port that comes up without a partner", fup.Fallback.Value, state.StaticFallback},
		{"LACP: counters of such a port", fmt.Sprint(statistics[0].RX.Value, statistics[0].TX.Value, statistics[0].IllegalRX.Value), "5 7 2"},
		{"LACP: no counters of a row that is not understood", len(statistics), 1},
		{"LACP: its state", fup.Ports[0].Actor.State.Value.Has(state.Defaulted), state.Yes},
		{"LACP: a port in reserve", fup.Ports[1].Selected.Value, state.Standby},
		{"addresses with an age", macs("   v10    02:00:5e:10:00:11   D        -   ae1.0                  0         0\n"), "ae1"},
		{"addresses with a tag", macs("   v10    02:00:5e:10:00:11   D        -   100  ae1.0                  0         0\n"), "ae1"},
		{"addresses without an age", macs("   v10    02:00:5e:10:00:11   DR       esi.1746               05:00:00:fd:e8:00:00:00:65:00\n"), "esi.1746"},
		{"addresses and where they come from", macs("   v10    02:00:5e:10:00:11   D        vtep.32771             192.0.2.9\n"), "vtep.32771"},
		{"addresses of no tunnel", macs("   v10    02:00:5e:10:00:11   DL       ae1.0\n"), "ae1"},
		{"neighbours without a parent", lldp.Remotes[0].SystemName.Value, "access-1"},
		{"neighbours: words that fill their column", lldp.Remotes[1].SystemName.Known(), false},
		{"neighbours: words over the edge of their column", len(lldp.Remotes) == 5 && !lldp.Remotes[3].SystemName.Known(), true},
		{"neighbours: what a pager took back", paged.Remotes[0].Interface + " " + paged.Remotes[0].SystemName.Value, "ge-0/0/1 access-1"},
		{"neighbours: all of them", lldp.Listed.Remotes.Known(), true},
		{"VLANs: one whose ids are not understood", tags.Listed.VLANs.Known(), false},
		{"VLANs: one beyond the ids there are", beyond.Listed.VLANs.Known(), true},
		{"VLANs: the others all the same", tags.BridgePort("ae1").Members.Known() || tags.VLAN(10) == nil, false},
		{"switching ports with ELS: a trunk", switching.BridgePort("ae0").Members.Value, state.VIDs(10, 20)},
		{"switching ports with ELS: rows without anything between", between(""), true},
		{"switching ports with ELS: rows with a blank line between", between("\n"), false},
		{"switching ports with ELS: rows with an error between", between("timeout: no reply\n"), false},
		{"switching ports: rows with an error between", disturbed.BridgePort("ae0").Members.Known(), false},
		{"switching ports with ELS: its spanning tree", len(switching.STP), 3},
		{"switching ports with ELS: no tag", switching.BridgePort("ge-0/0/5").PVID.Value, state.VID(10)},
		{"switching ports: one that is followed by another", single.BridgePort("ge-0/0/1").Members.Known(), true},
		{"switching ports: the last may go on", single.BridgePort("ge-0/0/2").Members.Known(), false},
		{"ELS: members of a port in two VLANs", els.BridgePort("ae0").Members.Value, state.VIDs(10, 20)},
		{"ELS: a name that runs into the next column", els.VLAN(20).Name.Value, "a-name-over-the-column-edge"},
		{"ELS: a VLAN without a tag leaves its port's members unknown", els.BridgePort("xe-0/0/2").Members.Known(), false},
		{"ELS: tunnels are no ports", len(els.BridgePorts), 3},
		{"without ELS: ports in one line", old.BridgePort("ge-0/0/1").Members.Value, state.VIDs(10)},
		{"without ELS: the default VLAN has no id", old.BridgePort("ge-0/0/9").Members.Known(), false},
		{"without ELS: nobody is in a VLAN", len(old.BridgePorts), 3},
		{"Virtual Chassis: stacked", vc.Device.Stacked.Value, true},
		{"Virtual Chassis: members", len(vc.Members), 3},
		{"Virtual Chassis: role", vc.Members[1].Role.Value, state.RoleStandby},
		{"Virtual Chassis: cables", vc.Members[0].Links[0].Port + " to " + vc.Members[0].Links[0].To, "vcp-255/1/0 to 1"},
		{"Virtual Chassis: no cables of an absent member", vc.Members[2].LinksFrom.Known(), false},
		{"Virtual Chassis: absent", vc.Members[2].Up.Known() && !vc.Members[2].Up.Value, true},
		{"Virtual Chassis: no role of an absent member", vc.Members[2].Role.Known(), false},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", c.about, c.got, c.want)
		}
	}
}

// TestInterfacesText reads what only the text forms of interfaces have.
func TestInterfacesText(t *testing.T) {
	s := read(t, "show interfaces | no-more", `
Physical interface: ge-0/0/0, Enabled, Physical link is Up
  Link-level type: Ethernet, MTU: 1514, LAN-PHY mode, Speed: 1000mbps, Duplex: Half-Duplex, BPDU Error: None
  Last flapped   : 2026-11-20 08:11:01 UTC (1w2d 01:22 ago)
  Autonegotiation information:
    Negotiation status: Complete
    Link partner:
        Link mode: Full-duplex, Flow control: None, Remote fault: OK, Link partner Speed: 100 Mbps
  Logical interface ge-0/0/0.0 (Index 551) (SNMP ifIndex 549)
    Flags: Up SNMP-Traps 0x0 Encapsulation: ENET2
    Protocol inet, MTU: 1500
Physical interface: ge-0/0/1, Enabled, Physical link is Up
  Link-level type: Ethernet, MTU: 1514, LAN-PHY mode, Speed: Auto
  Last flapped   : Never
    Negotiation status: Complete
        Link mode: Full-duplex, Flow control: None, Remote fault: OK, Link partner Speed: 100 Mbps
  Logical interface ge-0/0/1.0 (Index 552) (SNMP ifIndex 550)
    Protocol inet, MTU: 1500
  Logical interface ge-0/0/1.1 (Index 553) (SNMP ifIndex 551)
    Flags: Up SNMP-Traps 0x0 Encapsulation: ENET2
Physical interface: ae0 (MC-AE-1, active), Enabled, Physical link is Up
  Link-level type: Ethernet, MTU: 1514, Speed: 20Gbps, Minimum links needed: 2, Minimum bandwidth needed: 0
  Last flapped   : 2026-11-20 08:11:01 UTC (00:00:12 ago)
Physical interface: fxp0, Enabled, Physical link is Up
  Type: Ethernet, Link-level type: Ethernet, MTU: 1514, Speed: 1000mbps
  Link type      : Full-Duplex
  Logical interface fxp0.0 (Index 4) (SNMP ifIndex 13)
    Protocol inet, MTU: 1500
`)
	terse := read(t, "show interfaces terse | no-more", `
Interface               Admin Link Proto    Local                 Remote
ge-0/0/0                up    up
ge-0/0/0.0              up    up   inet     192.0.2.1/31
ge-0/0/0.32767          up    up   multiservice
ge-0/0/1                up    up
ge-0/0/1.0              up    up   inet     192.0.2.3/31
ge-0/0/1.1              up    up
ge-0/0/2                up    up
ge-0/0/2.0              up    up   inet     192.0.2.5/31
irb                     up    up
irb.10                  up    up   inet     192.0.2.65/26
                                            192.0.2.129/26
                                   inet6    2001:db8::1/64
lo0                     up    up
lo0.0                   up    up   inet     192.0.2.9           --> 0/0
                                            192.0.2.10/32
`)
	unit := read(t, "show interfaces | no-more", `  Logical interface irb.20 (Index 361) (SNMP ifIndex 600)
    Flags: Down SNMP-Traps 0x4000 Encapsulation: ENET2
    Protocol inet, MTU: 1514
        Destination: 198.51.100.0/28, Local: 198.51.100.1, Broadcast: 198.51.100.15
`)
	for _, c := range []struct {
		about     string
		got, want any
	}{
		{"speed, which the partner's does not replace", s.Interface("ge-0/0/0").Speed.Value, uint64(1e9)},
		{"duplex, which the partner's does not replace", s.Interface("ge-0/0/0").Duplex.Value, state.Half},
		{"the age of a link", s.Interface("ge-0/0/0").Unchanged.Value, (9*24+1)*time.Hour + 22*time.Minute},
		{"a port that routes", capture.Is(s.Interface("ge-0/0/0").Bridged, false), true},
		{"speed that was agreed", s.Interface("ge-0/0/1").Speed.Value, uint64(1e8)},
		{"duplex that was agreed", s.Interface("ge-0/0/1").Duplex.Value, state.Full},
		{"a link that never changed", s.Interface("ge-0/0/1").Unchanged.Value, state.Never},
		{"a port with a unit that does not say what it does", s.Interface("ge-0/0/1").Bridged.Known(), false},
		{"a multi-chassis aggregate", s.Interface("ae0").Oper.Value, state.Up},
		{"its minimum of links", s.Aggregator("ae0").MinLinks.Value, 2},
		{"the age of a link of today", s.Interface("ae0").Unchanged.Value, 12 * time.Second},
		{"duplex of a management port", s.Interface("fxp0").Duplex.Value, state.Full},
		{"the last port may have other units", s.Interface("fxp0").Bridged.Known(), false},
		{"terse: a port that routes", capture.Is(terse.Interface("ge-0/0/0").Bridged, false), true},
		{"terse: a port with a unit that does not say what it does", terse.Interface("ge-0/0/1").Bridged.Known(), false},
		{"terse: the next of kin", capture.Is(terse.Interface("ge-0/0/2").Bridged, false), true},
		{"terse: a routed interface, without a list of VLANs", terse.SVIs[0].Addresses[0].Value.String(), "192.0.2.65/26"},
		{"terse: its other addresses", fmt.Sprint(terse.SVIs[0].Addresses[1].Value, terse.SVIs[0].Addresses[2].Value, len(terse.SVIs[0].Addresses)), "192.0.2.129/26 2001:db8::1/64 3"},
		{"terse: its VLAN", terse.SVIs[0].VID.Known() || terse.Listed.SVIs.Known(), false},
		{"a unit alone", unit.SVIs[0].Oper.Value.String() + " " + unit.SVIs[0].Addresses[0].Value.String(), "down 198.51.100.1/28"},
		{"a unit alone is no port", len(unit.Interfaces), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", c.about, c.got, c.want)
		}
	}
}

// TestRoutedInterfacesWithoutELS reads what the list of VLANs says of them.
func TestRoutedInterfacesWithoutELS(t *testing.T) {
	for word, want := range map[string]state.Status{"(UP)": state.Up, "(DOWN)": state.Down, "(TEST)": 0} {
		s := read(t, "<get-vlan-information/>", "<rpc-reply><vlan-information><vlan><vlan-name>v10</vlan-name><vlan-status>Enabled</vlan-status><vlan-tag>10</vlan-tag>"+
			"<vlan-l3-interface>vlan.10 "+word+"</vlan-l3-interface><vlan-l3-interface-address>192.0.2.1/24</vlan-l3-interface-address></vlan></vlan-information></rpc-reply>\n")
		if len(s.SVIs) != 1 || s.SVIs[0].Oper.Value != want || s.SVIs[0].Oper.Known() != (want != 0) || len(s.SVIs[0].Addresses) != 1 || !capture.Is(s.SVIs[0].Addressed, true) {
			t.Errorf("%s: got %+v", word, s.SVIs)
		}
	}
}

// TestJSON reads "| display json", in which every child is an array and text is in a member data.
func TestJSON(t *testing.T) {
	s := read(t, lacpRPC, `{
    "lacp-interface-information-list" : [{
        "attributes" : {"xmlns" : "http://xml.juniper.net/junos/21.4R0/junos-lacpd"},
        "lacp-interface-information" : [{
            "lag-lacp-header" : [{"aggregate-name" : [{"data" : "ae1"}]}],
            "lag-lacp-info" : [{"name" : [{"data" : "xe-0/0/1"}], "lacp-role" : [{"data" : "Partner"}],
                "lacp-system-id" : [{"data" : "02:00:00:00:00:01"}], "lacp-port-key" : [{"data" : "9"}]}],
            "lag-lacp-state" : [{"name" : [{"data" : "xe-0/0/1"}], "lacp-role" : [{"data" : "Actor"}],
                "lacp-timeout" : [{"data" : "Slow"}], "lacp-activity" : [{"data" : "Active"}]}]
        }]
    }]
}
`)
	m := s.Aggregator("ae1").Ports[0]
	if m.Partner.System.Value != (state.MAC{2, 0, 0, 0, 0, 1}) || m.Partner.Key.Value != 9 {
		t.Errorf("partner: got %s key %d", m.Partner.System.Value, m.Partner.Key.Value)
	}
	want := state.LACPState{}.With(state.ShortTimeout, false).With(state.Activity, true)
	if m.Actor.State.Value != want {
		t.Errorf("actor: got %s, want %s", m.Actor.State.Value, want)
	}
	if m.Selected.Known() {
		t.Error("selected is known without a mux state")
	}
}

// TestUnknownWords holds that a word which is not understood is unknown and noted, and never a zero value.
func TestUnknownWords(t *testing.T) {
	s := read(t, lacpRPC, `<rpc-reply><lacp-interface-information-list><lacp-interface-information>
<lag-lacp-header><aggregate-name>ae1</aggregate-name></lag-lacp-header>
<lag-lacp-state><name>xe-0/0/1</name><lacp-role>Actor</lacp-role><lacp-expired>Perhaps</lacp-expired><lacp-collecting>Yes</lacp-collecting></lag-lacp-state>
<lag-lacp-state><name>xe-0/0/1</name><lacp-role>Observer</lacp-role><lacp-collecting>Yes</lacp-collecting></lag-lacp-state>
<lag-lacp-info><name>xe-0/0/1</name><lacp-role>Actor</lacp-role><lacp-port-key>70000</lacp-port-key><lacp-system-id>zz</lacp-system-id></lag-lacp-info>
<lag-lacp-protocol><name>xe-0/0/1</name><lacp-mux-state>Collecting distributing 2</lacp-mux-state></lag-lacp-protocol>
</lacp-interface-information></lacp-interface-information-list></rpc-reply>`)
	m := s.Aggregator("ae1").Ports[0]
	if got := m.Actor.State.Value; got != (state.LACPState{}).With(state.Collecting, true) {
		t.Errorf("actor state: got %s", got)
	}
	if m.Selected.Known() || m.Actor.Key.Known() || m.Actor.System.Known() || m.Partner.State.Known() {
		t.Error("something is known that nobody said")
	}
	for _, word := range []string{"Perhaps", "Observer", "Collecting distributing 2"} {
		found := false
		for _, u := range s.Unread {
			found = found || strings.Contains(u.Why, word)
		}
		if !found {
			t.Errorf("%q is not among the unread: %v", word, s.Unread)
		}
	}
}

func TestHostile(t *testing.T) {
	bomb := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rpc-reply><lacp-interface-information-list>&b;</lacp-interface-information-list></rpc-reply>`
	for about, data := range map[string]string{
		"an entity bomb":             bomb,
		"an unknown entity":          "<rpc-reply><lacp-interface-information-list>&x;</lacp-interface-information-list></rpc-reply>",
		"a reply cut in an element":  "<rpc-reply><lacp-interface-information-list><lacp-interface-information><lag-lacp-header>",
		"a deep tree":                strings.Repeat("<a>", 100000),
		"two roots":                  "<lacp-interface-information-list/><lacp-interface-information-list/>",
		"another encoding":           `<?xml version="1.0" encoding="UTF-16"?><lacp-interface-information-list/>`,
		"an answer to another RPC":   "<rpc-reply><lldp-neighbors-information/></rpc-reply>",
		"an error within the answer": "<rpc-reply><rpc-error><error-severity>error</error-severity><error-message>no</error-message></rpc-error><lacp-interface-information-list/></rpc-reply>",
		"JSON with a name twice":     `{"lacp-interface-information-list":[{}],"lacp-interface-information-list":[{}]}`,
	} {
		t.Run(about, func(t *testing.T) {
			s, err := parse(&capture.Capture{Replies: []*capture.Reply{{Command: lacpRPC, Data: []byte(data), Complete: true}}})
			if err == nil {
				t.Errorf("no error, and read %v with LACP listed %v", s.Aggregators, s.Listed.LACP.Known())
			}
		})
	}
}

func TestRefusal(t *testing.T) {
	for about, c := range map[string]struct{ reply, want string }{
		"a syntax error over NETCONF":    {"<rpc-error><error-severity>error</error-severity><error-message>\nsyntax error\n</error-message></rpc-error>", "syntax error"},
		"an error of the CLI":            {"error: command is not valid on the qfx5120-48y-8c\n", "error: command is not valid on the qfx5120-48y-8c"},
		"an error in Junos' own form":    {`<rpc-reply><xnm:error xmlns:xnm="x"><message>not allowed</message></xnm:error></rpc-reply>`, "not allowed"},
		"a protocol nobody configured":   {"<rpc-error><error-severity>warning</error-severity><error-message>lacp subsystem not running - not needed by configuration.</error-message></rpc-error>", ""},
		"a warning":                      {"<rpc-reply><rpc-error><error-severity>warning</error-severity><error-message>late</error-message></rpc-error></rpc-reply>", ""},
		"an answer":                      {"<rpc-reply><software-information/></rpc-reply>", ""},
		"a description that says error>": {"<rpc-reply><description>&lt;rpc-error&gt;</description></rpc-reply>", ""},
	} {
		t.Run(about, func(t *testing.T) {
			if got := refusal([]byte(c.reply)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestTwoInstances holds that a VLAN id which two routing instances have says nothing about either.
func TestTwoInstances(t *testing.T) {
	group := func(instance, name, port string) string {
		return "<l2ng-l2ald-vlan-instance-group><l2ng-l2rtb-name>" + instance + "</l2ng-l2rtb-name><l2ng-l2rtb-vlan-name>" + name +
			"</l2ng-l2rtb-vlan-name><l2ng-l2rtb-vlan-tag>10</l2ng-l2rtb-vlan-tag><l2ng-l2rtb-vlan-member><l2ng-l2rtb-vlan-member-interface>" +
			port + "</l2ng-l2rtb-vlan-member-interface></l2ng-l2rtb-vlan-member></l2ng-l2ald-vlan-instance-group>\n"
	}
	s := read(t, "<get-vlan-information/>", "<rpc-reply><l2ng-l2ald-vlan-instance-information>"+
		group("default-switch", "management", "xe-0/0/1.0*")+group("tenant", "other", "xe-0/0/2.0*")+"</l2ng-l2ald-vlan-instance-information></rpc-reply>")
	for _, b := range s.BridgePorts {
		if b.Members.Known() {
			t.Errorf("%s: members are %s", b.Interface, b.Members.Value)
		}
	}
	if len(s.Unread) == 0 {
		t.Error("nothing is noted")
	}
}

// TestListsDiffer holds that two lists of one switch which contradict each other leave the port unknown.
func TestListsDiffer(t *testing.T) {
	s, err := parse(&capture.Capture{Replies: []*capture.Reply{
		{Complete: true, Command: "<get-vlan-information/>", Data: []byte("<l2ng-l2ald-vlan-instance-information><l2ng-l2ald-vlan-instance-group>" +
			"<l2ng-l2rtb-vlan-name>a</l2ng-l2rtb-vlan-name><l2ng-l2rtb-vlan-tag>10</l2ng-l2rtb-vlan-tag></l2ng-l2ald-vlan-instance-group></l2ng-l2ald-vlan-instance-information>")},
		{Complete: true, Command: "<get-ethernet-switching-interface-details/>", Data: []byte("<l2ng-l2ald-iff-interface-information><l2ng-l2ald-iff-interface-entry>" +
			"<l2iff-interface-name>xe-0/0/1.0</l2iff-interface-name></l2ng-l2ald-iff-interface-entry><l2ng-l2ald-iff-interface-entry><l2iff-interface-vlan-id>10</l2iff-interface-vlan-id>" +
			"</l2ng-l2ald-iff-interface-entry></l2ng-l2ald-iff-interface-information>")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if b := s.BridgePort("xe-0/0/1"); b == nil || b.Members.Known() || len(s.Unread) != 1 {
		t.Errorf("got %v, unread %v", b, s.Unread)
	}
}

// What is said of an interface in a state that is not known is said of no other; a description begins none.
func TestInterfacesInUnknownStates(t *testing.T) {
	s := read(t, "show interfaces | no-more", "Physical interface: xe-0/0/1, Enabled, Physical link is Up\n  Description: Physical interface: xe-0/0/9, Enabled, Physical link is Down\n"+
		"  Current address: 00:53:00:00:00:01, Hardware address: 00:53:00:00:00:01\n\n"+
		"Physical interface: xe-0/0/2 (new), Enabled, Physical link is Testing\n  Description: second\n  Current address: 00:53:00:00:00:02, Hardware address: 00:53:00:00:00:02\n")
	if len(s.Interfaces) != 1 || s.Interfaces[0].MAC.Value != (state.MAC{0, 0x53, 0, 0, 0, 1}) || s.Interfaces[0].Oper.Value != state.Up || len(s.Unread) != 1 {
		t.Errorf("got %+v, unread %v", s.Interfaces, s.Unread)
	}
}

// A LAG that needs a bandwidth needs more links than it says, in XML, in text and where only the configuration says so.
func TestLeastBandwidthOfALAG(t *testing.T) {
	for bandwidth, known := range map[string]bool{"0": true, "1bps": true, "20Gbps": false} {
		for command, reply := range map[string]string{
			"<get-interface-information/>": "<rpc-reply><interface-information><physical-interface><name>ae0</name><admin-status>up</admin-status><oper-status>up</oper-status>" +
				"<minimum-links-in-aggregate>1</minimum-links-in-aggregate><minimum-bandwidth-in-aggregate>" + bandwidth + "</minimum-bandwidth-in-aggregate></physical-interface></interface-information></rpc-reply>",
			"show interfaces | no-more": "Physical interface: ae0, Enabled, Physical link is Up\n  Link-level type: Ethernet, MTU: 1514, Speed: 20Gbps, Minimum links needed: 1, Minimum bandwidth needed: " + bandwidth + "\n",
		} {
			if s := read(t, command, reply); s.Aggregators[0].MinLinks.Known() != known || len(s.Unread) > 0 == known {
				t.Errorf("%s, %s: got %+v, %+v", command, bandwidth, s.Aggregators[0].MinLinks, s.Unread)
			}
		}
	}
}

// Where tags are mapped, a unit has another tag than its VLAN, or that is a private one, the list of VLANs is not what the port carries.
func TestPortsOfOtherTags(t *testing.T) {
	const (
		switching = `<rpc-reply><l2ng-l2ald-iff-interface-information><l2ng-l2ald-iff-interface-entry><l2iff-interface-name>xe-0/0/1.100</l2iff-interface-name>` +
			`<l2ng-l2ald-iff-interface-entry><l2iff-interface-name>xe-0/0/1.100</l2iff-interface-name><l2iff-interface-vlan-name>a</l2iff-interface-vlan-name><l2iff-interface-vlan-id>100</l2iff-interface-vlan-id>` +
			`<l2iff-interface-vlan-member-stp-state>Forwarding</l2iff-interface-vlan-member-stp-state><l2iff-interface-vlan-member-tagness>tagged</l2iff-interface-vlan-member-tagness>` +
			`</l2ng-l2ald-iff-interface-entry></l2ng-l2ald-iff-interface-entry></l2ng-l2ald-iff-interface-information></rpc-reply>`
		unit = `<name>100</name><vlan-id>100</vlan-id>`
	)
	for _, c := range []struct {
		unit, vlan string
		known      bool
	}{
		{unit, "", true},
		{`<name>100</name><vlan-id>200</vlan-id>`, "", false},
		{unit + `<input-vlan-map><swap/><vlan-id>100</vlan-id></input-vlan-map>`, "", false},
		{unit + `<output-vlan-map><pop/></output-vlan-map>`, "", false},
		{`<name>100</name><vlan-tags><outer>100</outer><inner>5</inner></vlan-tags>`, "", false},
		{`<name>100</name><family><ethernet-switching><vlan-rewrite><translate><name>200</name><to-vlan-id>100</to-vlan-id></translate></vlan-rewrite></ethernet-switching></family>`, "", false},
		{unit, `<interface><name>xe-0/0/1.100</name></interface>`, true},
		{unit, `<private-vlan>community</private-vlan>`, false},
		{unit, `<isolated-vlan>b</isolated-vlan>`, false},
		{unit, `<primary-vlan>b</primary-vlan>`, false},
		{unit, `<interface><name>xe-0/0/1.100</name><mapping><name>200</name><swap/></mapping></interface>`, false},
	} {
		var replies []*capture.Reply
		for _, x := range []struct{ line, data string }{
			{"<get-ethernet-switching-interface-details/>", switching},
			{topics[len(topics)-1].rpcs[0], `<rpc-reply><configuration><interfaces><interface><name>xe-0/0/1</name><unit>` + c.unit + `</unit></interface></interfaces>` +
				`<vlans><vlan><name>a</name><vlan-id>100</vlan-id>` + c.vlan + `</vlan></vlans></configuration></rpc-reply>`},
		} {
			replies = append(replies, &capture.Reply{Command: x.line, Data: []byte(x.data), Complete: true})
		}
		s, err := parse(&capture.Capture{Replies: replies})
		if err != nil {
			t.Fatal(err)
		}
		b := s.BridgePort("xe-0/0/1")
		if b == nil || b.Members.Known() != c.known || b.PVID.Known() && !c.known || len(s.Unread) > 0 == c.known {
			t.Errorf("%s %s: got %+v, %+v", c.unit, c.vlan, b, s.Unread)
		}
	}
}

// What is deactivated in the configuration is not in effect.
func TestDeactivated(t *testing.T) {
	says := func(off string) string {
		s := read(t, topics[len(topics)-1].rpcs[0], strings.ReplaceAll(`<rpc-reply><configuration><interfaces>
			<interface><name>ae1</name><aggregated-ether-options><minimum-links OFF>2</minimum-links><lacp><force-up OFF/></lacp><mc-ae OFF><mc-ae-id>7</mc-ae-id></mc-ae></aggregated-ether-options>
				<unit OFF><name>0</name><esi><identifier>00:01:02:03:04:05:06:07:08:09</identifier></esi></unit></interface>
			<interface><name>xe-0/0/1</name><ether-options><ieee-802.3ad><bundle>ae1</bundle></ieee-802.3ad></ether-options></interface>
			<interface><name>xe-0/0/2</name><ether-options><ieee-802.3ad OFF><bundle>ae1</bundle></ieee-802.3ad></ether-options></interface>
			</interfaces></configuration></rpc-reply>`, "OFF", off))
		a := s.Aggregator("ae1")
		return fmt.Sprintf("%d ports, %v, minimum %v %d, id %q, no segment: %v", len(a.Ports), a.Fallback.Value, a.MinLinks.Known(), a.MinLinks.Value, a.MLAGID.Value, a.ESI.Known())
	}
	if got, want := says(""), `2 ports, static, minimum true 2, id "7", no segment: false`; got != want {
		t.Errorf("in effect: got %s, want %s", got, want)
	}
	if got, want := says(`inactive="inactive"`), `1 ports, none, minimum false 0, id "", no segment: true`; got != want {
		t.Errorf("deactivated: got %s, want %s", got, want)
	}
}

// A logical interface that something shut down carries nothing that is known, whatever the spanning tree says of it.
func TestInterfacesThatWereShutDown(t *testing.T) {
	asXML := func(flags string) string {
		return `<rpc-reply><l2ng-l2ald-iff-interface-information><l2ng-l2ald-iff-interface-entry><l2iff-interface-rtt-name>default-switch</l2iff-interface-rtt-name>` +
			`<l2ng-l2ald-iff-interface-entry><l2iff-interface-name>xe-0/0/1.0</l2iff-interface-name><l2iff-interface-flags>` + flags + `</l2iff-interface-flags>` +
			`<l2iff-interface-vlan-member-tagness>untagged</l2iff-interface-vlan-member-tagness></l2ng-l2ald-iff-interface-entry>` +
			`<l2ng-l2ald-iff-interface-entry><l2iff-interface-vlan-name>a</l2iff-interface-vlan-name><l2iff-interface-vlan-id>100</l2iff-interface-vlan-id>` +
			`<l2iff-interface-vlan-member-stp-state>Forwarding</l2iff-interface-vlan-member-stp-state><l2iff-interface-vlan-member-tagness>untagged</l2iff-interface-vlan-member-tagness>` +
			`</l2ng-l2ald-iff-interface-entry></l2ng-l2ald-iff-interface-entry></l2ng-l2ald-iff-interface-information></rpc-reply>`
	}
	asText := func(flags string) string {
		return "Routing Instance Name : default-switch\nLogical          Vlan          TAG     MAC         STP         Logical           Tagging\ninterface        members               limit       state       interface flags\n" +
			"xe-0/0/1.0                             65535                   " + fmt.Sprintf("%-17s", flags) + " untagged\n                 a             100     65535       Forwarding                    untagged\n\n"
	}
	for flags, known := range map[string]bool{"": true, "DL": true, "SCTL": false, "DL,MMAS": false, "CISO": false} {
		for command, reply := range map[string]string{"<get-ethernet-switching-interface-details/>": asXML(flags), "show ethernet-switching interfaces | no-more": asText(flags)} {
			s := read(t, command, reply)
			if b := s.BridgePort("xe-0/0/1"); b == nil || b.Members.Known() != known || len(s.Unread) > 0 == known {
				t.Errorf("%s, %q: got %+v, %+v", command, flags, b, s.Unread)
			}
		}
	}
}
