package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"uplinkcheck/drivers/collect"
)

// progress is one line on a terminal, redrawn each second and as devices finish, with the rate, the slowest device and the time left;
// failures scroll above it. Elsewhere it is silent, or with verbose a line for each command and device.
type progress struct {
	w       io.Writer
	width   int
	verbose bool
	started time.Time
	stop    chan struct{} // closed by end

	mu          sync.Mutex
	busy        map[string]time.Time
	done, total int
}

func newProgress(w io.Writer, verbose bool) *progress {
	p := &progress{w: w, width: terminalWidth(w), verbose: verbose, started: time.Now(), stop: make(chan struct{}), busy: map[string]time.Time{}}
	if p.width > 0 {
		go p.tick()
	}
	return p
}

// tick redraws while nothing happens: that is when a person wants to know which device it waits for.
func (p *progress) tick() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-t.C:
			p.mu.Lock()
			select {
			case <-p.stop: // the last state is on the screen
			default:
				p.draw()
			}
			p.mu.Unlock()
		}
	}
}

// event is called by collect, one event at a time.
func (p *progress) event(e collect.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = e.Done, e.Total
	switch e.Kind {
	case collect.Started:
		p.busy[e.Device] = time.Now()
	case collect.Replied:
		if p.verbose {
			p.clear()
			fmt.Fprintf(p.w, "uplinkcheck: %s: %s: %s\n", e.Device, printable(e.Command), cmp.Or(printable(e.Err), e.Took.Round(time.Millisecond).String()))
		}
	case collect.Finished:
		delete(p.busy, e.Device)
		p.clear()
		switch {
		case e.Err != "" && (p.width > 0 || p.verbose):
			fmt.Fprintf(p.w, "uplinkcheck: %s\n", printable(e.Err))
		case p.verbose:
			fmt.Fprintf(p.w, "uplinkcheck: %s: collected in %s\n", e.Device, e.Took.Round(time.Millisecond))
		}
	}
	if p.width > 0 {
		p.draw()
	}
}

func (p *progress) draw() {
	spent, done, total := time.Since(p.started), p.done, p.total
	line := fmt.Sprintf("collecting  %d/%d devices  %.1f s", done, total, spent.Seconds())
	if name, since := p.slowest(); name != "" && time.Since(since) > time.Second {
		line += fmt.Sprintf("  slowest: %s (%d s)", name, int(time.Since(since).Seconds()))
	}
	if done > 0 && done < total && spent > 2*time.Second {
		line += fmt.Sprintf("  left about %d s", int((spent/time.Duration(done)*time.Duration(total-done)).Seconds())+1)
	}
	if len(line) >= p.width {
		line = line[:p.width-1]
	}
	fmt.Fprintf(p.w, "\r%s%s", line, strings.Repeat(" ", p.width-1-len(line)))
}

func (p *progress) slowest() (name string, since time.Time) {
	for n, t := range p.busy {
		if name == "" || t.Before(since) {
			name, since = n, t
		}
	}
	return name, since
}

func (p *progress) clear() {
	if p.width > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.width-1))
	}
}

// end leaves the last state on the screen.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.stop)
	if p.width > 0 {
		fmt.Fprintln(p.w)
	}
}
