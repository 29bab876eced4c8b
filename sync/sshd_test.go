package sync

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
)

const sshd = "/usr/sbin/sshd"

// openSSH is OpenSSH's server on loopback with keys of its own.
type openSSH struct {
	address    string
	user       string
	key        string // the client's private key
	knownHosts string
}

// startSSHD runs it until the test ends. Where it is missing the test is skipped,
// but not on CI.
func startSSHD(t testing.TB) openSSH {
	t.Helper()
	if _, err := os.Stat(sshd); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("this test needs OpenSSH's server: %v", err)
		}
		t.Skipf("OpenSSH's server is not there: %v", err)
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if me.Uid == "0" {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	host, hostKey := newKey(t)
	client, clientKey := newKey(t)
	writeKey(t, filepath.Join(dir, "host"), hostKey, "")
	writeKey(t, filepath.Join(dir, "client"), clientKey, "")
	write(t, filepath.Join(dir, "authorized"), ssh.MarshalAuthorizedKey(client.PublicKey()), 0o600)
	port := freePort(t)
	config := fmt.Sprintf(`ListenAddress 127.0.0.1
Port %d
HostKey %s
AuthorizedKeysFile %s
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
Subsystem sftp internal-sftp
`, port, filepath.Join(dir, "host"), filepath.Join(dir, "authorized"))
	write(t, filepath.Join(dir, "config"), []byte(config), 0o600)
	cmd := exec.Command(sshd, "-D", "-e", "-f", filepath.Join(dir, "config"))
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	ready, log := false, ""
	for !ready && lines.Scan() {
		log += lines.Text() + "\n"
		ready = strings.HasPrefix(lines.Text(), "Server listening")
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for lines.Scan() {
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		<-drained
	})
	if !ready {
		t.Fatalf("sshd does not listen: %s", log)
	}
	s := openSSH{
		address: fmt.Sprintf("127.0.0.1:%d", port), user: me.Username,
		key: filepath.Join(dir, "client"), knownHosts: filepath.Join(dir, "known_hosts"),
	}
	write(t, s.knownHosts, []byte(knownhosts.Line([]string{s.address}, host.PublicKey())+"\n"), 0o600)
	return s
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
