package collect

import (
	"strings"
	"testing"
	"time"

	"uplinkcheck/drivers"
	"uplinkcheck/testbed/device"
)

var (
	getLACP = drivers.Command{Line: "<get-lacp-interface-information><extensive/></get-lacp-interface-information>", Format: drivers.XML}
	getLLDP = drivers.Command{Line: "<get-lldp-neighbors-information/>", Format: drivers.XML}
)

// junos answers with what breaks careless clients: hash lines, CR LF, UTF-8, and an end marker in a comment.
func junos(rpc string) string {
	switch rpc {
	case getLACP.Line:
		return "<lacp>\n##\n<name>Zürich – β</name>\r\n#5\n</lacp>"
	case getLLDP.Line:
		return "<lldp>" + strings.Repeat("<neighbor>grün</neighbor>\n", 2000) + "</lldp>"
	case "<get-warned/>":
		return "<rpc-error><error-severity>warning</error-severity><error-message>lacp subsystem not running</error-message></rpc-error><lacp/>"
	}
	return "<rpc-error><error-tag>unknown-element</error-tag><error-severity>error</error-severity><error-message>\nsyntax error\n</error-message></rpc-error>"
}

func netconfPlan(commands ...drivers.Command) Plan {
	return Plan{Platform: "test_junos", Access: []drivers.Access{drivers.NETCONF, drivers.Exec}, Commands: commands}
}

func TestNETCONF(t *testing.T) {
	tests := []struct {
		name    string
		framing device.Framing
		faults  []device.Fault
	}{
		{name: "both versions offered"},
		{name: "base:1.0 only", framing: device.Framing{Only10: true}},
		{name: "base:1.1 only", framing: device.Framing{Only11: true}},
		{name: "chunks of one byte, which split UTF-8 and attributes", framing: device.Framing{Chunk: 1}},
		{name: "chunks of 7 bytes", framing: device.Framing{Chunk: 7}},
		{name: "message-id in single quotes", framing: device.Framing{SingleQuotes: true}},
		{name: "message-id in single quotes, split over chunks", framing: device.Framing{SingleQuotes: true, Chunk: 11}},
		{name: "CR LF in chunks", framing: device.Framing{CRLF: true, Chunk: 13}},
		{name: "CR LF with base:1.0", framing: device.Framing{CRLF: true, Only10: true}},
		{name: "one-byte packets", faults: []device.Fault{device.OneBytePackets}},
		{name: "one-byte packets with base:1.0", framing: device.Framing{Only10: true}, faults: []device.Fault{device.OneBytePackets}},
		{name: "packets of 3 bytes, chunks of 5", framing: device.Framing{Chunk: 5}, faults: []device.Fault{device.SplitWrites(3)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, device.Config{NETCONF: junos, Framing: tt.framing, Faults: tt.faults})
			c := collectOne(t, target(t, d, netconfPlan(getLACP, getLLDP)), Options{})
			if c.Err != "" {
				t.Fatal(c.Err)
			}
			for _, cmd := range []drivers.Command{getLACP, getLLDP} {
				want := junos(cmd.Line)
				if tt.framing.CRLF {
					want = strings.ReplaceAll(want, "\n", "\r\n")
				}
				got := string(c.Reply(cmd.Line).Data)
				if !strings.Contains(got, want) || !strings.HasPrefix(got, "<rpc-reply") || !strings.HasSuffix(got, "</rpc-reply>") {
					t.Errorf("got %.300q, want it to hold %.300q", got, want)
				}
			}
		})
	}
}

func TestNETCONFErrors(t *testing.T) {
	refused := drivers.Command{Line: "<get-nonsense/>", Format: drivers.XML}
	warned := drivers.Command{Line: "<get-warned/>", Format: drivers.XML}
	d := start(t, device.Config{NETCONF: junos})
	c := collectOne(t, target(t, d, netconfPlan(refused, warned, getLACP)), Options{})
	if r := c.Asked(refused.Line); r.Usable() || r.Err != "rpc-error: syntax error unknown-element" || len(r.Data) == 0 {
		t.Errorf("an error: got %q", r.Err)
	}
	if c.Reply(warned.Line) == nil || c.Reply(getLACP.Line) == nil {
		t.Errorf("a warning is no failure, and an error costs its own reply: got %s", summary(c))
	}
	if d.Accepted() != 1 {
		t.Errorf("dialled %d times, want once", d.Accepted())
	}
}

func TestNETCONFRepliesThatStateNothing(t *testing.T) {
	tests := []struct {
		name    string
		framing device.Framing
		faults  []device.Fault
		max     int
		want    string
	}{
		{name: "another message-id", framing: device.Framing{WrongID: true}, want: "the reply answers message"},
		{name: "cut in half inside whole framing", faults: []device.Fault{device.Truncate}, want: "not whole XML"},
		{name: "hung up in the reply", faults: []device.Fault{device.HangUpAfter(400)}, want: "unexpected EOF"},
		{name: "garbled", faults: []device.Fault{device.Garble}, want: "not whole XML"},
		{name: "too large", max: 4 << 10, want: "larger than the limit"},
		{name: "too large with base:1.0", framing: device.Framing{Only10: true}, max: 4 << 10, want: "larger than the limit"},
		{name: "no answer", faults: []device.Fault{device.LateOutput(getLLDP.Line, time.Minute)}, want: "no whole answer within 300ms"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, device.Config{NETCONF: junos, Framing: tt.framing, Faults: tt.faults})
			c := collectOne(t, target(t, d, netconfPlan(getLLDP)), Options{Timeouts: quickly, MaxReply: tt.max})
			r := c.Asked(getLLDP.Line)
			if r == nil || r.Usable() || r.Complete {
				t.Fatalf("got %+v, %s", r, c.Err)
			}
			contains(t, r.Err, tt.want)
			contains(t, c.Err, "leaf1: ")
		})
	}
}

// A peer that vanished keeps nobody waiting: not in the next RPC, and not on close.
func TestNETCONFVanishedPeer(t *testing.T) {
	t.Run("before close", func(t *testing.T) {
		d := start(t, device.Config{NETCONF: junos, Faults: []device.Fault{device.Vanish}})
		begin := time.Now()
		c := collectOne(t, target(t, d, netconfPlan(getLACP)), Options{})
		if c.Err != "" || time.Since(begin) > 3*time.Second {
			t.Errorf("got %q after %v", c.Err, time.Since(begin))
		}
	})
	t.Run("before the second RPC", func(t *testing.T) {
		d := start(t, device.Config{NETCONF: junos, Faults: []device.Fault{device.Vanish}})
		c := collectOne(t, target(t, d, netconfPlan(getLACP, getLLDP)), Options{Timeouts: quickly})
		if c.Reply(getLACP.Line) == nil {
			t.Errorf("the first reply is lost: %s", summary(c))
		}
		contains(t, c.Asked(getLLDP.Line).Err, "no whole answer within 300ms")
	})
}

// Without a port, NETCONF is asked for at port 22 and then at 830. Here both are others, as nobody listens there.
func TestNETCONFPorts(t *testing.T) {
	with := device.Config{NETCONF: junos}
	without := device.Config{Exec: eos}
	gone, err := device.Start(device.Config{})
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	port := func(d *device.Device) string { return d.Addr()[strings.LastIndexByte(d.Addr(), ':')+1:] }
	tests := []struct {
		name    string
		ssh     *device.Device
		netconf *device.Device
		usable  string // line that is answered
	}{
		{"the subsystem at the SSH port", start(t, with), gone, getLACP.Line},
		{"the subsystem at its own port", start(t, without), start(t, with), getLACP.Line},
		{"nobody at the SSH port", gone, start(t, with), getLACP.Line},
		{"no subsystem anywhere, so exec", start(t, without), start(t, without), showVersion.Line},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cli := showVersion
			cli.InsteadOf = getLACP.Line
			x := target(t, tt.ssh, netconfPlan(getLACP, cli))
			x.Address, x.KnownHosts = "127.0.0.1", trust(t, tt.ssh, tt.netconf)
			c := collectOne(t, x, Options{Retries: -1, ports: [2]string{port(tt.ssh), port(tt.netconf)}})
			if c.Err != "" || c.Reply(tt.usable) == nil {
				t.Errorf("got %q, %s", c.Err, summary(c))
			}
		})
	}
}

func TestEveryWayRefused(t *testing.T) {
	d := start(t, device.Config{ExecRefused: true})
	cli := showVersion
	cli.InsteadOf = getLACP.Line
	contains(t, collectOne(t, target(t, d, netconfPlan(getLACP, cli)), Options{}).Err, "leaf1: the device refuses exec; enable it there")
}

func TestHelloThatIsNone(t *testing.T) {
	d := start(t, device.Config{NETCONF: junos, Faults: []device.Fault{device.HangUpAfter(20)}})
	contains(t, collectOne(t, target(t, d, netconfPlan(getLACP)), Options{Timeouts: quickly}).Err, "NETCONF did not begin: hello: unexpected EOF")
}
