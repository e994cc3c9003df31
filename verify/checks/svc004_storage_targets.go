package checks

import (
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SVC004: storage systems are on two switches.
var SVC004 = add(&verify.Check{
	ID:    "SVC-004",
	Title: "storage systems are on two switches",
	Doc: `Hosts with two ways into the storage network lose their disks all the same when the storage system hangs on one switch. Each system under services: with
kind: storage must be on two chassis with two control planes, by ports that carry its network, and the hosts must still reach one of them when any one switch is
lost. Networks with path: a and path: b replace each other: a port for each will do. Without such a service this is not judged.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.8.A22", "E")},
	Severity: verify.Critical,
	Run:      ofServices(judgeDualHomed, inventory.StorageSystem),
})

// ofServices judges the declared services of some kinds; where there is none, one n/a says how to have it judged.
func ofServices(judge func(*verify.Verdict, *topology.Service), kinds ...inventory.ServiceKind) func(*topology.Fabric) []verify.Finding {
	return func(f *topology.Fabric) []verify.Finding {
		all := f.Services(kinds...)
		if len(all) == 0 {
			return verify.Each(whole, func(everything) (v verify.Verdict) {
				v.NotApplicable("no service of kind %s is declared: services: in the inventory has this judged", kinds[0])
				return v
			})(f)
		}
		return verify.Each(func(*topology.Fabric) []*topology.Service { return all }, func(s *topology.Service) (v verify.Verdict) {
			judge(&v, s)
			return v
		})(f)
	}
}

// judgeDualHomed judges where a service enters each of its networks; those of different paths together.
func judgeDualHomed(v *verify.Verdict, s *topology.Service) {
	if len(s.At) == 0 {
		v.Unknown("%s: nobody says where it is plugged in", s.Name).Missing("its places as SWITCH/PORT under at: of service %s", s.Name)
		return
	}
	for _, networks := range s.Entered() {
		l := landingOf(s, networks...)
		judgeLanding(v, l)
		judgeApproach(v, l)
	}
}

func landingOf(s *topology.Service, networks ...*topology.Network) landing {
	what := s.Name + " in " + networks[0].Name
	for _, n := range networks[1:] {
		what += " and " + n.Name
	}
	return landing{what, "at: of service " + s.Name, s.At, networks, s.Fabric}
}
