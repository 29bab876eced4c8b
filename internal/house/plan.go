package house

// root is the room of the files beside go.mod: main.go alone.
const root = "."

// rooms says which of our rooms the non-test files of a room may import. A room
// may always import what lies below itself.
var rooms = map[string][]string{
	root: {"internal/cli"},

	"rules":  {},
	"store":  {"internal/etlegacy", "internal/crash"},
	"sync":   {"store", "internal/etlegacy", "internal/crash"},
	"engine": {"rules", "store", "internal/crash"},

	"internal/etlegacy": {},
	"internal/forecast": {},
	"internal/crash":    {},
	"internal/house":    {},
	"internal/service":  {},
	// Not sync: only internal/cli imports that one, since it shadows the
	// standard library's name.
	"internal/config":  {"rules"},
	"internal/notify":  {"store", "internal/etlegacy", "rules", "internal/forecast"},
	"internal/web":     {"store", "internal/etlegacy", "rules", "internal/forecast", "engine"},
	"internal/release": {"internal/cli", "internal/service"},
	"internal/cli": {
		"rules", "store", "sync", "engine",
		"internal/etlegacy", "internal/config", "internal/forecast",
		"internal/notify", "internal/web", "internal/service", "internal/crash",
	},
}

// soleImporter is the one room whose files, tests included, import our sync.
const soleImporter = "internal/cli"

// topFolders may stand beside the rooms at the top level.
var topFolders = []string{"internal", "examples", "docs"}

// topFiles are patterns of the files at the top level; names that start with a
// dot are allowed as well.
var topFiles = []string{
	"main.go", "main_test.go", "schedule.yaml", "go.mod", "go.sum",
	"*.md", "LICENSE", "Makefile", "Dockerfile",
}

// pure rooms decide or calculate: they are told the time and touch nothing.
var pure = []string{"rules", "internal/forecast"}

// clock are the names of package time that read a clock or wait for one.
var clock = []string{
	"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick",
	"NewTimer", "NewTicker", "Timer", "Ticker",
}

// worldly are the imports, with all below them, that a pure room may not have:
// they read or write the world, or differ from run to run.
var worldly = []string{
	"os", "net", "log", "io/fs", "io/ioutil", "syscall", "embed", "plugin",
	"database/sql", "expvar", "runtime", "testing", "flag",
	"math/rand", "crypto/rand", "path/filepath",
	"golang.org/x/sys", "golang.org/x/term",
}

// vagueWords are no names for a package or a file: they say nothing of what it holds.
var vagueWords = []string{"util", "common", "manager", "helper"}

// The largest sizes of a non-test file and of a function in one, in lines.
const (
	maxFileLines = 300
	maxFuncLines = 70
)
