package report

import (
	"fmt"
	"strings"
	"time"

	"uplinkcheck/verify"
)

// accepted says who accepts what a waiver names, until when, and why.
func accepted(w verify.WaiverUse) string {
	return fmt.Sprintf("by %s until %s: %s", w.By, w.Until.Format(time.DateOnly), w.Reason)
}

// waiverSays tells what a waiver did in this run, and what follows for whoever wrote it.
func waiverSays(w verify.WaiverUse) string {
	switch w.State {
	case verify.Applied:
		return w.Findings[0].Reason
	case verify.Idle:
		return "its check did not run"
	case verify.Unused:
		return "nothing was found that it could accept: remove it, or mend its subject"
	}
	if len(w.Findings) == 0 {
		return "ran out, and nothing is found any more that it accepted: remove it"
	}
	f := w.Findings[0]
	if f.Waiver != nil {
		return "ran out; another waiver accepts the finding"
	}
	return fmt.Sprintf("ran out: it counts for nothing, and the finding stands (%s): mend it or accept it anew", f.Outcome)
}

// waiverOutcome is the colour and shape that a waiver is shown with.
func waiverOutcome(w verify.WaiverUse) verify.Outcome {
	switch w.State {
	case verify.Expired, verify.Unused:
		return verify.Warn
	}
	return verify.NotApplicable
}

// waiverCounts is "2 applied, 1 expired, 1 unused".
func waiverCounts(all []verify.WaiverUse) string {
	var parts []string
	for _, s := range []verify.WaiverState{verify.Applied, verify.Expired, verify.Unused, verify.Idle} {
		n := 0
		for _, w := range all {
			if w.State == s {
				n++
			}
		}
		switch {
		case n > 0 && s == verify.Idle:
			parts = append(parts, fmt.Sprintf("%d whose check did not run", n))
		case n > 0:
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}
