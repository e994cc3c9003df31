package topology

import "uplinkcheck/inventory"

// Cluster is a declared cluster with the hosts of it that are known.
type Cluster struct {
	*inventory.Cluster
	Hosts  []*Host  // in order
	Absent []string // declared hosts of which nothing is known, in the inventory's order
	Fabric *Fabric
}

// Subject implements Named.
func (c *Cluster) Subject() Subject { return Subject{"cluster", c.Name} }

// Clusters returns the declared clusters, in the inventory's order.
func (f *Fabric) Clusters() []*Cluster {
	f.clustersOnce.Do(func() {
		of := map[*inventory.Cluster]*Cluster{}
		for i := range f.Inventory.Clusters {
			c := &Cluster{Cluster: &f.Inventory.Clusters[i], Fabric: f}
			for _, name := range c.Cluster.Hosts {
				if f.hosts[name] == nil {
					c.Absent = append(c.Absent, name)
				}
			}
			of[c.Cluster] = c
			f.clusters = append(f.clusters, c)
		}
		for _, h := range f.Hosts {
			for _, c := range h.Clusters {
				of[c].Hosts = append(of[c].Hosts, h)
			}
		}
	})
	return f.clusters
}
