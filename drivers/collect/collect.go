// Package collect owns every connection: it logs in to devices over SSH, asks what a plan lists and nothing else, and
// returns what they said as captures. Whatever a device does costs its own facts and no other's.
//
// Three ways of asking sit on one SSH connection: exec (one command a channel, ended by its exit status), NETCONF
// (ended by RFC 6242 framing), and prompt sessions (ended by the prompt of this very host). A reply whose end was not
// proven is kept for people to see and states nothing.
package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"uplinkcheck/drivers/capture"
)

// An Endpoint is one SSH server: a device, or a host to pass through on the way to it.
type Endpoint struct {
	Name       string // in the inventory
	Address    string // host or host:port; see Target for the port when there is none
	Login      Login
	KnownHosts string // file; ~/.ssh/known_hosts when empty
	Legacy     bool   // offer SHA-1 and CBC algorithms too, after the good ones
}

// A Target is one device to ask.
//
// Without a port in Address, 22 is dialled, and NETCONF is asked for there first: when port 22 does not answer, or
// refuses the subsystem, port 830 is tried (RFC 6242, 3). With a port, nothing but that port is dialled.
type Target struct {
	Endpoint
	Via  []Endpoint // hosts to pass through, first hop first
	Plan Plan
	Sudo bool // put "sudo -n" before shell commands
}

// Timeouts bound a run. A zero field stands for its default.
type Timeouts struct {
	Socket    time.Duration // until TCP is connected, 5 s
	Handshake time.Duration // from there until logged in, 10 s
	Command   time.Duration // for one reply, 30 s
	Device    time.Duration // for everything with one device, 120 s
	Overall   time.Duration // for the run; zero: none
}

// Options say how to run. The zero Options are good.
type Options struct {
	Timeouts    Timeouts
	Concurrency int         // devices at once, 32 when zero
	MaxReply    int         // bytes of one reply, 64 MiB when zero
	Retries     int         // of dialling after a failure of the network, 2 when zero, none when negative
	Events      func(Event) // is told what happens, one call at a time; may be nil

	ports [2]string // in place of 22 and 830, for tests
}

// An Event is something worth a progress line.
type Event struct {
	Kind    EventKind
	Device  string
	Command string        // of Replied
	Err     string        // of Replied and Finished: why it states nothing
	Took    time.Duration // of Replied and Finished
	Done    int           // devices finished so far
	Total   int           // devices in this run
}

// EventKind says what happened.
type EventKind uint8

const (
	Started  EventKind = iota // dialling a device begins
	Replied                   // one command was answered, or was not
	Finished                  // a device is done
)

// String names the kind.
func (k EventKind) String() string { return [...]string{"started", "replied", "finished"}[k%3] }

const (
	defaultConcurrency = 32
	defaultMaxReply    = 64 << 20
	defaultRetries     = 2
)

// Run asks every target what its plan lists and returns one capture for each, in the same order, never nil.
// It returns when all are done, or soon after ctx ended; nothing of it runs on. Failures are in Capture.Err and
// Reply.Err. Targets whose Login has the same Name share its secrets, which are fetched at most once, and a refused
// password, which is not sent again in this run.
func Run(ctx context.Context, targets []Target, o Options) []*capture.Capture {
	r := newRun(ctx, o, len(targets))
	defer r.end()
	captures := make([]*capture.Capture, len(targets))
	var group errgroup.Group
	group.SetLimit(r.Concurrency)
	for i := range targets {
		group.Go(func() error {
			captures[i] = r.target(&targets[i])
			return nil
		})
	}
	group.Wait()
	return captures
}

// A run is what the targets of one Run share.
type run struct {
	Options
	ctx   context.Context
	stop  context.CancelFunc
	total int
	hosts sync.WaitGroup // goroutines that keep jump hosts alive

	mu          sync.Mutex
	done        int
	credentials map[string]*credential
	knownHosts  map[string]*hostKeys
	hops        map[string]*hop
}

func newRun(ctx context.Context, o Options, total int) *run {
	o.Concurrency = max(1, cmp.Or(o.Concurrency, defaultConcurrency))
	o.MaxReply = cmp.Or(o.MaxReply, defaultMaxReply)
	o.Retries = max(0, cmp.Or(o.Retries, defaultRetries))
	o.Timeouts.Socket = cmp.Or(o.Timeouts.Socket, 5*time.Second)
	o.Timeouts.Handshake = cmp.Or(o.Timeouts.Handshake, 10*time.Second)
	o.Timeouts.Command = cmp.Or(o.Timeouts.Command, 30*time.Second)
	o.Timeouts.Device = cmp.Or(o.Timeouts.Device, 120*time.Second)
	o.ports[0], o.ports[1] = cmp.Or(o.ports[0], "22"), cmp.Or(o.ports[1], "830")
	r := &run{
		Options:     o,
		total:       total,
		credentials: map[string]*credential{},
		knownHosts:  map[string]*hostKeys{},
		hops:        map[string]*hop{},
	}
	if o.Timeouts.Overall > 0 {
		r.ctx, r.stop = context.WithTimeoutCause(ctx, o.Timeouts.Overall, errOverall)
	} else {
		r.ctx, r.stop = context.WithCancel(ctx)
	}
	return r
}

// The causes by which a context of ours ends.
var (
	errOverall   = errors.New("the time for the whole run is over")
	errDevice    = errors.New("the time for one device is over")
	errCommand   = errors.New("no answer in time")
	errHandshake = errors.New("no SSH login in time")
	errSocket    = errors.New("no connection in time")
)

// end closes what the targets shared.
func (r *run) end() {
	r.stop()
	for _, h := range r.hops {
		h.close()
	}
	r.hosts.Wait()
}

func (r *run) target(t *Target) (c *capture.Capture) {
	c = &capture.Capture{Device: t.Name, Platform: t.Plan.Platform, Started: time.Now()}
	r.tell(Event{Kind: Started, Device: t.Name})
	defer func() {
		if bug := recover(); bug != nil {
			c.Err = t.Name + ": " + printable(fmt.Sprintf("bug in uplinkcheck: %v; please report it: %s", bug, debug.Stack()), 900)
		}
		c.Finished = time.Now()
		r.tell(Event{Kind: Finished, Device: t.Name, Err: c.Err, Took: c.Finished.Sub(c.Started)})
	}()
	ctx, stop := context.WithTimeoutCause(r.ctx, r.Timeouts.Device, errDevice)
	defer stop()
	v := &visit{run: r, Target: t, ctx: ctx, capture: c, answered: map[string]bool{}}
	err := v.collect()
	v.hangUp()
	if ctx.Err() != nil && err != nil {
		err = v.overdue(ctx)
	}
	if err == nil {
		err = v.gaps()
	}
	if err != nil {
		c.Err = t.Name + ": " + printable(err.Error(), 900)
	}
	return c
}

// overdue says which of the deadlines around a device ended it.
func (v *visit) overdue(ctx context.Context) error {
	got := fmt.Sprintf("after %d replies", len(v.capture.Replies))
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errDevice):
		return failed(fmt.Sprintf("not finished within %v, %s", v.run.Timeouts.Device, got),
			"give it more time (--timeout), or see why it is slow")
	case errors.Is(cause, errOverall):
		return failed("not finished when the time for the whole run was over, "+got,
			"give the run more time or fewer devices")
	default:
		return failed("stopped before it was finished, "+got, "run again to collect it")
	}
}

// tell passes an event on, one at a time.
func (r *run) tell(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Kind == Finished {
		r.done++
	}
	e.Done, e.Total = r.done, r.total
	if r.Events != nil {
		r.Events(e)
	}
}

// A failure is why a device was not collected, and what to do about it.
type failure struct {
	what, next string
	again      bool // the network failed, not the device: worth another try
}

func failed(what, next string) *failure { return &failure{what: what, next: next} }

func (f *failure) Error() string { return f.what + "; " + f.next }

// printable makes device text harmless in a message of one line: control characters become spaces, runs of white space
// become one, and what is longer than limit bytes is cut.
func printable(s string, limit int) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "?"), func(c rune) bool {
		return c <= ' ' || c == 0x7f || (c >= 0x80 && c < 0xa0)
	}), " ")
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
