package topology

import "uplinkcheck/drivers/state"

// vlanClasses divides the VIDs into classes that behave alike: two VIDs are in one class when every set that the classes were
// refined by has both of them or neither. What is then worked out for a class holds for each of its VIDs.
type vlanClasses struct {
	of   [4096]int32 // class of a VID
	size []int       // VIDs in a class
	vids []state.VIDSet
}

// classesBy divides all VIDs by the sets. The cost is that of the sets' sizes.
func classesBy(sets []state.VIDSet) *vlanClasses {
	c := &vlanClasses{size: []int{state.AllVIDs.Len()}}
	done := map[state.VIDSet]bool{}
	for _, s := range sets {
		if !done[s] {
			done[s] = true
			c.refine(s)
		}
	}
	members := make([][]state.VID, len(c.size))
	for v := range state.AllVIDs.All() {
		members[c.of[v]] = append(members[c.of[v]], v)
	}
	for _, m := range members {
		c.vids = append(c.vids, state.VIDs(m...))
	}
	return c
}

// refine splits each class of which the set has some VIDs but not all.
func (c *vlanClasses) refine(set state.VIDSet) {
	inside, moved := map[int32]int{}, map[int32]int32{}
	for v := range set.All() {
		inside[c.of[v]]++
	}
	for old, n := range inside {
		if n == c.size[old] {
			delete(inside, old)
		}
	}
	for v := range set.All() {
		old := c.of[v]
		if inside[old] == 0 {
			continue
		}
		split, ok := moved[old]
		if !ok {
			split = int32(len(c.size))
			moved[old] = split
			c.size = append(c.size, 0)
		}
		c.of[v] = split
		c.size[old]--
		c.size[split]++
	}
}

// first is the lowest VID of a class.
func (c *vlanClasses) first(class int32) state.VID {
	for first := range c.vids[class].Runs() {
		return first
	}
	return 0
}
