// Package bundle keeps everything that devices said in one run in one file, from which the run can be decided again.
//
// The file is a tar compressed with zstd, so that "tar --zstd -xf before.uce && sha256sum -c SHA256SUMS" shows all of it
// without this program: manifest.json first, then the inventory, then each reply byte for byte in a file of its own, and
// SHA256SUMS last. Equal bundles are equal files.
package bundle

import (
	"archive/tar"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"uplinkcheck/drivers/capture"
)

// A Bundle is the evidence of one run. Inventory and Over are kept as they are given: pass Inventory.File.Data and
// Inventory.Over.Data, in which secrets are overwritten.
type Bundle struct {
	Tool, Version     string
	InventoryName     string // base name; empty when there was no inventory
	Inventory         []byte
	OverName          string // of an inventory file laid over an imported one, usually empty
	Over              []byte
	Started, Finished time.Time
	Captures          []*capture.Capture // in this order; a device may occur more than once
}

// format is the version of the file format. A reader refuses what is newer.
const format = 1

type manifest struct {
	Format    int           `json:"format"`
	Tool      string        `json:"tool"`
	Version   string        `json:"version"`
	Started   time.Time     `json:"started"`
	Finished  time.Time     `json:"finished"`
	Inventory *file         `json:"inventory,omitempty"`
	Over      *file         `json:"over,omitempty"`
	Captures  []captureItem `json:"captures"`
}

// file is one item of the tar.
type file struct {
	Name   string `json:"name,omitempty"` // the inventory's own
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

type captureItem struct {
	Device   string      `json:"device"`
	Platform string      `json:"platform"`
	Address  string      `json:"address,omitempty"`
	HostKey  string      `json:"host-key,omitempty"`
	Started  time.Time   `json:"started"`
	Finished time.Time   `json:"finished"`
	Err      string      `json:"error,omitempty"`
	Replies  []replyItem `json:"replies"`
}

type replyItem struct {
	Device    string        `json:"device"`
	Command   string        `json:"command"`
	At        time.Time     `json:"at"`
	Took      time.Duration `json:"took-ns"`
	Complete  bool          `json:"complete"`
	Optional  bool          `json:"optional,omitempty"`
	InsteadOf string        `json:"instead_of,omitempty"`
	Err       string        `json:"error,omitempty"`
	file
}

const (
	manifestPath = "manifest.json"
	sumsPath     = "SHA256SUMS"
)

// Write writes the bundle. Texts that are not UTF-8, other than replies and inventories, lose what is not.
func Write(w io.Writer, b Bundle) error {
	// One goroutine: with several, where blocks end could depend on scheduling.
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true))
	if err != nil {
		return err
	}
	t := &writer{tar: tar.NewWriter(z), at: stamp(b.Finished)}
	t.write(b)
	if t.err == nil {
		t.err = t.tar.Close()
	}
	if err := z.Close(); t.err == nil {
		t.err = err
	}
	return t.err
}

// stamp is the time of the items for tar, which counts seconds from 1970.
func stamp(at time.Time) time.Time {
	if at.Unix() < 0 {
		return time.Unix(0, 0).UTC()
	}
	return at.UTC().Truncate(time.Second)
}

type writer struct {
	tar  *tar.Writer
	at   time.Time
	sums strings.Builder
	err  error
}

func (t *writer) write(b Bundle) {
	if t.err = intact(b.Captures); t.err != nil {
		return
	}
	m := manifestOf(b)
	list, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		t.err = err
		return
	}
	list = append(list, '\n')
	t.item(manifestPath, sum(list), list)
	if m.Inventory != nil {
		t.item(m.Inventory.Path, m.Inventory.SHA256, b.Inventory)
	}
	if m.Over != nil {
		t.item(m.Over.Path, m.Over.SHA256, b.Over)
	}
	for i, c := range b.Captures {
		for j, r := range c.Replies {
			f := m.Captures[i].Replies[j]
			t.item(f.Path, f.SHA256, r.Data)
		}
	}
	t.item(sumsPath, "", []byte(t.sums.String()))
}

// intact refuses replies that something has changed since they were stored: their new checksum would hide it.
func intact(captures []*capture.Capture) error {
	for _, c := range captures {
		for _, r := range c.Replies {
			if r.Sealed() && !r.Intact() {
				return fmt.Errorf("%s: %s: these bytes are not those that were collected: this is a bug, nothing was written", c.Device, r.Command)
			}
		}
	}
	return nil
}

func (t *writer) item(path, sum string, data []byte) {
	if t.err != nil {
		return
	}
	h := &tar.Header{Typeflag: tar.TypeReg, Name: path, Size: int64(len(data)), Mode: 0o600, ModTime: t.at}
	if t.err = t.tar.WriteHeader(h); t.err == nil {
		_, t.err = t.tar.Write(data)
	}
	fmt.Fprintf(&t.sums, "%s  %s\n", sum, path)
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

func manifestOf(b Bundle) manifest {
	m := manifest{Format: format, Tool: b.Tool, Version: b.Version, Started: b.Started.UTC(), Finished: b.Finished.UTC(), Captures: []captureItem{}}
	if b.InventoryName != "" {
		m.Inventory = &file{Name: b.InventoryName, Path: "inventory/" + slug(b.InventoryName), Size: int64(len(b.Inventory)), SHA256: sum(b.Inventory)}
	}
	if b.OverName != "" {
		m.Over = &file{Name: b.OverName, Path: "inventory/over-" + slug(b.OverName), Size: int64(len(b.Over)), SHA256: sum(b.Over)}
	}
	for i, c := range b.Captures {
		x := captureItem{Device: c.Device, Platform: c.Platform, Address: c.Address, HostKey: c.HostKey,
			Started: c.Started.UTC(), Finished: c.Finished.UTC(), Err: c.Err, Replies: []replyItem{}}
		for j, r := range c.Replies {
			x.Replies = append(x.Replies, replyItem{Device: r.Device, Command: r.Command, At: r.At.UTC(), Took: r.Took, Complete: r.Complete, Optional: r.Optional, InsteadOf: r.InsteadOf, Err: r.Err,
				file: file{Path: fmt.Sprintf("devices/%05d-%s/%03d-%s", i+1, slug(c.Device), j+1, slug(r.Command)), Size: int64(len(r.Data)), SHA256: sum(r.Data)}})
		}
		m.Captures = append(m.Captures, x)
	}
	return m
}

// slug makes a file name of any text: numbers before it make it unique, so it need only be safe and short enough for
// the 100 bytes of a tar header.
func slug(s string) string {
	if len(s) > 36 {
		s = s[:36]
	}
	s = strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_':
			return c
		}
		return '-'
	}, s)
	return cmp.Or(strings.Trim(s, "-."), "x")
}
