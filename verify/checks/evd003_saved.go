package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// EVD003: what runs is what is saved.
var EVD003 = add(&verify.Check{
	ID:    "EVD-003",
	Title: "what runs is what is saved",
	Doc: `A change that was made and not saved is gone after the next reload, and with it what this program found in order: redundancy after a reload is that of the
saved configuration. Compare them by hand (EOS: show running-config diffs); Junos saves whatever it commits, and Open vSwitch whatever is set.`,
	Cites:     []standard.Clause{standard.Grundschutz("NET.3.1.A8", "B"), standard.Grundschutz("NET.3.1.A9", "B")},
	Severity:  verify.Medium,
	Undecided: "whether the running configuration differs from the saved one, which no reply that is asked for says",
})
