package interop

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/testbed"
	"uplinkcheck/testbed/device"
	"uplinkcheck/testbed/model"
	eos "uplinkcheck/testbed/personality/arista_eos"
	iosxe "uplinkcheck/testbed/personality/cisco_iosxe"
	nxos "uplinkcheck/testbed/personality/cisco_nxos"
	junos "uplinkcheck/testbed/personality/juniper_junos"
)

// leaf is the first switch of a scenario.
func leaf(t *testing.T, scenario string) *model.Switch {
	t.Helper()
	s, err := testbed.Load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	return s.Fabric.Switches[0]
}

// start starts a device that the test's home trusts. Tests have no agent and no keys of their own.
func start(t *testing.T, home string, c device.Config) *device.Device {
	t.Helper()
	c.Name, c.Users = "leaf1", map[string]string{testbed.Username: testbed.Password}
	d, err := device.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	path := filepath.Join(home, ".ssh", "known_hosts")
	known, _ := os.ReadFile(path) // the first one makes it
	write(t, path, string(known)+d.KnownHostsLine()+"\n")
	return d
}

// framings are the ways in which the device may speak NETCONF.
var framings = map[string]device.Framing{
	"both versions": {}, "base 1.0": {Only10: true}, "base 1.1": {Only11: true}, "small chunks": {Chunk: 7}, "CR LF": {CRLF: true, Only10: true},
}

// netconf is a device that answers as Junos does.
func netconf(t *testing.T, home string, s *model.Switch, f device.Framing) *device.Device {
	return start(t, home, device.Config{Framing: f, NETCONF: func(rpc string) string { text, _ := junos.Personality.Switch(s, rpc); return string(text) }})
}

func TestNCClientReadsTheFleet(t *testing.T) {
	t.Parallel()
	need(t, "ncclient")
	s := leaf(t, "junos-pair")
	for name, f := range framings {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			d := netconf(t, home, s, f)
			for _, kind := range []string{"default", "junos"} {
				var got struct{ Capabilities, Replies, Errors []string }
				python(t, home, "ncclient_get.py", map[string]any{"port": portOf(t, d.Addr()), "user": testbed.Username, "password": testbed.Password, "device": kind,
					"rpcs": []string{"<get-software-information/>", "<get-interface-information/>", "<get-nothing-of-the-kind/>"}}, &got)
				if len(got.Replies) != 2 || !strings.Contains(got.Replies[0], "<host-name>"+s.Hostname+"</host-name>") || !strings.Contains(got.Replies[1], s.Ports[0].Name) {
					t.Errorf("%s: got %.300q", kind, got.Replies)
				}
				if len(got.Errors) != 1 || !strings.Contains(got.Errors[0], "syntax error") {
					t.Errorf("%s: got errors %q", kind, got.Errors)
				}
				if offers := slices.Contains(got.Capabilities, "urn:ietf:params:netconf:base:1.0"); offers == f.Only11 {
					t.Errorf("%s: got capabilities %q", kind, got.Capabilities)
				}
			}
		})
	}
}

func TestYangcliReadsTheFleet(t *testing.T) {
	t.Parallel()
	need(t, "/usr/bin/yangcli", "/usr/bin/script")
	s := leaf(t, "junos-pair")
	models, err := filepath.Abs("testdata/rpc")
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"netconf1.0", "netconf1.1"} {
		t.Run(version, func(t *testing.T) {
			home := t.TempDir()
			d := netconf(t, home, s, device.Framing{})
			for rpc, want := range map[string]string{"get-software-information": "host-name " + s.Hostname, "get-nothing-of-the-kind": "error-message 'syntax error'"} {
				line := fmt.Sprintf("exec yangcli --server=127.0.0.1 --ncport=%d --user=%s --password=%s --autoload=false --autouservars=false --autoaliases=false --autohistory=false --batch-mode --protocols=%s "+
					"--modpath=%s:/usr/share/yuma/modules --module=junos-rpc --run-command=%s", portOf(t, d.Addr()), testbed.Username, testbed.Password, version, models, rpc)
				out, err := run(t, "", []string{"HOME=" + home}, "/usr/bin/script", "-qec", line, "/dev/null") // it wants a terminal
				if err != nil || !strings.Contains(out, want) {
					t.Errorf("%s: %v, no %q in\n%s", rpc, err, want, out)
				}
			}
		})
	}
}

// cli answers command lines as a personality does.
func cli(p model.Personality, s *model.Switch) func(string) ([]byte, int) {
	return func(line string) ([]byte, int) {
		if text, ok := p.Switch(s, line); ok {
			return text, 0
		}
		return []byte("% Invalid input\n"), 1
	}
}

// printed is what a personality prints, with one way of ending lines, and without blanks at the ends.
func printed(p model.Personality, s *model.Switch, line string) string {
	text, _ := p.Switch(s, line)
	return plain(string(text))
}

func plain(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r", "")) }

func TestNetmikoReadsTheFleet(t *testing.T) {
	t.Parallel()
	need(t, "netmiko")
	tests := []struct {
		kind, scenario, prompt string
		personality            model.Personality
		shell                  device.Shell
		commands               []string
	}{
		{"arista_eos", "mlag-pair", "%s>", eos.Personality, device.Shell{Setup: []string{"terminal length 0", "terminal width 511", "terminal width 32767"}, Enable: "enable"},
			[]string{"show version", "show port-channel summary", "show interfaces | json"}},
		{"cisco_nxos", "vpc-pair", "%s#", nxos.Personality, device.Shell{Setup: []string{"terminal length 0", "terminal width 511"}},
			[]string{"show version | json", "show feature", "show lacp neighbor"}},
		{"cisco_ios", "iosxe-stack", "%s#", iosxe.Personality, device.Shell{Setup: []string{"terminal length 0", "terminal width 511"}},
			[]string{"show version", "show etherchannel summary"}},
		{"cisco_xe", "iosxe-stack", "%s#", iosxe.Personality, device.Shell{Setup: []string{"terminal length 0", "terminal width 511"}},
			[]string{"show interfaces switchport", "show vlan"}},
		{"juniper_junos", "junos-pair", "netops@%s>", junos.Personality, device.Shell{Setup: []string{"set cli screen-length 0", "set cli screen-width 511",
			"set cli complete-on-space off"}}, []string{"show version | display xml | no-more", "show lacp interfaces extensive | display xml | no-more"}},
	}
	for _, test := range tests {
		t.Run(test.kind, func(t *testing.T) {
			t.Parallel() // it waits a lot
			home, s := t.TempDir(), leaf(t, test.scenario)
			prompt := fmt.Sprintf(test.prompt, s.Hostname)
			test.shell.Prompt, test.shell.Pager = prompt+" ", true
			d := start(t, home, device.Config{Hostname: s.Hostname, Shell: &test.shell, Exec: cli(test.personality, s)})
			var got struct {
				Prompt  string
				Replies []string
			}
			python(t, home, "netmiko_show.py", map[string]any{"port": portOf(t, d.Addr()), "user": testbed.Username, "password": testbed.Password, "type": test.kind,
				"known_hosts": filepath.Join(home, ".ssh", "known_hosts"), "commands": test.commands}, &got)
			if got.Prompt != prompt {
				t.Errorf("prompt: got %q, want %q", got.Prompt, prompt)
			}
			for i, line := range test.commands {
				if want := printed(test.personality, s, line); plain(got.Replies[i]) != want {
					t.Errorf("%s: got\n%.400q\nwant\n%.400q", line, got.Replies[i], want)
				}
			}
		})
	}
}

// openssh runs OpenSSH's client without anybody's configuration; the password comes from a program, as it does from people's.
func openssh(t *testing.T, home, stdin string, args ...string) (string, error) {
	t.Helper()
	ask := filepath.Join(home, "askpass")
	write(t, ask, "#!/bin/sh\necho "+testbed.Password+"\n")
	if err := os.Chmod(ask, 0o700); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(home, "config")
	write(t, config, "Host *\n  User "+testbed.Username+"\n  UserKnownHostsFile "+filepath.Join(home, ".ssh", "known_hosts")+
		"\n  GlobalKnownHostsFile none\n  StrictHostKeyChecking yes\n  PubkeyAuthentication no\n  NumberOfPasswordPrompts 1\n")
	return run(t, stdin, []string{"SSH_ASKPASS=" + ask, "SSH_ASKPASS_REQUIRE=force", "DISPLAY=none"}, "/usr/bin/ssh", append([]string{"-F", config}, args...)...)
}

func TestOpenSSHLogsInToTheFleet(t *testing.T) {
	t.Parallel()
	need(t, "/usr/bin/ssh")
	home, s := t.TempDir(), leaf(t, "mlag-pair")
	j := leaf(t, "junos-pair")
	d := start(t, home, device.Config{Hostname: s.Hostname, Shell: &device.Shell{Setup: []string{"terminal length 0"}}, Exec: cli(eos.Personality, s),
		NETCONF: func(rpc string) string { text, _ := junos.Personality.Switch(j, rpc); return string(text) }})
	bastion := start(t, home, device.Config{Jump: true})
	port, hop := fmt.Sprint(portOf(t, d.Addr())), fmt.Sprintf("127.0.0.1:%d", portOf(t, bastion.Addr()))

	t.Run("exec", func(t *testing.T) {
		for _, line := range []string{"show version", "show interfaces | json", "show lldp neighbors detail | json"} {
			if out, err := openssh(t, home, "", "-p", port, "127.0.0.1", line); err != nil || plain(out) != printed(eos.Personality, s, line) {
				t.Errorf("%s: %v, got %.300q", line, err, out)
			}
		}
		_, err := openssh(t, home, "", "-p", port, "127.0.0.1", "reload")
		if failed := (*exec.ExitError)(nil); !errors.As(err, &failed) || failed.ExitCode() != 1 || !strings.Contains(err.Error(), "% Invalid input") {
			t.Errorf("a refused line: %v, want exit status 1 and the words of refusal", err)
		}
	})
	t.Run("shell", func(t *testing.T) {
		out, err := openssh(t, home, "terminal length 0\nshow version\nexit\n", "-tt", "-p", port, "127.0.0.1")
		if want := printed(eos.Personality, s, "show version"); err != nil || !strings.Contains(plain(out), want) || !strings.Contains(out, s.Hostname+">") {
			t.Errorf("%v, got %q, want within it %q", err, out, want)
		}
	})
	t.Run("NETCONF subsystem", func(t *testing.T) {
		const end = "]]>]]>"
		out, err := openssh(t, home, `<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities><capability>urn:ietf:params:netconf:base:1.0</capability></capabilities></hello>`+
			end+`<rpc message-id="7" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><get-software-information/></rpc>`+end, "-s", "-p", port, "127.0.0.1", "netconf")
		if parts := strings.Split(out, end); len(parts) != 3 || !strings.Contains(parts[1], `message-id="7"`) || !strings.Contains(parts[1], "<host-name>"+j.Hostname+"<") {
			t.Errorf("%v, got %q", err, out)
		}
	})
	t.Run("through a jump host", func(t *testing.T) {
		line := "show hostname | json"
		if out, err := openssh(t, home, "", "-J", hop, "-p", port, "127.0.0.1", line); err != nil || plain(out) != printed(eos.Personality, s, line) {
			t.Errorf("%v, got %q", err, out)
		}
		if want := "direct-tcpip 127.0.0.1:" + port; !slices.Contains(bastion.Asked(), want) {
			t.Errorf("the jump host was asked %q, want %q among it", bastion.Asked(), want)
		}
	})
	t.Run("a key that is not known", func(t *testing.T) {
		write(t, filepath.Join(home, ".ssh", "known_hosts"), "")
		if out, err := openssh(t, home, "", "-p", port, "127.0.0.1", "show version"); err == nil || !strings.Contains(err.Error(), "Host key verification failed") {
			t.Errorf("%v, got %q", err, out)
		}
	})
}
