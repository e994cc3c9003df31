package lab

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A box is a set of namespaces, kept by a first process that does nothing but read its standard input. When that ends, because
// the box is stopped or because the process that started it is gone, the first process exits and the kernel kills all others
// in the box and removes its network.
type box struct {
	name  string
	cmd   *exec.Cmd // unshare, parent of the first process
	stdin io.Closer
	pid   int // of the first process

	networkOnly bool // whoever enters keeps his own files and processes
}

// nodeScript sets up a node, NAME [SOURCE TARGET]...: its name, its own /run and /sys, and the bind mounts. Its /root is empty:
// whatever this machine's root does at login is no part of the lab.
const nodeScript = `
hostname "$1"; shift
ip link set lo up
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
while [ $# -gt 0 ]; do
	mkdir -p "${2%/*}"; : >"$2"; mount --bind "$1" "$2"; shift 2
done
mount -t tmpfs -o mode=700 tmpfs /root
`

// panelScript makes the management network. LLDP and LACP never pass a Linux bridge, so links do not use one.
const panelScript = `
ip link set lo up
ip link add mgmt type bridge
ip link set mgmt up
`

func startBox(name, script string, args []string) (*box, error) {
	b := &box{name: name}
	b.cmd = exec.Command("unshare", append([]string{"--mount", "--uts", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
		"sh", "-eu", "-c", script + "echo ready; exec cat >/dev/null", name}, args...)...)
	var stderr bytes.Buffer
	b.cmd.Stderr = &stderr
	stdin, err := b.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	b.stdin = stdin
	stdout, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.cmd.Start(); err != nil {
		return nil, err
	}
	if line, _ := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		b.stop()
		return nil, fmt.Errorf("%s: namespaces: %s", name, strings.TrimSpace(stderr.String()))
	}
	children := fmt.Sprintf("/proc/%d/task/%[1]d/children", b.cmd.Process.Pid)
	text, err := os.ReadFile(children)
	if err == nil {
		b.pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	if err != nil {
		b.stop()
		return nil, fmt.Errorf("%s: %s: %w", name, children, err)
	}
	return b, nil
}

// enter returns nsenter's words for running something in the box.
func (b *box) enter() []string {
	words := []string{"-t", strconv.Itoa(b.pid), "-n"}
	if !b.networkOnly {
		words = append(words, "-m", "-u", "-p")
	}
	return append(words, "--")
}

// run runs a program in the box with env and a search path as its only environment, and returns its standard output.
func (b *box) run(ctx context.Context, stdin string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "nsenter", append(b.enter(), args...)...)
	cmd.Env = append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}, env...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = 2 * time.Second // a daemon may keep the output open
	if err := cmd.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return stdout.String(), fmt.Errorf("%s: %s: %w: %s", b.name, strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// stop ends everything in the box.
func (b *box) stop() {
	_ = b.stdin.Close()
	_ = b.cmd.Process.Kill() // unshare --kill-child takes the first process with it
	_ = b.cmd.Wait()
}

func (b *box) keeper() keeper { return keeper{b.cmd.Process.Pid, started(b.cmd.Process.Pid)} }

// started returns when a process started, in the kernel's ticks, "" when there is none.
func started(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// The second field is the program's name in brackets and may hold spaces; the start is the 22nd.
	_, rest, _ := strings.Cut(string(text), ") ")
	if fields := strings.Fields(rest); len(fields) > 19 {
		return fields[19]
	}
	return ""
}
