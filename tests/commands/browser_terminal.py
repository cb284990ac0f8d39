#!/usr/bin/env python3
"""Types at `stats -i` on a terminal: browser_terminal.py STATS NAME runs the check called NAME.

Each check types keys and waits for the text that the screen must then have, up to the next prompt.
"""
import os
import pty
import select
import sys
import time


class Terminal:
    def __init__(self, *command):
        self.process, self.screen = pty.fork()
        if self.process == 0:
            os.environ.update(TERM="xterm", HOME="/nonexistent", PAGER="cat")
            os.execv(command[0], command)
        self.seen = ""

    def read(self, seconds):
        if not select.select([self.screen], [], [], seconds)[0]:
            return False
        try:
            more = os.read(self.screen, 65536).decode(errors="replace")
        except OSError:
            return False
        self.seen += more
        return more != ""

    def expect(self, text):
        """Waits for TEXT, and forgets what came before it."""
        end = time.monotonic() + 10
        while text not in self.seen:
            if time.monotonic() > end or not self.read(max(0, end - time.monotonic())):
                sys.exit(f"no {text!r} in {self.seen!r}")
        self.seen = self.seen[self.seen.index(text) + len(text):]

    def type(self, keys):
        os.write(self.screen, keys.encode())

    def press_until(self, keys, text):
        """Types KEYS until TEXT comes: until the editor is ready, after the prompt, the terminal takes them itself."""
        for _ in range(10):
            self.type(keys)
            end = time.monotonic() + 1
            while text not in self.seen and time.monotonic() < end:
                self.read(0.1)
            if text in self.seen:
                return

    def ended(self):
        while self.read(2):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


def complete(terminal):
    terminal.type("rea\tso\t\n")
    terminal.expect("some.prof% ")
    terminal.type("sort cumul\tnf\t\n")
    terminal.expect("% ")
    terminal.type("stats fact\t\n")
    terminal.expect("Ordered by: cumulative time, name/file/line")
    terminal.expect("due to restriction <'factorial'>")
    terminal.expect("a.c:3(factorial)")
    terminal.expect("% ")
    terminal.type("tree caller\tfact\t\n")
    terminal.expect("some.prof has no calling contexts")
    terminal.expect("% ")
    terminal.type("cal\t\t")
    terminal.expect("callees\r\ncallers\r\n")
    terminal.type("\x15quit\n")


def complete_spaces(terminal):
    """Completes names with spaces and with special characters of expressions, as the commands take them."""
    terminal.type("read my p\t\n")
    terminal.expect("my profile.prof% ")
    terminal.type("stats spaced::\t\n")
    terminal.expect("due to restriction <'spaced::f<int, char\\\\*>'>")
    terminal.expect("a.c:3(spaced::f<int, char*>)")
    terminal.expect("% ")
    terminal.type("stats 1 \"spaced::f<int, c\t\n")
    terminal.expect("due to restriction <1>")
    terminal.expect("a.c:3(spaced::f<int, char*>)")
    terminal.expect("% ")
    terminal.type("callers oper\t\n")
    terminal.expect("due to restriction <'operator\\\\[\\\\]'>")
    terminal.expect("a.c:4(operator[])")
    terminal.expect("% ")
    terminal.type("quit\n")


def remember(terminal):
    terminal.type("help add\n")
    terminal.expect("% ")
    terminal.type("help strip\n")
    terminal.expect("Strip leading")
    terminal.expect("% ")
    terminal.type("\x1b[A\x1b[A\n")
    terminal.expect("Add profile info")
    terminal.type("quit\n")


def interrupt(terminal):
    terminal.type("quit")
    terminal.expect("quit")
    terminal.type("\x03")
    terminal.expect("% ")
    terminal.type("help add\n")
    terminal.expect("Add profile info")
    terminal.expect("% ")
    terminal.press_until("\x15\x04", "Goodbye.")


def main():
    terminal = Terminal(os.path.abspath(sys.argv[1]), "-i")
    terminal.expect("% ")
    {"complete": complete, "complete_spaces": complete_spaces, "remember": remember, "interrupt": interrupt}[sys.argv[2]](terminal)
    terminal.expect("Goodbye.")
    status = terminal.ended()
    if status != 0:
        sys.exit(f"exit status {status}: {terminal.seen}")


main()
