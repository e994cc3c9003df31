package device

import (
	"fmt"
	"io"
	"net"
	"strconv"

	"golang.org/x/crypto/ssh"
)

// session serves one session channel: exec, shell, or the netconf subsystem.
func (d *Device) session(n ssh.NewChannel, w *wire) {
	ch, requests, err := n.Accept()
	if err != nil {
		return
	}
	defer ch.Close()
	for r := range requests {
		var start func()
		switch r.Type {
		case "pty-req", "env", "window-change":
			r.Reply(r.Type != "env", nil)
			continue
		case "exec":
			var p struct{ Command string }
			if ssh.Unmarshal(r.Payload, &p) == nil && !d.cfg.ExecRefused {
				start = func() { d.exec(ch, w, p.Command) }
			}
		case "shell":
			if d.cfg.Shell != nil {
				start = func() { d.shell(ch, w) }
			}
		case "subsystem":
			var p struct{ Name string }
			if ssh.Unmarshal(r.Payload, &p) == nil && p.Name == "netconf" && d.cfg.NETCONF != nil {
				start = func() { d.netconf(ch, w) }
			}
		}
		r.Reply(start != nil, nil)
		if start == nil {
			continue
		}
		d.running.Go(func() { ssh.DiscardRequests(requests) })
		start()
		return
	}
}

// exec answers one command and closes its channel.
func (d *Device) exec(ch ssh.Channel, w *wire, cmd string) {
	d.note(cmd)
	output, exit := d.answer(cmd)
	f := d.faults.Load()
	if !d.pause(f.late[cmd]) {
		return
	}
	write := ch.Write
	if exit != 0 {
		write = ch.Stderr().Write
	}
	if w.sendTo(write, f.body(output)) != nil {
		return
	}
	if !f.noExitStatus {
		ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{uint32(exit)}))
	}
	ch.CloseWrite()
	ch.Close()
	w.replied()
}

// answer is the reply to a command line, however it came.
func (d *Device) answer(cmd string) (output []byte, exit int) {
	if d.faults.Load().refuses(cmd) {
		return []byte("% Invalid input\n"), 1
	}
	if d.cfg.Exec == nil {
		return fmt.Appendf(nil, "%s: unknown command: %s\n", d.cfg.Hostname, cmd), 127
	}
	return d.cfg.Exec(cmd)
}

// forward is the jump host: it connects a channel with a loopback address.
func (d *Device) forward(n ssh.NewChannel) {
	var p struct {
		Host       string
		Port       uint32
		OriginHost string
		OriginPort uint32
	}
	if err := ssh.Unmarshal(n.ExtraData(), &p); err != nil || !d.cfg.Jump {
		n.Reject(ssh.Prohibited, "administratively prohibited")
		return
	}
	if ip := net.ParseIP(p.Host); ip == nil || !ip.IsLoopback() {
		n.Reject(ssh.Prohibited, "only loopback")
		return
	}
	target := net.JoinHostPort(p.Host, strconv.Itoa(int(p.Port)))
	d.note("direct-tcpip " + target)
	var dialer net.Dialer
	far, err := dialer.DialContext(d.ctx, "tcp", target)
	if err != nil {
		n.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	defer far.Close()
	ch, requests, err := n.Accept()
	if err != nil {
		return
	}
	d.running.Go(func() { ssh.DiscardRequests(requests) })
	d.running.Go(func() {
		io.Copy(far, ch)
		far.Close()
	})
	io.Copy(ch, far)
	ch.Close()
}
