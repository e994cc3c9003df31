package collect

import (
	"slices"
	"strings"
	"testing"
	"time"

	"uplinkcheck/drivers"
	"uplinkcheck/testbed/device"
)

var eosPrompt = &drivers.Prompt{
	Pattern: `%s[>#]\s*`,
	Setup:   []string{"terminal length 0", "terminal width 32767"},
	Enable:  "enable",
}

func sessionPlan(commands ...drivers.Command) Plan {
	p := plan(commands...)
	p.Access, p.Prompt = []drivers.Access{drivers.Exec, drivers.Session}, eosPrompt
	p.Refusal = func(b []byte) string {
		if strings.HasPrefix(string(b), "% ") {
			return strings.TrimSpace(string(b))
		}
		return ""
	}
	return p
}

func shell() *device.Shell {
	return &device.Shell{Banner: "Authorised use only.\nlobby#\n\n", Setup: eosPrompt.Setup, Pager: true,
		Enable: "enable", EnableSecret: "more"}
}

// forSessions leaves time to open one: it takes some waiting to be sure of a prompt.
var forSessions = Timeouts{Command: time.Second, Device: 8 * time.Second}

const longest = 200

// longTable is a reply of several screens.
func longTable(cmd string) ([]byte, int) {
	if cmd != showVLAN.Line {
		return eos(cmd)
	}
	return []byte(strings.Repeat("10   mgmt   active   Et1, Et2\n", longest)), 0
}

func TestSessionWhenExecIsRefused(t *testing.T) {
	d := start(t, device.Config{Exec: longTable, ExecRefused: true, Shell: shell()})
	refused := drivers.Command{Line: "show mlag", Optional: true}
	c := collectOne(t, target(t, d, sessionPlan(showVersion, showVLAN, refused)), Options{})
	if c.Err != "" {
		t.Fatalf("%s\n%s", c.Err, summary(c))
	}
	want, _ := longTable(showVLAN.Line)
	if got := c.Reply(showVLAN.Line); got == nil || string(got.Data) != string(want) {
		t.Errorf("got %+v, want %d bytes", got, len(want))
	}
	if got := string(c.Reply(showVersion.Line).Data); !strings.HasPrefix(got, `{"version"`) || !strings.HasSuffix(got, "}\n") {
		t.Errorf("got %q", got)
	}
	if r := c.Asked(refused.Line); r.Usable() || r.Err != "% Invalid input" {
		t.Errorf("got %+v, want a refusal", r)
	}
	asked := append(slices.Clone(eosPrompt.Setup), showVersion.Line, showVLAN.Line, refused.Line)
	if !slices.Equal(d.Asked(), asked) {
		t.Errorf("asked %q, want %q", d.Asked(), asked)
	}
	if d.Accepted() != 1 {
		t.Errorf("dialled %d times, want once", d.Accepted())
	}
}

func TestEnable(t *testing.T) {
	tests := []struct {
		name, secret string
		shell        *device.Shell
		want         string
	}{
		{"the right secret", "more", shell(), ""},
		{"a wrong secret", "less", shell(), "the enable secret of credential \"default\" was refused"},
		{"nothing is asked", "more", &device.Shell{Setup: eosPrompt.Setup, Enable: "enable"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, device.Config{Exec: eos, ExecRefused: true, Shell: tt.shell})
			x := target(t, d, sessionPlan(showVLAN))
			x.Login.Enable = says(tt.secret)
			begin := time.Now()
			c := collectOne(t, x, Options{})
			contains(t, c.Err, tt.want)
			if (c.Err == "") != (tt.want == "") || (c.Reply(showVLAN.Line) == nil) != (tt.want != "") {
				t.Errorf("got %q, %s", c.Err, summary(c))
			}
			if !slices.Contains(d.Asked(), "enable") || time.Since(begin) > 3*time.Second {
				t.Errorf("asked %q in %v", d.Asked(), time.Since(begin))
			}
		})
	}
}

func TestEnableSecretIsRefusedOnce(t *testing.T) {
	a := start(t, device.Config{Name: "leaf1", Exec: eos, ExecRefused: true, Shell: shell()})
	b := start(t, device.Config{Name: "leaf2", Exec: eos, ExecRefused: true, Shell: shell()})
	x, y := target(t, a, sessionPlan(showVLAN)), target(t, b, sessionPlan(showVLAN))
	x.Login.Enable, y.Login.Enable = says("less"), says("less")
	got := Run(t.Context(), []Target{x, y}, Options{Concurrency: 1})
	contains(t, got[0].Err, "was refused; check it")
	contains(t, got[1].Err, "its password was refused by leaf1")
}

// Text that looks like a prompt, this device's own included, at the end of a packet and followed by a pause, cuts nothing.
func TestPromptLikeTextCutsNothing(t *testing.T) {
	faults := [][]device.Fault{
		{device.PromptLikeText},
		{device.PromptLikeText, device.SplitWrites(9)},
	}
	for _, f := range faults {
		d := start(t, device.Config{Exec: longTable, ExecRefused: true, Shell: shell(), Faults: f})
		c := collectOne(t, target(t, d, sessionPlan(showVLAN)), Options{})
		r := c.Reply(showVLAN.Line)
		if r == nil {
			t.Fatalf("%v: %s", f, summary(c))
		}
		if n := strings.Count(string(r.Data), "active"); n != longest || !strings.Contains(string(r.Data), "\nleaf1#\n") {
			t.Errorf("%v: got %d of %d rows: %q", f, n, longest, r.Data)
		}
	}
}

// With longer pauses than we wait it is not read whole, but it is not cut either: it states nothing.
func TestPromptLikeTextBeforeALongPauseStatesNothing(t *testing.T) {
	d := start(t, device.Config{Exec: longTable, ExecRefused: true, Shell: shell(),
		Faults: []device.Fault{device.PromptLikeText, device.Slow(200 * time.Millisecond)}})
	c := collectOne(t, target(t, d, sessionPlan(showVLAN)), Options{})
	if c.Reply(showVLAN.Line) != nil {
		t.Fatalf("got a reply: %s", summary(c))
	}
	contains(t, c.Asked(showVLAN.Line).Err, "went on after a line that looks like the prompt")
}

func TestPromptLikeTextInJSON(t *testing.T) {
	reply := "{\n  \"neighbors\": [\n    \"a\",\n    \"b\"\n  ]\n}\n"
	d := start(t, device.Config{Exec: func(string) ([]byte, int) { return []byte(reply), 0 }, ExecRefused: true, Shell: shell(),
		Faults: []device.Fault{device.PromptLikeText}})
	c := collectOne(t, target(t, d, sessionPlan(showVersion)), Options{Timeouts: forSessions})
	r := c.Asked(showVersion.Line)
	if r == nil || r.Usable() {
		t.Fatalf("JSON with prompts in it was taken: %+v", r)
	}
	contains(t, r.Err, "not whole JSON")
}

// After a timeout the reply to the first command comes while the second waits. It must not be taken for the second's.
func TestStaleOutputIsNotTheNextReply(t *testing.T) {
	lacp := drivers.Command{Line: "show lacp"}
	d := start(t, device.Config{ExecRefused: true, Shell: shell(), Faults: []device.Fault{device.LateOutput(showVLAN.Line, 1500*time.Millisecond)},
		Exec: func(cmd string) ([]byte, int) { return []byte("reply to " + cmd + "\n"), 0 }})
	c := collectOne(t, target(t, d, sessionPlan(showVLAN, lacp)), Options{Timeouts: forSessions})
	contains(t, c.Asked(showVLAN.Line).Err, "no whole answer within 1s")
	if r := c.Reply(lacp.Line); r == nil || string(r.Data) != "reply to show lacp\n" {
		t.Errorf("got %+v, %s", r, c.Err)
	}
	if d.Accepted() != 2 {
		t.Errorf("dialled %d times, want a new connection after the timeout", d.Accepted())
	}
}

func TestSessionFailures(t *testing.T) {
	tests := []struct {
		name   string
		shell  *device.Shell
		faults []device.Fault
		max    int
		want   string
	}{
		{"no prompt of the platform", &device.Shell{Prompt: "$ "}, nil, 0, "prompt session did not begin within 1s"},
		{"no echo", &device.Shell{Setup: eosPrompt.Setup, NoEcho: true}, nil, 0, "prompt session did not begin within 1s"},
		{"a pager that nobody switched off", &device.Shell{Pager: true, Setup: []string{"other"}}, nil, 0, "no whole answer within 1s"},
		{"hung up in the reply", shell(), []device.Fault{device.HangUpAfter(600)}, 0, "the session was given up"},
		{"too large", shell(), nil, 1 << 10, "larger than 1 KiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, device.Config{Exec: longTable, ExecRefused: true, Shell: tt.shell, Faults: tt.faults})
			c := collectOne(t, target(t, d, sessionPlan(showVLAN)), Options{Timeouts: forSessions, MaxReply: tt.max})
			if c.Reply(showVLAN.Line) != nil {
				t.Errorf("a reply was taken: %s", summary(c))
			}
			contains(t, c.Err, tt.want)
		})
	}
}

func TestSessionSurvivesOneBytePackets(t *testing.T) {
	d := start(t, device.Config{Exec: eos, ExecRefused: true, Shell: shell(), Faults: []device.Fault{device.OneBytePackets}})
	c := collectOne(t, target(t, d, sessionPlan(showVersion, showVLAN)), Options{})
	want, _ := eos(showVLAN.Line)
	if c.Err != "" || string(c.Reply(showVLAN.Line).Data) != string(want) {
		t.Errorf("got %q, %s", c.Err, summary(c))
	}
}

// Ten sessions, opened and closed, leave no connection: start checks it.
func TestSessionsLeaveNoConnection(t *testing.T) {
	d := start(t, device.Config{Exec: eos, ExecRefused: true, Shell: shell()})
	x := target(t, d, sessionPlan(showVLAN))
	for _, c := range Run(t.Context(), slices.Repeat([]Target{x}, 10), Options{}) {
		if c.Err != "" {
			t.Error(c.Err)
		}
	}
}
