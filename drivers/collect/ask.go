package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/capture/redact"
)

// A way asks a device over one open link.
type way interface {
	// ask sends one line and returns what came. It ends soon after ctx does, and then, as after every other doubt
	// about where a reply ends, it says that the link is spent.
	ask(ctx context.Context, line string, format drivers.Format) answer
}

// An answer is what came of one line. The zero answer proves nothing.
type answer struct {
	data     []byte
	complete bool   // the end was proven
	err      string // why it states nothing
	spent    bool   // the link must not be used again
	refused  bool   // the device refuses this way of asking as a whole
	took     time.Duration
}

// A visit is one target while it is asked.
type visit struct {
	*Target
	run     *run
	ctx     context.Context
	capture *capture.Capture
	guard   guard

	link     *link
	unhook   func() bool // stops closing the link at the end of ctx
	lost     int         // links that broke while we asked
	answered map[string]bool
	access   drivers.Access
}

// errOtherWay says that the device refuses a way of asking.
type errOtherWay struct{ access drivers.Access }

func (e errOtherWay) Error() string {
	return fmt.Sprintf("the device refuses %s; enable it there, or see which ways the platform has", e.access)
}

// collect asks everything, by the first way that the device takes.
func (v *visit) collect() (err error) {
	if v.guard, err = newGuard(v.Plan); err != nil {
		return failed("refused to ask: "+err.Error(), "this is a bug in "+v.Plan.Platform+"; please report it")
	}
	if l := v.Login; l.Password == nil && len(l.Keys) == 0 && !l.Agent {
		return failed("there is no password, key or agent to log in with", "add one to its credential")
	}
	for _, a := range v.Plan.Access {
		if !slices.ContainsFunc(v.Plan.Commands, func(c drivers.Command) bool { return carries(a, c.Line) }) {
			continue
		}
		v.access = a
		if err = v.askAll(a); !errors.As(err, new(errOtherWay)) {
			return err
		}
	}
	return err
}

// askAll asks what access carries, in the order of the plan. A broken link costs the reply that was awaited; it is
// made again once.
func (v *visit) askAll(access drivers.Access) error {
	w, err := v.open(access)
	if err != nil {
		return err
	}
	for _, c := range v.Plan.Commands {
		if !carries(access, c.Line) || v.satisfied(c.InsteadOf) {
			continue
		}
		asked, odd := lines(c, v.capture)
		for _, line := range asked {
			if w == nil {
				if w, err = v.open(access); err != nil {
					return err
				}
			}
			a := v.ask(w, c, line)
			if a.refused && len(v.capture.Replies) == 0 {
				return errOtherWay{access}
			}
			v.keep(c, line, a)
			if err := v.ctx.Err(); err != nil {
				return err
			}
			if !a.spent {
				continue
			}
			v.hangUp()
			w = nil
			if v.lost++; v.lost > 1 {
				return failed(fmt.Sprintf("the connection was lost twice, at last with %q: %s", brief(line), a.err),
					"run that command there by hand, or give it more time (--timeout)")
			}
		}
		if odd != nil {
			v.keep(c, c.Line, answer{err: odd.Error()})
		}
	}
	return nil
}

// satisfied reports whether a line, or one that it stands in for, was answered.
func (v *visit) satisfied(line string) bool {
	for line != "" {
		if v.answered[line] {
			return true
		}
		i := slices.IndexFunc(v.Plan.Commands, func(c drivers.Command) bool { return c.Line == line })
		line = v.Plan.Commands[i].InsteadOf
	}
	return false
}

// ask sends one line, past the guard, and bounds the answer in time.
func (v *visit) ask(w way, c drivers.Command, line string) answer {
	if !v.guard.allows(line) {
		return answer{err: "refused to send it: the plan does not list it"}
	}
	ctx, stop := context.WithTimeoutCause(v.ctx, v.run.Timeouts.Command, errCommand)
	defer stop()
	start := time.Now()
	a := w.ask(ctx, line, c.Format)
	a.took = time.Since(start)
	if a.spent && ctx.Err() != nil {
		a.err = "stopped before the answer ended"
		if errors.Is(context.Cause(ctx), errCommand) {
			a.err = fmt.Sprintf("no whole answer within %v", v.run.Timeouts.Command)
		}
	}
	return a
}

// keep stores what came as a reply.
func (v *visit) keep(c drivers.Command, line string, a answer) {
	r := &capture.Reply{Device: v.Name, Command: line, At: time.Now().Add(-a.took), Took: a.took,
		InsteadOf: c.InsteadOf, Optional: c.Optional}
	if a.err == "" && v.Plan.Refusal != nil {
		a.err = v.Plan.Refusal(a.data)
	}
	if a.err == "" && a.complete {
		a.err = formatError(c.Format, a.data)
	}
	if a.err == "" && !a.complete {
		a.err = "the end of the reply was not seen"
	}
	r.Data, r.Err = redact.Overwrite(a.data), printable(a.err, 300)
	r.Complete = a.complete && r.Err == ""
	r.Seal()
	v.capture.Replies = append(v.capture.Replies, r)
	if r.Usable() {
		v.answered[c.Line] = true
	}
	v.run.tell(Event{Kind: Replied, Device: v.Name, Command: line, Err: r.Err, Took: r.Took})
}

// open opens a way of asking on the link that is there, or on a new one.
func (v *visit) open(access drivers.Access) (way, error) {
	ports := []string{v.run.ports[0]}
	if access == drivers.NETCONF {
		ports = append(ports, v.run.ports[1])
	}
	var first error
	for i, port := range ports {
		addr := withPort(v.Address, port)
		if i > 0 && addr == withPort(v.Address, ports[0]) {
			break // the port is given
		}
		w, err := v.openAt(addr, access)
		if err == nil {
			return w, nil
		}
		if first == nil {
			first = err
		}
		var f *failure
		if nobody := errors.As(err, &f) && f.again; !nobody && !errors.As(err, new(errOtherWay)) {
			break
		}
	}
	return nil, first
}

func (v *visit) openAt(addr string, access drivers.Access) (way, error) {
	if err := v.connect(addr); err != nil {
		return nil, err
	}
	return v.start(access)
}

// connect makes sure that the link leads to addr.
func (v *visit) connect(addr string) error {
	if v.link != nil && v.link.addr == addr {
		return nil
	}
	v.hangUp()
	l, err := v.run.dial(v.ctx, v.Endpoint, addr, v.Via)
	if v.capture.Address == "" || err == nil {
		v.capture.Address = addr
	}
	if err != nil {
		return err
	}
	v.link, v.capture.HostKey = l, l.fingerprint
	v.unhook = context.AfterFunc(v.ctx, func() { l.Close() })
	return nil
}

// start starts a way of asking on the link. Whatever it waits for is bounded like a command.
func (v *visit) start(access drivers.Access) (w way, err error) {
	ctx, stop := context.WithTimeoutCause(v.ctx, v.run.Timeouts.Command, errCommand)
	defer stop()
	link := v.link
	defer context.AfterFunc(ctx, func() { link.Close() })()
	switch access {
	case drivers.NETCONF:
		w, err = startNETCONF(link, v.run.MaxReply)
	case drivers.Session:
		w, err = v.startSession(ctx)
	default:
		return &execWay{link: link, limit: v.run.MaxReply, sudo: v.Sudo}, nil
	}
	if err == nil || errors.As(err, new(errOtherWay)) {
		return w, err
	}
	v.hangUp()
	var f *failure
	if ctx.Err() != nil && v.ctx.Err() == nil {
		return nil, failed(fmt.Sprintf("%s did not begin within %v", access, v.run.Timeouts.Command), "try it by hand: ssh "+sshArgs(link.addr))
	}
	if errors.As(err, &f) {
		return nil, f
	}
	return nil, failed(fmt.Sprintf("%s did not begin: %s", access, printable(err.Error(), 200)), "try it by hand: ssh "+sshArgs(link.addr))
}

// hangUp closes the link. It never waits for the peer.
func (v *visit) hangUp() {
	if v.link != nil {
		v.unhook()
		v.link.Close()
		v.link = nil
	}
}

// gaps says which commands that every such platform answers have no answer.
func (v *visit) gaps() error {
	var missing []string
	total := 0
	for i, c := range v.Plan.Commands {
		if c.InsteadOf != "" {
			continue
		}
		total++
		if c.Optional || v.chainAnswered(i) {
			continue
		}
		if why := v.chainError(i); why != "" {
			missing = append(missing, why)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	n := len(missing)
	if n > 3 {
		missing = append(missing[:3], "…")
	}
	next := fmt.Sprintf("run them there by hand as %s", v.Login.User)
	if v.Plan.Privileges != "" {
		next += " and compare its rights: " + v.Plan.Privileges
	}
	return failed(fmt.Sprintf("no answer to %d of %d questions: %s", n, total, strings.Join(missing, "; ")), next)
}

// chain yields the command at i and those that stand in for it, directly or not.
func (v *visit) chain(i int) func(func(drivers.Command) bool) {
	return func(yield func(drivers.Command) bool) {
		in := map[string]bool{v.Plan.Commands[i].Line: true}
		if !yield(v.Plan.Commands[i]) {
			return
		}
		for _, c := range v.Plan.Commands[i+1:] {
			if in[c.InsteadOf] {
				in[c.Line] = true
				if !yield(c) {
					return
				}
			}
		}
	}
}

func (v *visit) chainAnswered(i int) bool {
	for c := range v.chain(i) {
		if v.answered[c.Line] {
			return true
		}
	}
	return false
}

// chainError is the last error of a chain; "" when there was nothing to put for its %s, so that nothing was missed.
func (v *visit) chainError(i int) string {
	why, carried := "", false
	for c := range v.chain(i) {
		if !carries(v.access, c.Line) {
			continue
		}
		carried = true
		asked, _ := lines(c, v.capture)
		for _, line := range append(asked, c.Line) {
			if r := v.capture.Asked(line); r != nil && r.Err != "" {
				why = fmt.Sprintf("%q: %s", brief(line), printable(r.Err, 120))
			}
		}
	}
	if !carried {
		return fmt.Sprintf("%q cannot be asked over %s", brief(v.Plan.Commands[i].Line), v.access)
	}
	return why
}

// brief is a line short enough for a message.
func brief(line string) string { return printable(line, 60) }
