package lab

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// A Seat is an address at which a node, or a guest in it, takes part in a network of the lab.
type Seat struct {
	Node    string
	Guest   string // name of the guest; "" for the node itself
	Address netip.Prefix
}

// String returns node or node/guest, and the address.
func (s Seat) String() string {
	if s.Guest != "" {
		return s.Node + "/" + s.Guest + " " + s.Address.Addr().String()
	}
	return s.Node + " " + s.Address.Addr().String()
}

// Seats reads the addresses from the nodes' CONFIG, in the words that node.sh explains: internal, guest and address. Those in one
// network have equal Address.Masked().
func (t *Topology) Seats() (out []Seat, err error) {
	for _, n := range t.Nodes {
		for line := range strings.Lines(n.Env["CONFIG"]) {
			words := strings.Fields(line)
			var s Seat
			switch {
			case len(words) == 4 && words[0] == "internal":
				s, err = n.seat("", words[3])
			case len(words) == 4 && words[0] == "guest":
				s, err = n.seat(words[1], words[3])
			case len(words) == 3 && words[0] == "address":
				s, err = n.seat("", words[2])
			default:
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("node %s: %q: %w", n.Name, line, err)
			}
			out = append(out, s)
		}
	}
	return out, nil
}

func (n Node) seat(guest, network string) (Seat, error) {
	p, err := netip.ParsePrefix(network)
	if err != nil {
		return Seat{}, err
	}
	base := p.Addr().String()
	address, err := netip.ParseAddr(base[:strings.LastIndexByte(base, '.')+1] + n.Env["UNIT"])
	return Seat{n.Name, guest, netip.PrefixFrom(address, p.Bits())}, err
}

// Answers are pairs of seats between which a ping and its answer passed: who asked, and who answered.
type Answers map[[2]Seat]bool

// Heard reports whether two seats hear each other, whoever asked.
func (a Answers) Heard(x, y Seat) bool { return a[[2]Seat{x, y}] || a[[2]Seat{y, x}] }

// Alive reports whether anybody hears the seat.
func (a Answers) Alive(s Seat) bool {
	for pair := range a {
		if pair[0] == s || pair[1] == s {
			return true
		}
	}
	return false
}

// Ping lets every seat ping all others of its network once and waits two seconds for the answers. Virtual machines only answer.
func (l *Lab) Ping(ctx context.Context) (Answers, error) {
	seats, err := l.Topology.Seats()
	if err != nil {
		return nil, err
	}
	out := Answers{}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	for _, n := range l.Topology.Nodes {
		if l.box(n.Name) == nil || l.machine(n.Name) {
			continue
		}
		g.Go(func() error {
			text, err := l.Exec(ctx, n.Name, "sh", "-c", pings(n.Name, seats))
			mu.Lock()
			defer mu.Unlock()
			for line := range strings.Lines(text) {
				var from, to int
				if n, err := fmt.Sscan(line, &from, &to); n == 2 && err == nil && max(from, to) < len(seats) {
					out[[2]Seat{seats[from], seats[to]}] = true
				}
			}
			return err
		})
	}
	return out, g.Wait()
}

// pings is a shell script in which each seat of a node pings the others of its network, all at once. It prints the numbers of the seats
// that asked and answered.
func pings(node string, seats []Seat) string {
	var script strings.Builder
	for i, from := range seats {
		enter := ""
		if from.Guest != "" {
			enter = "ip netns exec " + from.Guest + " "
		}
		for j, to := range seats {
			if from.Node == node && i != j && from.Address.Masked() == to.Address.Masked() {
				fmt.Fprintf(&script, "(%sping -n -q -c 1 -W 2 %s >/dev/null 2>&1 && echo %d %d) &\n", enter, to.Address.Addr(), i, j)
			}
		}
	}
	return script.String() + "wait"
}
