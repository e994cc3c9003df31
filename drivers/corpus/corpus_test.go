package corpus

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A watcher is a test that notes how it ended instead of ending the one that runs.
type watcher struct {
	testing.TB
	ended string
}

func (w *watcher) Helper()               {}
func (w *watcher) Skipf(string, ...any)  { w.ended = "skipped"; runtime.Goexit() }
func (w *watcher) Fatalf(string, ...any) { w.ended = "failed"; runtime.Goexit() }

// ending runs f to its end and says what that was.
func ending(t *testing.T, f func(t testing.TB)) string {
	w, done := &watcher{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		f(w)
	}()
	<-done
	return w.ended
}

func TestWhatIsAbsentIsNeverTakenForHeld(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "there"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		about, set, needed, want string
	}{
		{"named and there", dir, "there", ""},
		{"named, and without what is needed", dir, "absent", "failed"},
		{"not named, and without what is needed", "", "no/such/folder", "skipped"},
	} {
		t.Run(c.about, func(t *testing.T) {
			t.Setenv("UPLINKCHECK_SHARED", c.set)
			if got := ending(t, func(t testing.TB) { Shared(t, c.needed) }); got != c.want {
				t.Errorf("ended %q, want %q", got, c.want)
			}
		})
	}
	if got := strings.Join(Texts(t, dir, "the*"), ","); got != "text" {
		t.Errorf("got %q", got)
	}
	if got := ending(t, func(t testing.TB) { Texts(t, dir, "there", "absent*") }); got != "failed" {
		t.Errorf("a pattern that matches nothing: ended %q", got)
	}
}
