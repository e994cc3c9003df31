package lab

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// State is what the nodes say of themselves, by node. It is for waiting until the lab shows what was done to it: the verifier
// reads the nodes by its own means.
type State map[string]NodeState

// NodeState is what one node says.
type NodeState struct {
	Members    []Member         // of its LACP bonds
	Neighbours map[string][]End // by own port: who was heard there
	RSTP       map[string]string
}

// Member is one member of a bond as `ovs-appctl lacp/show` has it.
type Member struct {
	Bond, Port string
	Status     string            // "current attached", "expired detached", "defaulted detached"
	Fields     map[string]string // "actor state", "partner key", …
}

// Member returns the state of that port; the zero Member when there is none.
func (s State) Member(e End) Member {
	for _, m := range s[e.Node].Members {
		if m.Port == e.Port {
			return m
		}
	}
	return Member{}
}

// Carries reports whether frames may pass in both directions: both ends collect and distribute, as far as the member
// knows.
func (m Member) Carries() bool {
	return m.Status == "current attached" && strings.Contains(m.Fields["actor state"], "collecting distributing") &&
		strings.Contains(m.Fields["partner state"], "collecting distributing")
}

// String says what matters of a member in one line.
func (m Member) String() string {
	return fmt.Sprintf("%s/%s: %s; actor %s; partner %s key %s: %s", m.Bond, m.Port, m.Status, m.Fields["actor state"],
		m.Fields["partner sys_id"], m.Fields["partner key"], m.Fields["partner state"])
}

// Observe asks all nodes that have power, but no virtual machines, at once.
func (l *Lab) Observe(ctx context.Context) (State, error) {
	out := State{}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	for _, n := range l.Topology.Nodes {
		if l.box(n.Name) == nil || l.machine(n.Name) {
			continue
		}
		g.Go(func() error {
			s, err := l.observe(ctx, n)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			out[n.Name] = s
			return nil
		})
	}
	return out, g.Wait()
}

func (l *Lab) observe(ctx context.Context, n Node) (NodeState, error) {
	text, err := l.Exec(ctx, n.Name, "sh", "-c", `lldpcli -f json0 show neighbors
		[ ! -e /run/openvswitch/db.sock ] || { echo ====; ovs-vsctl -f csv --no-headings --columns=name,rstp_status list port
		echo ====; ovs-appctl lacp/show; }`)
	if err != nil {
		return NodeState{}, err
	}
	parts := strings.SplitN(text, "====\n", 3)
	s := NodeState{RSTP: map[string]string{}}
	if s.Neighbours, err = parseNeighbours(parts[0]); err != nil {
		return NodeState{}, fmt.Errorf("%s: lldpcli: %w", n.Name, err)
	}
	if len(parts) == 3 {
		for line := range strings.Lines(parts[1]) {
			name, status, _ := strings.Cut(line, ",")
			_, role, _ := strings.Cut(status, "rstp_port_role=")
			role, _, _ = strings.Cut(role, ",")
			_, status, _ = strings.Cut(status, "rstp_port_state=")
			state, _, _ := strings.Cut(status, "}")
			if state == "Discarding" && (role == "Root" || role == "Designated") {
				state = "Learning" // on its way to forwarding, as the role says
			}
			if state != "" {
				s.RSTP[strings.Trim(name, `"`)] = state
			}
		}
		s.Members = parseLACP(parts[2])
	}
	return s, nil
}

func parseLACP(text string) []Member {
	var out []Member
	bond := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		key, value, ok := strings.Cut(line, ": ")
		switch {
		case strings.HasPrefix(line, "---- "):
			bond = strings.Trim(line, "- ")
		case !ok:
		case key == "member":
			port, status, _ := strings.Cut(value, ": ")
			out = append(out, Member{Bond: bond, Port: port, Status: status, Fields: map[string]string{}})
		case len(out) > 0 && out[len(out)-1].Bond == bond:
			out[len(out)-1].Fields[key] = value
		}
	}
	return out
}

func parseNeighbours(text string) (map[string][]End, error) {
	type value struct{ Value string }
	var f struct {
		LLDP []struct {
			Interface []struct {
				Name    string
				Chassis []struct{ Name []value }
				Port    []struct{ ID []value }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return nil, err
	}
	out := map[string][]End{}
	for _, l := range f.LLDP {
		for _, i := range l.Interface {
			var far End
			for _, c := range i.Chassis {
				for _, n := range c.Name {
					far.Node = n.Value
				}
			}
			for _, p := range i.Port {
				for _, id := range p.ID {
					far.Port = id.Value
				}
			}
			out[i.Name] = append(out[i.Name], far)
		}
	}
	return out, nil
}

// steady is how long nothing may change before the lab is called settled: two periods of LACPDUs at the fast rate.
const steady = 2 * time.Second

// Wait observes the lab until settled says "" and goes on saying so for two seconds in which no state changes. Else it fails
// with what settled said last.
func (l *Lab) Wait(ctx context.Context, settled func(State) string) (State, error) {
	return l.wait(ctx, steady, settled)
}

func (l *Lab) wait(ctx context.Context, quiet time.Duration, settled func(State) string) (State, error) {
	last := "nothing observed"
	var s State
	var since time.Time
	err := poll(ctx, func() bool {
		now, err := l.Observe(ctx)
		if ctx.Err() != nil {
			return false // what was observed before says more
		}
		if err != nil {
			last = err.Error()
			return false
		}
		if !reflect.DeepEqual(s, now) {
			since = time.Now()
		}
		s, last = now, settled(now)
		if last == "" && time.Since(since) < quiet {
			last = "it changes on and on"
		}
		return last == ""
	})
	if err != nil {
		return s, fmt.Errorf("%w: %s", err, last)
	}
	return s, nil
}

// WaitConverged waits until every LACP leg that is plugged carries frames on both ends, RSTP has settled and LLDP heard who is plugged.
func (l *Lab) WaitConverged(ctx context.Context) error {
	_, err := l.wait(ctx, 0, func(s State) string {
		for _, name := range slices.Sorted(maps.Keys(s)) {
			for _, m := range s[name].Members {
				if _, plugged := l.Far(End{name, m.Port}); plugged && !m.Carries() {
					return fmt.Sprintf("%s: %s", name, m)
				}
			}
		}
		return cmp.Or(l.RSTPSettled(s), l.LLDPSettled(s))
	})
	return err
}

// RSTPSettled returns the first port that is neither forwarding nor discarding for good, "" when there is none.
func (l *Lab) RSTPSettled(s State) string {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		for _, port := range slices.Sorted(maps.Keys(s[name].RSTP)) {
			if state := s[name].RSTP[port]; state == "Learning" {
				return fmt.Sprintf("%s: RSTP: %s is %s", name, port, state)
			}
		}
	}
	return ""
}

// LLDPSettled compares what LLDP heard with what is plugged and returns the first difference, "" when there is none.
func (l *Lab) LLDPSettled(s State) string {
	for _, e := range l.Ends() {
		if _, on := s[e.Node]; !on {
			continue
		}
		var want []End
		if far, ok := l.Hears(e); ok && !l.machine(far.Node) { // which speak no LLDP
			want = []End{far}
		}
		if got := s[e.Node].Neighbours[e.Port]; !slices.Equal(got, want) {
			return fmt.Sprintf("%s: LLDP heard %v, plugged is %v", e, got, want)
		}
	}
	return ""
}
