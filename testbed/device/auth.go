package device

import (
	"bytes"
	"errors"

	"golang.org/x/crypto/ssh"
)

var errRefused = errors.New("refused")

// serverConfig says who may come in, and with which keys the device shows itself.
func (d *Device) serverConfig() (*ssh.ServerConfig, error) {
	s := &ssh.ServerConfig{MaxAuthTries: 6, ServerVersion: "SSH-2.0-simulated"}
	if len(d.cfg.AuthorizedKeys) > 0 {
		s.PublicKeyCallback = d.checkKey
	}
	switch {
	case len(d.cfg.KeyboardInteractive) > 0:
		s.KeyboardInteractiveCallback = d.checkAnswers
	case len(d.cfg.Users) > 0:
		s.PasswordCallback = d.checkPassword
	}
	if d.faults.Load().wrongHostKey {
		other, err := newKey()
		if err != nil {
			return nil, err
		}
		s.AddHostKey(other)
		return s, nil
	}
	s.AddHostKey(d.cfg.HostKey)
	for _, k := range d.cfg.MoreHostKeys {
		s.AddHostKey(k)
	}
	if !d.cfg.Legacy {
		return s, nil
	}
	s.KeyExchanges = []string{ssh.InsecureKeyExchangeDH14SHA1, ssh.InsecureKeyExchangeDH1SHA1}
	s.Ciphers = []string{ssh.InsecureCipherAES128CBC}
	s.MACs = []string{ssh.HMACSHA1}
	a, ok := d.cfg.HostKey.(ssh.AlgorithmSigner)
	if !ok {
		return nil, errors.New("legacy needs an RSA host key")
	}
	old, err := ssh.NewSignerWithAlgorithms(a, []string{ssh.KeyAlgoRSA})
	if err != nil {
		return nil, err
	}
	s.AddHostKey(old)
	return s, nil
}

func (d *Device) checkKey(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	for _, k := range d.cfg.AuthorizedKeys {
		if bytes.Equal(k.Marshal(), key.Marshal()) {
			return nil, nil
		}
	}
	return nil, errRefused
}

func (d *Device) checkPassword(c ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
	want, ok := d.cfg.Users[c.User()]
	if ok && want == string(password) && !d.faults.Load().passwordRefused {
		return nil, nil
	}
	return nil, d.refuse()
}

func (d *Device) checkAnswers(c ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
	var texts []string
	var echos []bool
	for _, q := range d.cfg.KeyboardInteractive {
		texts, echos = append(texts, q.Text), append(echos, q.Echo)
	}
	answers, err := ask(c.User(), "", texts, echos)
	if err != nil {
		return nil, errRefused // no answer came, so none was refused
	}
	if len(answers) != len(texts) || d.faults.Load().passwordRefused {
		return nil, d.refuse()
	}
	for i, q := range d.cfg.KeyboardInteractive {
		if answers[i] != q.Answer {
			return nil, d.refuse()
		}
	}
	return nil, nil
}

func (d *Device) refuse() error {
	d.mu.Lock()
	d.refused++
	d.mu.Unlock()
	return errRefused
}
