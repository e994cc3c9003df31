package collect

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"

	"uplinkcheck/testbed/device"
)

func TestHostKeys(t *testing.T) {
	keys := newKeys(t)
	line := func(k ssh.Signer, names ...string) string { return xknownhosts.Line(names, k.PublicKey()) + "\n" }
	d := start(t, device.Config{Exec: eos, HostKey: keys["ed25519"], MoreHostKeys: []ssh.Signer{keys["rsa"], keys["ecdsa"]}})
	one := start(t, device.Config{Exec: eos, HostKey: keys["ed25519"]})
	stranger := newKeys(t)
	host, port, _ := net.SplitHostPort(d.Addr())
	tests := []struct {
		name  string
		dev   *device.Device
		known string
		want  []string // of Capture.Err; none: it is collected
	}{
		{"only its ed25519 key is known", d, line(keys["ed25519"], d.Addr()), nil},
		{"only its rsa key is known", d, line(keys["rsa"], d.Addr()), nil},
		{"only its ecdsa key is known", d, line(keys["ecdsa"], d.Addr()), nil},
		{"a hashed entry", d, xknownhosts.Line([]string{xknownhosts.HashHostname(xknownhosts.Normalize(d.Addr()))}, keys["rsa"].PublicKey()) + "\n", nil},
		{"a comment and another host", d, "# lab\n" + line(stranger["rsa"], "192.0.2.1") + line(keys["rsa"], d.Addr()), nil},
		{"unknown", d, "", []string{"is unknown: ", "SHA256:", "ssh-keyscan -p " + port, host + " >> "}},
		{"known at port 22 only", d, line(keys["ed25519"], host), []string{"is unknown"}},
		{"changed", d, line(stranger["ed25519"], d.Addr()), []string{"has CHANGED", ssh.FingerprintSHA256(stranger["ed25519"].PublicKey()),
			ssh.FingerprintSHA256(keys["ed25519"].PublicKey()), "ssh-keygen -R '[" + host + "]:" + port + "'"}},
		{"changed to another type", one, line(stranger["ecdsa"], one.Addr()), []string{"has CHANGED", "it offers only ssh-ed25519"}},
		{"revoked", d, "@revoked " + line(keys["ed25519"], d.Addr()) + line(keys["ed25519"], d.Addr()), []string{"is revoked"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := target(t, tt.dev, plan(showVersion))
			x.KnownHosts = write(t, "known_hosts", tt.known)
			before := tt.dev.Accepted()
			c := collectOne(t, x, Options{})
			contains(t, c.Err, tt.want...)
			if (c.Err == "") != (tt.want == nil) || (c.HostKey == "") != (tt.want != nil) {
				t.Errorf("got %q and key %q", c.Err, c.HostKey)
			}
			if n := tt.dev.Accepted() - before; n != 1 {
				t.Errorf("dialled %d times, want once: host keys are not tried again", n)
			}
		})
	}
}

func TestUnknownHostKeyWithoutAFile(t *testing.T) {
	d := start(t, device.Config{Exec: eos})
	x := target(t, d, plan(showVersion))
	x.KnownHosts = filepath.Join(t.TempDir(), "known_hosts")
	contains(t, collectOne(t, x, Options{}).Err, "is unknown", "ssh-keyscan", x.KnownHosts)
}

func TestWrongHostKeyNeverGetsThePassword(t *testing.T) {
	d := start(t, device.Config{Exec: eos, Faults: []device.Fault{device.WrongHostKey}})
	x := target(t, d, plan(showVersion))
	x.Login.Password = func() (string, error) { t.Error("the password was asked for"); return "", nil }
	contains(t, collectOne(t, x, Options{}).Err, "has CHANGED")
}

func TestDamagedKnownHosts(t *testing.T) {
	d := start(t, device.Config{Exec: eos})
	x := target(t, d, plan(showVersion))
	x.KnownHosts = write(t, "known_hosts", "leaf1 ssh-ed25519 nonsense\n")
	contains(t, collectOne(t, x, Options{}).Err, "known_hosts:1", "mend the known_hosts file")
}

func TestKeys(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	open, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("open sesame"))
	if err != nil {
		t.Fatal(err)
	}
	plainFile := write(t, "id", string(pem.EncodeToMemory(open)))
	lockedFile := write(t, "id", string(pem.EncodeToMemory(locked)))
	d := start(t, device.Config{Exec: eos, AuthorizedKeys: []ssh.PublicKey{signer.PublicKey()}})

	tests := []struct {
		name string
		key  Key
		want string
	}{
		{"a key", Key{Path: plainFile}, ""},
		{"an encrypted key", Key{Path: lockedFile, Passphrase: says("open sesame")}, ""},
		{"a wrong passphrase", Key{Path: lockedFile, Passphrase: says("open barley")}, "decryption password incorrect"},
		{"no passphrase", Key{Path: lockedFile}, "passphrase"},
		{"a passphrase that cannot be had", Key{Path: lockedFile, Passphrase: func() (string, error) { return "", errors.New("PASS is not set") }}, "PASS is not set"},
		{"no file", Key{Path: plainFile + "x"}, "no such file"},
		{"no key in the file", Key{Path: write(t, "id", "hello")}, "no key found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := target(t, d, plan(showVersion))
			x.Login = Login{Name: "default", User: "netops", Keys: []Key{tt.key}}
			c := collectOne(t, x, Options{})
			if (c.Err == "") != (tt.want == "") {
				t.Errorf("got %q, want %q", c.Err, tt.want)
			}
			contains(t, c.Err, tt.want)
		})
	}

	t.Run("an agent", func(t *testing.T) {
		ring := agent.NewKeyring()
		if err := ring.Add(agent.AddedKey{PrivateKey: private}); err != nil {
			t.Fatal(err)
		}
		t.Setenv("SSH_AUTH_SOCK", serveAgent(t, ring))
		x := target(t, d, plan(showVersion))
		x.Login = Login{Name: "default", User: "netops", Agent: true}
		if c := collectOne(t, x, Options{}); c.Err != "" {
			t.Error(c.Err)
		}
	})
	t.Run("no agent", func(t *testing.T) {
		t.Setenv("SSH_AUTH_SOCK", "")
		x := target(t, d, plan(showVersion))
		x.Login = Login{Name: "default", User: "netops", Agent: true}
		contains(t, collectOne(t, x, Options{}).Err, "SSH_AUTH_SOCK is not set")
	})
	t.Run("a key that the device does not know", func(t *testing.T) {
		d := start(t, device.Config{AuthorizedKeys: []ssh.PublicKey{newKeys(t)["ed25519"].PublicKey()}})
		x := target(t, d, plan(showVersion))
		x.Login = Login{Name: "ops", User: "netops", Keys: []Key{{Path: plainFile}}}
		contains(t, collectOne(t, x, Options{}).Err, "refused user netops", `credential "ops"`)
	})
	t.Run("a refused key and then the password", func(t *testing.T) {
		d := start(t, device.Config{Exec: eos})
		x := target(t, d, plan(showVersion))
		x.Login.Keys = []Key{{Path: plainFile}}
		if c := collectOne(t, x, Options{}); c.Err != "" {
			t.Error(c.Err)
		}
	})
}

// serveAgent serves an ssh-agent until the test ends.
func serveAgent(t *testing.T, ring agent.Agent) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "agent")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			agent.ServeAgent(ring, c)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return socket
}

func TestNoWayToLogIn(t *testing.T) {
	d := start(t, device.Config{Exec: eos})
	x := target(t, d, plan(showVersion))
	x.Login = Login{User: "netops"}
	contains(t, collectOne(t, x, Options{}).Err, "there is no password, key or agent")
	if d.Accepted() != 0 {
		t.Error("it was dialled all the same")
	}
}

// The first refused password is the last: with 20 devices, at 20 at once, one of them sees it.
func TestRefusedPasswordIsSentOnce(t *testing.T) {
	var devices []*device.Device
	var targets []Target
	var fetched atomic.Int32
	for i := range 20 {
		d := start(t, device.Config{Name: fmt.Sprintf("leaf%d", i), Exec: eos})
		devices = append(devices, d)
		x := target(t, d, plan(showVersion))
		x.Login.Password = func() (string, error) { fetched.Add(1); return "wrong", nil }
		targets = append(targets, x)
	}
	refusals, first := 0, 0
	for i, c := range Run(context.Background(), targets, Options{Concurrency: 20}) {
		refusals += devices[i].Refusals()
		switch {
		case strings.Contains(c.Err, "refused the password of credential \"default\" for user netops; check both"):
			first++
		default:
			contains(t, c.Err, `not tried: credential "default" was refused by leaf`, "run again")
		}
	}
	if refusals != 1 || first != 1 || fetched.Load() != 1 {
		t.Errorf("sent %d times, reported by %d devices, fetched %d times; want once each", refusals, first, fetched.Load())
	}
}

// Another credential is not touched by it.
func TestRefusedPasswordStopsItsCredentialOnly(t *testing.T) {
	a, b := start(t, device.Config{Name: "leaf1", Exec: eos}), start(t, device.Config{Name: "leaf2", Exec: eos})
	x, y := target(t, a, plan(showVersion)), target(t, b, plan(showVersion))
	x.Login.Name, x.Login.Password = "old", says("wrong")
	got := Run(context.Background(), []Target{x, y}, Options{Concurrency: 1})
	contains(t, got[0].Err, "refused the password")
	if got[1].Err != "" {
		t.Error(got[1].Err)
	}
}

func TestPasswordThatCannotBeHad(t *testing.T) {
	d := start(t, device.Config{Exec: eos})
	x := target(t, d, plan(showVersion))
	x.Login.Password = func() (string, error) { return "", errors.New("NETOPS_PASSWORD is not set") }
	c := Run(context.Background(), []Target{x, x}, Options{})
	contains(t, c[0].Err, "NETOPS_PASSWORD is not set")
	contains(t, c[1].Err, "NETOPS_PASSWORD is not set")
	if d.Refusals() != 0 {
		t.Error("a password was sent")
	}
}

func TestKeyboardInteractive(t *testing.T) {
	tests := []struct {
		name      string
		questions []device.Question
		want      string
		refusals  int
	}{
		{"a password", []device.Question{{Text: "Password: ", Answer: "hunter2"}}, "", 0},
		{"a password in other words", []device.Question{{Text: "(netops@leaf1) Password for netops:", Answer: "hunter2"}}, "", 0},
		{"a wrong password", []device.Question{{Text: "Password: ", Answer: "other"}}, "refused the password", 1},
		{"a one-time code", []device.Question{{Text: "One-time password (OATH): ", Answer: "hunter2"}}, "more than a password", 0},
		{"a verification code", []device.Question{{Text: "Verification code: ", Answer: "hunter2"}}, "more than a password", 0},
		{"a password and a code", []device.Question{{Text: "Password: ", Answer: "hunter2"}, {Text: "Code: ", Answer: "1"}}, "more than a password", 0},
		{"a question with echo", []device.Question{{Text: "Password: ", Answer: "hunter2", Echo: true}}, "more than a password", 0},
		{"a new password", []device.Question{{Text: "New password: ", Answer: "hunter2"}}, "more than a password", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, device.Config{Exec: eos, KeyboardInteractive: tt.questions})
			c := collectOne(t, target(t, d, plan(showVersion)), Options{})
			if (c.Err == "") != (tt.want == "") || d.Refusals() != tt.refusals {
				t.Errorf("got %q after %d refusals", c.Err, d.Refusals())
			}
			contains(t, c.Err, tt.want)
		})
	}
}

// A question for a code is no refusal of the password: other devices still get it.
func TestOddQuestionDoesNotStopTheCredential(t *testing.T) {
	odd := start(t, device.Config{Name: "leaf1", KeyboardInteractive: []device.Question{{Text: "Token: "}}})
	good := start(t, device.Config{Name: "leaf2", Exec: eos})
	got := Run(context.Background(), []Target{target(t, odd, plan(showVersion)), target(t, good, plan(showVersion))}, Options{Concurrency: 1})
	if got[0].Err == "" || got[1].Err != "" {
		t.Errorf("got %q and %q", got[0].Err, got[1].Err)
	}
}

func TestLegacyAlgorithmsByOptIn(t *testing.T) {
	d := start(t, device.Config{Exec: eos, Legacy: true, HostKey: newKeys(t)["rsa"]})
	x := target(t, d, plan(showVersion))
	contains(t, collectOne(t, x, Options{}).Err, "in common with us", "legacy: true")
	x.Legacy = true
	if c := collectOne(t, x, Options{}); c.Err != "" {
		t.Error(c.Err)
	}
	modern := start(t, device.Config{Exec: eos})
	y := target(t, modern, plan(showVersion))
	y.Legacy = true
	if c := collectOne(t, y, Options{}); c.Err != "" {
		t.Errorf("a modern device with legacy set: %s", c.Err)
	}
}

func TestJumpChain(t *testing.T) {
	leaf := start(t, device.Config{Name: "leaf1", Exec: eos})
	second := start(t, device.Config{Name: "leaf2", Exec: eos})
	outer := start(t, device.Config{Name: "bastion", Jump: true})
	inner := start(t, device.Config{Name: "site", Jump: true})
	known := trust(t, leaf, second, outer, inner)
	via := []Endpoint{target(t, outer, Plan{}).Endpoint, target(t, inner, Plan{}).Endpoint}
	for i := range via {
		via[i].KnownHosts = known
	}
	x, y := target(t, leaf, plan(showVersion)), target(t, second, plan(showVersion))
	x.Via, y.Via = via, via
	for _, c := range Run(context.Background(), []Target{x, y}, Options{}) {
		if c.Err != "" {
			t.Error(c.Err)
		}
	}
	if a, b := outer.Accepted(), inner.Accepted(); a != 1 || b != 1 {
		t.Errorf("the jump hosts were dialled %d and %d times, want once each", a, b)
	}
	contains(t, strings.Join(outer.Asked(), " "), "direct-tcpip "+inner.Addr())
	contains(t, strings.Join(inner.Asked(), " "), "direct-tcpip "+leaf.Addr())

	t.Run("an unknown key behind it", func(t *testing.T) {
		x := x
		x.KnownHosts = write(t, "known_hosts", "")
		contains(t, collectOne(t, x, Options{}).Err, "is unknown", "ssh site ssh-keyscan")
	})
	t.Run("a jump host that refuses", func(t *testing.T) {
		closed := start(t, device.Config{Name: "closed"})
		x := x
		x.Via = []Endpoint{target(t, closed, Plan{}).Endpoint}
		contains(t, collectOne(t, x, Options{}).Err, "through closed", "prohibited")
	})
	t.Run("a jump host that nobody can reach", func(t *testing.T) {
		gone, err := device.Start(device.Config{Name: "gone"})
		if err != nil {
			t.Fatal(err)
		}
		x, y := x, y
		x.Via = []Endpoint{target(t, gone, Plan{}).Endpoint}
		y.Via = x.Via
		gone.Close()
		for _, c := range Run(context.Background(), []Target{x, y}, Options{Retries: -1}) {
			contains(t, c.Err, "jump host gone: cannot reach", "connection refused")
		}
	})
}

// A jump host that reloads costs nobody anything, once.
func TestJumpHostIsDialledAgainOnce(t *testing.T) {
	jump := start(t, device.Config{Name: "bastion", Jump: true})
	var targets []Target
	for _, name := range []string{"leaf1", "leaf2", "leaf3"} {
		x := target(t, start(t, device.Config{Name: name, Exec: eos}), plan(showVersion))
		x.Via = []Endpoint{target(t, jump, Plan{}).Endpoint}
		targets = append(targets, x)
	}
	got := Run(context.Background(), targets, Options{Concurrency: 1, Events: func(e Event) {
		if e.Kind == Finished {
			jump.HangUp()
		}
	}})
	if got[0].Err != "" || got[1].Err != "" || jump.Accepted() != 2 {
		t.Errorf("got %q and %q over %d connections, want none and 2", got[0].Err, got[1].Err, jump.Accepted())
	}
	contains(t, got[2].Err, "jump host bastion was lost twice")
}
