package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// secretPlaces are schedules with a slip in or around a value; @@ is where the
// value comes from the environment.
var secretPlaces = []string{
	"timezone: @@\n",
	"store: @@://host/db\n",
	"store: \"@@://host/db\"\n",
	"files: [@@]\n",
	"on_error: @@\n",
	"jitter: @@\n",
	"log: {level: \"@@\"}\n",
	"log: {max_size: \"@@\", max_age: \"@@\"}\n",
	"sources:\n  game: {url: \"@@://host/x\"}\n",
	"sources:\n  game: {url: \"sftp://et:@@@host/x\"}\n",
	"sources:\n  game: {url: \"sftp://et@@@\"}\n",
	"sources:\n  game:\n    url: @@\n    password: @@\n",
	"sources:\n  game:\n    url: in\n    import: @@\n",
	"sources:\n  game:\n    url: in\n    schedule: @@\n",
	"sources:\n  game:\n    url: in\n    match: \"[@@\"\n    settle: @@\n    timeout: @@\n    max_size: @@\n",
	"windows:\n  - name: \" @@\"\n    wake: @@\n    from: \"@@\"\n    to: \"@@\"\n",
	"windows:\n  - name: \"@@\"\n    days: [\"@@\"]\n    dates: \"@@\"\n    rules: [{interval: 8d}]\n",
	"windows:\n  - name: w\n    rules:\n      - when: @@\n        interval: @@\n        until: @@\n        jitter: @@\n",
	"windows:\n  - name: w\n    rules:\n      - when: found > @@\n        interval: 5@@\n      - when: source == @@\n        interval: duration(\"@@\")\n      - until: @@\n",
	"windows:\n  - name: w\n    rules:\n      - when: now.@@() == 1 and window == \"@@\"\n        interval: \"@@ minutes\"\n      - interval: 1m\n",
	"windows: @@\n",
	"sources: @@\n",
	"default: {when: \"@@\", interval: \"@@\"}\n",
}

// TestSecretsFromEnvironment puts a secret wherever a schedule takes a value:
// what comes back never shows it, nor a part of it.
func TestSecretsFromEnvironment(t *testing.T) {
	// What a parser would tell apart, and quote a part of.
	glues := []string{"", " ", "-", ".", `"`, `\`, "'", "(", "://", ": ", "%", "5", "s", "@", "/", ":", "\t", "é", "\n", " > "}
	faults := 0
	for _, place := range secretPlaces {
		text := strings.ReplaceAll(place, "@@", "${SSH_PASSWORD}")
		for n := range 3 * len(glues) {
			first, second := glues[n%len(glues)], []string{"", " ", glues[n%len(glues)]}[n/len(glues)]
			secret := "kanariA" + first + "wachtelB" + second + "merleC"
			_, err := config.Parse("schedule.yaml", []byte(text), func(name string) (string, bool) { return secret, name == "SSH_PASSWORD" })
			if err == nil {
				continue
			}
			faults++
			for _, part := range []string{"kanari", "wachtel", "merle"} {
				if strings.Contains(strings.ToLower(err.Error()), part) {
					t.Fatalf("%q shows:\n%v", secret, err)
				}
			}
		}
	}
	if faults < 1000 {
		t.Errorf("only %d faults", faults)
	}
}

// TestSecretsInTheFile has faults in every line around a secret that stands in
// the file itself, however it is written.
func TestSecretsInTheFile(t *testing.T) {
	for _, value := range []string{
		"password: hunter2", "password: \"hunter2\"", "password: 'hunter2'", "passphrase: hunter2", "\"password\": hunter2", "password:   hunter2 # mine",
		"password:\n      hunter2", "password: >-\n      hunter2", "password: |\n\n      hunter2", "password: !!binary hunter2", "password: &p hunter2", "password: [hunter2]",
		"password: {a: hunter2}", "password:\n      - hunter2", "password: ${NAME:-hunter2}", "password: a ${NAME} hunter2", "password: \"${NAME}hunter2\"",
		"pasword: hunter2", "passwd: hunter2", "Password: hunter2", "pass: hunter2", "pwd: hunter2", "passwrod: hunter2", "password : hunter2", "pssword: hunter2",
		"passpharse: hunter2", "api_token: hunter2", "client-secret: hunter2", "url: sftp://et:hunter2@host/x", "url: \"sftp://et:hun/ter2:hunter2@host\"", "url: et:hunter2@host:x",
		"url: ftp://et:hunter2 hunter2@host", "password: hunter2\n    password: hunter2", "password: \"hunter2\n      hunter2", "password: {hunter2", "password: @hunter2", "password: *hunter2",
		"password: hunter2: 3", "password: \"\\hunter2\"", "\tpassword: hunter2", "password\u00a0: hunter2",
	} {
		for _, text := range []string{
			"sources:\n  game:\n    %s\n    port: 22\n",
			"sources:\n  game:\n    port: 22\n    %s\n    urk: x\nwindows: 5\n",
		} {
			text = fmt.Sprintf(text, value)
			if _, err := config.Parse("schedule.yaml", []byte(text), func(string) (string, bool) { return "value", true }); err == nil {
				t.Errorf("no fault in\n%s", text)
			} else if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "ter2") {
				t.Errorf("shows:\n%v", err)
			}
		}
	}
	flow := "sources: {game: {url: sftp://et@host/x, password: hunter2, port: 22}}\n" + minimal[strings.Index(minimal, "windows"):]
	if _, err := config.Parse("schedule.yaml", []byte(flow), noVariables); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("in braces: %v", err)
	}
}

// TestSecretsInLongLines moves a secret over the end of what is searched of a line.
func TestSecretsInLongLines(t *testing.T) {
	for _, before := range []string{"x", "日"} {
		for _, secret := range []string{" {password: hunter2}", " sftp://et:hunter2@host/x", ` "sftp://et:hunter2 hunter2@host"`, " {password:\n      hunter2"} {
			for length := 8<<10 - 40; length < 8<<10+10; length += 3 {
				text := "  a: [" + strings.Repeat(before, length/len(before)) + secret + "\n"
				_, err := config.Parse("schedule.yaml", []byte(text), noVariables)
				if err == nil {
					t.Fatalf("no fault in %d bytes", len(text))
				}
				e, ok := errors.AsType[*rules.FaultError](err)
				if !ok || strings.Contains(string(e.Source), "hunter2") || strings.Contains(string(e.Source), "unter") {
					t.Fatalf("%d of %q and %q: shows\n%v", length, before, secret, err)
				}
			}
		}
	}
}

// What is no secret is shown, however long its line.
func TestLongLinesAreShown(t *testing.T) {
	_, err := config.Parse("schedule.yaml", []byte("a: "+"["+strings.Repeat("x", 10_000)+"\n"), noVariables)
	if err == nil || !strings.Contains(err.Error(), "\n    a: [xxxx") {
		t.Errorf("%.300v", err)
	}
}
