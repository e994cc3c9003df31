package collect

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/testbed/device"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start starts a device that is closed with the test, and checks then that no connection to it was left open.
func start(t testing.TB, cfg device.Config) *device.Device {
	t.Helper()
	if cfg.Name == "" {
		cfg.Name = "leaf1"
	}
	if cfg.Users == nil && cfg.AuthorizedKeys == nil && cfg.KeyboardInteractive == nil {
		cfg.Users = map[string]string{"netops": "hunter2"}
	}
	d, err := device.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for deadline := time.Now().Add(2 * time.Second); d.Connections() > 0; <-time.After(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Errorf("%s: %d connections were left open", d.Name(), d.Connections())
				break
			}
		}
		d.Close()
	})
	return d
}

// trust writes a known_hosts file.
func trust(t testing.TB, devices ...*device.Device) string {
	t.Helper()
	var text strings.Builder
	for _, d := range devices {
		text.WriteString(d.KnownHostsLine() + "\n")
	}
	return write(t, "known_hosts", text.String())
}

func write(t testing.TB, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func says(s string) func() (string, error) { return func() (string, error) { return s, nil } }

// target is a device that is asked by a plan with the right password and a known host key.
func target(t testing.TB, d *device.Device, p Plan) Target {
	t.Helper()
	return Target{Plan: p, Endpoint: Endpoint{Name: d.Name(), Address: d.Addr(), KnownHosts: trust(t, d),
		Login: Login{Name: "default", User: "netops", Password: says("hunter2")}}}
}

// quickly are timeouts for tests in which something does not answer.
var quickly = Timeouts{Socket: time.Second, Handshake: 300 * time.Millisecond, Command: 300 * time.Millisecond, Device: 5 * time.Second}

func collectOne(t testing.TB, x Target, o Options) *capture.Capture {
	t.Helper()
	c := Run(context.Background(), []Target{x}, o)[0]
	if c == nil {
		t.Fatal("Run returned nil for a target")
	}
	return c
}

func plan(commands ...drivers.Command) Plan {
	return Plan{Platform: "test_os", Access: []drivers.Access{drivers.Exec}, Commands: commands}
}

var (
	showVersion = drivers.Command{Line: "show version | json", Format: drivers.JSON}
	showVLAN    = drivers.Command{Line: "show vlan"}
)

func eos(cmd string) ([]byte, int) {
	switch cmd {
	case showVersion.Line:
		return []byte(`{"version": "4.32.1F", "modelName": "cEOSLab"}` + "\n"), 0
	case showVLAN.Line:
		return []byte("VLAN  Name     Status\n10    mgmt     active\n20    vmotion  active\n"), 0
	}
	return []byte("% Invalid input\n"), 1
}

// summary is what tests compare: command, whether it states something, and its error.
func summary(c *capture.Capture) string {
	var b strings.Builder
	for _, r := range c.Replies {
		fmt.Fprintf(&b, "%s: usable=%v %s\n", r.Command, r.Usable(), r.Err)
	}
	return b.String()
}

// contains fails the test unless text holds every part.
func contains(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("got %q, want it to hold %q", text, p)
		}
	}
	if strings.ContainsAny(text, "\n\x1b") {
		t.Errorf("got %q, want one line", text)
	}
}

func TestExecCollectsWhatIsListed(t *testing.T) {
	d := start(t, device.Config{Exec: eos})
	var events []Event
	c := collectOne(t, target(t, d, plan(showVersion, showVLAN)), Options{Events: func(e Event) { events = append(events, e) }})
	if c.Err != "" {
		t.Fatal(c.Err)
	}
	if c.Device != "leaf1" || c.Platform != "test_os" || c.Address != d.Addr() || c.HostKey != ssh.FingerprintSHA256(d.HostKey()) {
		t.Errorf("got %s, %s, %s, %s", c.Device, c.Platform, c.Address, c.HostKey)
	}
	if c.Started.IsZero() || c.Finished.Before(c.Started) {
		t.Errorf("got times %v to %v", c.Started, c.Finished)
	}
	want, _ := eos(showVLAN.Line)
	if r := c.Reply(showVLAN.Line); r == nil || string(r.Data) != string(want) || r.At.IsZero() || r.Took <= 0 {
		t.Errorf("got %+v, want %q", r, want)
	}
	if got, want := d.Asked(), []string{showVersion.Line, showVLAN.Line}; !slices.Equal(got, want) {
		t.Errorf("the device was asked %q, want %q", got, want)
	}
	if n := d.Accepted(); n != 1 {
		t.Errorf("%d connections were made, want 1", n)
	}
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, fmt.Sprintf("%s %s %d/%d", e.Kind, e.Command, e.Done, e.Total))
	}
	if diff := cmp.Diff([]string{"started  0/1", "replied show version | json 0/1", "replied show vlan 0/1", "finished  1/1"}, kinds); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// What a device does to one reply costs that reply, and says why.
func TestExecRepliesThatStateNothing(t *testing.T) {
	tests := []struct {
		name   string
		faults []device.Fault
		max    int
		cmd    drivers.Command
		want   string // of Reply.Err
	}{
		{"a refused command", []device.Fault{device.Refuse(showVLAN.Line)}, 0, showVLAN, "% Invalid input (exit status 1)"},
		{"no exit status", []device.Fault{device.NoExitStatus}, 0, showVLAN, "without an exit status"},
		{"JSON cut in half with exit status 0", []device.Fault{device.Truncate}, 0, showVersion, "not whole JSON"},
		{"garbled JSON", []device.Fault{device.Garble}, 0, showVersion, "not whole JSON"},
		{"hung up in the reply", []device.Fault{device.HangUpAfter(5)}, 0, showVLAN, "closed the connection in the middle"},
		{"silent after the connection", []device.Fault{device.LateOutput(showVLAN.Line, time.Minute)}, 0, showVLAN, "no whole answer within 300ms"},
		{"larger than the limit", nil, 20, showVLAN, "larger than 20 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, device.Config{Exec: eos, Faults: tt.faults})
			c := collectOne(t, target(t, d, plan(tt.cmd)), Options{Timeouts: quickly, MaxReply: tt.max})
			r := c.Asked(tt.cmd.Line)
			if r == nil || r.Usable() || r.Complete {
				t.Fatalf("got %+v, want a reply that states nothing", r)
			}
			contains(t, r.Err, tt.want)
			contains(t, c.Err, "leaf1: ", tt.cmd.Line, "; ")
		})
	}
}

// What changes only how the bytes travel changes nothing.
func TestExecSurvives(t *testing.T) {
	for _, f := range []device.Fault{device.OneBytePackets, device.SplitWrites(7), device.Slow(30 * time.Millisecond)} {
		t.Run(f.String(), func(t *testing.T) {
			d := start(t, device.Config{Exec: eos, Faults: []device.Fault{f}})
			c := collectOne(t, target(t, d, plan(showVersion, showVLAN)), Options{})
			want, _ := eos(showVLAN.Line)
			if c.Err != "" || string(c.Reply(showVLAN.Line).Data) != string(want) {
				t.Errorf("got %q, %s", c.Err, summary(c))
			}
		})
	}
}

// A connection that breaks costs the reply that was awaited, and is made again once.
func TestOneReconnect(t *testing.T) {
	late := device.LateOutput(showVLAN.Line, time.Minute)
	other := drivers.Command{Line: "show lacp"}
	d := start(t, device.Config{Faults: []device.Fault{late}, Exec: func(string) ([]byte, int) { return []byte("{}"), 0 }})
	c := collectOne(t, target(t, d, plan(showVersion, showVLAN, other)), Options{Timeouts: quickly})
	if c.Reply(showVersion.Line) == nil || c.Reply(other.Line) == nil || c.Reply(showVLAN.Line) != nil {
		t.Errorf("got %s", summary(c))
	}
	if n := d.Accepted(); n != 2 {
		t.Errorf("%d connections were made, want 2", n)
	}
	d.SetFaults(device.HangUpAfter(1))
	c = collectOne(t, target(t, d, plan(showVersion, showVLAN, other)), Options{Timeouts: quickly})
	contains(t, c.Err, "leaf1: the connection was lost twice")
	if len(c.Replies) != 2 {
		t.Errorf("got %s", summary(c))
	}
}

func TestOversizeReplyIsNotKeptInMemory(t *testing.T) {
	endless := func(string) ([]byte, int) { return make([]byte, 32<<20), 0 }
	d := start(t, device.Config{Exec: endless})
	c := collectOne(t, target(t, d, plan(showVLAN)), Options{MaxReply: 1 << 20})
	r := c.Asked(showVLAN.Line)
	if r.Usable() || len(r.Data) > 64<<10 {
		t.Errorf("kept %d bytes, usable %v", len(r.Data), r.Usable())
	}
	contains(t, r.Err, "larger than 1 MiB")
}

func TestCommandsThatStandIn(t *testing.T) {
	first := drivers.Command{Line: "show lacp interface detailed | json", Format: drivers.JSON}
	second := drivers.Command{Line: "show lacp neighbor | json", Format: drivers.JSON, InsteadOf: first.Line}
	third := drivers.Command{Line: "show lacp peer", InsteadOf: second.Line}
	rpc := drivers.Command{Line: "<get-lacp/>", Format: drivers.XML, InsteadOf: third.Line}
	tests := []struct {
		name    string
		answers string
		asked   []string
		err     string
	}{
		{"the first answers", first.Line, []string{first.Line}, ""},
		{"the second answers", second.Line, []string{first.Line, second.Line}, ""},
		{"the third answers", third.Line, []string{first.Line, second.Line, third.Line}, ""},
		{"none answers", "", []string{first.Line, second.Line, third.Line}, "no answer to 1 of 1 questions"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, device.Config{Exec: func(cmd string) ([]byte, int) {
				if cmd == tt.answers {
					return []byte("{}"), 0
				}
				return []byte("% Invalid input\n"), 1
			}})
			c := collectOne(t, target(t, d, plan(first, second, third, rpc)), Options{})
			if !slices.Equal(d.Asked(), tt.asked) {
				t.Errorf("asked %q, want %q", d.Asked(), tt.asked)
			}
			if tt.err == "" && c.Err != "" {
				t.Errorf("got %q, want no error", c.Err)
			}
			contains(t, c.Err, tt.err)
		})
	}
}

func TestOptionalCommandMayBeRefused(t *testing.T) {
	optional := drivers.Command{Line: "show mlag | json", Format: drivers.JSON, Optional: true}
	d := start(t, device.Config{Exec: eos})
	c := collectOne(t, target(t, d, plan(showVersion, optional)), Options{})
	if r := c.Asked(optional.Line); c.Err != "" || r == nil || r.Usable() || !r.Optional {
		t.Errorf("got %q, %+v", c.Err, r)
	}
}

func TestRefusalInWordsWithExitStatusZero(t *testing.T) {
	d := start(t, device.Config{Exec: func(string) ([]byte, int) { return []byte("% Invalid input\n"), 0 }})
	p := plan(showVLAN)
	p.Refusal = func(b []byte) string {
		if strings.HasPrefix(string(b), "%") {
			return strings.TrimSpace(string(b))
		}
		return ""
	}
	c := collectOne(t, target(t, d, p), Options{})
	if r := c.Asked(showVLAN.Line); r.Usable() || r.Err != "% Invalid input" {
		t.Errorf("got %+v", r)
	}
}

// Words from replies are put into a line only when they are names: everything a device says is hostile.
func TestEachPutsInNamesOnly(t *testing.T) {
	each := drivers.Command{Line: "show port %s", Each: func(c *capture.Capture) []string {
		return strings.Split(string(c.Reply(showVLAN.Line).Data), ",")
	}}
	tests := []struct {
		name, words string
		asked       []string
		err         string
	}{
		{"names", "Ethernet1/1,ae0.0,Ethernet1/1", []string{"show port Ethernet1/1", "show port ae0.0"}, ""},
		{"a second command", "eth0; reload", nil, `"eth0; reload" is not put into`},
		{"an option", "-exec", nil, `"-exec" is not put into`},
		{"a new line", "a\nreload", nil, "is not put into"},
		{"nothing", "", nil, "is not put into"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, device.Config{Exec: func(cmd string) ([]byte, int) {
				if cmd == showVLAN.Line {
					return []byte(tt.words), 0
				}
				return []byte("up\n"), 0
			}})
			c := collectOne(t, target(t, d, plan(showVLAN, each)), Options{})
			if want := append([]string{showVLAN.Line}, tt.asked...); !slices.Equal(d.Asked(), want) {
				t.Errorf("asked %q, want %q", d.Asked(), want)
			}
			contains(t, c.Err, tt.err)
			if (c.Err == "") != (tt.err == "") {
				t.Errorf("got %q, want %q", c.Err, tt.err)
			}
		})
	}
}

func TestSudo(t *testing.T) {
	shell := func(cmd string) ([]byte, int) {
		if cmd == "sudo -n ovs-appctl lacp/show" {
			return []byte("sudo: a password is required\n"), 1
		}
		return []byte("ok\n"), 0
	}
	d := start(t, device.Config{Exec: shell})
	x := target(t, d, ForShell("linux", "root", []drivers.Command{{Line: "hostname"}, {Line: "ovs-appctl lacp/show"}}, nil))
	x.Sudo = true
	c := collectOne(t, x, Options{})
	if want := []string{"sudo -n hostname", "sudo -n ovs-appctl lacp/show"}; !slices.Equal(d.Asked(), want) {
		t.Errorf("asked %q, want %q", d.Asked(), want)
	}
	if c.Reply("hostname") == nil {
		t.Error("the reply is not found under the listed line")
	}
	contains(t, c.Asked("ovs-appctl lacp/show").Err, "sudo: a password is required", "privilege")
}

func TestUnreachable(t *testing.T) {
	d, err := device.Start(device.Config{Name: "leaf1"})
	if err != nil {
		t.Fatal(err)
	}
	x := target(t, d, plan(showVLAN))
	d.Close()
	c := collectOne(t, x, Options{Retries: 1})
	contains(t, c.Err, "leaf1: cannot reach "+d.Addr()+": connection refused; check")
}

// A peer that accepts TCP and never speaks costs the handshake's time and nothing more.
func TestSilentBeforeTheBanner(t *testing.T) {
	d := start(t, device.Config{Exec: eos, Faults: []device.Fault{device.SilentBeforeBanner}})
	begin := time.Now()
	c := collectOne(t, target(t, d, plan(showVLAN)), Options{Timeouts: quickly, Retries: -1})
	contains(t, c.Err, "let no one in within 300ms")
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestDeviceDeadline(t *testing.T) {
	d := start(t, device.Config{Exec: eos, Faults: []device.Fault{device.Slow(time.Minute)}})
	times := quickly
	times.Command, times.Device = time.Minute, 300*time.Millisecond
	c := collectOne(t, target(t, d, plan(showVLAN)), Options{Timeouts: times})
	contains(t, c.Err, "not finished within 300ms")
}

// Ctrl-C ends a run at once, also for devices that were not begun.
func TestStop(t *testing.T) {
	d := start(t, device.Config{Exec: eos, Faults: []device.Fault{device.Slow(time.Minute)}})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	x := target(t, d, plan(showVLAN))
	time.AfterFunc(100*time.Millisecond, stop)
	begin := time.Now()
	for _, c := range Run(ctx, []Target{x, x, x}, Options{Concurrency: 1}) {
		contains(t, c.Err, "leaf1: stopped before it was finished")
	}
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestOverallDeadline(t *testing.T) {
	d := start(t, device.Config{Exec: eos, Faults: []device.Fault{device.Slow(time.Minute)}})
	times := Timeouts{Overall: 200 * time.Millisecond}
	contains(t, collectOne(t, target(t, d, plan(showVLAN)), Options{Timeouts: times}).Err, "the whole run was over")
}

// A dead switch costs only its own facts, and captures come in the order of the targets.
func TestOneDeadSwitchAmongMany(t *testing.T) {
	var targets []Target
	for i := range 20 {
		cfg := device.Config{Name: fmt.Sprintf("leaf%d", i), Exec: eos}
		if i == 7 {
			cfg.Faults = []device.Fault{device.SilentBeforeBanner}
		}
		targets = append(targets, target(t, start(t, cfg), plan(showVersion)))
	}
	times := quickly
	times.Handshake = 2 * time.Second
	for i, c := range Run(context.Background(), targets, Options{Timeouts: times, Retries: -1}) {
		if c.Device != targets[i].Name {
			t.Errorf("capture %d is of %s, want %s", i, c.Device, targets[i].Name)
		}
		if dead := i == 7; (c.Err != "") != dead || (c.Reply(showVersion.Line) == nil) != dead {
			t.Errorf("%s: got %q", c.Device, c.Err)
		}
	}
}

func TestPanicInAPlanCostsOneDevice(t *testing.T) {
	d := start(t, device.Config{Exec: eos})
	bad := drivers.Command{Line: "show port %s", Each: func(*capture.Capture) []string { panic("index out of range") }}
	captures := Run(context.Background(), []Target{target(t, d, plan(bad)), target(t, d, plan(showVLAN))}, Options{})
	contains(t, captures[0].Err, "leaf1: bug in uplinkcheck: index out of range")
	if captures[1].Err != "" {
		t.Errorf("got %q for the other device", captures[1].Err)
	}
}

// Keys of the types that switches have.
func newKeys(t testing.TB) map[string]ssh.Signer {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]ssh.Signer{}
	for name, k := range map[string]any{"ed25519": ed, "ecdsa": ec, "rsa": old} {
		if out[name], err = ssh.NewSignerFromKey(k); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
