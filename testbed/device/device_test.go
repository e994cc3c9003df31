package device_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skeema/knownhosts"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"uplinkcheck/testbed/device"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, cfg device.Config) *device.Device {
	t.Helper()
	if cfg.Users == nil {
		cfg.Users = map[string]string{"netops": "secret"}
	}
	d, err := device.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func clientConfig(t *testing.T, d *device.Device) *ssh.ClientConfig {
	t.Helper()
	file := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(file, []byte(d.KnownHostsLine()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := knownhosts.NewDB(file)
	if err != nil {
		t.Fatal(err)
	}
	return &ssh.ClientConfig{
		User:              "netops",
		Auth:              []ssh.AuthMethod{ssh.Password("secret")},
		HostKeyCallback:   db.HostKeyCallback(),
		HostKeyAlgorithms: db.HostKeyAlgorithms(d.Addr()),
		Timeout:           5 * time.Second,
	}
}

func login(t *testing.T, d *device.Device) *ssh.Client {
	t.Helper()
	conn, err := net.Dial("tcp", d.Addr())
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(time.Minute)) // a reply that never comes fails its test
	t.Cleanup(func() { conn.Close() })
	sc, chans, reqs, err := ssh.NewClientConn(conn, d.Addr(), clientConfig(t, d))
	if err != nil {
		t.Fatal(err)
	}
	c := ssh.NewClient(sc, chans, reqs)
	t.Cleanup(func() { c.Close() })
	return c
}

func session(t *testing.T, c *ssh.Client) *ssh.Session {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func version(cmd string) ([]byte, int) {
	if cmd == "show version" {
		return []byte("EOS 4.32\nserial 17\n"), 0
	}
	return []byte("% Invalid input\n"), 1
}

func TestExec(t *testing.T) {
	tests := []struct {
		name   string
		faults []device.Fault
		cmd    string
		want   string
		err    func(error) bool
	}{
		{"an answer with exit status 0", nil, "show version", "EOS 4.32\nserial 17\n", isNil},
		{"a refusal goes to stderr with its status", nil, "reload", "", exits(1)},
		{"refused by a fault", []device.Fault{device.Refuse("show version")}, "show version", "", exits(1)},
		{"one-byte packets", []device.Fault{device.OneBytePackets}, "show version", "EOS 4.32\nserial 17\n", isNil},
		{"truncated without a sign", []device.Fault{device.Truncate}, "show version", "EOS 4.32\n", isNil},
		{"garbled", []device.Fault{device.Garble}, "show version", "EOS \xb4.32\n\xf3eria\xec 17\n", isNil},
		{"no exit status", []device.Fault{device.NoExitStatus}, "show version", "EOS 4.32\nserial 17\n",
			func(err error) bool { return errors.As(err, new(*ssh.ExitMissingError)) }},
		{"hangs up in the reply", []device.Fault{device.HangUpAfter(5)}, "show version", "EOS 4", isNotNil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, device.Config{Name: "leaf1", Exec: version, Faults: tt.faults})
			got, err := session(t, login(t, d)).Output(tt.cmd)
			if string(got) != tt.want || !tt.err(err) {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
			if asked := d.Asked(); !slices.Equal(asked, []string{tt.cmd}) {
				t.Errorf("asked %q, want %q", asked, tt.cmd)
			}
		})
	}
}

func isNil(err error) bool    { return err == nil }
func isNotNil(err error) bool { return err != nil }
func exits(status int) func(error) bool {
	return func(err error) bool {
		var e *ssh.ExitError
		return errors.As(err, &e) && e.ExitStatus() == status
	}
}

func TestExecRefused(t *testing.T) {
	d := start(t, device.Config{Name: "leaf1", Exec: version, ExecRefused: true})
	if err := session(t, login(t, d)).Run("show version"); err == nil {
		t.Fatal("got a reply, want a refusal")
	}
	if got := d.Asked(); len(got) != 0 {
		t.Errorf("asked %q, want nothing", got)
	}
}

func TestWrongPasswordIsCounted(t *testing.T) {
	d := start(t, device.Config{Name: "leaf1", Faults: []device.Fault{device.PasswordRefused}})
	if _, err := ssh.Dial("tcp", d.Addr(), clientConfig(t, d)); err == nil {
		t.Fatal("got in, want a refusal")
	}
	if got := d.Refusals(); got != 1 {
		t.Errorf("got %d refusals, want 1", got)
	}
}

func TestWrongHostKey(t *testing.T) {
	d := start(t, device.Config{Name: "leaf1", Faults: []device.Fault{device.WrongHostKey}})
	_, err := ssh.Dial("tcp", d.Addr(), clientConfig(t, d))
	if !knownhosts.IsHostKeyChanged(err) {
		t.Fatalf("got %v, want a changed host key", err)
	}
}

// A terminal is a shell at whose keyboard somebody sits.
type terminal struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Reader
}

func shell(t *testing.T, d *device.Device) terminal {
	t.Helper()
	s := session(t, login(t, d))
	in, err := s.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	return terminal{t, in, bufio.NewReader(out)}
}

func (x terminal) typed(line string) { io.WriteString(x.in, line+"\n") }

// want reads as many bytes as text has, which they must be.
func (x terminal) want(text string) {
	x.t.Helper()
	got := make([]byte, len(text))
	if n, err := io.ReadFull(x.out, got); string(got[:n]) != text {
		x.t.Fatalf("got %q and %v, want %q", got[:n], err, text)
	}
}

func TestShell(t *testing.T) {
	d := start(t, device.Config{Name: "leaf1", Exec: version, Shell: &device.Shell{
		Banner: "Welcome\n", Enable: "enable", EnableSecret: "more", Setup: []string{"terminal length 0"},
	}})
	x := shell(t, d)
	x.want("Welcome\r\nleaf1>")
	x.typed("enable")
	x.want("enable\r\nPassword: ")
	x.typed("more")
	x.want("\r\nleaf1#")
	x.typed("terminal length 0")
	x.want("terminal length 0\r\nleaf1#")
	x.typed("show version")
	x.want("show version\r\nEOS 4.32\r\nserial 17\r\nleaf1#")
	if got, want := d.Asked(), []string{"enable", "terminal length 0", "show version"}; !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}
}

// A line that comes while the prompt is still being written is echoed before it is answered.
func TestShellEchoesBeforeItAnswers(t *testing.T) {
	x := shell(t, start(t, device.Config{Name: "leaf1", Exec: version, Shell: &device.Shell{}}))
	x.want("leaf1>")
	for range 500 {
		x.typed("show version")
		x.want("show version\r\nEOS 4.32\r\nserial 17\r\nleaf1>")
	}
}

// What is typed ahead is echoed while replies are printed, in whatever order, and neither spoils the other.
func TestShellEchoesWhileItAnswers(t *testing.T) {
	x := shell(t, start(t, device.Config{Name: "leaf1", Exec: version, Shell: &device.Shell{}, Faults: []device.Fault{device.OneBytePackets}}))
	const lines = 300
	go func() {
		for range lines {
			x.typed("show version")
		}
	}()
	want := []byte(strings.Repeat("leaf1>show version\r\nEOS 4.32\r\nserial 17\r\n", lines) + "leaf1>")
	got := make([]byte, len(want))
	if n, err := io.ReadFull(x.out, got); err != nil {
		t.Fatalf("got %d bytes of %d: %v", n, len(want), err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !bytes.Equal(got, want) {
		t.Errorf("the bytes are not those of %d lines and their replies", lines)
	}
}

func TestJumpHostForwardsToLoopbackOnly(t *testing.T) {
	leaf := start(t, device.Config{Name: "leaf1", Exec: version})
	jump := start(t, device.Config{Name: "bastion", Jump: true})
	c := login(t, jump)
	through, err := c.Dial("tcp", leaf.Addr())
	if err != nil {
		t.Fatal(err)
	}
	sc, chans, reqs, err := ssh.NewClientConn(through, leaf.Addr(), clientConfig(t, leaf))
	if err != nil {
		t.Fatal(err)
	}
	far := ssh.NewClient(sc, chans, reqs)
	defer far.Close()
	if got, err := session(t, far).Output("show version"); err != nil || !strings.HasPrefix(string(got), "EOS") {
		t.Errorf("got %q, %v through the jump host", got, err)
	}
	if _, err := c.Dial("tcp", "192.0.2.1:22"); err == nil {
		t.Error("forwarded to an address that is not loopback")
	}
}

func TestOnlyLoopbackIsServed(t *testing.T) {
	if d, err := device.Start(device.Config{Name: "x", Address: "0.0.0.0:0"}); err == nil {
		d.Close()
		t.Fatal("listened on every address")
	}
}

func TestSilentBeforeBanner(t *testing.T) {
	d := start(t, device.Config{Name: "leaf1", Faults: []device.Fault{device.SilentBeforeBanner}})
	c, err := net.Dial("tcp", d.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %d bytes and %v, want silence", n, err)
	}
}
