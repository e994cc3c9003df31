// Package clab reads a containerlab topology file as an inventory: its nodes become switches and hosts, its links become
// cables that the operator claims, and labels say what is meant.
//
// containerlab refuses top-level keys that it does not know, so the whole intent is written as labels. A label may stand on
// a node, its group, its kind or topology.defaults; the nearest one wins (node, group, kind, defaults), as in containerlab.
// Every label that begins with "uplinkcheck." must be one of these, else it is an error.
//
// Labels of a node:
//
//	uplinkcheck.role         switch | hypervisor | gateway | station | none
//	                         gateway and station are not logged in to; networks name them. none: left out.
//	                         When absent: the label "role" in these words (also host, leaf, spine, tor, router), then the
//	                         node's group in the same words, then the kind: a switch's kind is a switch, linux is none.
//	uplinkcheck.platform     driver of a switch, such as openvswitch or arista_eos. When absent: by kind; linux: openvswitch
//	uplinkcheck.source       source of a hypervisor. When absent: linux
//	uplinkcheck.pair         name of the multi-chassis pair a switch is in
//	uplinkcheck.cluster      clusters a hypervisor is in, by comma
//	uplinkcheck.networks     networks a hypervisor needs beyond those of its clusters, by comma
//	uplinkcheck.domain       what it is lost together with: names of domains, by comma
//	uplinkcheck.rack         rack
//	uplinkcheck.power        power feed
//	uplinkcheck.site         site
//	uplinkcheck.single-homed true: a hypervisor with one uplink by design
//	uplinkcheck.maintenance  true: out of service
//
// How to log in to a node:
//
//	uplinkcheck.address      host or host:port. When absent: topology-data.json, then mgmt-ipv4, then mgmt-ipv6, then
//	                         ansible-inventory.yml, then the container's name, which containerlab puts into /etc/hosts
//	uplinkcheck.port         SSH port, 22 when absent
//	uplinkcheck.user         user. When absent: the node's credentials.username, the kind's default; linux: root
//	uplinkcheck.key          private key file. When absent: the node's credentials.identity-file
//	uplinkcheck.agent        true: ask the ssh-agent; also when there is neither key nor password
//	uplinkcheck.password-env environment variable with the password. When absent: the node's credentials.password, the
//	                         kind's published default
//	uplinkcheck.known-hosts  known_hosts file in place of the usual one
//	uplinkcheck.via          jump hosts, first hop first, by comma
//	uplinkcheck.sudo         true: put "sudo -n" before shell commands
//	uplinkcheck.legacy       true: also offer old SSH algorithms
//
// Files are relative to the topology file; "~/" is the home directory.
//
// Intent of the whole fabric, on topology.defaults only. A value is words "key=value" by spaces; lists are by comma:
//
//	uplinkcheck.network.NAME "vlans=10,20-29 role=management zone=z path=a untagged=true gateway=gw1 stations=jump1,leaf1/eth9"
//	uplinkcheck.cluster.NAME "networks=management,vmotion survive=switch,link hosts=h1,h2"
//	uplinkcheck.pair.NAME    "leaf1,leaf2"
//	uplinkcheck.domain.NAME  "leaf1,h1"
//	uplinkcheck.policy       "max-age=24h max-spread=15m stack-is-redundant=true strict-vlans=true static-lags=true"
//	uplinkcheck.waiver.NAME  "check=VLN-004 subject=leaf1/eth9 until=2027-01-31 by=someone reason=all the rest of the line"
//
// The words mean what they mean in the inventory file (package inventory). Node and topology labels of one cluster, pair or
// domain add up. Interfaces are named as the platform names them: eth1 of an arista_ceos is Ethernet1.
//
// An inventory file can be laid over a topology: what it says of an entry wins, key by key, and the rest stays.
package clab
