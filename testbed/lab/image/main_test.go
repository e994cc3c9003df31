package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"uplinkcheck/testbed/lab"
)

func TestImageHoldsProgramsWithTheirLibraries(t *testing.T) {
	if lacks := lab.Missing(); lacks != "" {
		if os.Getenv("UPLINKCHECK_LAB") == "require" {
			t.Fatalf("LIVE LAB REQUIRED, BUT: %s", lacks)
		}
		t.Skipf("IMAGE NOT BUILT: %s", lacks)
	}
	var out bytes.Buffer
	if err := writeImage(&out); err != nil {
		t.Fatal(err)
	}
	var names []string
	for r := tar.NewReader(&out); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
	all := "\n" + strings.Join(names, "\n") + "\n"
	for _, want := range []string{"/sh\n", "/sshd\n", "/lldpcli\n", "/ovs-vswitchd\n", "vswitch.ovsschema\n", "/libc.so.6\n", "etc/passwd\n"} {
		if !strings.Contains(all, want) {
			t.Errorf("the image has no %q", strings.Trim(want, "\n"))
		}
	}
	for i, name := range names {
		if dir := name[:max(strings.LastIndex(name, "/"), 0)]; dir != "" && !strings.Contains("\n"+strings.Join(names[:i], "\n")+"\n", "\n"+dir+"\n") {
			t.Errorf("%s comes before its directory", name)
		}
	}
}
