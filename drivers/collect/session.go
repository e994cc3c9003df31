package collect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/scrapli/scrapligo/driver/generic"
	"github.com/scrapli/scrapligo/driver/options"
	"github.com/scrapli/scrapligo/transport"
	"golang.org/x/crypto/ssh"

	"uplinkcheck/drivers"
)

// sessionWay asks in an interactive session. scrapligo reads the channel and waits for the echo; what is the end of a
// reply is decided here, because a line in the middle of a reply may look like a prompt:
//
//   - The prompt holds the name that this device showed at login, and ends what was received.
//   - A JSON reply is whole when it parses. For any other, nothing may follow for a while, and then a bare return must
//     bring the same prompt once more and nothing else. What was still being printed would come in between: then the
//     reply states nothing, because the echo of that return stands somewhere in it.
//   - Output before a command's echo belongs to another command: the session is given up.
//
// scrapligo drops carriage returns and terminal escapes, so the bytes kept are those without them.
type sessionWay struct {
	wire   *sessionWire
	driver *generic.Driver
	prompt *regexp.Regexp // of this device, for one line
}

const (
	quiet      = 60 * time.Millisecond  // without output, before a prompt is believed to be one
	poll       = 250 * time.Microsecond // scrapligo's read delay: its queue cannot be waited for
	maxPrompt  = 1000                   // bytes; as far back as a prompt line is looked for
	anyName    = `(?P<name>[\w.\-()/:@]{1,63})`
	termHeight = 1000
	termWidth  = 511
)

var secretQuestion = regexp.MustCompile(`(?i)^\s*(enable |super )?passw(or[dt])?[^\n]{0,20}:\s*$`)

// startSession opens a shell, learns the prompt, sends the setup lines, and asks for privilege if there is a secret.
func (v *visit) startSession(ctx context.Context) (way, error) {
	wire, err := openShell(v.link, v.run.MaxReply)
	if err != nil {
		return nil, err
	}
	g, err := generic.NewDriver(v.Name, options.WithCustomTransport(wire))
	if err != nil {
		return nil, err
	}
	if err := g.Open(); err != nil {
		return nil, err
	}
	s := &sessionWay{wire: wire, driver: g}
	wire.session = s
	defer context.AfterFunc(ctx, func() { s.close() })()
	if err := s.learn(ctx, v.Plan.Prompt.Pattern); err != nil {
		s.close()
		return nil, err
	}
	for _, line := range v.Plan.Prompt.Setup {
		if a := s.ask(ctx, line, drivers.Text); a.spent {
			return nil, fmt.Errorf("%q: %s", line, a.err)
		}
	}
	if err := v.enable(ctx, s); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// learn finds out how this device prompts: twice the same line, the second time for a bare return.
func (s *sessionWay) learn(ctx context.Context, pattern string) error {
	guess, err := promptPattern(pattern, anyName)
	if err != nil {
		return err
	}
	s.prompt = guess
	if _, err := s.wholeText(ctx, nil); err != nil {
		return fmt.Errorf("no prompt like %s: %w", pattern, err)
	}
	name := ""
	if m := guess.FindStringSubmatch(s.wire.lastPrompt); m != nil {
		name = m[guess.SubexpIndex("name")]
	}
	s.prompt, err = promptPattern(pattern, regexp.QuoteMeta(name))
	return err
}

// promptPattern is a platform's pattern with a name put in, for matching exactly one line.
func promptPattern(pattern, name string) (*regexp.Regexp, error) {
	return regexp.Compile(`^(?:` + strings.Replace(pattern, "%s", name, 1) + `)$`)
}

// enable asks for privilege when the login has a secret for it. A refused secret is not sent again in this run.
func (v *visit) enable(ctx context.Context, s *sessionWay) error {
	cred := v.run.credential(v.Endpoint)
	line := v.Plan.Prompt.Enable
	if cred.enable == nil || line == "" {
		return nil
	}
	before := s.wire.lastPrompt
	got, err := s.send(ctx, line, secretQuestion)
	if err != nil {
		return err
	}
	if !secretQuestion.MatchString(lastLine(got)) {
		return nil // nothing is asked of who has the privilege already
	}
	value, done, err := cred.enable.try(ctx)
	if err != nil {
		return failed(fmt.Sprintf("the enable secret of %s: %s", cred, err), "mend it and run again")
	}
	got, err = s.secret(ctx, value)
	s.wire.lastPrompt = lastLine(got)
	refused := err == nil && (s.wire.lastPrompt == before || !s.prompt.MatchString(s.wire.lastPrompt))
	done(v.Name, err == nil && !refused, refused)
	if refused {
		return failed("the enable secret of "+cred.String()+" was refused",
			"check it; it is not sent again in this run, so that no account is locked")
	}
	return err
}

func (s *sessionWay) ask(ctx context.Context, line string, format drivers.Format) answer {
	defer context.AfterFunc(ctx, func() { s.close() })()
	body, err := s.body(ctx, line, format)
	if err != nil {
		s.close()
		return answer{spent: true, err: s.wire.why(err)}
	}
	return answer{data: body, complete: true}
}

// body sends a line and returns the lines between its echo and the prompt that ended them.
func (s *sessionWay) body(ctx context.Context, line string, format drivers.Format) ([]byte, error) {
	got, err := s.send(ctx, line, nil)
	if err != nil {
		return nil, err
	}
	got = bytes.TrimPrefix(got, []byte("\n")) // the end of the echo
	if format == drivers.JSON {
		if body := withoutLastLine(got); jsonError(body) == nil {
			return body, nil
		}
	}
	return s.wholeText(ctx, got)
}

// send types a line, sees its echo, and reads on until the last line is a prompt, or matches also.
func (s *sessionWay) send(ctx context.Context, line string, also *regexp.Regexp) ([]byte, error) {
	s.wire.left.Store(int64(s.wire.limit))
	if early, err := s.driver.Channel.ReadAll(); err != nil {
		return nil, err
	} else if len(bytes.TrimSpace(early)) > 0 {
		return nil, fmt.Errorf("output came that nobody asked for: %q", printable(string(early), 80))
	}
	if err := s.driver.Channel.Write([]byte(line), false); err != nil {
		return nil, err
	}
	echo, err := s.driver.Channel.ReadUntilFuzzy(ctx, []byte(line))
	if err != nil {
		return nil, err
	}
	if string(bytes.Join(bytes.Fields(echo), nil)) != strings.Join(strings.Fields(line), "") {
		return nil, fmt.Errorf("the echo of the command is %q", printable(string(echo), 80))
	}
	if err := s.driver.Channel.WriteReturn(); err != nil {
		return nil, err
	}
	return s.readOn(ctx, nil, also)
}

// secret types what is not echoed.
func (s *sessionWay) secret(ctx context.Context, value string) ([]byte, error) {
	if err := s.driver.Channel.WriteAndReturn([]byte(value), true); err != nil {
		return nil, err
	}
	return s.readOn(ctx, nil, secretQuestion)
}

// readOn appends to got until its last line is a prompt, or matches also.
func (s *sessionWay) readOn(ctx context.Context, got []byte, also *regexp.Regexp) ([]byte, error) {
	for {
		more, err := s.driver.Channel.Read()
		if err != nil {
			return got, err
		}
		if len(more) > 0 {
			got = append(got, more...)
			if last := lastLine(got); s.prompt.MatchString(last) || also != nil && also.MatchString(last) {
				return got, nil
			}
			continue
		}
		if err := pause(ctx, poll); err != nil {
			return got, err
		}
	}
}

// wholeText proves that got ends with the prompt of a device that waits, and returns what is above that prompt.
func (s *sessionWay) wholeText(ctx context.Context, got []byte) ([]byte, error) {
	got, err := s.settle(ctx, got)
	if err != nil {
		return nil, err
	}
	if err := s.driver.Channel.WriteReturn(); err != nil {
		return nil, err
	}
	mark := len(got)
	if got, err = s.readOn(ctx, got, nil); err != nil {
		return nil, err
	}
	if prompt := lastLine(got); prompt != lastLine(got[:mark]) || strings.TrimSpace(string(got[mark:])) != strings.TrimSpace(prompt) {
		return nil, fmt.Errorf("the reply went on after a line that looks like the prompt: %q", printable(string(got[mark:]), 80))
	}
	s.wire.lastPrompt = lastLine(got)
	return withoutLastLine(got[:mark]), nil
}

// settle reads on until the last line is a prompt and nothing followed it for a while.
func (s *sessionWay) settle(ctx context.Context, got []byte) ([]byte, error) {
	for {
		if !s.prompt.MatchString(lastLine(got)) {
			var err error
			if got, err = s.readOn(ctx, got, nil); err != nil {
				return nil, err
			}
		}
		if err := pause(ctx, quiet); err != nil {
			return nil, err
		}
		more, err := s.driver.Channel.ReadAll()
		if err != nil {
			return nil, err
		}
		if len(more) == 0 {
			return got, nil
		}
		got = append(got, more...)
	}
}

// close ends the session and its link, and scrapligo's reader with it. It may be called again.
func (s *sessionWay) close() {
	s.wire.Close()
	s.driver.Close()
}

// lastLine is what follows the last line feed, as far as it may be a prompt.
func lastLine(b []byte) string {
	b = b[max(0, len(b)-maxPrompt):]
	return string(b[bytes.LastIndexByte(b, '\n')+1:])
}

// withoutLastLine is everything up to the last line feed, and that too.
func withoutLastLine(b []byte) []byte { return b[:bytes.LastIndexByte(b, '\n')+1] }

// pause waits, or says why not.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// sessionWire is scrapligo's transport on our link.
type sessionWire struct {
	link       *link
	in         io.WriteCloser
	out        io.Reader
	limit      int
	left       atomic.Int64 // bytes that may still come for one command
	session    *sessionWay
	lastPrompt string

	once sync.Once
	over atomic.Bool // the reply was larger than the limit
}

var _ transport.Implementation = (*sessionWire)(nil)

// openShell asks for a terminal that is wide enough for every echo.
func openShell(l *link, limit int) (*sessionWire, error) {
	s, err := l.NewSession()
	if err != nil {
		if errors.As(err, new(*ssh.OpenChannelError)) {
			return nil, errOtherWay{drivers.Session}
		}
		return nil, err
	}
	w := &sessionWire{link: l, limit: limit}
	w.left.Store(int64(limit))
	if w.in, err = s.StdinPipe(); err != nil {
		return nil, err
	}
	if w.out, err = s.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := s.RequestPty("vt100", termHeight, termWidth, ssh.TerminalModes{ssh.ECHO: 1}); err != nil {
		return nil, errOtherWay{drivers.Session}
	}
	if err := s.Shell(); err != nil {
		return nil, errOtherWay{drivers.Session}
	}
	return w, nil
}

// Open does nothing: the link is open.
func (w *sessionWire) Open(*transport.Args) error { return nil }

// Close closes the link. It may be called again, and never waits for the peer.
func (w *sessionWire) Close() error {
	w.once.Do(func() { w.link.Close() })
	return nil
}

// IsAlive is asked by nobody.
func (w *sessionWire) IsAlive() bool { return true }

// Read returns what came. A reply over the limit ends the stream.
func (w *sessionWire) Read(n int) ([]byte, error) {
	b := make([]byte, n)
	n, err := w.out.Read(b)
	if w.left.Add(-int64(n)) < 0 {
		w.over.Store(true)
		w.Close()
		return nil, io.EOF
	}
	if err != nil && n == 0 {
		return nil, io.EOF // scrapligo then stops reading; any other error it would try again
	}
	return b[:n], nil
}

func (w *sessionWire) Write(b []byte) error {
	_, err := w.in.Write(b)
	return err
}

// why says what ended a session.
func (w *sessionWire) why(err error) string {
	if w.over.Load() {
		return "the reply is larger than " + size(w.limit)
	}
	return "the session was given up: " + printable(err.Error(), 200)
}
