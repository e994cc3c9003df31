package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// hostile is what a device may put into a description to attack a reader: markup, a terminal escape, a C1 control, a bidi override,
// a zero-width space, bytes that are no UTF-8, and a template action.
const hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\x1b[2J\x1b]0;owned\x07\u009b31m\u202Ederapme\u2066\u200B\xff\xfe{{.}}</pre>"

var start = time.Date(2026, 11, 24, 21, 58, 3, 0, time.UTC)

func replyOf(device, command, data string) *capture.Reply {
	return &capture.Reply{Device: device, Command: command, Data: []byte(data), At: start, Took: 240 * time.Millisecond, Complete: true}
}

// at returns the span of the n-th occurrence of words in a reply, counted from 0. It panics when there is none: a broken sample.
func at(r *capture.Reply, words string, n int) capture.Span {
	from := 0
	for ; ; n-- {
		i := strings.Index(string(r.Data[from:]), words)
		if i < 0 {
			panic("sample: no " + words + " in " + r.Command)
		}
		if n == 0 {
			return r.Span(from+i, from+i+len(words))
		}
		from += i + len(words)
	}
}

const lacpLeaf1 = `{
    "portChannels": {
        "Port-Channel1": {
            "interfaces": {
                "Ethernet1": {"actorPortState": {"synchronization": true, "collecting": true, "distributing": true}}
            }
        },
        "Port-Channel7": {
            "interfaces": {
                "Ethernet7": {"actorPortState": {"synchronization": true, "collecting": true, "distributing": true}},
                "Ethernet9": {"actorPortState": {"synchronization": false, "collecting": false, "distributing": false}}
            }
        }
    }
}
`

const lacpLeaf2 = `{
    "portChannels": {
        "Port-Channel1": {
            "interfaces": {
                "Ethernet1": {"actorPortState": {"synchronization": true, "collecting": true, "distributing": true}}
            }
        }
    }
}
`

const lldpLeaf1 = `{
    "lldpNeighbors": {
        "Ethernet1": {"lldpNeighborInfo": [{"systemName": "esx1", "neighborInterfaceInfo": {"interfaceId": "00:53:00:00:01:00"}}]},
        "Ethernet7": {"lldpNeighborInfo": [{"systemName": "esx2", "neighborInterfaceInfo": {"interfaceId": "00:53:00:00:02:02"}}]},
        "Ethernet9": {"lldpNeighborInfo": [{"systemName": "esx2", "neighborInterfaceInfo": {"interfaceId": "00:53:00:00:02:03"}}]}
    }
}
`

const inventoryFile = `switches:
  leaf1: {address: 192.0.2.11, platform: arista_eos}
  leaf2: {address: 192.0.2.12, platform: arista_eos}
  leaf5: {address: 192.0.2.15, platform: juniper_junos}
hosts:
  esx2: {uplinks: [{nic: vmnic2, bond: bond0}, {nic: vmnic3, bond: bond0}]}
waivers:
  - {check: VLN-004, subject: leaf1/Ethernet48, until: 2027-01-31, reason: "firewall team moves it in January", by: "A. Keller"}
  - {check: VLN-003, subject: box7/eno1, until: 2026-10-31, reason: "appliance is replaced", by: "B. Winter"}
  - {check: LAG-012, subject: leaf2/Port-Channel3, until: 2027-03-31, reason: "installs until spring", by: "A. Keller"}
`

// sample is a report with every outcome: esx1 is healthy over leaf1 and leaf2, both legs of esx2 end on leaf1 and one is down,
// box7 has one uplink that nobody can place, leaf5 was not reached.
func sample() *verify.Report { return sampled(0) }

// sampled is sample with so many more hosts.
func sampled(more int) *verify.Report { return sampleOf(more, func(*sampleInput) {}) }

// sampleOf is sampled of an input that was changed.
func sampleOf(more int, change func(in *sampleInput)) *verify.Report {
	lacp1, lacp2 := replyOf("leaf1", "show lacp neighbor detailed | json", lacpLeaf1), replyOf("leaf2", "show lacp neighbor detailed | json", lacpLeaf2)
	lldp1 := replyOf("leaf1", "show lldp neighbors detail | json", lldpLeaf1)
	vlan1 := replyOf("leaf1", "show vlan | json", `{"vlans":{"10":{"name":"mgmt","interfaces":{"Port-Channel1":{},"Port-Channel7":{},"Ethernet48":{}}},`+
		`"20":{"name":"vmotion"},"31":{"name":"`+strings.Repeat("x", 600)+`"},"100":{"name":"dmz","interfaces":{"Ethernet12":{}}}}}`)
	desc1 := replyOf("leaf1", "show interfaces description", "Interface   Status  Description\r\nEt12        up      "+hostile+"\r\nEt48        up      fw-old\r\n")
	refused := &capture.Reply{Device: "leaf2", Command: "show mlag detail | json", Data: []byte("% Invalid input\n"), At: start, Complete: true, Err: "% Invalid input (line 1)"}
	file := replyOf("inventory", "inventory.yml", inventoryFile)

	captures := []*capture.Capture{
		{Device: "leaf1", Platform: "arista_eos", Address: "192.0.2.11:22", HostKey: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
			Started: start, Finished: start.Add(3 * time.Second), Replies: []*capture.Reply{lacp1, lldp1, vlan1, desc1}},
		{Device: "leaf2", Platform: "arista_eos", Address: "192.0.2.12:22", HostKey: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDiMo0E7uJyMbsvmVk",
			Started: start, Finished: start.Add(2 * time.Second), Replies: []*capture.Reply{lacp2, refused}},
		{Device: "leaf5", Platform: "juniper_junos", Address: "192.0.2.15:830", Started: start, Finished: start.Add(12 * time.Second),
			Err: "leaf5: dial 192.0.2.15:830: no answer in 10s; check the address and that NETCONF is enabled\x1b[31m"},
	}

	day := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 23, 59, 59, 0, time.UTC)
	}
	net := func(name string, vid state.VID, role inventory.Role) inventory.Network {
		return inventory.Network{Name: name, VLANs: state.VIDs(vid), Role: role, From: file.Whole()}
	}
	inv := &inventory.Inventory{File: file,
		Waivers: []inventory.Waiver{
			{Check: "VLN-004", Subject: "leaf1/Ethernet48", From: at(file, "check: VLN-004", 0), Until: day(2027, 1, 31), Reason: "firewall team moves it in January", By: "A. Keller"},
			{Check: "VLN-003", Subject: "box7/eno1", From: at(file, "check: VLN-003", 0), Until: day(2026, 10, 31), Reason: "appliance is replaced", By: "B. Winter"},
			{Check: "LAG-012", Subject: "leaf2/Port-Channel3", From: at(file, "check: LAG-012", 0), Until: day(2027, 3, 31), Reason: "installs until spring", By: "A. Keller"},
		},
		Pairs:    []inventory.Pair{{Name: "p1", From: file.Whole(), Switches: []string{"leaf1", "leaf2"}}},
		Networks: []inventory.Network{net("dmz", 100, inventory.Guest), net("management", 10, inventory.Management), net("vmotion", 20, inventory.LiveMigration)},
		Clusters: []inventory.Cluster{{Name: "prod", From: file.Whole(), Hosts: []string{"esx1", "esx2"}, Networks: []string{"management", "vmotion"}}},
	}
	for _, name := range []string{"leaf1", "leaf2", "leaf5"} {
		inv.Switches = append(inv.Switches, inventory.Switch{Name: name, Platform: "arista_eos", From: file.Whole()})
	}
	inv.Switches[2].Platform = "juniper_junos"
	in := &sampleInput{Input: topology.Input{Inventory: inv, Captures: captures, Now: start.Add(12 * time.Second)}}
	leaf1, leaf2 := in.addSwitch("leaf1", vlan1.Whole()), in.addSwitch("leaf2", vlan1.Whole())
	trunk := state.VIDs(10, 20, 100)
	leaf1.MLAG.Role, leaf2.MLAG.Role = capture.Of(state.Primary, vlan1.Whole()), capture.Of(state.Secondary, vlan1.Whole())

	esx1 := in.addHost("esx1", file.Whole(), "dmz")
	bond := addTeam(esx1, "bond0", inventory.TeamLACP, lldp1.Whole())
	addUplink(esx1, "vmnic0", bond, addPort(leaf1, "Ethernet1", "Port-Channel1", true, trunk, at(lacp1, `"Ethernet1"`, 0)), at(lldp1, "00:53:00:00:01:00", 0))
	addUplink(esx1, "vmnic1", bond, addPort(leaf2, "Ethernet1", "Port-Channel1", true, trunk, at(lacp2, `"Ethernet1"`, 0)), at(lacp2, `"Ethernet1"`, 0))

	esx2 := in.addHost("esx2", file.Whole())
	bond = addTeam(esx2, "bond0", inventory.TeamLACP, file.Whole())
	addUplink(esx2, "vmnic2", bond, addPort(leaf1, "Ethernet7", "Port-Channel7", true, state.VIDs(10, 20), at(lacp1, `"Ethernet7"`, 0)), at(lldp1, "00:53:00:00:02:02", 0))
	addUplink(esx2, "vmnic3", bond, addPort(leaf1, "Ethernet9", "Port-Channel7", false, state.VIDs(10, 20), at(lacp1, `"Ethernet9"`, 0)), at(lldp1, "00:53:00:00:02:03", 0))

	box7 := in.addHost("box7", file.Whole(), "management", "vmotion")
	in.Inventory.Hosts[2].Uplinks = []inventory.DeclaredUplink{{NIC: "eno1", From: file.Whole()}, {NIC: "eno2", From: file.Whole()}}
	addUplink(box7, "eno1", "", addPort(leaf1, "Ethernet12", "", true, trunk, at(desc1, "Et12", 0)), at(desc1, "Et12", 0))
	addUplink(box7, "eno2", "", samplePort{}, capture.Span{})

	a, z := addPort(leaf1, "Ethernet49", "", true, trunk, at(lldp1, `"Ethernet1"`, 0)), addPort(leaf2, "Ethernet49", "", true, trunk, at(lacp2, `"Ethernet1"`, 0))
	hear(a, "leaf2", "Ethernet49", at(lldp1, `"Ethernet1"`, 0))
	hear(z, "leaf1", "Ethernet49", at(lacp2, `"Ethernet1"`, 0))

	for i := range more {
		in.addMany(i, leaf1, leaf2, lacp1)
	}
	change(in)
	f := topology.Build(in.Input)

	return &verify.Report{Tool: "uplinkcheck", Version: "v0.1.0", Started: start, Finished: start.Add(12 * time.Second), Inventory: "inventory.yml",
		Fabric: f, Captures: captures, Findings: sampleFindings(lacp1, lldp1, vlan1, desc1, lacp2, file), Checks: []*verify.Check{{ID: "LAG-012", Title: "no LAG forwards without LACP"}}}
}

// audited is sample under a profile that has a clause of every verdict.
func audited() *verify.Report {
	r := sample()
	r.Profile = &verify.Profile{Name: "sample", Title: "a document, its edition", Redundancy: true, Isolation: true, Demands: []verify.Demand{
		{Clause: standard.Grundschutz("NET.1.1.A15", "B"), Checks: []string{"LAG-001", "RED-009"}, Beyond: "that it is repeated"},
		{Clause: standard.Grundschutz("NET.1.1.A21", "S"), Checks: []string{"MGT-003"}},
		{Clause: standard.STIG("JUEX-L2-000240"), Checks: []string{"VLN-003"}},
		{Clause: standard.M5153, Asks: "Are guests apart?", Checks: []string{"SEP-004", "SEP-005"}},
		{Clause: standard.M5153, Asks: "Who may administer?", Beyond: "people leave no trace in the state of a switch"},
	}}
	return r
}

func sampleFindings(lacp1, lldp1, vlan1, desc1, lacp2, file *capture.Reply) []*verify.Finding {
	m5153, gs := standard.M5153, standard.Grundschutz("SYS.1.5.A20", "E")
	x := func(check, kind, name string, o verify.Outcome, s verify.Severity, reason string, evidence ...capture.Span) *verify.Finding {
		return &verify.Finding{Subject: topology.Subject{Kind: kind, Name: name}, Outcome: o, Severity: s, Reason: reason,
			Evidence: evidence, By: &verify.Check{ID: check, Cites: []standard.Clause{m5153, gs}}}
	}
	mend := func(f *verify.Finding, fix string) *verify.Finding { f.Fix = fix; return f }
	miss := func(f *verify.Finding, missing string) *verify.Finding { f.Missing = missing; return f }
	const move = "move vmnic3 to leaf2 (its pair); Ethernet9 on leaf2 is free and already carries 10,20,31"
	out := []*verify.Finding{
		miss(x("EVD-001", "device", "leaf5", verify.Unknown, verify.High, "leaf5 gave nothing: no answer in 10s"), "let 192.0.2.15:830 be reached from here, then audit again"),
		x("EVD-001", "device", "leaf1", verify.Pass, verify.High, "leaf1 answered all 4 commands", lacp1.Whole()),
		x("LAG-001", "lag", "leaf1+leaf2/Port-Channel1", verify.Pass, verify.High, "all 2 members are collecting and distributing", at(lacp1, `"collecting": true`, 0), at(lacp2, `"collecting": true`, 0)),
		mend(x("LAG-001", "lag", "leaf1/Port-Channel7", verify.Fail, verify.High, "leaf1/Ethernet9 is not collecting or distributing in Port-Channel7, expected both", at(lacp1, `"collecting": false`, 0)), move),
		mend(x("LAG-011", "lag", "leaf1+leaf2/Port-Channel1", verify.Warn, verify.Medium, "min-links 2 leaves no LAG after the loss of one of 2 members", at(lacp1, `"Port-Channel1"`, 0)), "set min-links 1 on leaf1 and leaf2 Port-Channel1"),
		mend(x("MGT-002", "network", "management", verify.Fail, verify.Critical, "VLAN 10 reaches leaf1/Ethernet48, which is no uplink, gateway or station of network management", at(vlan1, `"Ethernet48"`, 0)), "remove VLAN 10 from leaf1 Ethernet48, or declare what is there as a station of network management"),
		x("MGT-003", "network", "management", verify.Pass, verify.Critical, "VLAN 10 is tagged on every trunk that carries guests", at(vlan1, `"10"`, 0)),
		mend(x("RED-001", "host", "esx2", verify.Fail, verify.High, "both uplinks end on leaf1: vmnic2 on Ethernet7, vmnic3 on Ethernet9; expected two chassis", at(lldp1, "00:53:00:00:02:02", 0), at(lldp1, "00:53:00:00:02:03", 0)), move),
		x("RED-001", "host", "esx1", verify.Pass, verify.High, "uplinks end on leaf1 and leaf2", at(lacp1, `"Ethernet1"`, 0), at(lacp2, `"Ethernet1"`, 0)),
		miss(x("RED-001", "host", "box7", verify.Unknown, verify.High, "box7/eno2 is not mapped to a switch port"), "enable LLDP on box7 or leaf5, or declare the port of eno2 in the inventory"),
		miss(x("RED-009", "uplink", "box7/eno2", verify.Unknown, verify.Medium, "box7/eno2 is not mapped to a switch port"), "enable LLDP on box7 or leaf5, or declare the port of eno2 in the inventory"),
		x("SEP-004", "network", "dmz", verify.Pass, verify.Critical, "guest VLAN 100 is used by no infrastructure network", at(vlan1, `"100"`, 0)),
		mend(x("VLN-003", "uplink", "box7/eno1", verify.Warn, verify.Medium, "leaf1/Ethernet12 ("+hostile+") carries 100, which box7 does not need", at(desc1, "<script>", 0)), "remove VLAN 100 from leaf1 Ethernet12"),
		x("VLN-007", "switch", "leaf1", verify.NotApplicable, verify.Medium, "no trunk has a default VLAN"),
	}
	waived := x("VLN-004", "port", "leaf1/Ethernet48", verify.NotApplicable, verify.Medium, "waived (was fail): leaf1/Ethernet48 allows every VLAN", at(vlan1, `"Ethernet48"`, 0), at(file, "check: VLN-004", 0))
	waived.Waiver = &inventory.Waiver{By: "A. Keller", Until: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC), Reason: "firewall team moves it in January"}
	out = append(out, waived)
	for _, check := range []string{"RED-002", "RED-003"} {
		loss := map[string]string{"RED-002": "switch leaf1", "RED-003": "link leaf1/Ethernet7"}[check]
		for _, n := range []string{"management", "vmotion"} {
			f := mend(x(check, "role", "esx2/"+n, verify.Fail, verify.Critical, n+" is lost with "+loss+": only leaf1/Ethernet7 carries it, expected a second path",
				at(lldp1, "00:53:00:00:02:03", 0), at(lacp1, `"distributing": false`, 0), at(file, "vmnic3", 0)), move)
			f.Confidence = verify.RestingOn(topology.Proven)
			out = append(out, f, miss(x(check, "role", "box7/"+n, verify.Unknown, verify.Critical, "box7/eno2 is not mapped: what is lost with "+loss+" cannot be told"),
				"enable LLDP on box7 or leaf5, or declare the port of eno2 in the inventory"))
		}
		for _, n := range []string{"dmz", "management", "vmotion"} {
			out = append(out, x(check, "role", "esx1/"+n, verify.Pass, verify.Critical, n+" survives the loss of any one", at(lacp1, `"Ethernet1"`, 0), at(lacp2, `"Ethernet1"`, 0)))
		}
	}
	return out
}

// sampleInput is what the fabric of a sample is built from.
type sampleInput struct{ topology.Input }

func (in *sampleInput) addSwitch(name string, all capture.Span) *state.Switch {
	s := &state.Switch{Name: name, Platform: "arista_eos"}
	s.Device.Hostname, s.Device.Stacked = capture.Of(name, all), capture.Of(false, all)
	s.Listed = state.Listed{Interfaces: all, Aggregators: all, LACP: all, VLANs: all, BridgePorts: all, STP: all}
	s.MLAG.Protocol = capture.Of(state.PeerLinkMLAG, all)
	s.MLAG.Keepalive, s.MLAG.KeepaliveOver = capture.Of(state.Up, all), capture.Of("Management1", all)
	in.Switches = append(in.Switches, s)
	return s
}

// addHost adds a host that needs the networks beyond those of its cluster.
func (in *sampleInput) addHost(name string, from capture.Span, networks ...string) *inventory.Host {
	in.Inventory.Hosts = append(in.Inventory.Hosts, inventory.HostEntry{Name: name, From: from, Networks: networks})
	h := &inventory.Host{Name: name, Source: "declared", From: from, Hostname: capture.Of(name, from)}
	h.Listed.NICs, h.Listed.Teams = from, from
	in.Hosts = append(in.Hosts, h)
	return h
}

// samplePort is a port of a switch; the zero samplePort is nowhere.
type samplePort struct {
	on   *state.Switch
	name string
}

func addPort(s *state.Switch, name, aggregator string, carries bool, vids state.VIDSet, from capture.Span) samplePort {
	x := state.Interface{Name: name, From: from, Kind: state.Physical, Oper: capture.Of(state.Up, from), Aggregator: capture.Of(aggregator, from), Bridged: capture.Of(true, from)}
	bridge := state.BridgePort{Interface: name, From: from, Members: capture.Of(vids, from), Configured: capture.Of(vids, from), PVID: capture.Of(state.VID(0), from)}
	s.Interfaces = append(s.Interfaces, x)
	if aggregator != "" {
		bits := state.WholeLACPState(0x3d)
		if !carries {
			bits = state.WholeLACPState(0x45)
		}
		m := state.AggregationPort{Name: name, From: from}
		m.Actor.State, m.Partner.State = capture.Of(bits, from), capture.Of(state.WholeLACPState(0x3d), from)
		i := slices.IndexFunc(s.Aggregators, func(a state.Aggregator) bool { return a.Name == aggregator })
		if i < 0 {
			i = len(s.Aggregators)
			s.Aggregators = append(s.Aggregators, state.Aggregator{Name: aggregator, From: from, Protocol: capture.Of(state.LACP, from), Oper: capture.Of(state.Up, from)})
			bridge.Interface = aggregator
			s.BridgePorts = append(s.BridgePorts, bridge)
		}
		s.Aggregators[i].Ports = append(s.Aggregators[i].Ports, m)
		if aggregator == "Port-Channel1" {
			s.Aggregators[i].MLAGID = capture.Of("1", from)
		}
		return samplePort{s, name}
	}
	s.BridgePorts = append(s.BridgePorts, bridge)
	return samplePort{s, name}
}

func addTeam(h *inventory.Host, name string, mode inventory.TeamMode, from capture.Span) string {
	h.Teams = append(h.Teams, inventory.Team{Name: name, From: from, Mode: capture.Of(mode, from)})
	return name
}

// addUplink adds a NIC that the port hears, as claim says.
func addUplink(h *inventory.Host, nic, team string, p samplePort, claim capture.Span) {
	h.NICs = append(h.NICs, inventory.NIC{Name: nic, From: h.From, Team: team})
	for i := range h.Teams {
		if t := &h.Teams[i]; t.Name == team {
			t.Members = append(t.Members, inventory.TeamMember{AggregationPort: state.AggregationPort{Name: nic, From: h.From}})
		}
	}
	if p.on != nil {
		hear(p, h.Name, nic, claim)
	}
}

// hear has the port hear a system's port by LLDP.
func hear(p samplePort, system, port string, from capture.Span) {
	p.on.Remotes = append(p.on.Remotes, state.RemoteSystem{Interface: p.name, From: from, SystemName: capture.Of(system, from), PortDescription: capture.Of(port, from),
		PortID: capture.Of(state.Identifier{ID: port}, from)})
}

// addMany adds a host with six NICs in two teams, the names of which have blanks.
func (in *sampleInput) addMany(i int, leaf1, leaf2 *state.Switch, lacp *capture.Reply) {
	h := in.addHost("node"+strings.Repeat("x", i%3)+string(rune('a'+i%26))+time.Duration(i).String(), lacp.Whole(), "dmz", "management", "vmotion")
	storage, one := addTeam(h, "bond-storage", inventory.TeamLACP, lacp.Whole()), addTeam(h, "Team 1", inventory.TeamIndependent, lacp.Whole())
	for j := range 6 {
		team, aggregator := storage, fmt.Sprintf("Port-Channel%d", 200+i)
		if j%2 == 1 {
			team, aggregator = one, ""
		}
		s := []*state.Switch{leaf1, leaf2}[j/3]
		p := addPort(s, fmt.Sprintf("TwentyFiveGigE1/%d/%d", i, j+1), aggregator, j != 4, state.VIDs(10, 20), at(lacp, `"Ethernet1"`, 0))
		addUplink(h, fmt.Sprintf("Ethernet %d", j+1), team, p, at(lacp, `"Ethernet1"`, 0))
	}
}

// many is sample with further hosts, which take their places on two more switches each: for looking at, and for bounds.
func many(hosts int) *verify.Report {
	r := sampled(hosts)
	lacp := r.Captures[0].Replies[0]
	i := 0
	for _, h := range r.Fabric.Hosts {
		if !strings.HasPrefix(h.Name, "node") {
			continue
		}
		for _, role := range h.Required {
			n := role.Network
			r.Findings = append(r.Findings, &verify.Finding{By: &verify.Check{ID: "RED-002"}, Subject: topology.Subject{Kind: "role", Name: h.Name + "/" + n.Name},
				Outcome: verify.Outcome(1 + i%4), Severity: verify.High, Reason: n.Name + " is lost with switch leaf1", Evidence: []capture.Span{at(lacp, `"Ethernet1"`, 0)}})
		}
		i++
	}
	return r
}
