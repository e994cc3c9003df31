package all

//go:generate go run ../../drivers/all/generate.go Source
