package lab

import (
	"context"
	"fmt"
	"strings"
)

// Undo takes one change back.
type Undo func(context.Context) error

// Set changes columns of a record of a node's Open vSwitch, as `ovs-vsctl set TABLE RECORD COLUMN[:KEY]=VALUE...` does. The
// returned Undo gives the columns their old values.
func (l *Lab) Set(ctx context.Context, node, table, record string, columns ...string) (Undo, error) {
	back := []string{"ovs-vsctl", "set", table, record}
	for _, c := range columns {
		column := c[:strings.IndexAny(c, ":=")]
		was, err := l.Exec(ctx, node, "ovs-vsctl", "get", table, record, column)
		if err != nil {
			return nil, err
		}
		back = append(back, column+"="+strings.TrimSpace(was))
	}
	if _, err := l.Exec(ctx, node, append([]string{"ovs-vsctl", "set", table, record}, columns...)...); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		_, err := l.Exec(ctx, node, back...)
		return err
	}, nil
}

// Change runs a command in a node; the returned Undo runs the other.
func (l *Lab) Change(ctx context.Context, node string, command, back string) (Undo, error) {
	if _, err := l.Exec(ctx, node, strings.Fields(command)...); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		_, err := l.Exec(ctx, node, strings.Fields(back)...)
		return err
	}, nil
}

// Reaches opens a TCP connection from a node to the SSH server of another address, and fails when that does not come about
// before ctx ends.
func (l *Lab) Reaches(ctx context.Context, node, address string) error {
	var last error
	err := poll(ctx, func() bool {
		_, last = l.Exec(ctx, node, "timeout", "1", "bash", "-c", "exec 3<>/dev/tcp/"+address+"/22")
		return last == nil
	})
	if err != nil {
		return fmt.Errorf("%s does not reach %s: %w: %w", node, address, err, last)
	}
	return nil
}
