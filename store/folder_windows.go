package store

// syncFolder does nothing: Windows has no such thing and writes names through.
func syncFolder(string) error { return nil }

// mountedReadOnly does not know.
func mountedReadOnly(string) bool { return false }
