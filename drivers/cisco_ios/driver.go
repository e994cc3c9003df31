// Package cisco_ios is the driver for Cisco IOS on Catalyst switches before IOS-XE: text of show commands in a prompt session.
package cisco_ios

import (
	"uplinkcheck/drivers"
	"uplinkcheck/drivers/cisco_ios/ios"
)

// Driver reads Cisco IOS.
var Driver = &drivers.Driver{
	Name:       "cisco_ios",
	Title:      "Cisco IOS",
	Aliases:    []string{"ios", "cisco", "cisco_iol", "cisco_vios", "vr-vios"},
	Privileges: ios.Privileges,
	Access:     []drivers.Access{drivers.Session},
	Commands:   ios.Commands(),
	Prompt:     ios.Prompt,
	Refusal:    ios.Refusal,
	Parse:      ios.Parse("cisco_ios"),
}
