package bundle

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"

	"uplinkcheck/drivers/capture"
)

// unsealed leaves out the checksums that reading takes.
var unsealed = cmpopts.IgnoreFields(capture.Reply{}, "Sum")

var day = time.Date(2026, 11, 24, 8, 0, 0, 123456789, time.UTC)

func sample() Bundle {
	return Bundle{Tool: "uplinkcheck", Version: "v1.2.3", InventoryName: "inventory.yml", Inventory: []byte("switches: {leaf1: {}}\n"),
		OverName: "over.yml", Over: []byte("hosts: {}\n"), Started: day, Finished: day.Add(time.Minute),
		Captures: []*capture.Capture{
			{Device: "leaf1", Platform: "arista_eos", Address: "192.0.2.11:22", HostKey: "SHA256:x", Started: day, Finished: day.Add(time.Second), Replies: []*capture.Reply{
				{Device: "leaf1", Command: "show lacp neighbor detailed | json", Data: []byte("{\"a\": 1}\r\n\x00\xff"), At: day, Took: time.Millisecond, Complete: true},
				{Device: "leaf1", Command: "show lacp neighbor detailed | json", Data: []byte("again"), At: day, Complete: true},
				{Device: "leaf1", Command: "<get/>", Data: nil, At: day, Err: "% Invalid input"},
			}},
			{Device: "../../evil\x1b[31m", Platform: "linux", Started: day, Finished: day, Err: "connection refused: start sshd"},
			{Device: "leaf1", Platform: "arista_eos", Started: day, Finished: day, Replies: []*capture.Reply{{Device: "leaf1", Command: "show version", Data: bytes.Repeat([]byte("line\n"), 5000), At: day, Complete: true}}},
		}}
}

func written(t testing.TB, b Bundle) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRoundTrip(t *testing.T) {
	for _, c := range []struct {
		name string
		b    Bundle
	}{{"everything", sample()}, {"nothing", Bundle{}}} {
		t.Run(c.name, func(t *testing.T) {
			data := written(t, c.b)
			got, err := Read(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.b, got, cmpopts.EquateEmpty(), unsealed); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if !bytes.Equal(data, written(t, got)) || !bytes.Equal(data, written(t, c.b)) {
				t.Error("equal bundles are not equal files")
			}
		})
	}
}

func TestTimesOfAnyZoneGiveTheSameFile(t *testing.T) {
	b := sample()
	zone := time.FixedZone("x", 3600)
	b.Started, b.Finished, b.Captures[0].Started = b.Started.In(zone), b.Finished.In(zone), b.Captures[0].Started.In(zone)
	if !bytes.Equal(written(t, b), written(t, sample())) {
		t.Error("the zone of the clock is in the file")
	}
}

func TestWriteReportsAFullDisk(t *testing.T) {
	if err := Write(&full{left: 100}, sample()); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

var errFull = errors.New("no space left")

type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestCutAnywhere(t *testing.T) {
	data := written(t, sample())
	for n := 0; n < len(data); n++ {
		b, err := Read(bytes.NewReader(data[:n]))
		if err == nil || len(b.Captures) > 0 {
			t.Fatalf("the first %d of %d bytes were read as a bundle", n, len(data))
		}
		if msg := err.Error(); strings.Contains(msg, "\n") || !strings.Contains(msg, ": ") {
			t.Fatalf("%d bytes: no next step in %q", n, msg)
		}
	}
	if _, err := Read(bytes.NewReader(data[:len(data)/2])); err == nil || !strings.Contains(err.Error(), "cut short") {
		t.Errorf("half a bundle: %v", err)
	}
}

func TestFlippedBits(t *testing.T) {
	data := written(t, sample())
	want, err := Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		for bit := range 8 {
			if i > 64 && bit != i%8 {
				continue // every bit of the headers, one of each byte after them
			}
			bad := bytes.Clone(data)
			bad[i] ^= 1 << bit
			// A bit that says nothing (reserved in a frame's header) may flip unseen; a fact may not.
			if got, err := Read(bytes.NewReader(bad)); err == nil && !cmp.Equal(want, got) {
				t.Fatalf("bit %d of byte %d changed what is read", bit, i)
			}
		}
	}
}

// item is one item of an unpacked bundle.
type item struct {
	name string
	data []byte
	kind byte
}

func unpack(t testing.TB, data []byte) (out []item) {
	t.Helper()
	z, err := zstd.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, item{h.Name, body, h.Typeflag})
	}
}

func pack(t testing.TB, items []item) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for _, x := range items {
		h := &tar.Header{Name: x.name, Typeflag: x.kind, Mode: 0o600, Size: int64(len(x.data))}
		if x.kind == tar.TypeSymlink {
			h.Linkname, h.Size = "/etc/passwd", 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write(x.data); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestEditedBundles(t *testing.T) {
	const reply = 3 // the first reply, after the list and two inventories
	for _, c := range []struct {
		name string
		edit func([]item) []item
		want string
	}{
		{"a reply", func(x []item) []item { x[reply].data[6] = '2'; return x }, "leaf1: show lacp neighbor detailed | json: these bytes are not those that were recorded"},
		{"a reply made longer", func(x []item) []item { x[reply].data = append(x[reply].data, 'x'); return x }, "leaf1: show lacp neighbor"},
		{"the inventory", func(x []item) []item { x[1].data[0] = 'x'; return x }, `the inventory "inventory.yml": these bytes`},
		{"a word of the list", func(x []item) []item {
			x[0].data = bytes.Replace(x[0].data, []byte("Invalid"), []byte("Harmles"), 1)
			return x
		}, "its list, manifest.json, is not the one that was recorded"},
		{"the list is no JSON", func(x []item) []item { x[0].data = []byte("{"); return x }, "manifest.json, is damaged or was edited"},
		{"a newer format", func(x []item) []item {
			x[0].data = []byte(`{"format": 2, "version": "v9", "captures": "otherwise"}`)
			return x
		}, "this bundle has format 2, written by uplinkcheck v9"},
		{"a reply is gone", func(x []item) []item { return append(x[:reply], x[reply+1:]...) }, "leaf1: show lacp neighbor detailed | json is missing"},
		{"the last reply and all after it are gone", func(x []item) []item { return x[:len(x)-2] }, "the bundle ends before leaf1: show version"},
		{"the sums are gone", func(x []item) []item { return x[:len(x)-1] }, "the bundle ends before its last item"},
		{"a reply too many", func(x []item) []item {
			return append(x[:len(x)-1:len(x)-1], item{"devices/x", []byte("x"), tar.TypeReg}, x[len(x)-1])
		}, `holds "devices/x", which its list does not name`},
		{"an item after the end", func(x []item) []item { return append(x, item{"x", nil, tar.TypeReg}) }, `holds "x", which its list does not name`},
		{"a link in place of a reply", func(x []item) []item { x[reply].kind = tar.TypeSymlink; return x }, "is not a plain file"},
		{"a path that leaves the folder", func(x []item) []item {
			x[0].data = bytes.Replace(x[0].data, []byte(x[reply].name), []byte("../../root/.bashrc"), 1)
			x[reply].name = "../../root/.bashrc"
			return x
		}, "lies outside the bundle"},
		{"an absolute path", func(x []item) []item {
			x[0].data = bytes.Replace(x[0].data, []byte(x[reply].name), []byte("/etc/passwd"), 1)
			x[reply].name = "/etc/passwd"
			return x
		}, "lies outside the bundle"},
		{"escapes in a name", func(x []item) []item { x[reply].name = "\x1b[31mred"; return x }, `"\x1b[31mred"`},
		{"some other tar", func([]item) []item { return []item{{"README", []byte("x"), tar.TypeReg}} }, "this is not an evidence bundle"},
		{"an empty tar", func([]item) []item { return nil }, "the bundle ends before its list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := Read(bytes.NewReader(pack(t, c.edit(unpack(t, written(t, sample()))))))
			if err == nil || !strings.Contains(err.Error(), c.want) || len(b.Captures) > 0 {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
			if err != nil && strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("not one plain line: %q", err)
			}
		})
	}
	if _, err := Read(bytes.NewReader(pack(t, unpack(t, written(t, sample()))))); err != nil {
		t.Errorf("packed again without a change: %v", err)
	}
}

func TestWhatIsNoBundle(t *testing.T) {
	compressed := func(data []byte) []byte {
		z, err := zstd.NewWriter(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		return z.EncodeAll(data, nil)
	}
	good := written(t, sample())
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"an empty file", nil, "this file is empty"},
		{"a text", []byte("switches: {}\n"), "this is not an evidence bundle"},
		{"three bytes", []byte("(\xb5/"), "this is not an evidence bundle"},
		{"compressed, but no tar", compressed(bytes.Repeat([]byte("no tar "), 1000)), "this is not an evidence bundle"},
		{"two bundles in one file", append(bytes.Clone(good), good...), "goes on after its end"},
		{"rubbish after the end", append(bytes.Clone(good), "rubbish"...), "damaged at its end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Read(bytes.NewReader(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestBundlesThatUnpackToTooMuch(t *testing.T) {
	b := sample()
	b.Captures[0].Replies[0].Data = make([]byte, 3<<20)
	data := written(t, b)
	if len(data) > 100_000 {
		t.Fatalf("the bomb has %d bytes", len(data))
	}
	for _, most := range []limits{{item: 1 << 20, all: 1 << 30, items: 100}, {item: 1 << 30, all: 2 << 20, items: 100}, {item: 1 << 30, all: 1 << 30, items: 2}} {
		if _, err := read(bytes.NewReader(data), most); !errors.Is(err, errTooLarge) {
			t.Errorf("%+v: got %v", most, err)
		}
	}
	if _, err := read(bytes.NewReader(data), limits{item: 4 << 20, all: 4 << 20, items: 100}); err != nil {
		t.Errorf("within the limits: %v", err)
	}
}

// TestTarUnpacksIt shows that an engineer needs neither this program nor trust in it.
func TestTarUnpacksIt(t *testing.T) {
	for _, tool := range []string{"tar", "zstd", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED: %s is not installed", tool)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "b.uce"), written(t, sample()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range [][]string{{"tar", "--zstd", "-xf", "b.uce"}, {"sha256sum", "--strict", "-c", "SHA256SUMS"}} {
		c := exec.Command(line[0], line[1:]...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", line, err, out)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "devices", "00001-leaf1", "001-show-lacp-neighbor-detailed---json"))
	if err != nil || !bytes.Equal(data, sample().Captures[0].Replies[0].Data) {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestLongAndStrangeNamesFitATarHeader(t *testing.T) {
	b := sample()
	b.InventoryName = strings.Repeat("ü/", 200) + ".yml"
	b.Captures[0].Device = strings.Repeat("/", 300)
	b.Captures[0].Replies[0].Command = strings.Repeat("x", 5000)
	got, err := Read(bytes.NewReader(written(t, b)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b, got, cmpopts.EquateEmpty(), unsealed); diff != "" {
		t.Error(diff)
	}
	for _, x := range unpack(t, written(t, b)) {
		if len(x.name) > 100 || !filepath.IsLocal(x.name) {
			t.Errorf("item %q", x.name)
		}
	}
}

func TestListIsReadable(t *testing.T) {
	var m map[string]any
	if err := json.Unmarshal(unpack(t, written(t, sample()))[0].data, &m); err != nil || fmt.Sprint(m["format"]) != "1" {
		t.Errorf("%v, %v", m["format"], err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(written(f, sample()))
	f.Add(written(f, Bundle{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := read(bytes.NewReader(data), limits{item: 1 << 20, all: 4 << 20, items: 1000})
		if err == nil {
			return
		}
		if len(b.Captures) > 0 || strings.Contains(err.Error(), "\n") {
			t.Errorf("%d captures with %q", len(b.Captures), err)
		}
	})
}

func TestWhatChangedSinceItWasCollectedIsNotWritten(t *testing.T) {
	r := &capture.Reply{Device: "leaf1", Command: "show version", Data: []byte("as it was")}
	r.Seal()
	b := Bundle{Captures: []*capture.Capture{{Device: "leaf1", Replies: []*capture.Reply{r}}}}
	if err := Write(io.Discard, b); err != nil {
		t.Fatal(err)
	}
	r.Data[0] = 'A'
	if err := Write(io.Discard, b); err == nil || !strings.Contains(err.Error(), "leaf1: show version") {
		t.Errorf("got %v", err)
	}
}

func TestRepliesOfABundleAreSealed(t *testing.T) {
	var file bytes.Buffer
	b := Bundle{Captures: []*capture.Capture{{Device: "leaf1", Replies: []*capture.Reply{{Device: "leaf1", Command: "show version", Data: []byte("x")}}}}}
	if err := Write(&file, b); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&file)
	if err != nil || !got.Captures[0].Replies[0].Intact() {
		t.Errorf("got %v, intact %v", err, got.Captures[0].Replies[0].Intact())
	}
}
