"""A client of yaml-language-server, as an editor is one: it opens files and asks about places in them."""

from __future__ import annotations

import json
import queue
import subprocess
import threading

SECONDS = 60


class LanguageServer:
    """One server on a folder; `tags` are the merge tags that an editor would be told of."""

    def __init__(self, program, root, tags):
        self.root = root
        self.settings = {"customTags": tags, "validate": True, "schemaStore": {"enable": False}, "schemas": {}}
        self.process = subprocess.Popen([program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.answers = queue.Queue()
        self.told = queue.Queue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        folder = {"uri": root.as_uri(), "name": "project"}
        about = {"processId": None, "rootUri": root.as_uri(), "workspaceFolders": [folder]}
        self.ask("initialize", {**about, "capabilities": {"workspace": {"configuration": True}}})
        self._send(method="initialized", params={})
        self._send(method="workspace/didChangeConfiguration", params={"settings": {"yaml": self.settings}})

    def close(self):
        self.process.kill()
        self.listener.join()
        with self.process:  # its streams are closed
            pass

    def faults(self, file, text):
        """Give what the server says of a file with a text: line and message."""
        uri = self._open(file, text)
        while True:
            told = self.told.get(timeout=SECONDS)
            if told["uri"] == uri:
                break
        self._close(uri)
        return [(one["range"]["start"]["line"] + 1, one["message"]) for one in told["diagnostics"]]

    def words(self, file, text):
        """Give what is offered where `@@` stands in the text."""
        return [one["label"] for one in self._at(file, text, "textDocument/completion")["items"]]

    def hover(self, file, text):
        """Give what is told of the word before which `@@` stands."""
        return self._at(file, text, "textDocument/hover")["contents"]["value"]

    def _at(self, file, text, method):
        line, _, _ = text.partition("@@")
        uri = self._open(file, text.replace("@@", ""))
        place = {"line": line.count("\n"), "character": len(line.rpartition("\n")[2])}
        answer = self.ask(method, {"textDocument": {"uri": uri}, "position": place})
        self._close(uri)
        return answer

    def _open(self, file, text):
        uri = (self.root / file).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send(method="textDocument/didOpen", params={"textDocument": document})
        return uri

    def _close(self, uri):
        self._send(method="textDocument/didClose", params={"textDocument": {"uri": uri}})

    def ask(self, method, params):
        self._send(id=1, method=method, params=params)
        return self.answers.get(timeout=SECONDS)["result"]

    def _send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _listen(self):
        while length := self._length():
            message = json.loads(self.process.stdout.read(length))
            if message.get("method") == "textDocument/publishDiagnostics":
                self.told.put(message["params"])
            elif message.get("method") == "workspace/configuration":
                wanted = [each["section"] for each in message["params"]["items"]]
                self._send(id=message["id"], result=[self.settings if one == "yaml" else {} for one in wanted])
            elif "method" in message and "id" in message:
                self._send(id=message["id"], result=None)
            elif "id" in message:
                self.answers.put(message)

    def _length(self):
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return length
