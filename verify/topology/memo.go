package topology

import "sync"

// A memo keeps what was worked out for a key, once, whoever asks at the same time. The zero memo is empty.
type memo[K comparable, V any] struct{ known sync.Map }

func (m *memo[K, V]) of(key K, work func() V) V {
	if x, ok := m.known.Load(key); ok {
		return x.(func() V)()
	}
	x, _ := m.known.LoadOrStore(key, sync.OnceValue(work))
	return x.(func() V)()
}
