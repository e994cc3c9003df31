package lab

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// WriteKeys makes what logging in needs in the topology's lab directory (clab-NAME, where containerlab keeps its own
// files): id_ed25519 for the operator, a host key for each node in NODE/ssh_host_ed25519_key, and known_hosts with all of
// them. Keys that are there already are kept. It returns the directory.
func WriteKeys(dir string, t *Topology) (string, error) {
	clab := filepath.Join(dir, "clab-"+t.Name)
	if err := os.MkdirAll(clab, 0o755); err != nil {
		return "", err
	}
	if _, err := writeKey(filepath.Join(clab, "id_ed25519")); err != nil {
		return "", err
	}
	var known strings.Builder
	for _, n := range t.Nodes {
		nodeDir := filepath.Join(clab, n.Name)
		if err := os.MkdirAll(nodeDir, 0o755); err != nil {
			return "", err
		}
		pub, err := writeKey(filepath.Join(nodeDir, "ssh_host_ed25519_key"))
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&known, knownhosts.Line([]string{n.Address.String(), "clab-" + t.Name + "-" + n.Name}, pub))
	}
	return clab, os.WriteFile(filepath.Join(clab, "known_hosts"), []byte(known.String()), 0o644)
}

// writeKey makes a key pair, file and file.pub, unless it is there.
func writeKey(file string) (ssh.PublicKey, error) {
	if text, err := os.ReadFile(file + ".pub"); err == nil {
		pub, _, _, _, err := ssh.ParseAuthorizedKey(text)
		return pub, err
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, "uplinkcheck lab")
	if err != nil {
		return nil, err
	}
	pub, err := ssh.NewPublicKey(private.Public())
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		return nil, err
	}
	return pub, os.WriteFile(file+".pub", ssh.MarshalAuthorizedKey(pub), 0o644)
}
