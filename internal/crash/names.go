package crash

// The points of a check, in the order they come.
const (
	Dialled       = "dialled"        // the connection stands
	Listed        = "listed"         // the listing is complete
	Planned       = "planned"        // what to fetch is known
	TempCreated   = "temp-created"   // the temporary file is there, empty
	HalfWritten   = "half-written"   // some of its bytes are written
	BeforeSync    = "before-sync"    // all bytes are written, none need be on the disk
	AfterSync     = "after-sync"     // the temporary file is on the disk
	Fetched       = "fetched"        // all files are fetched, some may have to settle
	Settled       = "settled"        // the unsettled files were looked at again
	BeforeRename  = "before-rename"  // a file is about to get its name
	AfterRename   = "after-rename"   // it has its name, its folder need not be on the disk
	AfterFolder   = "after-folder"   // the folder is on the disk
	BeforeCommand = "before-command" // an import command is about to run
	AfterCommand  = "after-command"  // the command ended, the ledger does not know
	BeforeCommit  = "before-commit"  // a batch is about to be committed
	AfterCommit   = "after-commit"   // a batch is committed
	BeforeRecord  = "before-record"  // the check is about to be recorded
	AfterRecord   = "after-record"   // the check is recorded
)

// Names lists the points of a check of package sync. The store has its own, which
// begin with commit-.
var Names = []string{
	Dialled, Listed, Planned, TempCreated, HalfWritten, BeforeSync, AfterSync, Fetched,
	Settled, BeforeRename, AfterRename, AfterFolder, BeforeCommand, AfterCommand,
	BeforeCommit, AfterCommit, BeforeRecord, AfterRecord,
}
