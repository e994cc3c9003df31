package text_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sirikothe/gotextfsm"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/arista_eos"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/juniper_junos"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// A comparison is a text, what reads it here, and the template for TextFSM that reads as much of it. Both return how many
// things they found.
type comparison struct {
	name     string
	text     string
	read     func(r *capture.Reply) int
	template string
}

// BenchmarkText compares with a TextFSM engine in Go on the same texts: times-faster is how much longer that takes. What drivers do
// here beyond it, such as to know VLANs, addresses and the bytes of each fact, is in their time.
func BenchmarkText(b *testing.B) {
	for _, c := range comparisons() {
		b.Run(c.name, func(b *testing.B) {
			r := &capture.Reply{Device: "leaf1", Data: []byte(c.text), Complete: true}
			var template gotextfsm.TextFSM
			if err := template.ParseString(c.template); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			found := 0
			// The fastest of many runs each, in turns: others may use the machine.
			ours, theirs := time.Hour, time.Hour
			for b.Loop() {
				start := time.Now()
				found = c.read(r)
				ours = min(ours, time.Since(start))
				b.StopTimer()
				var out gotextfsm.ParserOutput
				start = time.Now()
				if err := out.ParseTextString(c.text, template, true); err != nil || len(out.Dict) != found {
					b.Fatalf("%v: TextFSM finds %d, we find %d", err, len(out.Dict), found)
				}
				theirs = min(theirs, time.Since(start))
				b.StartTimer()
			}
			b.ReportMetric(float64(theirs)/float64(ours), "times-faster")
			b.ReportMetric(float64(theirs.Nanoseconds())/1000, "µs-theirs")
			b.ReportMetric(float64(ours.Nanoseconds())/1000, "µs-ours")
		})
	}
}

// entries are the lines of 500 things.
func entries(head, format string, args func(i int) []any) string {
	var out strings.Builder
	out.WriteString(head)
	for i := range 500 {
		fmt.Fprintf(&out, format, args(i)...)
	}
	return out.String()
}

// driver reads a reply by a driver; count says how much there was.
func driver(d *drivers.Driver, command string, count func(*state.Switch) int) func(*capture.Reply) int {
	return func(r *capture.Reply) int {
		r.Command = command
		s, err := d.Parse(&capture.Capture{Device: r.Device, Platform: d.Name, Replies: []*capture.Reply{r}})
		if err != nil {
			return -1
		}
		return count(s)
	}
}

func remotes(s *state.Switch) int { return len(s.Remotes) }

func comparisons() []comparison {
	return []comparison{{
		name: "table of ports",
		text: entries("Port       Name               Status       Vlan     Duplex Speed  Type\n", "Et%-8d %-18s connected    %-8s full   25G    25GBASE-CR\n",
			func(i int) []any { return []any{i + 1, fmt.Sprintf("host %d nic 1", i), []string{"trunk", "10"}[i%2]} }),
		read: func(r *capture.Reply) (n int) {
			headings := []string{"Port", "Name", "Status", "Vlan", "Duplex", "Speed", "Type"}
			table, rows, _ := text.FindTable(text.Lines(r), headings...)
			for _, l := range rows {
				row, known := table.Row(l), 0
				for _, h := range headings {
					if row.Cell(h).Known() {
						known++
					}
				}
				if known == len(headings) {
					n++
				}
			}
			return n
		},
		template: `Value PORT (\S+)
Value NAME (.*?)
Value STATUS (connected|notconnect|disabled|errdisabled)
Value VLAN (\S+)
Value DUPLEX (\S+)
Value SPEED (\S+)
Value TYPE (.*)

Start
  ^Port\s+Name\s+Status -> Ports

Ports
  ^${PORT}\s+${NAME}\s+${STATUS}\s+${VLAN}\s+${DUPLEX}\s+${SPEED}\s+${TYPE}\s*$$ -> Record

EOF
`,
	}, {
		name: "arista_eos port-channels",
		text: entries("   Port-Channel       Protocol     Ports\n------------------ --------------- --------------------------------\n",
			"   %-18s %-14s Et%d(PG+) Et%d(PG+) PEt%d(P)\n", func(i int) []any { return []any{fmt.Sprintf("Po%d(U)", i+1), "LACP(a)", 2*i + 1, 2*i + 2, 2*i + 1} }),
		read: driver(arista_eos.Driver, "show port-channel summary", func(s *state.Switch) int { return len(s.Aggregators) }),
		template: `Value Required NAME (Po\d+)
Value FLAGS (\w+)
Value PROTOCOL (\w+)
Value MODE ([^()\s]*)
Value List PORTS (\S+\(\S+\))

Start
  ^\s+Port-Channel\s+Protocol -> Table

Table
  ^\s+Po\d+\( -> Continue.Record
  ^\s+${NAME}\(${FLAGS}\)\s+${PROTOCOL}(\(${MODE}\))?\s+${PORTS} -> Continue
  ^\s+Po\d+\S+\s+\S+\s+\S+\s+${PORTS} -> Continue
  ^\s+Po\d+\S+\s+\S+\s+\S+\s+\S+\s+${PORTS}
`,
	}, {
		name: "arista_eos LLDP",
		text: entries("", `Interface Ethernet%[1]d detected 1 LLDP neighbors:

  Neighbor 0053.0000.%04[1]x/"eno1", age 12 seconds
  Discovered 1 day, 1:02:11 ago; Last changed 1 day, 1:02:11 ago
  - Chassis ID type: MAC address (4)
    Chassis ID     : 0053.0000.%04[1]x
  - Port ID type: Interface name (5)
    Port ID     : "eno1"
  - Time To Live: 120 seconds
  - Port Description: "eno1"
  - System Name: "hv%[1]d"
  - System Description: "Debian GNU/Linux 13"
  - Management Address Subtype: IPv4 (1)
    Management Address        : 192.0.2.10
  - IEEE802.1 Port VLAN ID: 10

`, func(i int) []any { return []any{i + 1} }),
		read: driver(arista_eos.Driver, "show lldp neighbors detail", remotes),
		template: `Value Required,Filldown LOCAL (\S+)
Value CHASSIS_TYPE (.*)
Value Required CHASSIS (\S+)
Value PORT_TYPE (.*)
Value PORT (.*)
Value TTL (\d+)
Value PORT_DESCRIPTION (.*)
Value SYSTEM (.*)
Value DESCRIPTION (.*)
Value ADDRESS (\S+)
Value PVID (\d+)

Start
  ^Interface -> Continue.Record
  ^Interface\s+${LOCAL}\s+detected
  ^\s+- Chassis ID type\s*:\s+${CHASSIS_TYPE}
  ^\s+Chassis ID\s*:\s+${CHASSIS}
  ^\s+- Port ID type\s*:\s+${PORT_TYPE}
  ^\s+Port ID\s*:\s+"${PORT}"
  ^\s+- Time To Live\s*:\s+${TTL}
  ^\s+- Port Description\s*:\s+"${PORT_DESCRIPTION}"
  ^\s+- System Name\s*:\s+"${SYSTEM}"
  ^\s+- System Description\s*:\s+"${DESCRIPTION}"
  ^\s+Management Address\s*:\s+${ADDRESS}
  ^\s+- IEEE802.1 Port VLAN ID\s*:\s+${PVID}
`,
	}, {
		name: "juniper_junos LACP",
		text: entries("", `Aggregated interface: ae%[1]d
    LACP state:       Role   Exp   Def  Dist  Col  Syn  Aggr  Timeout  Activity
      xe-0/0/%[1]d     Actor    No    No   Yes  Yes  Yes   Yes     Fast    Active
      xe-0/0/%[1]d   Partner    No    No   Yes  Yes  Yes   Yes     Fast    Active
    LACP protocol:        Receive State  Transmit State          Mux State
      xe-0/0/%[1]d                Current   Fast periodic Collecting distributing
`, func(i int) []any { return []any{i} }),
		read: driver(juniper_junos.Driver, "show lacp interfaces | no-more", func(s *state.Switch) int { return len(s.Aggregators) }),
		template: `Value Required AE (ae\d+)
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
	}, {
		name: "juniper_junos VLANs",
		text: entries("Routing instance        VLAN name             Tag          Interfaces\n",
			"default-switch          %-21s %-12d\n                                                           ae1.0*\n                                                           xe-0/0/%d.0*\n",
			func(i int) []any { return []any{fmt.Sprintf("guests-%d", i), i + 2, i} }),
		read: driver(juniper_junos.Driver, "show vlans | no-more", func(s *state.Switch) int { return len(s.VLANs) }),
		template: `Value INSTANCE (\S+)
Value Required NAME (\S+)
Value TAG (\d+)
Value List PORTS (\S+)

Start
  ^Routing instance\s+VLAN name -> Table

Table
  ^\S -> Continue.Record
  ^${INSTANCE}\s+${NAME}\s+${TAG}
  ^\s+${PORTS}\s*$$
`,
	}, {
		name: "juniper_junos LLDP",
		text: entries("Local Interface    Parent Interface    Chassis Id          Port info          System Name\n",
			"xe-0/0/%-11d ae%-17d 00:53:00:00:%02x:%02x   eno1               hv%d\n", func(i int) []any { return []any{i, i, i >> 8, i & 255, i} }),
		read: driver(juniper_junos.Driver, "show lldp neighbors | no-more", remotes),
		template: `Value LOCAL (\S+)
Value PARENT (\S+)
Value CHASSIS (\S+)
Value PORT (.+?)
Value SYSTEM (\S+)

Start
  ^Local Interface\s+Parent Interface -> Table

Table
  ^${LOCAL}\s+${PARENT}\s+${CHASSIS}\s+${PORT}\s+${SYSTEM}\s*$$ -> Record

EOF
`,
	}}
}
