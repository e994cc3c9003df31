package bundle

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"uplinkcheck/drivers/capture"
)

// limits bound what a bundle may unpack to; files come from other people.
type limits struct {
	item, all int64
	items     int
}

// A run of ten thousand switches of ten replies fits.
var usual = limits{item: 256 << 20, all: 8 << 30, items: 2_000_000}

// Read reads a bundle and verifies that every byte is as it was recorded and that nothing is missing. The error says in one
// line what is wrong: not a bundle, cut short, changed (with the device and command), written by a newer version, too
// large. With an error there is no Bundle: evidence is whole or it is none.
func Read(r io.Reader) (Bundle, error) { return read(r, usual) }

func read(r io.Reader, most limits) (Bundle, error) {
	magic := make([]byte, 4)
	if n, err := io.ReadFull(r, magic); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Bundle{}, err
	} else if n == 0 {
		return Bundle{}, errors.New("this file is empty, not an evidence bundle: make one with uplinkcheck record")
	}
	// RFC 8878, 3.1.1: the magic number of a zstd frame.
	if !bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}) {
		return Bundle{}, errNoBundle
	}
	z, err := zstd.NewReader(io.MultiReader(bytes.NewReader(magic), r), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return Bundle{}, err
	}
	defer z.Close()
	u := &unpacker{most: most, left: most.all}
	u.tar = tar.NewReader(z)
	u.sums.SetLimit(runtime.GOMAXPROCS(0))
	b, err := u.bundle()
	if err == nil {
		err = u.end(z)
	}
	if changed := u.verify(); changed != nil { // it stands before what stopped the reading
		err = changed
	}
	if err != nil {
		return Bundle{}, err
	}
	return b, nil
}

var (
	errNoBundle = errors.New("this is not an evidence bundle: name a file that uplinkcheck record wrote")
	errTooLarge = errors.New("this bundle unpacks to more than any run records: it is not read")
)

type unpacker struct {
	tar   *tar.Reader
	most  limits
	left  int64
	list  string // checksum of the manifest
	items []*unpacked
	sums  errgroup.Group // checksums are taken beside the reading
}

// unpacked is an item that was read.
type unpacked struct {
	want  file
	what  string // names it in messages
	data  []byte
	sum   [sha256.Size]byte // when u.sums is done
	reply *capture.Reply    // that it belongs to, to be sealed; nil for an inventory
}

// verify waits for the checksums and seals the replies. Its error names the first item whose bytes are not those of the list.
func (u *unpacker) verify() error {
	_ = u.sums.Wait() // nothing fails: a wrong sum is a result
	for _, x := range u.items {
		if hex.EncodeToString(x.sum[:]) != x.want.SHA256 || int64(len(x.data)) != x.want.Size {
			return fmt.Errorf("%s: these bytes are not those that were recorded: the bundle was edited: use it as it was recorded", x.what)
		}
		if x.reply != nil {
			x.reply.Sum = x.sum
		}
	}
	return nil
}

func (u *unpacker) bundle() (Bundle, error) {
	m, err := u.manifest()
	if err != nil {
		return Bundle{}, err
	}
	b := Bundle{Tool: m.Tool, Version: m.Version, Started: m.Started.UTC(), Finished: m.Finished.UTC()}
	if f := m.Inventory; f != nil {
		b.InventoryName = f.Name
		if b.Inventory, err = u.item(*f, "the inventory "+quote(f.Name), nil); err != nil {
			return Bundle{}, err
		}
	}
	if f := m.Over; f != nil {
		b.OverName = f.Name
		if b.Over, err = u.item(*f, "the inventory "+quote(f.Name), nil); err != nil {
			return Bundle{}, err
		}
	}
	items := 0
	for _, x := range m.Captures {
		c := &capture.Capture{Device: x.Device, Platform: x.Platform, Address: x.Address, HostKey: x.HostKey,
			Started: x.Started.UTC(), Finished: x.Finished.UTC(), Err: x.Err}
		for _, y := range x.Replies {
			if items++; items > u.most.items {
				return Bundle{}, errTooLarge
			}
			r := &capture.Reply{Device: y.Device, Command: y.Command, At: y.At.UTC(),
				Took: y.Took, Complete: y.Complete, Optional: y.Optional, InsteadOf: y.InsteadOf, Err: y.Err}
			if r.Data, err = u.item(y.file, plain(x.Device)+": "+plain(y.Command), r); err != nil {
				return Bundle{}, err
			}
			c.Replies = append(c.Replies, r)
		}
		b.Captures = append(b.Captures, c)
	}
	return b, u.checkSums()
}

func (u *unpacker) manifest() (manifest, error) {
	h, err := u.next("its list")
	if errors.Is(err, errNotTar) {
		return manifest{}, errNoBundle
	}
	if err != nil {
		return manifest{}, err
	}
	if h.Name != manifestPath {
		return manifest{}, errNoBundle
	}
	data, err := u.data(h, "its list")
	if err != nil {
		return manifest{}, err
	}
	u.list = sum(data)
	var m manifest
	wrong := json.Unmarshal(data, &m)
	if wrong != nil {
		// A newer format may look otherwise in all but these two.
		var version struct {
			Format  int    `json:"format"`
			Version string `json:"version"`
		}
		if json.Unmarshal(data, &version) == nil {
			m.Format, m.Version = version.Format, version.Version
		}
	}
	if m.Format > format {
		return manifest{}, fmt.Errorf("this bundle has format %d, written by uplinkcheck %s; this program reads up to %d: use that version or a newer one",
			m.Format, plain(m.Version), format)
	}
	if wrong != nil || m.Format < 1 {
		return manifest{}, errors.New("its list, manifest.json, is damaged or was edited: use the bundle as it was recorded")
	}
	return m, nil
}

var errNotTar = errors.New("not a tar")

// next moves to the next item; what names it in messages.
func (u *unpacker) next(what string) (*tar.Header, error) {
	h, err := u.tar.Next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("the bundle ends before %s: it was cut short or edited: copy or record it again", what)
	case errors.Is(err, tar.ErrHeader):
		return nil, errNotTar
	case err != nil:
		return nil, u.damaged(what, err)
	case h.Typeflag != tar.TypeReg:
		return nil, fmt.Errorf("%s is not a plain file: the bundle was edited: use it as it was recorded", quote(h.Name))
	}
	return h, nil
}

// damaged words an error of decompression.
func (u *unpacker) damaged(what string, err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return fmt.Errorf("the bundle is cut short inside %s: copy or record it again", what)
	case errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded):
		return errTooLarge
	}
	return fmt.Errorf("the bundle is damaged at %s: copy or record it again", what)
}

func (u *unpacker) data(h *tar.Header, what string) ([]byte, error) {
	if h.Size < 0 || h.Size > u.most.item || h.Size > u.left {
		return nil, errTooLarge
	}
	u.left -= h.Size
	// The size that the header claims may be a lie: no more than this is allocated for it.
	const trusted = 4 << 20
	data := make([]byte, min(h.Size, trusted))
	if _, err := io.ReadFull(u.tar, data); err != nil {
		return nil, u.damaged(what, err)
	}
	if h.Size <= trusted {
		return data, nil
	}
	rest, err := io.ReadAll(u.tar)
	if err != nil {
		return nil, u.damaged(what, err)
	}
	return append(data, rest...), nil
}

// item reads the item that the list names next, and nothing else. Whether it is what was recorded, verify tells.
func (u *unpacker) item(want file, what string, r *capture.Reply) ([]byte, error) {
	h, err := u.next(what)
	if errors.Is(err, errNotTar) {
		return nil, fmt.Errorf("the bundle is damaged at %s: copy or record it again", what)
	}
	if err != nil {
		return nil, err
	}
	if !filepath.IsLocal(want.Path) || strings.Contains(want.Path, `\`) {
		return nil, fmt.Errorf("%s lies outside the bundle, at %s: the bundle was edited: use it as it was recorded", what, quote(want.Path))
	}
	if h.Name != want.Path {
		return nil, fmt.Errorf("%s is missing; in its place stands %s: the bundle was edited: use it as it was recorded", what, quote(h.Name))
	}
	data, err := u.data(h, what)
	if err != nil {
		return nil, err
	}
	x := &unpacked{want: want, what: what, data: data, reply: r}
	u.items = append(u.items, x)
	u.sums.Go(func() error {
		x.sum = sha256.Sum256(data)
		return nil
	})
	return data, nil
}

// checkSums reads the last item, which also covers the list.
func (u *unpacker) checkSums() error {
	var want strings.Builder
	fmt.Fprintf(&want, "%s  %s\n", u.list, manifestPath)
	for _, x := range u.items {
		fmt.Fprintf(&want, "%s  %s\n", x.want.SHA256, x.want.Path)
	}
	h, err := u.next("its last item, " + sumsPath)
	if errors.Is(err, errNotTar) {
		return fmt.Errorf("the bundle is damaged at its last item, %s: copy or record it again", sumsPath)
	}
	if err != nil {
		return err
	}
	if h.Name != sumsPath {
		return fmt.Errorf("the bundle holds %s, which its list does not name: it was edited: use it as it was recorded", quote(h.Name))
	}
	data, err := u.data(h, sumsPath)
	if err != nil {
		return err
	}
	if string(data) != want.String() {
		return errors.New("its list, manifest.json, is not the one that was recorded: the bundle was edited: use it as it was recorded")
	}
	return nil
}

// end holds that nothing follows, and so that the checksum of the whole was verified.
func (u *unpacker) end(z io.Reader) error {
	if h, err := u.tar.Next(); err == nil {
		return fmt.Errorf("the bundle holds %s, which its list does not name: it was edited: use it as it was recorded", quote(h.Name))
	} else if !errors.Is(err, io.EOF) {
		return u.damaged("its end", err)
	}
	rest := make([]byte, 64<<10)
	for total := 0; total < 1<<20; {
		n, err := z.Read(rest)
		if len(bytes.Trim(rest[:n], "\x00")) > 0 {
			return errors.New("the bundle goes on after its end: it was edited: use it as it was recorded")
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return u.damaged("its end", err)
		}
		total += n
	}
	return errTooLarge
}

// quote shows a name of unknown origin.
func quote(s string) string { return `"` + plain(s) + `"` }

// plain makes a text of unknown origin fit for one line of a terminal.
func plain(s string) string {
	if len(s) > 120 {
		s = s[:120] + "…"
	}
	q := fmt.Sprintf("%q", s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}
