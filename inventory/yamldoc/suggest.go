package yamldoc

import (
	"fmt"
	"strings"
)

// DidYouMean returns `; did you mean "x"?` for the known word that is nearest to a misspelt one, "" when none is near.
func DidYouMean(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// Nearest returns the known word that is fewest edits away, the first of equals, "" when each is too far: more
// than a third of the letters. Case, hyphens and underscores do not count.
func Nearest(word string, known []string) string {
	best, far := "", 1+max(1, min(3, len(word)/3))
	if len(word) > 100 {
		return ""
	}
	for _, k := range known {
		if d := distance(fold(word), fold(k), far); d < far {
			best, far = k, d
		}
	}
	return best
}

func fold(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
}

// distance counts edits, a swap of neighbours as one, and gives up at limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	prev2, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(b)]
}
