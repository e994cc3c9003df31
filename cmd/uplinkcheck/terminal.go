package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// Terminal manners, in one place:
//
//   - results go to stdout or to -o FILE, everything else to stderr with the program's name;
//   - progress is drawn only on a terminal, one line, redrawn; elsewhere -v gives a line a device, and nothing otherwise;
//   - colour only on a terminal that does not ask for none (NO_COLOR, TERM=dumb), and never the only carrier of meaning;
//   - what a device said never reaches a terminal with its control characters;
//   - an error says what, where and what to do next, on one line.

// terminalWidth returns the columns of w, 0 when it is no terminal.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 20 {
		return 80
	}
	return width
}

func colourful(w io.Writer) bool {
	return terminalWidth(w) > 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// printable shows control and invisible formatting characters as escapes; line breaks stay.
func printable(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if r == '\n' || unicode.IsGraphic(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\x%02x`, r)
		}
	}
	return b.String()
}

// The modes of new files, before the umask: anybody may read a report, only its owner the evidence.
const (
	reportMode   fs.FileMode = 0o666
	evidenceMode fs.FileMode = 0o600
)

// writable refuses, before anything is asked of a device, a file that could not be written afterwards. "" is no file.
func writable(path string) error {
	if path == "" {
		return nil
	}
	if plain, err := plainFile(path); err != nil || !plain {
		return err
	}
	f, err := temporary(path, evidenceMode)
	if err != nil {
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

// writeFile writes through a temporary file in the same folder, so that the file is whole or not there. What a link leads to
// is written, not the link; whom the file that was there kept out stays out. Devices and pipes are written to as they are.
func writeFile(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	plain, err := plainFile(path)
	if err != nil {
		return err
	}
	var f *os.File
	if plain {
		f, err = temporary(path, mode)
	} else if f, err = os.OpenFile(path, os.O_WRONLY, 0); err != nil {
		err = cannotWrite(path, err)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			if plain {
				os.Remove(f.Name())
			}
			err = cannotWrite(path, err)
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if !plain {
		return f.Close()
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), target(path)); err != nil {
		return err
	}
	syncFolder(filepath.Dir(target(path)))
	return nil
}

// syncFolder makes the new name survive a crash. It is no error where folders cannot be synced: the file itself is.
func syncFolder(path string) {
	if d, err := os.Open(path); err == nil {
		_ = d.Sync()
		d.Close()
	}
}

// plainFile reports whether path is a regular file, or can become one; false: a device or a pipe. A folder is an error.
func plainFile(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, cannotWrite(path, err)
	case info.IsDir():
		return false, fmt.Errorf("cannot write %s: it is a folder: name a file in it", path)
	}
	return info.Mode().IsRegular(), nil
}

// target is the file that path leads to.
func target(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// temporary makes the file that becomes path, open to nobody whom an existing one keeps out.
func temporary(path string, mode fs.FileMode) (*os.File, error) {
	to := target(path)
	if info, err := os.Stat(to); err == nil {
		mode &= info.Mode().Perm()
	}
	f, err := os.OpenFile(filepath.Join(filepath.Dir(to), fmt.Sprintf(".%s.%d", filepath.Base(to), os.Getpid())), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	return f, nil
}

// cannotWrite says so of the file that was meant, not of the temporary one.
func cannotWrite(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("cannot write %s: %w: choose a file that you may write, on a disk with room", path, err)
}
