package collect

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// A Login is how to log in. Its secrets are functions, called at most once in a run, and only when a device asks.
// The zero Login has no way to prove who it is.
type Login struct {
	Name     string // of the credential: targets with the same Name share secrets and refusals. Empty: shared with nobody
	User     string
	Password func() (string, error) // nil: none
	Enable   func() (string, error) // the enable secret; nil: privilege is not asked for
	Keys     []Key                  // tried first
	Agent    bool                   // try the keys of the ssh-agent at SSH_AUTH_SOCK, after Keys
}

// A Key is a private key file.
type Key struct {
	Path       string
	Passphrase func() (string, error) // nil: the file is not encrypted
}

// A secret is one password of a credential and what is known about it. Until some device took it, one device at a time
// may try it: thirty-two wrong logins at once would lock the account.
type secret struct {
	fetch func() (string, error) // calls Login's function once
	turn  chan struct{}          // held by whoever tries a password that was never taken

	mu      sync.Mutex
	good    bool
	refused string // the device that refused it
}

func newSecret(fetch func() (string, error)) *secret {
	if fetch == nil {
		return nil
	}
	return &secret{fetch: sync.OnceValues(fetch), turn: make(chan struct{}, 1)}
}

// errRefusedBefore says that a password was refused by another device and is not sent again.
type errRefusedBefore struct{ device string }

func (e errRefusedBefore) Error() string { return "its password was refused by " + e.device }

// try returns the secret for one attempt. The caller must call done exactly once, when it knows whether the secret was taken,
// was refused, or neither.
func (s *secret) try(ctx context.Context) (value string, done func(device string, taken, refused bool), err error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return "", nil, context.Cause(ctx)
	}
	s.mu.Lock()
	good, refused := s.good, s.refused
	s.mu.Unlock()
	if good || refused != "" {
		<-s.turn
	}
	if refused != "" {
		return "", nil, errRefusedBefore{refused}
	}
	value, err = s.fetch()
	if err != nil {
		if !good {
			<-s.turn
		}
		return "", nil, err
	}
	return value, func(device string, taken, refused bool) {
		s.mu.Lock()
		s.good = s.good || taken
		if refused && s.refused == "" {
			s.refused = device
		}
		s.mu.Unlock()
		if !good {
			<-s.turn
		}
	}, nil
}

// A credential is a Login within a run.
type credential struct {
	login            Login
	password, enable *secret
	signers          func() ([]ssh.Signer, error) // from the key files, read once
}

// credential returns the state of an endpoint's login in this run.
func (r *run) credential(e Endpoint) *credential {
	key := "name " + e.Login.Name
	if e.Login.Name == "" {
		key = "endpoint " + e.Name + " " + e.Address
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.credentials[key]
	if c == nil {
		l := e.Login
		c = &credential{login: l, password: newSecret(l.Password), enable: newSecret(l.Enable),
			signers: sync.OnceValues(func() ([]ssh.Signer, error) { return readKeys(l.Keys) })}
		r.credentials[key] = c
	}
	return c
}

// String names the credential for messages.
func (c *credential) String() string {
	if c.login.Name == "" {
		return "the login of " + c.login.User
	}
	return fmt.Sprintf("credential %q", c.login.Name)
}

func readKeys(keys []Key) ([]ssh.Signer, error) {
	var out []ssh.Signer
	for _, k := range keys {
		pem, err := os.ReadFile(k.Path)
		if err != nil {
			return nil, err
		}
		signer, err := ssh.ParsePrivateKey(pem)
		var locked *ssh.PassphraseMissingError
		if errors.As(err, &locked) && k.Passphrase != nil {
			var phrase string
			if phrase, err = k.Passphrase(); err == nil {
				signer, err = ssh.ParsePrivateKeyWithPassphrase(pem, []byte(phrase))
			}
		}
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", k.Path, err)
		}
		out = append(out, signer)
	}
	return out, nil
}

// An attempt is one try to prove who we are to one server.
type attempt struct {
	ctx    context.Context // ends when the device's time does
	cred   *credential
	device string
	timer  *time.Timer // ends the handshake; stands still while the attempt waits for its turn
	limit  time.Duration

	agent net.Conn
	sent  func(device string, taken, refused bool) // set once the password was sent
	odd   error                                    // a question that got no answer, or no password to answer with
	noKey error                                    // why keys were not offered
}

// methods are the ways to prove it, in the order in which they are tried.
func (a *attempt) methods() []ssh.AuthMethod {
	var m []ssh.AuthMethod
	if len(a.cred.login.Keys) > 0 || a.cred.login.Agent {
		m = append(m, ssh.PublicKeysCallback(a.keys))
	}
	if a.cred.password != nil {
		m = append(m, ssh.PasswordCallback(a.password), ssh.KeyboardInteractive(a.answer))
	}
	return m
}

// keys are those of the files and then those of the agent: a server is told of all in one method.
func (a *attempt) keys() ([]ssh.Signer, error) {
	signers, err := a.cred.signers()
	if err != nil {
		a.noKey = err
		return nil, err
	}
	if !a.cred.login.Agent {
		return signers, nil
	}
	more, err := a.agentKeys()
	a.noKey = err
	return append(signers[:len(signers):len(signers)], more...), nil
}

func (a *attempt) agentKeys() ([]ssh.Signer, error) {
	socket := os.Getenv("SSH_AUTH_SOCK")
	if socket == "" {
		return nil, errors.New("no ssh-agent: SSH_AUTH_SOCK is not set")
	}
	var d net.Dialer
	conn, err := d.DialContext(a.ctx, "unix", socket)
	if err != nil {
		return nil, fmt.Errorf("ssh-agent: %w", err)
	}
	conn.SetDeadline(time.Now().Add(a.limit))
	a.agent = conn
	signers, err := agent.NewClient(conn).Signers()
	if err != nil {
		return nil, fmt.Errorf("ssh-agent: %w", err)
	}
	return signers, nil
}

// errSecondPassword ends an attempt whose password was refused: it is not sent twice.
var errSecondPassword = errors.New("password refused")

// password hands out the password, once in an attempt, when it is this device's turn.
func (a *attempt) password() (string, error) {
	if a.sent != nil {
		return "", errSecondPassword
	}
	a.timer.Stop()
	defer a.timer.Reset(a.limit)
	value, done, err := a.cred.password.try(a.ctx)
	if err != nil {
		a.odd = err
		return "", err
	}
	a.sent = done
	return value, nil
}

// passwordQuestion matches what asks for a password, and otherQuestion what asks for something beside it.
var (
	passwordQuestion = regexp.MustCompile(`(?i)passwor[dt]`)
	otherQuestion    = regexp.MustCompile(`(?i)one.?time|otp|token|code|pin\b|verif|challenge|response|new |change|expired|retype`)
)

// answer gives the password to a single question that asks for it without echo. Whatever else a server asks is no
// business of the password: a question for a one-time code gets no answer.
func (a *attempt) answer(_, _ string, questions []string, echos []bool) ([]string, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	q := questions[0]
	if len(questions) > 1 || echos[0] || !passwordQuestion.MatchString(q) || otherQuestion.MatchString(q) {
		a.odd = fmt.Errorf("it asks %q, which is more than a password", printable(strings.Join(questions, " "), 120))
		return nil, a.odd
	}
	p, err := a.password()
	if err != nil {
		return nil, err
	}
	return []string{p}, nil
}

// end says what came of the attempt, to the others with the same password, and returns the failure if there is one.
// err is what the handshake ended with, and late whether that was because its time was over.
func (a *attempt) end(addr string, err error, late bool) error {
	if a.agent != nil {
		a.agent.Close()
	}
	refused := a.sent != nil && err != nil && a.odd == nil && !late
	if a.sent != nil {
		a.sent(a.device, err == nil, refused)
	}
	var before errRefusedBefore
	switch {
	case err == nil:
		return nil
	case refused:
		return failed(fmt.Sprintf("%s refused the password of %s for user %s", addr, a.cred, a.cred.login.User),
			"check both; it is not sent again in this run, so that no account is locked")
	case errors.As(a.odd, &before):
		return failed(fmt.Sprintf("not tried: %s was refused by %s", a.cred, before.device),
			"mend the password and run again")
	case a.odd != nil:
		return failed(fmt.Sprintf("%s: login of %s: %s", addr, a.cred.login.User, a.odd),
			"use a login that needs only a password or a key, and see that it can be read")
	case a.noKey != nil:
		return failed(fmt.Sprintf("%s: login of %s: %s", addr, a.cred.login.User, a.noKey), "mend it, or use another login")
	}
	return nil
}
