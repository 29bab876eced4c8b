//go:build crashpoints && linux

package crash_test

import (
	"bufio"
	"crypto/ed25519"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	gosync "sync"
	"syscall"
	"testing"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
)

const sshdPath = "/usr/sbin/sshd"

// server is OpenSSH's sshd on loopback, with keys of its own.
type server struct {
	cmd     *exec.Cmd
	drained chan struct{}
	dir     string // its keys and those of its client
	address string
	user    string
}

var sharedServer struct {
	once    gosync.Once
	running *server
	err     error
}

// needSSHD returns the server of all tests. Without OpenSSH the test is skipped,
// but not on CI.
func needSSHD(t testing.TB) *server {
	t.Helper()
	need(t, sshdPath, "openssh-server")
	sharedServer.once.Do(func() { sharedServer.running, sharedServer.err = startSSHD(filepath.Join(scratch, "sshd")) })
	if sharedServer.err != nil {
		t.Fatal(sharedServer.err)
	}
	return sharedServer.running
}

// need skips the test without a program, but fails it on CI.
func need(t testing.TB, program, pkg string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not there, install %s: %v", program, pkg, err)
		}
		t.Skipf("%s is not there, install %s: %v", program, pkg, err)
	}
}

// startSSHD starts one in the new folder dir, and returns when it listens.
func startSSHD(dir string) (*server, error) {
	me, err := user.Current()
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, user: me.Username, drained: make(chan struct{})}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	if me.Uid == "0" { // sshd separates its privileges there
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			return nil, err
		}
	}
	if err := s.configure(); err != nil {
		return nil, err
	}
	s.cmd = exec.Command(sshdPath, "-D", "-e", "-f", s.path("config"))
	said, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines, log := bufio.NewScanner(said), ""
	for lines.Scan() {
		log += lines.Text() + "\n"
		if strings.HasPrefix(lines.Text(), "Server listening") {
			go func() {
				defer close(s.drained)
				_, _ = io.Copy(io.Discard, said)
			}()
			return s, nil
		}
	}
	_ = s.cmd.Wait()
	return nil, fmt.Errorf("sshd does not listen: %s", log)
}

func (s *server) path(name string) string { return filepath.Join(s.dir, name) }

// configure writes the keys of both sides and sshd's configuration.
func (s *server) configure() error {
	host, err := newKey(s.path("host"))
	if err != nil {
		return err
	}
	client, err := newKey(s.path("client"))
	if err != nil {
		return err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.address = free.Addr().String()
	free.Close()
	_, port, err := net.SplitHostPort(s.address)
	if err != nil {
		return err
	}
	config := fmt.Sprintf(`ListenAddress 127.0.0.1
Port %s
HostKey %s
AuthorizedKeysFile %s
PidFile none
StrictModes no
UsePAM no
UseDNS no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 200
Subsystem sftp internal-sftp
`, port, s.path("host"), s.path("authorized"))
	for name, text := range map[string]string{
		"authorized":  string(ssh.MarshalAuthorizedKey(client)),
		"known_hosts": knownhosts.Line([]string{s.address}, host) + "\n",
		// Newer versions shut out a client that keeps dying before it has logged in.
		"config": config + "PerSourcePenalties no\n",
	} {
		if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	if exec.Command(sshdPath, "-t", "-f", s.path("config")).Run() != nil { // older: knows no penalties
		return os.WriteFile(s.path("config"), []byte(config), 0o600)
	}
	return nil
}

// newKey writes a new private key and returns its public half.
func newKey(path string) (ssh.PublicKey, error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		return nil, err
	}
	return ssh.NewPublicKey(public)
}

// source is a source of a schedule: folder on this server.
func (s *server) source(folder string) string {
	return fmt.Sprintf("url: sftp://%s@%s%s\n    key: %s\n    known_hosts: %s",
		s.user, s.address, folder, s.path("client"), s.path("known_hosts"))
}

func (s *server) stop() {
	s.disconnect()
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	<-s.drained
}

// disconnect kills every session of the server, and returns how many processes
// that were.
func (s *server) disconnect() int {
	var killed int
	parents := []int{s.cmd.Process.Pid}
	for len(parents) > 0 {
		parent := parents[0]
		parents = parents[1:]
		for _, child := range children(parent) {
			parents = append(parents, child)
			if syscall.Kill(child, syscall.SIGKILL) == nil {
				killed++
			}
		}
	}
	return killed
}

// children returns the processes that parent started.
func children(parent int) []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var found []int
	for _, stat := range stats {
		data, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		// pid (name) state ppid …; a name may hold anything.
		fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			if err == nil {
				found = append(found, pid)
			}
		}
	}
	slices.Sort(found)
	return found
}
