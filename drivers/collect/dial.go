package collect

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"
)

// A link is one SSH connection. Closing its client ends everything on it.
type link struct {
	*ssh.Client
	addr        string
	fingerprint string
}

// A dialer opens TCP connections: a net.Dialer, or the client of a jump host.
type dialer interface {
	DialContext(ctx context.Context, network, addr string) (net.Conn, error)
}

// between two tries to dial. Then it doubles.
const pauseBeforeRetry = 200 * time.Millisecond

// dial connects to an endpoint through its jump hosts. Failures of the network are tried again; a refused login or
// a wrong host key never is.
func (r *run) dial(ctx context.Context, e Endpoint, addr string, via []Endpoint) (*link, error) {
	var d dialer = &net.Dialer{}
	through := ""
	pause := pauseBeforeRetry
	for try := 0; ; try++ {
		if len(via) > 0 { // again for each try: the jump host may be what failed
			client, err := r.through(via)
			if err != nil {
				return nil, err
			}
			d, through = client, via[len(via)-1].Name
		}
		l, err := r.login(ctx, d, e, addr, through)
		var f *failure
		if err == nil || !errors.As(err, &f) || !f.again || try == r.Retries {
			return l, err
		}
		select {
		case <-time.After(pause):
			pause *= 2
		case <-ctx.Done():
			return nil, err
		}
	}
}

// login dials once and logs in.
func (r *run) login(ctx context.Context, d dialer, e Endpoint, addr, through string) (*link, error) {
	cred := r.credential(e)
	keys := r.hostKeysOf(e.KnownHosts)
	if keys.err != nil {
		return nil, failed(keys.err.Error(), "mend the known_hosts file")
	}
	socket, stop := context.WithTimeoutCause(ctx, r.Timeouts.Socket, errSocket)
	conn, err := d.DialContext(socket, "tcp", addr)
	stop()
	if err != nil {
		return nil, r.unreachable(addr, through, err)
	}
	// Whatever the peer does, or does not, the connection is closed when its time is over. The timer stands still
	// while a password waits for its turn.
	shaking, end := context.WithCancelCause(ctx)
	defer end(nil)
	closer := context.AfterFunc(shaking, func() { conn.Close() })
	timer := time.AfterFunc(r.Timeouts.Handshake, func() { end(errHandshake) })
	defer timer.Stop()
	a := &attempt{ctx: ctx, cred: cred, device: e.Name, timer: timer, limit: r.Timeouts.Handshake}
	l := &link{addr: addr}
	sc, chans, reqs, err := ssh.NewClientConn(conn, addr, r.clientConfig(a, e, keys, l, through))
	if !closer() && err == nil { // too late by a hair
		sc.Close()
		err = context.Cause(shaking)
	}
	late := shaking.Err() != nil
	if odd := a.end(addr, err, late); odd != nil {
		conn.Close()
		return nil, odd
	}
	if err != nil {
		conn.Close()
		return nil, r.noLogin(a, keys, addr, through, err, late)
	}
	l.Client = ssh.NewClient(sc, chans, reqs)
	return l, nil
}

func (r *run) clientConfig(a *attempt, e Endpoint, keys *hostKeys, l *link, through string) *ssh.ClientConfig {
	cfg := &ssh.ClientConfig{
		User: a.cred.login.User,
		Auth: a.methods(),
		HostKeyCallback: func(_ string, remote net.Addr, key ssh.PublicKey) error {
			if err := keys.check(l.addr, through, remote, key); err != nil {
				return err
			}
			l.fingerprint = ssh.FingerprintSHA256(key)
			return nil
		},
		HostKeyAlgorithms: keys.algorithms(l.addr, e.Legacy),
	}
	if e.Legacy { // after the good ones, never in their place
		cfg.SetDefaults()
		old := ssh.InsecureAlgorithms()
		cfg.KeyExchanges = append(slices.Clone(cfg.KeyExchanges), old.KeyExchanges...)
		cfg.Ciphers = append(slices.Clone(cfg.Ciphers), old.Ciphers...)
		cfg.MACs = append(slices.Clone(cfg.MACs), old.MACs...)
		if len(cfg.HostKeyAlgorithms) == 0 {
			cfg.HostKeyAlgorithms = append(ssh.SupportedAlgorithms().HostKeys, old.HostKeys...)
		}
	}
	return cfg
}

// unreachable is the failure of a dial.
func (r *run) unreachable(addr, through string, err error) error {
	f := &failure{what: "cannot reach " + addr, again: true,
		next: "check the address, the way to it, and that SSH is on: ssh -v " + sshArgs(addr)}
	if through != "" {
		f.what += " through " + through
	}
	var dns *net.DNSError
	var refused *ssh.OpenChannelError
	switch {
	case errors.As(err, &dns):
		f.what += ": name not found"
		f.again = !dns.IsNotFound
	case errors.As(err, &refused):
		f.what += ": " + printable(refused.Error(), 200)
		f.again = refused.Reason == ssh.ConnectionFailed
	case errors.Is(err, syscall.ECONNREFUSED):
		f.what += ": connection refused"
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		f.what += fmt.Sprintf(": no answer within %v", r.Timeouts.Socket)
	default:
		f.what += ": " + printable(err.Error(), 200)
	}
	return f
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// noLogin is the failure of a handshake in which no password was refused.
func (r *run) noLogin(a *attempt, keys *hostKeys, addr, through string, err error, late bool) error {
	var f *failure
	var none *ssh.AlgorithmNegotiationError
	switch {
	case errors.As(err, &f): // of the host key
		return f
	case late:
		return &failure{what: fmt.Sprintf("%s let no one in within %v", addr, r.Timeouts.Handshake), again: a.sent == nil,
			next: "see whether its SSH server hangs: ssh -v " + sshArgs(addr)}
	case errors.As(err, &none) && keys.otherType(addr, none):
		return keys.changed(addr, through, "", fmt.Sprintf("it offers only %s, known is %s",
			printable(strings.Join(none.RequestedAlgorithms, ", "), 200), strings.Join(keys.db.HostKeyAlgorithms(addr), ", ")))
	case errors.As(err, &none):
		return failed(fmt.Sprintf("%s has no %s in common with us, it offers %s", addr, printable(none.What, 60),
			printable(strings.Join(none.RequestedAlgorithms, ", "), 200)),
			"update its software, or set legacy: true for this device if you must")
	case strings.Contains(err.Error(), "unable to authenticate"), strings.Contains(err.Error(), "Too many authentication"):
		return failed(fmt.Sprintf("%s refused user %s: %s", addr, a.cred.login.User, printable(err.Error(), 200)),
			"check user, keys and password of "+a.cred.String())
	}
	return &failure{what: fmt.Sprintf("%s broke off the SSH login: %s", addr, printable(err.Error(), 200)), again: a.sent == nil,
		next: "see why: ssh -v " + sshArgs(addr)}
}

// sshArgs are host and port as ssh takes them.
func sshArgs(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "22" {
		return host
	}
	return "-p " + port + " " + host
}

// withPort completes an address.
func withPort(address, port string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(strings.Trim(address, "[]"), port)
}

// A hop is the connection to a jump host, which all devices behind it share. It is made again once when it broke.
type hop struct {
	mu    sync.Mutex
	link  *link
	gone  chan struct{} // closed when link broke
	err   error
	dials int
}

// through returns a client at the end of a chain of jump hosts.
func (r *run) through(via []Endpoint) (*ssh.Client, error) {
	last := via[len(via)-1]
	key := ""
	for _, e := range via {
		key += e.Login.User + "@" + e.Address + " "
	}
	r.mu.Lock()
	h := r.hops[key]
	if h == nil {
		h = &hop{}
		r.hops[key] = h
	}
	r.mu.Unlock()

	h.mu.Lock()
	defer h.mu.Unlock()
	if h.link != nil && !h.broken() {
		return h.link.Client, nil
	}
	if h.err == nil && h.dials == 2 {
		h.err = failed("jump host "+last.Name+" was lost twice", "see why it hangs up")
	}
	if h.err != nil {
		return nil, h.err
	}
	h.dials++
	l, err := r.dial(r.ctx, last, withPort(last.Address, r.ports[0]), via[:len(via)-1])
	if err != nil {
		h.err = fmt.Errorf("jump host %s: %w", last.Name, err)
		return nil, h.err
	}
	gone := make(chan struct{}) // of this link: h.gone is soon that of the next, when this one breaks
	h.link, h.gone = l, gone
	r.hosts.Go(func() { l.Wait(); close(gone) })
	r.hosts.Go(func() { keepAlive(l.Client, gone) })
	return l.Client, nil
}

func (h *hop) broken() bool {
	select {
	case <-h.gone:
		return true
	default:
		return false
	}
}

func (h *hop) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.link != nil {
		h.link.Close()
	}
}

// keepAliveEvery is half of what firewalls commonly forget idle connections after (60 s).
const keepAliveEvery = 30 * time.Second

// keepAlive keeps a jump host from being forgotten while slow devices behind it think, and closes the connection when
// it does not answer. Connections to devices need none: a command with a deadline is always under way on them.
func keepAlive(c *ssh.Client, gone <-chan struct{}) {
	tick := time.NewTicker(keepAliveEvery)
	defer tick.Stop()
	for {
		select {
		case <-gone:
			return
		case <-tick.C:
			late := time.AfterFunc(keepAliveEvery, func() { c.Close() })
			_, _, err := c.SendRequest("keepalive@openssh.com", true, nil)
			late.Stop()
			if err != nil {
				c.Close()
				return
			}
		}
	}
}
