package collect

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// hostKeys is one known_hosts file. A file that does not exist knows nobody.
type hostKeys struct {
	file string
	db   *knownhosts.HostKeyDB // nil: no file
	err  error
}

// hostKeysOf reads a known_hosts file once in a run.
func (r *run) hostKeysOf(file string) *hostKeys {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.knownHosts[file]
	if k == nil {
		k = &hostKeys{file: file}
		if file == "" {
			home, err := os.UserHomeDir()
			k.file, k.err = filepath.Join(home, ".ssh", "known_hosts"), err
		}
		if k.err == nil {
			k.db, k.err = knownhosts.NewDB(k.file)
		}
		if errors.Is(k.err, fs.ErrNotExist) {
			k.err = nil
		}
		r.knownHosts[file] = k
	}
	return k
}

// algorithms are the signatures to ask addr for, so that it shows the key that we know; nil when it is unknown.
func (k *hostKeys) algorithms(addr string, legacy bool) []string {
	if k.db == nil {
		return nil
	}
	known := k.db.HostKeyAlgorithms(addr)
	if legacy {
		return known
	}
	insecure := ssh.InsecureAlgorithms().HostKeys
	return slices.DeleteFunc(known, func(a string) bool { return slices.Contains(insecure, a) })
}

// check verifies the key of addr. An unknown and a changed key are told apart, and each failure says what to do.
// through is the jump host, "" when addr was dialled directly.
func (k *hostKeys) check(addr, through string, remote net.Addr, key ssh.PublicKey) error {
	err := error(&xknownhosts.KeyError{})
	if k.db != nil {
		err = k.db.HostKeyCallback()(addr, remote, key)
	}
	var odd *xknownhosts.KeyError
	var revoked *xknownhosts.RevokedError
	shown := key.Type() + " " + ssh.FingerprintSHA256(key)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &revoked):
		return failed(fmt.Sprintf("host key of %s is revoked in %s: %s", addr, k.file, shown), "do not log in; find out why it was revoked")
	case !errors.As(err, &odd):
		return failed(fmt.Sprintf("host key of %s: %v", addr, err), "see the file "+k.file)
	case len(odd.Want) == 0:
		return failed(fmt.Sprintf("host key of %s is unknown: %s", addr, shown),
			"compare the fingerprint on the device, then accept it: "+k.accept(addr, through, key.Type()))
	}
	var known []string
	for _, w := range odd.Want {
		known = append(known, fmt.Sprintf("%s %s in line %d of %s", w.Key.Type(), ssh.FingerprintSHA256(w.Key), w.Line, w.Filename))
	}
	return k.changed(addr, through, key.Type(), "it shows "+shown+", known is "+strings.Join(known, ", "))
}

// otherType reports whether a device was refused because none of its keys has the type of a known one.
func (k *hostKeys) otherType(addr string, none *ssh.AlgorithmNegotiationError) bool {
	if k.db == nil || !strings.Contains(none.What, "host key") {
		return false
	}
	known := k.db.HostKeyAlgorithms(addr)
	return len(known) > 0 && !slices.ContainsFunc(known, func(a string) bool { return slices.Contains(none.RequestedAlgorithms, a) })
}

// changed is the failure for a host key that is not the known one.
func (k *hostKeys) changed(addr, through, keyType, how string) error {
	return failed(fmt.Sprintf("host key of %s has CHANGED: %s", addr, how),
		fmt.Sprintf("someone may listen in between; if the device was replaced, compare the fingerprint on it, then: ssh-keygen -R '%s' -f %s && %s",
			xknownhosts.Normalize(addr), k.file, k.accept(addr, through, keyType)))
}

// keyScanNames are what ssh-keyscan -t calls the types of keys.
var keyScanNames = map[string]string{ssh.KeyAlgoED25519: "ed25519", ssh.KeyAlgoRSA: "rsa",
	ssh.KeyAlgoECDSA256: "ecdsa", ssh.KeyAlgoECDSA384: "ecdsa", ssh.KeyAlgoECDSA521: "ecdsa"}

// accept is the command that writes the key of addr into the file.
func (k *hostKeys) accept(addr, through, keyType string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		host, port = addr, "22"
	}
	scan := "ssh-keyscan -p " + port
	if t := keyScanNames[keyType]; t != "" {
		scan += " -t " + t
	}
	if through != "" {
		scan = "ssh " + through + " " + scan
	}
	return scan + " " + host + " >> " + k.file
}
