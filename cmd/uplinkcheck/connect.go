package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/collect"
	"uplinkcheck/inventory"
	"uplinkcheck/verify/audit"
)

// collectFlags are shared by all commands that log in to devices.
type collectFlags struct {
	concurrency int
	timeout     time.Duration
	knownHosts  string
	samples     int
	interval    time.Duration

	needed func(drivers.Group) bool // commands of which groups are asked; nil: of all
}

func (f *collectFlags) add(c *cobra.Command) {
	fl := c.Flags()
	fl.IntVar(&f.concurrency, "concurrency", 32, "devices asked at once")
	fl.DurationVar(&f.timeout, "timeout", 2*time.Minute, "time for all commands of one device")
	fl.StringVar(&f.knownHosts, "known-hosts", "", "known_hosts file (default ~/.ssh/known_hosts)")
	fl.IntVar(&f.samples, "samples", 0, "1: ask each device once; 2: ask all a second time; absent: those whose LACP state may be passing")
	fl.DurationVar(&f.interval, "interval", 4*time.Second, "time between the two samples")
}

// check refuses numbers that would ask nobody, or without end.
func (f *collectFlags) check() error {
	switch {
	case f.concurrency < 1:
		return fmt.Errorf("--concurrency %d: ask at least 1 device at once", f.concurrency)
	case f.timeout <= 0:
		return fmt.Errorf("--timeout %s: give a device some time, such as 2m", f.timeout)
	case f.samples < 0 || f.samples > 2:
		return fmt.Errorf("--samples %d: 1 or 2", f.samples)
	case f.interval < 0:
		return fmt.Errorf("--interval %s: time does not run backwards; try 4s", f.interval)
	}
	return nil
}

// run asks the targets and shows how far it is.
func (f collectFlags) run(ctx context.Context, stderr io.Writer, targets []collect.Target, verbose bool) []*capture.Capture {
	p := newProgress(stderr, verbose)
	defer p.end()
	return collect.Run(ctx, targets, collect.Options{
		Concurrency: f.concurrency,
		Timeouts:    collect.Timeouts{Device: f.timeout},
		Events:      p.event,
	})
}

// targetsOf lists every switch, and every host that is asked, with how to reach it. What nobody here can ask is
// returned as a capture that says so: it costs its own facts and no other's.
func targetsOf(inv *inventory.Inventory, f collectFlags) (targets []collect.Target, unasked []*capture.Capture, err error) {
	refuse := func(name, what, word string, known []string) {
		unasked = append(unasked, &capture.Capture{Device: name, Platform: word, Err: fmt.Sprintf(
			"%s: no %s %q here; it was not asked; choose one of %s", name, what, word, strings.Join(known, ", "))})
	}
	for _, s := range inv.Switches {
		t, err := targetOf(inv, f, s.Name, s.Login)
		if err != nil {
			return nil, nil, err
		}
		d := audit.Driver(s.Platform)
		if d == nil {
			refuse(s.Name, "platform", s.Platform, audit.Platforms())
			continue
		}
		t.Plan = collect.ForDriver(d)
		if f.needed != nil {
			t.Plan = t.Plan.Only(f.needed)
		}
		targets = append(targets, t)
	}
	for _, h := range inv.Hosts {
		if h.Source == "" || h.Source == "declared" {
			continue // there is nobody to ask
		}
		t, err := targetOf(inv, f, h.Name, h.Login)
		if err != nil {
			return nil, nil, err
		}
		s := audit.Source(h.Source)
		if s == nil {
			refuse(h.Name, "source", h.Source, audit.Sources())
			continue
		}
		t.Plan = collect.ForShell(s.Name, s.Privileges, s.Commands, s.Refusal)
		targets = append(targets, t)
	}
	return targets, unasked, nil
}

func targetOf(inv *inventory.Inventory, f collectFlags, name string, l inventory.Login) (collect.Target, error) {
	t := collect.Target{Endpoint: endpoint(inv, f, name, l), Sudo: l.Sudo}
	via, err := hops(inv, f, name, l, nil)
	t.Via = via
	return t, err
}

func endpoint(inv *inventory.Inventory, f collectFlags, name string, l inventory.Login) collect.Endpoint {
	return collect.Endpoint{Name: name, Address: cmp.Or(l.Address, name), Login: login(inv, l.Credential),
		KnownHosts: cmp.Or(l.KnownHosts, f.knownHosts), Legacy: l.Legacy}
}

// hops resolves what to pass through: entries of the inventory, each with its own hops before it, or [user@]host[:port].
func hops(inv *inventory.Inventory, f collectFlags, name string, l inventory.Login, behind []string) (out []collect.Endpoint, err error) {
	if slices.Contains(behind, name) {
		return nil, fmt.Errorf("%s: via: leads back to %s: remove one of the two", behind[0], name)
	}
	for _, hop := range l.Via {
		entry, ok := entryLogin(inv, hop)
		if !ok {
			user, address, found := strings.Cut(hop, "@")
			if !found {
				user, address = "", hop
			}
			e := endpoint(inv, f, hop, inventory.Login{Address: address, Credential: l.Credential})
			e.Login.User = cmp.Or(user, e.Login.User)
			out = append(out, e)
			continue
		}
		before, err := hops(inv, f, hop, entry, append(behind, name))
		if err != nil {
			return nil, err
		}
		out = append(append(out, before...), endpoint(inv, f, hop, entry))
	}
	return out, nil
}

func entryLogin(inv *inventory.Inventory, name string) (inventory.Login, bool) {
	for _, s := range inv.Switches {
		if s.Name == name {
			return s.Login, true
		}
	}
	for _, h := range inv.Hosts {
		if h.Name == name {
			return h.Login, true
		}
	}
	return inventory.Login{}, false
}

// login turns a credential into what collect needs. Without any credential it is that of the ssh program: the local user
// and the ssh-agent.
func login(inv *inventory.Inventory, name string) collect.Login {
	name = cmp.Or(name, "default")
	for _, c := range inv.Credentials {
		if c.Name != name {
			continue
		}
		l := collect.Login{Name: name, User: cmp.Or(c.Username, os.Getenv("USER")), Password: fetch(c.Password), Enable: fetch(c.Enable),
			Agent: c.Agent || c.Password.IsZero() && len(c.Keys) == 0}
		for _, k := range c.Keys {
			l.Keys = append(l.Keys, collect.Key{Path: k.File, Passphrase: fetch(k.Passphrase)})
		}
		return l
	}
	return collect.Login{Name: name, User: os.Getenv("USER"), Agent: true}
}

// fetch returns the function that gets a secret from its place, nil when there is none.
func fetch(s inventory.Secret) func() (string, error) {
	switch {
	case s.Literal != "": // a lab's published default, never one from an inventory file
		return func() (string, error) { return s.Literal, nil }
	case s.Env != "":
		return func() (string, error) {
			v, ok := os.LookupEnv(s.Env)
			if !ok {
				return "", fmt.Errorf("the environment variable %s is not set: set it to the password", s.Env)
			}
			return v, nil
		}
	case s.File != "":
		return func() (string, error) { return secretFile(s.File) }
	case len(s.Command) > 0:
		return func() (string, error) { return secretCommand(s.Command) }
	}
	return nil
}

func secretFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the password file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("others may read the password file %s: chmod 600 %s", path, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the password file: %w", err)
	}
	defer f.Close()
	return firstLine(f, path)
}

func secretCommand(args []string) (string, error) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("the password command %s failed: %w", args[0], err)
	}
	return firstLine(bytes.NewReader(out), args[0])
}

func firstLine(r io.Reader, name string) (string, error) {
	s := bufio.NewScanner(io.LimitReader(r, 64<<10))
	if !s.Scan() || s.Text() == "" {
		return "", fmt.Errorf("%s gives no password: its first line is empty", name)
	}
	return s.Text(), nil
}

// chosen returns the targets of these names.
func chosen(targets []collect.Target, names []string) (out []collect.Target) {
	for _, t := range targets {
		if slices.Contains(names, t.Name) {
			out = append(out, t)
		}
	}
	return out
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
