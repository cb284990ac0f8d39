#!/usr/bin/env python3
"""A debuginfod server for the tests: debug_server.py serve FOLDER starts one, on a port of its own.

It writes the port to FOLDER/port and a line for each request to FOLDER/requests. It answers with FOLDER/BUILDID. While
there is a FOLDER/hold, it stops in the middle of an answer.

debug_server.py watch FOLDER COMMAND... runs COMMAND on a terminal, waits for the progress of a download, removes
FOLDER/hold, or sends Ctrl-C if there is a FOLDER/interrupt, and prints all that COMMAND has printed.
"""
import http.server
import os
import pty
import sys
import time


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(f"{folder}/requests", "a", encoding="ascii") as requests:
            print(self.path, file=requests)
        _, build_id, kind = self.path.strip("/").split("/")
        try:
            with open(f"{folder}/{build_id}", "rb") as file:
                answer = file.read()
        except OSError:
            answer = None
        if answer is None or kind != "debuginfo":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        half = len(answer) // 2
        self.wfile.write(answer[:half])
        while os.path.exists(f"{folder}/hold"):
            time.sleep(0.01)
        try:
            self.wfile.write(answer[half:])
        except BrokenPipeError:  # Ctrl-C has ended the client
            pass

    def log_message(self, *words):
        pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with open(f"{folder}/port.new", "w", encoding="ascii") as port:
        print(server.server_address[1], file=port)
    os.rename(f"{folder}/port.new", f"{folder}/port")
    server.serve_forever()


def watch(command):
    process, screen = pty.fork()
    if process == 0:
        os.execvp(command[0], command)
    seen = b""
    while True:
        try:
            more = os.read(screen, 65536)
        except OSError:
            break
        if not more:
            break
        seen += more
        if b"downloading" not in seen or not os.path.exists(f"{folder}/hold"):
            continue
        if os.path.exists(f"{folder}/interrupt"):
            os.remove(f"{folder}/interrupt")
            os.write(screen, b"\x03")
        else:
            os.remove(f"{folder}/hold")
    sys.stdout.buffer.write(seen)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


folder = sys.argv[2]
if sys.argv[1] == "serve":
    serve()
else:
    sys.exit(watch(sys.argv[3:]))
