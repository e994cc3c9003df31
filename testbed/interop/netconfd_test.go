package interop

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/collect"
	"uplinkcheck/drivers/openconfig"
	"uplinkcheck/drivers/state"
)

// recordings of the driver, which the server is filled with.
const recordings = "../../drivers/openconfig/testdata/leaf"

// TestOpenConfigIsCollectedFromAServerOfOthers lets the collector log in to OpenSSH with netconfd behind it, in each version of the
// protocol, and reads from its answers what the driver reads from the recording that the server was filled with.
func TestOpenConfigIsCollectedFromAServerOfOthers(t *testing.T) {
	t.Parallel()
	need(t, "/usr/sbin/netconfd", "/usr/sbin/netconf-subsystem", "/usr/sbin/sshd")
	want := facts(t, recorded(t))
	for name, versions := range map[string]string{"base 1.0": "netconf1.0", "base 1.1": "netconf1.1", "both": "netconf1.0 netconf1.1", "through a jump host": "netconf1.1"} {
		t.Run(name, func(t *testing.T) {
			target := serve(t, versions)
			if name == "through a jump host" {
				target.Via = []collect.Endpoint{target.Endpoint} // OpenSSH connects it with itself
			}
			c := collect.Run(t.Context(), []collect.Target{target}, collect.Options{})[0]
			if c.Err != "" {
				t.Fatal(c.Err)
			}
			for _, r := range c.Replies {
				if !r.Usable() {
					t.Errorf("%s: %s", r.Command, r.Err)
				}
			}
			got := facts(t, c)
			for _, path := range slices.Sorted(maps.Keys(want)) {
				if got[path] != want[path] {
					t.Errorf("%s: got %q, want %q", path, got[path], want[path])
				}
			}
			if len(got) != len(want) || len(want) < 150 {
				t.Errorf("got %d facts, want %d", len(got), len(want))
			}
		})
	}
}

// facts are the facts of a capture by path.
func facts(t *testing.T, c *capture.Capture) map[string]string {
	t.Helper()
	s, err := openconfig.Driver.Parse(c)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	state.EachFact(s, func(path string, value reflect.Value, from capture.Span) {
		if from.Known() && value.IsValid() {
			out[path] = fmt.Sprint(value.Interface())
		}
	})
	return out
}

// answers are the recorded files and the commands that they answer.
func answers(t *testing.T) map[string]string {
	t.Helper()
	list, err := os.ReadFile(filepath.Join(recordings, "commands"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(list)) {
		file, command, _ := strings.Cut(strings.TrimSpace(line), "\t")
		data, err := os.ReadFile(filepath.Join(recordings, file))
		if err != nil {
			t.Fatal(err)
		}
		out[command] = string(data)
	}
	return out
}

func recorded(t *testing.T) *capture.Capture {
	c := &capture.Capture{Device: "leaf-o1"}
	for command, data := range answers(t) {
		c.Replies = append(c.Replies, &capture.Reply{Device: "leaf-o1", Command: command, Data: []byte(data), Complete: true})
	}
	return c
}

var (
	inData    = regexp.MustCompile(`(?s)<data>(.*)</data>`)
	inFDB     = regexp.MustCompile(`(?s)<fdb>.*</fdb>`)
	anyMember = regexp.MustCompile(`<member><state><interface>([^<]*)`)
)

// startup is the server's configuration: all recorded answers in one. Its lists need keys where those of the model have none, and what
// two requests answer of one network instance belongs together.
func startup(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	fdb := ""
	byCommand := answers(t)
	for _, command := range slices.Sorted(maps.Keys(byCommand)) {
		data := inData.FindStringSubmatch(byCommand[command])[1]
		if only := inFDB.FindString(data); only != "" {
			fdb = only
		} else {
			all.WriteString(data)
		}
	}
	text := anyMember.ReplaceAllString(all.String(), "<member><interface>$1</interface><state><interface>$1")
	text = strings.Replace(text, "</network-instance>", fdb+"</network-instance>", 1)
	return `<?xml version="1.0" encoding="UTF-8"?><config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">` + text + `</config>`
}

// serve starts netconfd with OpenSSH before it, and returns how to ask it.
func serve(t *testing.T, versions string) collect.Target {
	t.Helper()
	dir, err := os.MkdirTemp("", "uplinkcheck-") // a socket's name must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, port, socket := l.Addr().String(), l.Addr().(*net.TCPAddr).Port, filepath.Join(dir, "ncx.sock")
	write(t, filepath.Join(dir, "startup.xml"), startup(t))
	models, err := filepath.Abs("testdata/yang")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--modpath=" + models + ":/usr/share/yuma/modules", "--startup=" + filepath.Join(dir, "startup.xml"), "--home=" + dir,
		"--access-control=off", "--target=running", "--superuser=" + me.Username, "--log-level=warn", "--ncxserver-sockname=" + socket,
		fmt.Sprintf("--port=%d", port), "--protocols=" + versions}
	files, err := filepath.Glob(filepath.Join(models, "*.yang"))
	if err != nil || len(files) == 0 {
		t.Fatal("no models")
	}
	for _, f := range files {
		args = append(args, "--module="+strings.TrimSuffix(filepath.Base(f), ".yang"))
	}
	background(t, "/usr/sbin/netconfd", args...)
	eventually(t, "netconfd listens", func() bool { _, err := os.Stat(socket); return err == nil })

	host, login := newKey(t, filepath.Join(dir, "host_key")), newKey(t, filepath.Join(dir, "id_ed25519"))
	write(t, filepath.Join(dir, "known_hosts"), knownhosts.Line([]string{address}, host)+"\n")
	write(t, filepath.Join(dir, "authorized_keys"), string(ssh.MarshalAuthorizedKey(login)))
	write(t, filepath.Join(dir, "sshd_config"), fmt.Sprintf("HostKey %s/host_key\nAuthorizedKeysFile %s/authorized_keys\nPidFile none\n"+
		"StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"+
		"Subsystem netconf \"/usr/sbin/netconf-subsystem --ncxserver-sockname=%d@%s\"\n", dir, dir, port, socket))
	if me.Uid == "0" {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	inetd(t, l, "/usr/sbin/sshd", "-i", "-e", "-f", filepath.Join(dir, "sshd_config"))
	return collect.Target{Plan: collect.ForDriver(openconfig.Driver), Endpoint: collect.Endpoint{Name: "leaf-o1", Address: address,
		KnownHosts: filepath.Join(dir, "known_hosts"), Login: collect.Login{User: me.Username, Keys: []collect.Key{{Path: filepath.Join(dir, "id_ed25519")}}}}}
}

// inetd starts the program for each connection, which it gets as its standard input and output, until the test ends.
func inetd(t *testing.T, l net.Listener, program string, args ...string) {
	t.Helper()
	var running sync.WaitGroup
	t.Cleanup(func() {
		l.Close()
		running.Wait()
	})
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			end, err := conn.(*net.TCPConn).File()
			conn.Close()
			if err != nil {
				t.Error(err)
				return
			}
			var errs bytes.Buffer
			c := exec.CommandContext(t.Context(), program, args...)
			c.Stdin, c.Stdout, c.Stderr, c.WaitDelay = end, end, &errs, time.Second
			running.Go(func() {
				c.Run() // it ends with an error whenever a client hangs up
				end.Close()
				if t.Failed() {
					t.Logf("%s printed:\n%s", filepath.Base(program), errs.String())
				}
			})
		}
	})
}
