package collect

import (
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/testbed/device"
)

func TestPlansMayListReadingLinesOnly(t *testing.T) {
	each := func(*capture.Capture) []string { return nil }
	may := []drivers.Command{
		{Line: "show lacp interface detailed | json"},
		{Line: "show interfaces | display xml | no-more"},
		{Line: "show interface status | display-xml"},
		{Line: "show configuration interfaces | display inheritance | display xml | no-more"},
		{Line: "display link-aggregation verbose"},
		{Line: "info from state network-instance * interface * | as json"},
		{Line: "show port-channel %s", Each: each},
		{Line: "admin show inventory"},
		{Line: "hostname"},
		{Line: "cat /proc/net/bonding/%s", Each: each},
		{Line: "ip -j -d link show"},
		{Line: "ip -j addr"},
		{Line: "bridge -j vlan show"},
		{Line: "lldpcli -f json0 show neighbors details"},
		{Line: "nv show interface -o json"},
		{Line: "net show clag json"},
		{Line: "clagctl -j"},
		{Line: "sonic-db-dump -n CONFIG_DB -k VLAN* -y"},
		{Line: "mclagdctl -i %s dump state", Each: each},
		{Line: "fdbshow"},
		{Line: "ovs-vsctl --format=json list Port"},
		{Line: "ovs-appctl lacp/show"},
		{Line: "ovs-ofctl dump-aggregate %s", Each: each},
		{Line: "<get-lldp-neighbors-information/>"},
		{Line: `<get-configuration database="committed"><configuration><vlans/></configuration></get-configuration>`},
		{Line: `<get><filter type="subtree"><interfaces/></filter></get>`},
		{Line: `<command format="xml">show vlans</command>`},
	}
	for _, c := range may {
		if err := checkCommand(c); err != nil {
			t.Error(err)
		}
	}
	mayNot := []drivers.Command{
		{Line: ""},
		{Line: "reload"},
		{Line: "configure terminal"},
		{Line: "showreload"},
		{Line: "nv set system hostname x"},
		{Line: "nv config apply"},
		{Line: "sonic-db-cli CONFIG_DB FLUSHDB"},
		{Line: "sonic-db-dump -n CONFIG_DB -d x"},
		{Line: "mclagdctl -i 1 config loglevel debug"},
		{Line: "net add bond b"},
		{Line: "clagctl -j priority 1"},
		{Line: "info system aaa"},
		{Line: "info from running system aaa | as json"},
		{Line: "info from state system lldp | as json > x"},
		{Line: "admin reload"},
		{Line: "admin admin show version"},
		{Line: "clear lacp counters"},
		{Line: "write memory"},
		{Line: "show version ; reload"},
		{Line: "show version\nreload"},
		{Line: "show version > flash:x"},
		{Line: "show version | redirect flash:x"},
		{Line: "show version | save x"},
		{Line: "show version | tee x"},
		{Line: "show version |"},
		{Line: "show %s"},
		{Line: "show a", Each: each},
		{Line: "show %s %s", Each: each},
		{Line: "hostname evil"},
		{Line: "cat"},
		{Line: "cat /etc/hosts; reboot"},
		{Line: "cat /etc/hosts && reboot"},
		{Line: "cat $(reboot)"},
		{Line: "cat `reboot`"},
		{Line: "cat /etc/hosts | sh"},
		{Line: "cat /dev/zero > /dev/sda"},
		{Line: "ip link set eth0 down"},
		{Line: "ip -j link set eth0 down"},
		{Line: "ip -batch file link"},
		{Line: "ip netns exec a reboot"},
		{Line: "bridge vlan del vid 10 dev eth0"},
		{Line: "lldpcli configure system hostname x"},
		{Line: "lldpcli -f json0 pause"},
		{Line: "ovs-vsctl set Port a tag=1"},
		{Line: "ovs-vsctl list Port -- del-port a"},
		{Line: "ovs-vsctl"},
		{Line: "ovs-appctl exit"},
		{Line: "ovs-appctl"},
		{Line: "ovs-ofctl del-flows br0"},
		{Line: "ethtool -s eth0 speed 10"},
		{Line: "virsh destroy vm"},
		{Line: "sudo reboot"},
		{Line: "<edit-config/>"},
		{Line: "<getaway/>"},
		{Line: "<lock/>"},
		{Line: "<get/><kill-session/>"},
		{Line: "<get/></rpc><rpc><kill-session/>"},
		{Line: "<get>"},
		{Line: "text<get/>"},
		{Line: `<!DOCTYPE a [<!ENTITY b "c">]><get/>`},
		{Line: "<command>request system reboot</command>"},
		{Line: "<command/>"},
	}
	for _, c := range mayNot {
		if checkCommand(c) == nil {
			t.Errorf("%q may be listed", c.Line)
		}
	}
}

func TestPlanCheck(t *testing.T) {
	good := plan(showVLAN)
	tests := []struct {
		name   string
		change func(*Plan)
		want   string
	}{
		{"a good plan", func(*Plan) {}, ""},
		{"no command", func(p *Plan) { p.Commands = nil }, "no access or no command"},
		{"no access", func(p *Plan) { p.Access = nil }, "no access or no command"},
		{"a session without a prompt", func(p *Plan) { p.Access = []drivers.Access{drivers.Session} }, "prompt pattern"},
		{"a setup that configures", func(p *Plan) {
			p.Access, p.Prompt = []drivers.Access{drivers.Session}, &drivers.Prompt{Pattern: "%s#", Setup: []string{"configure terminal"}}
		}, `"configure terminal" is not known`},
		{"an enable that configures", func(p *Plan) {
			p.Access, p.Prompt = []drivers.Access{drivers.Session}, &drivers.Prompt{Pattern: "%s#", Enable: "configure"}
		}, `"configure" is no known way`},
		{"standing in for nothing", func(p *Plan) { p.Commands = []drivers.Command{{Line: "show a", InsteadOf: "show b"}} }, "not listed before it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := good
			tt.change(&p)
			got := ""
			if err := p.Check(); err != nil {
				got = err.Error()
			}
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestGuard(t *testing.T) {
	each := func(*capture.Capture) []string { return nil }
	p := plan(showVLAN, drivers.Command{Line: "show port %s detail", Each: each})
	p.Access, p.Prompt = append(p.Access, drivers.Session), eosPrompt
	g, err := newGuard(p)
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]bool{
		showVLAN.Line:                     true,
		"show port Ethernet1/1.20 detail": true,
		"terminal length 0":               true,
		"enable":                          true,
		"show port %s detail":             false,
		"show port  detail":               false,
		"show port a b detail":            false,
		"show port a; reload; detail":     false,
		"show port -a detail":             false,
		"show port a\n detail":            false,
		"show vlan ":                      false,
		"show version":                    false,
		"":                                false,
		"show port " + strings.Repeat("a", 200) + " detail": false,
	} {
		if g.allows(line) != want {
			t.Errorf("%q: got %v, want %v", line, !want, want)
		}
	}
}

// A plan that could do more than read is refused before anything is dialled.
func TestWritingPlanIsNeverSent(t *testing.T) {
	d := start(t, device.Config{Exec: eos})
	c := collectOne(t, target(t, d, plan(showVLAN, drivers.Command{Line: "reload"})), Options{})
	contains(t, c.Err, `refused to ask: "reload" may not be asked`, "bug in test_os")
	if d.Accepted() != 0 || len(d.Asked()) != 0 {
		t.Errorf("asked %q over %d connections", d.Asked(), d.Accepted())
	}
}

// The proof from the other side: through every way of asking, a device hears what the plan lists and nothing else.
func TestDeviceHearsOnlyWhatIsListed(t *testing.T) {
	cli := showVersion
	p := sessionPlan(getLACP, cli, showVLAN)
	p.Access = []drivers.Access{drivers.NETCONF, drivers.Exec, drivers.Session}
	listed := append(slices.Clone(eosPrompt.Setup), getLACP.Line, cli.Line, showVLAN.Line, "enable")
	for name, cfg := range map[string]device.Config{
		"NETCONF": {NETCONF: junos},
		"exec":    {Exec: eos},
		"session": {Exec: eos, ExecRefused: true, Shell: shell()},
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, cfg)
			x := target(t, d, p)
			x.Login.Enable = says("more")
			c := collectOne(t, x, Options{})
			if len(c.Replies) == 0 || len(d.Asked()) == 0 {
				t.Fatalf("nothing was asked: %s", c.Err)
			}
			for _, line := range d.Asked() {
				if !slices.Contains(listed, line) {
					t.Errorf("the device heard %q", line)
				}
			}
		})
	}
}

func TestAPlanWithoutWhatNobodyNeeds(t *testing.T) {
	p := Plan{Commands: []drivers.Command{
		{Line: "show a"}, {Line: "show a old", InsteadOf: "show a"},
		{Line: "show b", Group: drivers.SpanningTree}, {Line: "show b old", InsteadOf: "show b"}, {Line: "show b older", InsteadOf: "show b old"},
		{Line: "show c", Group: drivers.Routing},
	}}
	var got []string
	for _, c := range p.Only(func(g drivers.Group) bool { return g == drivers.Routing }).Commands {
		got = append(got, c.Line)
	}
	if want := []string{"show a", "show a old", "show c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
