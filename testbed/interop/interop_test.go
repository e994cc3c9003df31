// Package interop holds what we speak against programs that nobody here wrote: the OpenConfig driver against a NETCONF server behind
// OpenSSH, and the simulated devices against the clients that people use. All of it is on loopback.
package interop

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// packages are the Debian packages of what is run, programs by path and modules of Python by name.
var packages = map[string]string{
	"/usr/sbin/netconfd": "netconfd", "/usr/sbin/netconf-subsystem": "netconfd", "/usr/bin/yangcli": "yangcli", "/usr/bin/script": "bsdutils",
	"/usr/sbin/sshd": "openssh-server", "/usr/bin/ssh": "openssh-client", "ncclient": "python3-ncclient", "netmiko": "python3-netmiko",
}

// need skips the test where something is not installed, and says so; with UPLINKCHECK_LAB=require it fails instead.
func need(t *testing.T, what ...string) {
	t.Helper()
	for _, w := range what {
		var err error
		if filepath.IsAbs(w) {
			_, err = os.Stat(w)
		} else {
			err = exec.Command("/usr/bin/python3", "-c", "import "+w).Run()
		}
		switch {
		case err == nil:
		case os.Getenv("UPLINKCHECK_LAB") == "require":
			t.Fatalf("OTHER PEOPLE'S PROGRAMS REQUIRED, BUT: %s is missing; apt-get install %s", w, packages[w])
		default:
			t.Skipf("NOT TESTED AGAINST OTHER PEOPLE'S PROGRAMS: %s is missing; apt-get install %s (UPLINKCHECK_LAB=require makes this a failure)", w, packages[w])
		}
	}
}

// run runs a program to its end and returns what it printed to standard output. It must end well within a minute.
func run(t *testing.T, stdin string, env []string, program string, args ...string) (stdout string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	c := exec.CommandContext(ctx, program, args...)
	c.Stdin, c.Stdout, c.Stderr, c.Env = strings.NewReader(stdin), &out, &errs, append(os.Environ(), env...)
	c.WaitDelay = time.Second
	if err := c.Run(); err != nil {
		return out.String(), fmt.Errorf("%s: %w: %s", filepath.Base(program), err, errs.String())
	}
	return out.String(), nil
}

// python runs one of the scripts with arguments as JSON, and reads its answer.
func python(t *testing.T, home, script string, args map[string]any, answer any) {
	t.Helper()
	in, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	out, err := run(t, string(in), []string{"HOME=" + home}, "/usr/bin/python3", "testdata/"+script)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(out), answer); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
}

// background starts a program that runs until the test ends; what it printed is logged when the test failed.
func background(t *testing.T, program string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	c := exec.Command(program, args...)
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
		if t.Failed() {
			t.Logf("%s printed:\n%s", filepath.Base(program), out.String())
		}
	})
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 15 s", what)
		}
	}
}

func portOf(t *testing.T, address string) int {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return a.Port
}

// newKey writes a private key and returns the public one.
func newKey(t *testing.T, path string) ssh.PublicKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	public, err := ssh.NewPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(pem.EncodeToMemory(block)))
	return public
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
