package linux

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/corpus"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// TestCorpus reads real bonding files and compares with what their publishers say stands in them, and with a second, naive
// reading of the LACP details. Of the corpus' Linux outputs only these are of a command that we send.
func TestCorpus(t *testing.T) {
	dir := corpus.Shared(t, "corpus/linux/cat_proc_net_bonding_bond0")
	inputs, err := filepath.Glob(filepath.Join(dir, "corpus/linux/cat_proc_net_bonding_bond0/*/input.txt"))
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	facts := 0
	for _, input := range inputs {
		t.Run(filepath.Base(filepath.Dir(input)), func(t *testing.T) {
			text, err := os.ReadFile(input)
			if err != nil {
				t.Fatal(err)
			}
			host := parseFile(t, string(text))
			raw, err := os.ReadFile(filepath.Join(filepath.Dir(input), "expected.json"))
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]any
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			facts += published(t, host, want) + details(t, host, string(text))
		})
	}
	if facts != 39 {
		t.Errorf("%d facts were compared, there were 39: has the corpus changed?", facts)
	}
}

// TestLabGuest reads the bonding file of a kernel bond that ran in our lab.
func TestLabGuest(t *testing.T) {
	const log = "lab/samples/qemu-kernel-bond.log"
	text := strings.ReplaceAll(corpus.Texts(t, corpus.Shared(t, log), log)[0], "\r", "")
	_, text, _ = strings.Cut(text, "Ethernet Channel")
	text, _, _ = strings.Cut("Ethernet Channel"+text, "VLAN20-OK")
	host := parseFile(t, text)
	if n := details(t, host, text); n != 24 {
		t.Errorf("%d LACP details were compared, there are 24", n)
	}
	if len(host.Unread) > 0 || !capture.Is(host.Teams[0].FallbackActive, false) {
		t.Errorf("unread %v, fallback %v", host.Unread, host.Teams[0].FallbackActive)
	}
}

func parseFile(t *testing.T, text string) *inventory.Host {
	t.Helper()
	data := "==> /proc/net/bonding/bond0 <==\n" + strings.TrimSuffix(text, "\n") + "\n"
	host, err := Source.Parse(&capture.Capture{Device: "corpus", Replies: []*capture.Reply{{Device: "corpus", Command: bondingLine, Data: []byte(data), Complete: true}}})
	if err != nil || len(host.Teams) != 1 || host.Teams[0].Name != "bond0" {
		t.Fatalf("error %v; got %+v from\n%s", err, host, text)
	}
	return host
}

// numbers are the kernel's numbers of its bonding modes.
var numbers = map[string]string{"0": "balance-rr", "1": "active-backup", "2": "balance-xor", "3": "broadcast", "4": "802.3ad", "5": "balance-tlb", "6": "balance-alb"}

var dataKey = regexp.MustCompile(`^data\['(\S+)'\]\['(\S+)'\]$`)

// published compares with attributes of the publishers' parser, and returns how many.
func published(t *testing.T, host *inventory.Host, want map[string]any) (n int) {
	team := &host.Teams[0]
	check := func(key, want, got string) {
		if n++; got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	for key, value := range want {
		text := fmt.Sprint(value)
		switch m := dataKey.FindStringSubmatch(key); {
		case m != nil:
			check(key, text, attribute(host, m[1], m[2]))
		case key == "data['mii_status']":
			check(key, text, team.Oper.Value.String())
		case key == "bond_mode":
			check(key, bondModes[numbers[text]].String(), team.Mode.Value.String())
		case key == "active_slave":
			check(key, text, team.Active.Value)
		case key == "slave_interface":
			var names []any
			for _, member := range team.Members {
				names = append(names, member.Name)
			}
			check(key, text, fmt.Sprint(names))
		case key == "slave_speed":
			var speeds []any
			for _, nic := range host.NICs {
				speeds = append(speeds, attribute(host, nic.Name, "speed"))
			}
			check(key, text, fmt.Sprint(speeds))
		}
	}
	return n
}

// attribute writes a fact of a member as the bonding file does.
func attribute(host *inventory.Host, name, key string) string {
	nic := host.NICs[slices.IndexFunc(host.NICs, func(n inventory.NIC) bool { return n.Name == name })]
	member := host.Teams[0].Members[slices.IndexFunc(host.Teams[0].Members, func(m inventory.TeamMember) bool { return m.Name == name })]
	switch key {
	case "mii_status":
		return member.Link.Value.String()
	case "aggregator_id":
		return member.Aggregator.Value
	case "permanent_hw_addr":
		return nic.MAC.Value.String()
	case "speed":
		return fmt.Sprintf("%d Mbps", nic.Speed.Value/1_000_000)
	}
	return "?"
}

// details compares both ends of each member with the lines that say them, and returns how many.
func details(t *testing.T, host *inventory.Host, text string) (n int) {
	var member *inventory.TeamMember
	var end *state.Endpoint
	for i, line := range strings.Split(text, "\n") {
		if name, ok := strings.CutPrefix(line, "Slave Interface: "); ok {
			k := slices.IndexFunc(host.Teams[0].Members, func(m inventory.TeamMember) bool { return m.Name == name })
			member, end = &host.Teams[0].Members[k], nil
		}
		switch {
		case line == "details actor lacp pdu:":
			end = &member.Actor
		case line == "details partner lacp pdu:":
			end = &member.Partner
		}
		key, value, ok := strings.Cut(line, ": ")
		if !ok || end == nil || !strings.HasPrefix(line, "    ") {
			continue
		}
		got := map[string]string{
			"system priority": fmt.Sprint(end.SystemPriority.Value), "system mac address": end.System.Value.String(), "port key": fmt.Sprint(end.Key.Value),
			"oper key": fmt.Sprint(end.Key.Value), "port priority": fmt.Sprint(end.PortPriority.Value), "port number": fmt.Sprint(end.Port.Value),
			"port state": fmt.Sprint(uint8(end.State.Value.Set)),
		}[strings.TrimSpace(key)]
		if n++; got != value {
			t.Errorf("line %d: %s: got %q, want %q", i+1, strings.TrimSpace(key), got, value)
		}
	}
	return n
}
