package store

// Lock takes the database at path for this process, so that no two smartsyncs
// write it. The error is a *HeldError when another has it. What a killed process
// leaves behind holds nobody up.
func Lock(path string) (release func() error, err error) { panic("to write") }
