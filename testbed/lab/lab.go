package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Lab is a running lab. Its methods may be called from several goroutines.
type Lab struct {
	Topology *Topology
	File     string // copy of the topology file in the lab's directory, with the keys to log in beside it

	dir, sources, clab string // where the lab's files are, the topology's, and the keys
	panel              *box   // patch panel and management network

	mu     sync.Mutex
	nodes  map[string]*box // by name; a node without power has none
	cables map[End]End     // what is plugged, each cable in both directions
	deaf   map[End]bool

	machines map[string]bool // nodes in whose place a virtual machine runs
}

// Missing says what this machine lacks to run a lab, "" when nothing.
func Missing() string {
	if runtime.GOOS != "linux" {
		return "the live lab needs Linux"
	}
	if os.Geteuid() != 0 {
		return "the live lab needs root: it makes network namespaces"
	}
	for program, from := range map[string]string{
		"ovs-vswitchd": "openvswitch-switch", "lldpd": "lldpd", "sshd": "openssh-server", "ip": "iproute2", "tc": "iproute2",
		"unshare": "util-linux", "nsenter": "util-linux",
	} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("the live lab needs %s: apt-get install %s", program, from)
		}
	}
	if out, err := exec.Command("unshare", "--mount", "--uts", "--net", "--pid", "--fork", "true").CombinedOutput(); err != nil {
		return fmt.Sprintf("the live lab needs to make namespaces: unshare: %s", strings.TrimSpace(string(out)))
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		return "the live lab needs /dev/net/tun: Open vSwitch's userspace datapath makes its internal ports from it"
	}
	return ""
}

// Up starts the topology's nodes, cables them and configures them as their exec lines say. It returns once the nodes
// are configured; WaitConverged waits for LACP and LLDP. dir, made when absent, keeps the lab's files and must hold no other
// running lab. The lab ends with Down, or with this process.
func Up(ctx context.Context, dir, topologyFile string) (*Lab, error) {
	if lacks := Missing(); lacks != "" {
		return nil, errors.New(lacks)
	}
	if err := Clean(dir); err != nil {
		return nil, err
	}
	t, err := ReadTopology(topologyFile)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(topologyFile)
	if err != nil {
		return nil, err
	}
	clab, err := WriteKeys(dir, t)
	if err != nil {
		return nil, err
	}
	l := &Lab{Topology: t, File: filepath.Join(dir, "containerlab.yml"), dir: dir, sources: filepath.Dir(topologyFile), clab: clab,
		nodes: map[string]*box{}, cables: map[End]End{}, deaf: map[End]bool{}, machines: map[string]bool{}}
	if err := os.WriteFile(l.File, text, 0o644); err != nil {
		return nil, err
	}
	if err := l.start(ctx); err != nil {
		return nil, errors.Join(err, l.Down())
	}
	return l, nil
}

func (l *Lab) start(ctx context.Context) error {
	var err error
	if l.panel, err = startBox("panel", panelScript, nil); err != nil {
		return err
	}
	l.panel.networkOnly = true
	if err := l.startNodes(l.Topology.Nodes); err != nil {
		return err
	}
	mgmt := fmt.Sprintf("address add %s/%d dev mgmt\n", l.Topology.Mgmt.Addr().Next(), l.Topology.Mgmt.Bits())
	if _, err := l.panel.run(ctx, mgmt, nil, "ip", "-batch", "-"); err != nil {
		return err
	}
	if err := l.wire(ctx, l.Topology.Nodes); err != nil {
		return err
	}
	if err := l.Rewire(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, n := range l.Topology.Nodes {
		g.Go(func() error { return l.configure(ctx, n) })
	}
	return g.Wait()
}

func (l *Lab) startNodes(nodes []Node) error {
	var g errgroup.Group
	for _, n := range nodes {
		binds, err := n.bindArguments(l.sources, l.clab)
		if err != nil {
			return err
		}
		g.Go(func() error {
			b, err := startBox(n.Name, nodeScript, append([]string{n.Name}, binds...))
			if err != nil {
				return err
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			l.nodes[n.Name] = b
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return l.writePIDs()
}

// bindArguments returns source and target of each bind in turn. Containers have a file system of their own; a node's only one
// is /run, so targets must be there.
func (n Node) bindArguments(sources, clab string) ([]string, error) {
	var out []string
	replace := strings.NewReplacer("__clabNodeDir__", filepath.Join(clab, n.Name), "__clabDir__", clab)
	for _, bind := range n.Binds {
		parts := strings.Split(replace.Replace(bind), ":")
		if len(parts) < 2 || !strings.HasPrefix(parts[1], "/run/") {
			return nil, fmt.Errorf("node %s: bind %q: the target must be below /run", n.Name, bind)
		}
		source := parts[0]
		if !filepath.IsAbs(source) {
			source = filepath.Join(sources, source)
		}
		source, err := filepath.Abs(source)
		if err != nil {
			return nil, err
		}
		out = append(out, source, parts[1])
	}
	return out, nil
}

// wire makes the ports of the nodes, to which nothing is plugged yet.
func (l *Lab) wire(ctx context.Context, nodes []Node) error {
	var ports, filters strings.Builder
	for _, n := range nodes {
		pid := l.box(n.Name).pid
		mgmt := End{n.Name, "eth0"}.panelPort()
		fmt.Fprintf(&ports, "link add %s type veth peer name eth0 address %s netns %d\nlink set %s master mgmt up\n", mgmt, dockerMAC(n.Address), pid, mgmt)
		for _, e := range l.Topology.Ends(n.Name) {
			port := e.panelPort()
			fmt.Fprintf(&ports, "link add %s type veth peer name %s netns %d\n", port, e.Port, pid)
			fmt.Fprintf(&filters, "qdisc add dev %s clsact\n", port)
		}
	}
	if _, err := l.panel.run(ctx, ports.String(), nil, "ip", "-batch", "-"); err != nil {
		return err
	}
	_, err := l.panel.run(ctx, filters.String(), nil, "tc", "-batch", "-")
	return err
}

// dockerMAC is what Docker gives to the port with that address: a node that was away comes back with the address that others remember.
func dockerMAC(a netip.Addr) string {
	b := a.As4()
	return fmt.Sprintf("02:42:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3])
}

// box returns the namespaces of a node, nil when there is no such node or it has no power.
func (l *Lab) box(node string) *box {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.nodes[node]
}

// configure gives a node its management address and runs its exec lines with its environment, as containerlab does.
func (l *Lab) configure(ctx context.Context, n Node) error {
	b := l.box(n.Name)
	mgmt := fmt.Sprintf("address add %s/%d dev eth0\nlink set eth0 up\n", n.Address, l.Topology.Mgmt.Bits())
	if _, err := b.run(ctx, mgmt, nil, "ip", "-batch", "-"); err != nil {
		return err
	}
	var env []string
	for k, v := range n.Env {
		env = append(env, k+"="+v)
	}
	for _, line := range n.Exec {
		if _, err := b.run(ctx, "", env, strings.Fields(line)...); err != nil {
			return err
		}
	}
	return nil
}

// Exec runs a program in a node and returns what it printed. An error says what the program printed as an error.
func (l *Lab) Exec(ctx context.Context, node string, args ...string) (string, error) {
	b := l.box(node)
	if b == nil {
		return "", fmt.Errorf("no node %s, or it has no power", node)
	}
	return b.run(ctx, "", nil, args...)
}

// Command prepares a program that runs on this machine as it is, but inside the management network: the place of the
// operator.
func (l *Lab) Command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "nsenter", append(l.panel.enter(), args...)...)
}

// Shell returns the words before a command that run it in a node, or in the management network when node is "".
func (l *Lab) Shell(node string) string {
	if b := l.box(node); b != nil {
		return "nsenter " + strings.Join(b.enter(), " ")
	}
	return "nsenter " + strings.Join(l.panel.enter(), " ")
}

// Down ends the lab. Its files stay, for looking at logs; a second call does nothing.
func (l *Lab) Down() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.nodes {
		b.stop()
	}
	l.nodes = nil
	if l.panel != nil {
		l.panel.stop()
		l.panel = nil
	}
	return removePIDs(l.dir)
}

// keeper is a process that keeps namespaces. Its start time tells it from a later process with the same number.
type keeper struct {
	PID   int
	Start string
}

func (l *Lab) writePIDs() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	keepers := []keeper{l.panel.keeper()}
	for _, b := range l.nodes {
		keepers = append(keepers, b.keeper())
	}
	text, err := json.Marshal(keepers)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(l.dir, "pids.json"), text, 0o644)
}

func removePIDs(dir string) error {
	if err := os.Remove(filepath.Join(dir, "pids.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Clean ends what a lab in dir may have left running. A lab ends with the process that called Up, even when that was killed;
// Clean is for a lab whose process lives and does not answer. No lab in dir is no error.
func Clean(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "pids.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var keepers []keeper
	if err := json.Unmarshal(text, &keepers); err != nil {
		return fmt.Errorf("%s: pids.json: %w", dir, err)
	}
	for _, k := range keepers {
		if started(k.PID) != k.Start {
			continue
		}
		if p, err := os.FindProcess(k.PID); err == nil {
			_ = p.Kill()
		}
	}
	return removePIDs(dir)
}

// poll calls done until it says true or ctx ends.
func poll(ctx context.Context, done func() bool) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
