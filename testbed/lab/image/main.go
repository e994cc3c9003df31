// Image prepares what `containerlab deploy` needs for the containerlab.yml in the working directory: a container image of
// this Debian machine's own openvswitch-switch, lldpd, openssh-server and iproute2, and the keys to log in with.
//
//	sudo go run ./testbed/lab/image uplinkcheck/lab:1
//
// Nothing is downloaded; the image takes a second and 90 MB.
package main

import (
	"archive/tar"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"uplinkcheck/testbed/lab"
)

// programs are what the nodes run, and what a person wants who looks around in them.
var programs = strings.Fields(`
	ovs-vswitchd ovsdb-server ovsdb-tool ovsdb-client ovs-vsctl ovs-appctl ovs-ofctl lldpd lldpcli sshd ip bridge tc
	sh bash cat chmod cut env grep head hostname id kill ls mkdir mount ps rm sed sleep sort tail timeout tr uname`)

// also are files that programs read; those that this release does not have are left out.
var also = []string{
	"/usr/share/openvswitch/vswitch.ovsschema", "/usr/lib/openssh/sshd-session", "/usr/lib/openssh/sshd-auth", "/etc/os-release",
}

// accounts are the users that sshd and lldpd change into.
var accounts = map[string]string{
	"etc/passwd": "root:x:0:0:root:/root:/bin/sh\nsshd:x:101:65534::/run/sshd:/bin/false\n_lldpd:x:102:102::/run/lldpd:/bin/false\n",
	"etc/group":  "root:x:0:\n_lldpd:x:102:\nnogroup:x:65534:\n",
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./testbed/lab/image NAME:TAG")
		os.Exit(2)
	}
	if err := prepare(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(2)
	}
}

func prepare(name string) error {
	topology, err := lab.ReadTopology("containerlab.yml")
	if err != nil {
		return err
	}
	keys, err := lab.WriteKeys(".", topology)
	if err != nil {
		return err
	}
	fmt.Printf("keys and known_hosts are in %s\n", keys)
	docker := exec.Command("docker", "import", "-c", `CMD ["/usr/bin/sleep","infinity"]`,
		"-c", "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "-", name)
	docker.Stdout, docker.Stderr = os.Stdout, os.Stderr
	in, err := docker.StdinPipe()
	if err != nil {
		return err
	}
	if err := docker.Start(); err != nil {
		return err
	}
	writeErr := writeImage(in)
	in.Close()
	if err := docker.Wait(); err != nil {
		return fmt.Errorf("docker import: %w", err)
	}
	return writeErr
}

func writeImage(out io.Writer) error {
	i := &image{tar: tar.NewWriter(out), done: map[string]bool{}}
	for _, dir := range []string{"bin", "sbin", "lib", "lib64"} {
		i.link(dir, "usr/"+dir)
	}
	for _, dir := range []string{"dev", "proc", "sys", "root", "tmp", "run", "etc", "var", "var/log", "usr/bin"} {
		i.directory(dir)
	}
	i.link("var/run", "../run")
	for path, text := range accounts {
		i.write(path, 0o644, []byte(text))
	}
	for _, program := range programs {
		path, err := exec.LookPath(program)
		if err != nil {
			return fmt.Errorf("%w: apt-get install openvswitch-switch lldpd openssh-server iproute2 procps", err)
		}
		i.program(path)
	}
	for _, path := range also {
		if _, err := os.Stat(path); err == nil {
			i.program(path)
		}
	}
	if i.err != nil {
		return i.err
	}
	return i.tar.Close()
}

// An image is a tar stream; after the first error nothing more is written.
type image struct {
	tar  *tar.Writer
	done map[string]bool
	err  error
}

func (i *image) header(h *tar.Header) bool {
	if i.err != nil || i.done[h.Name] {
		return false
	}
	i.done[h.Name] = true
	i.err = i.tar.WriteHeader(h)
	return i.err == nil
}

func (i *image) directory(path string) {
	if path != "." {
		i.directory(filepath.Dir(path))
		i.header(&tar.Header{Typeflag: tar.TypeDir, Name: path, Mode: 0o755})
	}
}

func (i *image) link(path, to string) {
	i.directory(filepath.Dir(path))
	i.header(&tar.Header{Typeflag: tar.TypeSymlink, Name: path, Linkname: to, Mode: 0o777})
}

func (i *image) write(path string, mode int64, text []byte) {
	i.directory(filepath.Dir(path))
	if i.header(&tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: mode, Size: int64(len(text))}) {
		_, i.err = i.tar.Write(text)
	}
}

// libraries finds the files that ldd lists.
var libraries = regexp.MustCompile(`/\S+`)

// program writes a file and, when it is dynamically linked, its libraries.
func (i *image) program(path string) {
	i.file(path)
	out, err := exec.Command("ldd", path).Output()
	if err != nil {
		return // a script or a plain file
	}
	for _, library := range libraries.FindAllString(string(out), -1) {
		i.file(library)
	}
}

// file writes a file under the name it is asked for, in the directory that this name leads to: /lib is /usr/lib.
func (i *image) file(path string) {
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		i.err = err
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		i.err = err
		return
	}
	info, err := os.Stat(path)
	if err != nil {
		i.err = err
		return
	}
	i.write(strings.TrimPrefix(filepath.Join(dir, filepath.Base(path)), "/"), int64(info.Mode().Perm()), text)
}
