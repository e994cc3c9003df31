// Package corpus finds, for tests, what real devices printed: a folder beside the repository and no part of it.
package corpus

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Shared returns the shared folder: UPLINKCHECK_SHARED, or "shared" beside the repository. A test that needs a path in it which is
// absent is skipped loudly; where UPLINKCHECK_SHARED is set, somebody wants the test to run, and it fails.
func Shared(t testing.TB, needed string) string {
	t.Helper()
	dir := os.Getenv("UPLINKCHECK_SHARED")
	isSet := dir != ""
	if !isSet {
		dir = filepath.Join(filepath.Dir(root(t)), "shared")
	}
	_, err := os.Stat(filepath.Join(dir, needed))
	switch {
	case err == nil:
		return dir
	case isSet:
		t.Fatalf("UPLINKCHECK_SHARED: %v", err)
	default:
		t.Skipf("NOT HELD AGAINST REAL OUTPUTS: ../shared/%s is absent and UPLINKCHECK_SHARED is not set", needed)
	}
	return ""
}

// root is the repository's folder: the nearest one upwards with a go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod in any folder upwards")
		}
		dir = filepath.Dir(dir)
	}
}

// Texts returns the files that match patterns: those that begin with ".." from the test's folder, all others from the shared one.
// A pattern that matches nothing fails the test.
func Texts(t testing.TB, shared string, patterns ...string) (texts []string) {
	t.Helper()
	for _, p := range patterns {
		if !strings.HasPrefix(p, "..") {
			p = filepath.Join(shared, p)
		}
		files, err := filepath.Glob(p)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no recordings", p)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(text))
		}
	}
	return texts
}
