// Package device is one simulated network device on loopback: a real SSH server with exec, an interactive shell,
// NETCONF over its subsystem, and forwarding, so that it can be a jump host. It does what its Config says, writes
// down every line it was asked, and misbehaves on request.
package device

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
)

// Config says what a device is and what it answers. The zero Config is a device that lets nobody in.
type Config struct {
	Name     string // for error texts
	Hostname string // what the device calls itself; Name when empty
	Address  string // where to listen, "127.0.0.1:0" when empty; only loopback is accepted

	HostKey      ssh.Signer   // generated (ed25519) when nil
	MoreHostKeys []ssh.Signer // of other types, offered as well

	// Users and their passwords; AuthorizedKeys let any user in.
	Users          map[string]string
	AuthorizedKeys []ssh.PublicKey

	// KeyboardInteractive is asked instead of the password method, one request holding all questions.
	KeyboardInteractive []Question

	// Legacy offers only what switches of 2010 spoke: SHA-1 key exchange and MAC, CBC, ssh-rsa.
	// It needs an RSA HostKey.
	Legacy bool

	// Exec answers one command. With exit 0 the bytes go to stdout, else to stderr, as programs do.
	// nil: every command is unknown.
	Exec func(cmd string) (output []byte, exit int)

	// ExecRefused makes the device refuse every exec request as a whole.
	ExecRefused bool

	// NETCONF answers one RPC: it gets what was inside <rpc> and returns what goes inside <rpc-reply>.
	// nil: the subsystem is refused.
	NETCONF func(rpc string) (reply string)
	Framing Framing

	// Shell describes the interactive session; nil: shells are refused.
	Shell *Shell

	// Jump lets clients connect through the device, to loopback addresses only.
	Jump bool

	Latency time.Duration // before each reply
	Faults  []Fault
}

// A Question of keyboard-interactive authentication and the answer that is right.
type Question struct {
	Text, Answer string
	Echo         bool
}

// A Device is a running server. Its methods may be called from several goroutines.
type Device struct {
	cfg      Config
	listener net.Listener
	server   *ssh.ServerConfig
	faults   atomic.Pointer[faults]
	ctx      context.Context // ends when the device is closed
	stop     context.CancelFunc
	running  sync.WaitGroup

	mu       sync.Mutex
	asked    []string
	open     map[net.Conn]bool
	accepted int
	refused  int
}

// Start starts a device. The caller closes it.
func Start(cfg Config) (*Device, error) {
	if cfg.Hostname == "" {
		cfg.Hostname = cfg.Name
	}
	if cfg.Address == "" {
		cfg.Address = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("%s: address: %w", cfg.Name, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%s: address %s: only loopback addresses are served", cfg.Name, cfg.Address)
	}
	if cfg.HostKey == nil {
		if cfg.HostKey, err = newKey(); err != nil {
			return nil, fmt.Errorf("%s: host key: %w", cfg.Name, err)
		}
	}
	listener, err := net.Listen("tcp", cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.Name, err)
	}
	d := &Device{cfg: cfg, listener: listener, open: map[net.Conn]bool{}}
	d.SetFaults(cfg.Faults...)
	if d.server, err = d.serverConfig(); err != nil {
		listener.Close()
		return nil, fmt.Errorf("%s: %w", cfg.Name, err)
	}
	d.ctx, d.stop = context.WithCancel(context.Background())
	d.running.Go(d.accept)
	return d, nil
}

// Addr is the host:port that the device listens on.
func (d *Device) Addr() string { return d.listener.Addr().String() }

// Name is the name given in the Config.
func (d *Device) Name() string { return d.cfg.Name }

// HostKey is the public key that belongs to the device. With the fault WrongHostKey it shows another one.
func (d *Device) HostKey() ssh.PublicKey { return d.cfg.HostKey.PublicKey() }

// KnownHostsLine is the line of a known_hosts file that makes the device trusted, without a line ending.
func (d *Device) KnownHostsLine() string {
	return knownhosts.Line([]string{d.Addr()}, d.HostKey())
}

// Asked returns every line, command, and RPC received so far, in order: the proof that a client only read.
// A bare return is no line, and secrets typed at a password prompt are left out.
func (d *Device) Asked() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.asked...)
}

// Connections is the number of TCP connections open now.
func (d *Device) Connections() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.open)
}

// Accepted is the number of TCP connections accepted so far.
func (d *Device) Accepted() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.accepted
}

// Refusals is the number of refused passwords so far.
func (d *Device) Refusals() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refused
}

// HangUp closes every connection that is open now, as a reload would. The device goes on listening.
func (d *Device) HangUp() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.open {
		c.Close()
	}
}

// Close stops the device, its connections included, and waits until nothing of it runs. It may be called again.
func (d *Device) Close() error {
	d.stop()
	err := d.listener.Close()
	d.HangUp()
	d.running.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (d *Device) accept() {
	for {
		c, err := d.listener.Accept()
		if err != nil {
			return
		}
		d.mu.Lock()
		d.open[c] = true
		d.accepted++
		d.mu.Unlock()
		d.running.Go(func() {
			d.serve(c)
			c.Close()
			d.mu.Lock()
			delete(d.open, c)
			d.mu.Unlock()
		})
		if d.ctx.Err() != nil { // closed between Accept and the entry into open
			c.Close()
		}
	}
}

func (d *Device) serve(c net.Conn) {
	if d.faults.Load().silent {
		io.Copy(io.Discard, c) // until either side closes
		return
	}
	w := &wire{Conn: c, device: d}
	conn, channels, requests, err := ssh.NewServerConn(w, d.server)
	if err != nil {
		return
	}
	defer conn.Close()
	d.running.Go(func() { d.global(requests) })
	for ch := range channels {
		switch ch.ChannelType() {
		case "session":
			d.running.Go(func() { d.session(ch, w) })
		case "direct-tcpip":
			d.running.Go(func() { d.forward(ch) })
		default:
			ch.Reject(ssh.UnknownChannelType, "unknown channel type")
		}
	}
}

// global answers keep-alives as OpenSSH does: with a failure, which is an answer.
func (d *Device) global(requests <-chan *ssh.Request) {
	for r := range requests {
		if r.WantReply {
			r.Reply(false, nil)
		}
	}
}

func (d *Device) note(line string) {
	d.mu.Lock()
	d.asked = append(d.asked, line)
	d.mu.Unlock()
}

// pause waits for the reply's latency; false when the device is closed meanwhile.
func (d *Device) pause(extra time.Duration) bool {
	wait := d.cfg.Latency + d.faults.Load().slow + extra
	if wait <= 0 {
		return d.ctx.Err() == nil
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-d.ctx.Done():
		return false
	}
}

func newKey() (ssh.Signer, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return ssh.NewSignerFromKey(private)
}
