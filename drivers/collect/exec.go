package collect

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"

	"uplinkcheck/drivers"
)

// execWay runs each line as one exec request on a channel of its own (RFC 4254, 6.5).
// A reply is whole when its exit status came.
type execWay struct {
	link  *link
	limit int
	sudo  bool
}

// keptOfStderr is how much of an error text is kept.
const keptOfStderr = 16 << 10

// keptOfTooMuch is how much is kept of a reply over the limit, for people to see what it was.
const keptOfTooMuch = 4 << 10

func (e *execWay) ask(ctx context.Context, line string, _ drivers.Format) answer {
	defer context.AfterFunc(ctx, func() { e.link.Close() })()
	if e.sudo && isShell(line) {
		line = "sudo -n " + line
	}
	ch, requests, err := e.link.OpenChannel("session", nil)
	if err != nil {
		var no *ssh.OpenChannelError
		if errors.As(err, &no) {
			return answer{err: "channel refused: " + printable(no.Message, 120), refused: true}
		}
		return broken(err)
	}
	defer ch.Close()
	status := make(chan exitStatus, 1)
	go awaitExit(requests, status)
	ok, err := ch.SendRequest("exec", true, ssh.Marshal(struct{ Command string }{line}))
	if err != nil {
		return broken(err)
	}
	if !ok {
		return answer{err: "exec request refused", refused: true}
	}
	ch.CloseWrite()
	return e.read(ch, status)
}

// read takes stdout, stderr and the exit status.
func (e *execWay) read(ch ssh.Channel, status <-chan exitStatus) answer {
	errText := make(chan []byte, 1)
	go func() {
		text, _ := io.ReadAll(io.LimitReader(ch.Stderr(), keptOfStderr))
		io.Copy(io.Discard, ch.Stderr())
		errText <- text
	}()
	var out bytes.Buffer
	_, err := out.ReadFrom(io.LimitReader(ch, int64(e.limit)+1))
	if out.Len() > e.limit {
		e.link.Close() // it may go on sending for ever
		return answer{data: bytes.Clone(out.Bytes()[:min(keptOfTooMuch, out.Len())]), spent: true,
			err: fmt.Sprintf("the reply is larger than %s", size(e.limit))}
	}
	if err != nil {
		return broken(err)
	}
	stderr, exit := <-errText, <-status
	a := answer{data: bytes.Clone(out.Bytes()), complete: exit.seen} // a clone: the buffer has up to as much to spare
	switch {
	case !exit.seen && e.gone():
		a.spent, a.err = true, "the device closed the connection in the middle of the reply"
	case !exit.seen:
		a.err = "the device closed the channel without an exit status, so the end of the reply was not seen"
	case exit.code != 0 || exit.signal != "":
		if len(a.data) == 0 {
			a.data = stderr
		}
		a.err = exit.why(stderr, a.data)
	}
	return a
}

// gone reports whether the connection ended. It may only be called when the device owes us nothing.
func (e *execWay) gone() bool {
	_, _, err := e.link.SendRequest("keepalive@openssh.com", true, nil)
	return err != nil
}

func broken(err error) answer {
	return answer{spent: true, err: "the connection broke: " + printable(err.Error(), 120)}
}

// size says a number of bytes in the largest unit that holds it exactly.
func size(n int) string {
	switch {
	case n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// An exitStatus is how a command ended. The zero exitStatus was not seen.
type exitStatus struct {
	seen   bool
	code   uint32
	signal string
}

// awaitExit reads the requests of a channel until its end and reports the exit status as soon as it comes: some
// devices never close the channel.
func awaitExit(requests <-chan *ssh.Request, status chan<- exitStatus) {
	reported := false
	for r := range requests {
		var s exitStatus
		switch r.Type {
		case "exit-status":
			if len(r.Payload) >= 4 {
				s = exitStatus{seen: true, code: binary.BigEndian.Uint32(r.Payload)}
			}
		case "exit-signal":
			var p struct {
				Signal string
				Core   bool
				Error  string
				Lang   string
			}
			if ssh.Unmarshal(r.Payload, &p) == nil {
				s = exitStatus{seen: true, code: 1, signal: p.Signal}
			}
		}
		if s.seen && !reported {
			status <- s
			reported = true
		}
		if r.WantReply {
			r.Reply(false, nil)
		}
	}
	if !reported {
		status <- exitStatus{}
	}
}

// why is the reason of a command that failed: the first line of its error text, else of its output.
func (s exitStatus) why(stderr, stdout []byte) string {
	text := strings.TrimSpace(string(stderr))
	if text == "" {
		text = strings.TrimSpace(string(stdout[:min(len(stdout), 1<<10)]))
	}
	first, _, _ := strings.Cut(text, "\n")
	switch {
	case strings.HasPrefix(first, "sudo:"):
		return first + ": the login lacks the privilege: let it run this with sudo without a password, or log in as root"
	case s.signal != "":
		return "ended by signal " + s.signal
	case first == "":
		return fmt.Sprintf("exit status %d", s.code)
	}
	return fmt.Sprintf("%s (exit status %d)", first, s.code)
}
