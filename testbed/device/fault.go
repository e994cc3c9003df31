package device

import (
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// A Fault is one way to misbehave. Faults are values: compare them, print them, put them in a list.
type Fault struct {
	name    string
	n       int
	wait    time.Duration
	command string
}

// The faults without a parameter.
var (
	WrongHostKey       = Fault{name: "wrong host key"}       // shows a key that is not HostKey; only at Start
	PasswordRefused    = Fault{name: "password refused"}     // every password and answer is wrong
	SilentBeforeBanner = Fault{name: "silent before banner"} // accepts TCP, then says nothing
	NoExitStatus       = Fault{name: "no exit status"}       // exec channels close without one
	Truncate           = Fault{name: "truncate"}             // the second half of each reply is missing, without any sign
	Garble             = Fault{name: "garble"}               // every fifth byte of a reply has its top bit set
	OneBytePackets     = Fault{name: "one-byte packets"}     // SplitWrites(1)
	PromptLikeText     = Fault{name: "prompt-like text"}     // shell: lines that look like prompts end packets mid-reply
	Vanish             = Fault{name: "vanish"}               // silent for ever after the first reply of a connection
)

// HangUpAfter closes the TCP connection once n bytes of replies went over it.
func HangUpAfter(n int) Fault { return Fault{name: "hang up after", n: n} }

// Slow adds d to the latency of each reply.
func Slow(d time.Duration) Fault { return Fault{name: "slow", wait: d} }

// Refuse makes the device answer cmd (a line, or the inside of an RPC) with an error; "" stands for every command.
func Refuse(cmd string) Fault { return Fault{name: "refuse", command: cmd} }

// SplitWrites sends replies in pieces of n bytes, each a packet of its own.
func SplitWrites(n int) Fault { return Fault{name: "split writes", n: n} }

// LateOutput delays the reply to cmd by d. A shell goes on echoing what is typed meanwhile, as a kernel's tty does:
// a client that gave up and asked again would read the late reply as the next one's.
func LateOutput(cmd string, d time.Duration) Fault {
	return Fault{name: "late output", command: cmd, wait: d}
}

// String names the fault with its parameter.
func (f Fault) String() string {
	s := f.name
	if f.n != 0 {
		s = fmt.Sprintf("%s %d", s, f.n)
	}
	if f.command != "" {
		s = fmt.Sprintf("%s %q", s, f.command)
	}
	if f.wait != 0 {
		s = fmt.Sprintf("%s %v", s, f.wait)
	}
	return s
}

// faults is what a list of Fault comes to.
type faults struct {
	wrongHostKey, passwordRefused, silent, noExitStatus, truncate, garble, promptLike, vanish bool

	hangUp, split int
	slow          time.Duration
	refuse        map[string]bool
	late          map[string]time.Duration
}

// SetFaults replaces the faults of a running device. WrongHostKey and SilentBeforeBanner take effect
// on connections made later; WrongHostKey only at Start.
func (d *Device) SetFaults(list ...Fault) {
	f := &faults{refuse: map[string]bool{}, late: map[string]time.Duration{}}
	for _, x := range list {
		switch x.name {
		case WrongHostKey.name:
			f.wrongHostKey = true
		case PasswordRefused.name:
			f.passwordRefused = true
		case SilentBeforeBanner.name:
			f.silent = true
		case NoExitStatus.name:
			f.noExitStatus = true
		case Truncate.name:
			f.truncate = true
		case Garble.name:
			f.garble = true
		case OneBytePackets.name:
			f.split = 1
		case PromptLikeText.name:
			f.promptLike = true
		case Vanish.name:
			f.vanish = true
		case "hang up after":
			f.hangUp = x.n
		case "split writes":
			f.split = x.n
		case "slow":
			f.slow = x.wait
		case "refuse":
			f.refuse[x.command] = true
		case "late output":
			f.late[x.command] = x.wait
		}
	}
	d.faults.Store(f)
}

func (f *faults) refuses(cmd string) bool { return f.refuse[""] || f.refuse[strings.TrimSpace(cmd)] }

// A wire is the TCP connection of one client, which can hang up or fall silent.
type wire struct {
	net.Conn
	device *Device
	sent   atomic.Int64 // bytes of replies
	gone   atomic.Bool
}

// Write swallows everything once the device vanished.
func (w *wire) Write(b []byte) (int, error) {
	if w.gone.Load() {
		return len(b), nil
	}
	return w.Conn.Write(b)
}

// Read hears nothing any more once the device vanished, and ends when the connection is closed at this side.
func (w *wire) Read(b []byte) (int, error) {
	for {
		n, err := w.Conn.Read(b)
		if err != nil || !w.gone.Load() {
			return n, err
		}
	}
}

// body applies the faults that change a reply's bytes.
func (f *faults) body(b []byte) []byte {
	if f.truncate {
		b = b[:len(b)/2]
	}
	if f.garble {
		b = append([]byte(nil), b...)
		for i := 4; i < len(b); i += 5 {
			b[i] |= 0x80
		}
	}
	return b
}

// send writes reply bytes to a channel under the faults that concern their way.
func (w *wire) send(ch ssh.Channel, b []byte) error { return w.sendTo(ch.Write, b) }

func (w *wire) sendTo(write func([]byte) (int, error), b []byte) error {
	f := w.device.faults.Load()
	size := len(b)
	if f.split > 0 {
		size = f.split
	}
	for len(b) > 0 {
		n := min(size, len(b))
		if left := int64(f.hangUp) - w.sent.Load(); f.hangUp > 0 && left < int64(n) {
			if left > 0 {
				write(b[:left])
			}
			w.Conn.Close()
			return net.ErrClosed
		}
		if _, err := write(b[:n]); err != nil {
			return err
		}
		w.sent.Add(int64(n))
		b = b[n:]
	}
	return nil
}

// replied lets the device vanish after its first reply.
func (w *wire) replied() {
	if w.device.faults.Load().vanish {
		w.gone.Store(true)
	}
}
