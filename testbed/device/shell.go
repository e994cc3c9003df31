package device

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// A Shell is an interactive session: a prompt, an echo, a pager, and the way to privilege.
// Commands are answered by Config.Exec.
type Shell struct {
	Banner string // before the first prompt

	Prompt       string // Hostname + ">" when empty
	EnablePrompt string // after enable; Hostname + "#" when empty
	Enable       string // the line that asks for privilege; "" gives it to nobody, and Prompt is all there is
	EnableSecret string // what has to be typed then; "" asks for nothing

	Setup  []string // lines that are answered with nothing
	Pager  bool     // replies stop at every 24th line with --More-- until one of Setup was typed
	NoEcho bool     // does not echo what is typed

	// Refusal is what an exit other than 0 from Exec looks like here; the bytes of Exec when empty.
	Refusal string
}

// A tty is a channel to which the shell writes and the echo of what is typed: package ssh takes one writer at a time.
type tty struct {
	ssh.Channel
	mu sync.Mutex
}

func (t *tty) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.Channel.Write(b)
}

// keyboard is what was typed and not read yet. The shell echoes it when it reads it, as line editors do, and while a command runs it is echoed
// at once, as a kernel's tty does.
type keyboard struct {
	echo func([]byte)  // prints what was typed
	more chan struct{} // holds a token when typed grew, is closed at the end

	mu      sync.Mutex
	typed   bytes.Buffer
	echoed  int  // bytes of typed that were
	running bool // a command is
}

func (d *Device) shell(ch ssh.Channel, w *wire) {
	s := *d.cfg.Shell
	ch = &tty{Channel: ch}
	if s.Prompt == "" {
		s.Prompt = d.cfg.Hostname + ">"
	}
	if s.EnablePrompt == "" {
		s.EnablePrompt = d.cfg.Hostname + "#"
	}
	prompt, paged := s.Prompt, s.Pager
	out := func(text string) bool { return w.send(ch, []byte(strings.ReplaceAll(text, "\n", "\r\n"))) == nil }
	k := &keyboard{more: make(chan struct{}, 1), echo: func(b []byte) {
		if !s.NoEcho {
			out(string(b))
		}
	}}
	d.running.Go(func() { k.listen(ch) })
	out(s.Banner + prompt)
	for {
		line, ok := k.line(d, true)
		if !ok {
			return
		}
		line = strings.TrimSpace(line)
		if line != "" {
			d.note(line)
		}
		switch {
		case line == "":
		case line == "exit" || line == "quit":
			ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{0}))
			return
		case line == s.Enable && s.Enable != "":
			if s.EnableSecret == "" || d.secret(k, out, s.EnableSecret) {
				prompt = s.EnablePrompt
			} else {
				out("% Bad secrets\n")
			}
		case slices.Contains(s.Setup, line):
			paged = false
		default:
			k.runs(true)
			if !d.show(ch, w, k, line, s, paged) {
				return
			}
			k.runs(false)
			w.replied()
		}
		if !out(prompt) {
			return
		}
	}
}

// secret asks for a password without echo.
func (d *Device) secret(k *keyboard, out func(string) bool, want string) bool {
	out("Password: ")
	got, ok := k.line(d, false)
	out("\n")
	return ok && got == want
}

// show prints the reply to one command.
func (d *Device) show(ch ssh.Channel, w *wire, k *keyboard, line string, s Shell, paged bool) bool {
	reply, exit := d.answer(line)
	if exit != 0 && s.Refusal != "" {
		reply = []byte(s.Refusal)
	}
	f := d.faults.Load()
	if !d.pause(f.late[line]) {
		return false
	}
	reply = bytes.ReplaceAll(f.body(reply), []byte("\n"), []byte("\r\n"))
	if len(reply) > 0 && reply[len(reply)-1] != '\n' {
		reply = append(reply, '\r', '\n')
	}
	if f.promptLike {
		return d.showPromptLike(ch, w, reply, s)
	}
	if !paged {
		return w.send(ch, reply) == nil
	}
	for n := 0; len(reply) > 0; n++ {
		if n == 24 {
			w.send(ch, []byte(" --More-- "))
			if !k.key(d) {
				return false
			}
			n = 0
		}
		end := bytes.IndexByte(reply, '\n') + 1
		if w.send(ch, reply[:end]) != nil {
			return false
		}
		reply = reply[end:]
	}
	return true
}

// showPromptLike pauses after lines in the middle of a reply that end like a prompt: this device's own, and another's.
func (d *Device) showPromptLike(ch ssh.Channel, w *wire, reply []byte, s Shell) bool {
	half := bytes.IndexByte(reply[len(reply)/2:], '\n') + len(reply)/2 + 1
	for _, part := range []string{
		string(reply[:half]) + "spine1#",
		"\r\n" + s.Prompt,
		"\r\n" + s.EnablePrompt,
	} {
		if w.send(ch, []byte(part)) != nil || !d.pause(40*time.Millisecond) {
			return false
		}
	}
	return w.send(ch, append([]byte("\r\n"), reply[half:]...)) == nil
}

// listen takes what is typed, and echoes it while a command runs.
func (k *keyboard) listen(ch ssh.Channel) {
	defer close(k.more)
	buf := make([]byte, 4096)
	for {
		n, err := ch.Read(buf)
		if err != nil {
			return
		}
		k.mu.Lock()
		k.typed.Write(buf[:n])
		if k.running {
			k.show(k.typed.Len())
		}
		k.mu.Unlock()
		select {
		case k.more <- struct{}{}:
		default:
		}
	}
}

func (k *keyboard) runs(on bool) {
	k.mu.Lock()
	k.running = on
	k.mu.Unlock()
}

// show echoes what was not yet of the first n bytes. The caller holds mu, so that nothing is printed between.
func (k *keyboard) show(n int) {
	if n > k.echoed {
		k.echo(k.typed.Bytes()[k.echoed:n])
		k.echoed = n
	}
}

// line waits for a whole line; false when there will be none.
func (k *keyboard) line(d *Device, echo bool) (string, bool) {
	return k.wait(d, echo, func(b []byte) int { return bytes.IndexAny(b, "\r\n") + 1 })
}

// key waits for any key.
func (k *keyboard) key(d *Device) bool {
	_, ok := k.wait(d, true, func(b []byte) int { return min(1, len(b)) })
	return ok
}

// wait takes typed bytes up to where end says, which is 0 as long as there are too few.
func (k *keyboard) wait(d *Device, echo bool, end func([]byte) int) (string, bool) {
	for {
		if s, ok := k.take(echo, end); ok {
			return s, true
		}
		select {
		case _, ok := <-k.more:
			if !ok {
				return "", false
			}
		case <-d.ctx.Done():
			return "", false
		}
	}
}

func (k *keyboard) take(echo bool, end func([]byte) int) (string, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := end(k.typed.Bytes())
	if n == 0 {
		if echo {
			k.show(k.typed.Len())
		}
		return "", false
	}
	if echo {
		k.show(n)
	}
	k.echoed = max(0, k.echoed-n)
	return strings.TrimRight(string(k.typed.Next(n)), "\r\n"), true
}
