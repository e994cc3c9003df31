package ovs

import (
	"fmt"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

func TestVLANColumns(t *testing.T) {
	const none = `["set",[]]`
	for _, c := range []struct {
		name, tag, trunks, mode string
		want                    string // mode, configured, explicit, pvid, untagged; ? for unknown
	}{
		{"nothing written: everything passes", none, none, none, "trunk 1-4094 false ? none"},
		{"a tag alone is an access port", "20", none, none, "access 20 true 20 20"},
		{"access by word", "20", none, `"access"`, "access 20 true 20 20"},
		{"access without a tag carries no VLAN", none, none, `"access"`, "access none false ? none"},
		{"trunks alone: untagged frames are dropped", none, `["set",[10,20]]`, none, "trunk 10,20 true 0 none"},
		{"a set of one is printed bare", none, "10", `"trunk"`, "trunk 10 true 0 none"},
		{"VLAN 0 among the trunks lets untagged frames in", none, `["set",[0,10]]`, `"trunk"`, "trunk 10 true ? none"},
		{"a tag on a trunk means nothing", "5", `["set",[10]]`, `"trunk"`, "trunk 10 true 0 none"},
		{"native untagged, always trunked", "10", `["set",[20,30]]`, `"native-untagged"`, "trunk 10,20,30 true 10 10"},
		{"native tagged", "5", `["set",[5,6]]`, `"native-tagged"`, "trunk 5-6 true 5 none"},
		{"native and everything else", "10", none, `"native-untagged"`, "trunk 1-4094 false 10 10"},
		{"native without a tag", none, `["set",[20]]`, `"native-untagged"`, "trunk 20 true ? none"},
		{"a tunnel has its outer VLAN", "100", none, `"dot1q-tunnel"`, "tunnel 100 true 100 100"},
		{"an unknown mode is unknown", "100", none, `"private"`, "? ? ? ? ?"},
		{"a tag that is none", "5000", none, none, "? ? ? ? ?"},
		{"a trunk that is none", none, `["set",[10,5000]]`, none, "trunk ? ? ? ?"},
		{"a trunk that is no number", none, `["set",["ten"]]`, none, "trunk ? ? ? ?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := fmt.Sprintf(`{"headings":["name","tag","trunks","vlan_mode"],"data":[["p",%s,%s,%s]]}`, c.tag, c.trunks, c.mode)
			rows, why := table(&capture.Reply{Data: []byte(text), Complete: true})
			if why != "" || len(rows) != 1 {
				t.Fatalf("%s: %s", text, why)
			}
			v, _ := readVLANs(rows[0])
			got := fmt.Sprintf("%s %s %s %s %s", say(v.Mode), say(v.Configured), say(v.Explicit), say(v.PVID), say(v.Untagged))
			if got != c.want {
				t.Errorf("%s:\ngot  %s\nwant %s", text, got, c.want)
			}
		})
	}
}

func say[T any](f capture.Fact[T]) string {
	if !f.Known() {
		return "?"
	}
	return fmt.Sprint(f.Value)
}

func TestFramesThroughPorts(t *testing.T) {
	fact := func(s string) capture.Fact[state.VIDSet] {
		set, err := state.ParseVIDSet(s)
		if err != nil {
			t.Fatal(err)
		}
		return capture.Of(set, (&capture.Reply{}).Whole())
	}
	from := (&capture.Reply{}).Whole()
	native := VLANs{Mode: capture.Of(state.Trunk, from), Configured: fact("10,20"), PVID: capture.Of(state.VID(10), from), Untagged: fact("10")}
	access := VLANs{Mode: capture.Of(state.Access, from), Configured: fact("20"), PVID: capture.Of(state.VID(20), from), Untagged: fact("20")}
	open := VLANs{Mode: capture.Of(state.Trunk, from), Configured: fact("all"), Untagged: fact("none"), Explicit: capture.Of(false, from)}
	for _, c := range []struct {
		name    string
		in, out VLANs
		tag     state.VID
		want    string
	}{
		{"access to native trunk: tagged", access, native, 0, "20 true"},
		{"tagged frames do not enter an access port", access, native, 20, "dropped"},
		{"open to native trunk: the native VLAN leaves bare", open, native, 10, "0 true"},
		{"open to native trunk: another VLAN", open, native, 20, "20 true"},
		{"open to native trunk: a VLAN that is not trunked", open, native, 30, "30 false"},
		{"open to native trunk: frames of no VLAN stay", open, native, 0, "0 false"},
		{"open to open: frames of no VLAN pass", open, open, 0, "0 true"},
		{"native trunk: bare frames belong to the native VLAN", native, open, 0, "10 true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := "dropped"
			if inside, ok := c.in.Admits(c.tag); ok {
				tag, sent := c.out.Sends(inside)
				got = fmt.Sprint(tag, sent)
				if !sent {
					got = fmt.Sprint(inside, sent)
				}
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if !open.Transparent() || native.Transparent() || access.Transparent() {
		t.Error("only the open port passes every frame as it is")
	}
}

func TestRefusal(t *testing.T) {
	for _, c := range []struct{ name, reply, want string }{
		{"JSON is an answer, whatever stands in it", `{"data":[["sudo: no"]]}`, ""},
		{"sudo wants a password", "sudo: a password is required\n", "sudo: a password is required"},
		{"no such program", "bash: line 1: ovs-vsctl: command not found\n", "bash: line 1: ovs-vsctl: command not found"},
		{"dash says it otherwise", "sh: 1: ovs-vsctl: not found\n", "sh: 1: ovs-vsctl: not found"},
		{"the daemon is down", "ovs-vsctl: unix:/run/openvswitch/db.sock: database connection failed (No such file or directory)\n",
			"ovs-vsctl: unix:/run/openvswitch/db.sock: database connection failed (No such file or directory)"},
		{"a command that this version lacks", "\"lacp/show-stats\" is not a valid command (use \"list-commands\" to see a list of valid commands)\n" +
			"ovs-appctl: ovs-vswitchd: server returned an error\n", `"lacp/show-stats" is not a valid command (use "list-commands" to see a list of valid commands)`},
		{"lldpd is down", "2026-11-24T00:49:51 [WARN/control] unable to connect to socket /run/lldpd.socket: No such file or directory\n",
			"2026-11-24T00:49:51 [WARN/control] unable to connect to socket /run/lldpd.socket: No such file or directory"},
		{"an answer", "---- po1 ----\n  status: active negotiated\n", ""},
		{"nothing is an answer: there is no bond", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Refusal([]byte(c.reply)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
