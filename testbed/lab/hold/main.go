// Hold keeps the live lab up until it is interrupted and prints how to look at it:
//
//	sudo go run ./testbed/lab/hold [DIRECTORY]
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"uplinkcheck/testbed/lab"
)

func main() {
	if err := hold(); err != nil {
		fmt.Fprintln(os.Stderr, "hold:", err)
		os.Exit(2)
	}
}

func hold() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir := filepath.Join(os.TempDir(), "uplinkcheck-lab")
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	began := time.Now()
	l, err := lab.Up(ctx, dir, "containerlab.yml")
	if err != nil {
		return err
	}
	defer l.Down()
	up := time.Since(began)
	converge, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := l.WaitConverged(converge); err != nil {
		return err
	}
	fmt.Printf("up after %.1f s, converged after %.1f s; ^C ends it\n\n", up.Seconds(), time.Since(began).Seconds())
	fmt.Printf("verify it:       %s uplinkcheck lab %s\n", l.Shell(""), l.File)
	key := filepath.Join(filepath.Dir(l.File), "clab-"+l.Topology.Name, "id_ed25519")
	fmt.Printf("log in:          %s ssh -i %s -o UserKnownHostsFile=%s root@%s\n", l.Shell(""), key,
		filepath.Join(filepath.Dir(key), "known_hosts"), l.Topology.Nodes[0].Address)
	for _, n := range l.Topology.Nodes {
		fmt.Printf("inside %-9s %s COMMAND\n", n.Name+":", l.Shell(n.Name))
	}
	<-ctx.Done()
	return nil
}
