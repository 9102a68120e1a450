"""The server: one client on two streams, its messages in turn; findings when it has been quiet for a moment.

A thread reads, so that a run is left as soon as more is typed; all else happens in the thread of `run`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, BinaryIO, Final
from urllib.parse import unquote, urlsplit

from gitopsgen import __version__
from gitopsgen.diagnostics import Diagnostic, Severity, UsageError
from gitopsgen.lsp import answers, wire
from gitopsgen.lsp.findings import by_file
from gitopsgen.lsp.positions import UTF16, UTF32
from gitopsgen.lsp.project import Edited

_QUIET_S: Final = 0.2  # after the last message, before a run begins
_WHOLE: Final = 1  # TextDocumentSyncKind.Full
_ERROR: Final = 1  # DiagnosticSeverity.Error
Params = dict[str, Any]
Found = Callable[[Path | None], Path]  # from the client's folder to the project's; raises UsageError


class RequestError(Exception):
    """A request that is answered with an error."""

    def __init__(self, code: int, message: str) -> None:
        """Take the code of JSON-RPC."""
        super().__init__(message)
        self.code = code


class Server:
    """The state of one session."""

    def __init__(self, received: BinaryIO, sent: BinaryIO, find: Found) -> None:
        """Serve the client at the other end of two streams."""
        self._received, self._sent, self._find = received, sent, find
        self._queue: SimpleQueue[wire.Message | Exception | None] = SimpleQueue()
        self._project: Edited | None = None
        self._is_shut = self._is_stale = False
        self._noted = self._heeded = 0  # notes of the client that came, and those that were taken
        self._shown: dict[str, list[Params]] = {}  # what the client was last told, by its own names of files
        self._requests: dict[str, Callable[[Params], Any]] = {
            "shutdown": self._shutdown,
            "textDocument/hover": self._hover,
            "textDocument/definition": self._definition,
            "textDocument/completion": self._completion,
        }
        self._notes: dict[str, Callable[[Params], None]] = {
            "textDocument/didOpen": lambda given: self._put(given["textDocument"], given["textDocument"]["text"]),
            "textDocument/didChange": lambda given: self._put(
                given["textDocument"], given["contentChanges"][-1]["text"]
            ),
            "textDocument/didClose": lambda given: self._put(given["textDocument"], None),
            "textDocument/didSave": self._saved,
            "workspace/didChangeWatchedFiles": self._saved,
        }

    def run(self) -> int:
        """Serve until the client ends it, or is gone; give the exit code that the protocol asks for."""
        Thread(target=self._read, daemon=True).start()
        while True:
            try:
                message = self._queue.get(timeout=_QUIET_S if self._is_stale else None)
            except Empty:
                self._is_stale = False
                self._guarded(self._publish)
                continue
            if message is None or (isinstance(message, dict) and message.get("method") == "exit"):
                return 0 if message is not None and self._is_shut else 1
            self._take(message)
            if self._edited_since and not self._is_outdated:
                self._guarded(self._glance)

    def _read(self) -> None:
        while True:
            try:
                message = wire.receive(self._received)
            except wire.MalformedMessageError as error:
                self._queue.put(error)
                continue
            except (wire.BrokenStreamError, OSError, ValueError) as error:
                _log(error)
                message = None
            self._noted += self._is_note(message)
            self._queue.put(message)
            if message is None or message.get("method") == "exit":
                return  # a thread that still reads would keep the interpreter from ending in order

    def _take(self, message: wire.Message | Exception) -> None:
        if isinstance(message, Exception):
            self._refuse(None, wire.PARSE_ERROR, str(message))
            return
        method, given = str(message.get("method", "")), message.get("params") or {}
        if "id" not in message:
            self._heeded += self._is_note(message)
            if method in self._notes and self._project is not None:
                self._guarded(lambda: self._notes[method](given))
            return
        if not method:
            return  # an answer: we ask nothing
        try:
            result = self._answer(method, given)
        except RequestError as error:
            self._refuse(message["id"], error.code, str(error))
        except Exception as error:  # noqa: BLE001 - the client is told, and the session goes on
            _log(error)
            self._refuse(message["id"], wire.INTERNAL_ERROR, f"{method} failed: {error}")
        else:
            wire.send(self._sent, {"id": message["id"], "result": result})

    def _answer(self, method: str, given: Params) -> Any:
        if self._is_shut:
            raise RequestError(wire.INVALID_REQUEST, "the server was told to shut down")
        if method == "initialize":
            return self._initialize(given)
        if self._project is None:
            raise RequestError(wire.NOT_INITIALIZED, "initialize comes first")
        if method not in self._requests:
            raise RequestError(wire.UNKNOWN_METHOD, f"{method} is not known here")
        return self._requests[method](given)

    def _refuse(self, number: Any, code: int, message: str) -> None:
        wire.send(self._sent, {"id": number, "error": {"code": code, "message": message}})

    def _guarded(self, do: Callable[[], None]) -> None:
        """Do what nobody waits for; what goes wrong is one line of the log, but for a client that is gone."""
        try:
            do()
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            _log(error)

    def _initialize(self, given: Params) -> Params:
        folders = given.get("workspaceFolders") or [{"uri": given.get("rootUri") or ""}]
        named = unquote(urlsplit(folders[0]["uri"]).path)
        try:
            root = self._find(Path(named) if named else None)
        except UsageError as error:
            raise RequestError(wire.INVALID_REQUEST, str(error)) from None
        offered = given.get("capabilities", {}).get("general", {}).get("positionEncodings") or ()
        self._project = Edited(root, UTF32 if UTF32 in offered else UTF16)
        return {
            "capabilities": {
                "positionEncoding": self._project.encoding,
                "textDocumentSync": {"openClose": True, "change": _WHOLE, "save": True},
                "hoverProvider": True,
                "definitionProvider": True,
                "completionProvider": {"triggerCharacters": ["."]},
            },
            "serverInfo": {"name": "gitopsgen", "version": __version__},
        }

    def _shutdown(self, _given: Params) -> None:
        self._is_shut, self._is_stale = True, False

    @property
    def _edited(self) -> Edited:
        assert self._project is not None  # noqa: S101 - `_answer` and `_take` see to it
        return self._project

    def _put(self, document: Params, text: str | None) -> None:
        if self._edited.put(document["uri"], text):
            self._is_stale = True

    def _saved(self, _given: Params) -> None:
        self._edited.forget()
        self._is_stale = True

    def _is_note(self, message: wire.Message | None) -> bool:
        return message is not None and "id" not in message and message.get("method") in self._notes

    @property
    def _is_outdated(self) -> bool:
        """Whether more was typed, or saved, than was taken in."""
        return self._noted != self._heeded

    @property
    def _edited_since(self) -> bool:
        return self._project is not None and bool(self._project.changed)

    def _glance(self) -> None:
        """Tell what can be said at once of the new text: no error that is shown is of an older one."""
        edited = self._edited
        changed = {edited.uri_of(file) for file in edited.changed}
        named = {file for uri in self._shown if (file := edited.file_of(uri))}
        shown = self._by_name(edited.glanced({*edited.changed, *named}))
        for uri, told in self._shown.items():
            if uri not in changed:  # warnings are mostly of what a glance does not look at
                shown[uri] = [*shown.get(uri, ()), *(one for one in told if one["severity"] != _ERROR)]
        edited.changed.clear()
        self._send(shown)

    def _publish(self) -> None:
        """Tell what cannot be read at once, then all that follows, unless more was typed meanwhile."""
        edited = self._edited
        quick = edited.opened().diagnostics
        if any(one.severity is Severity.ERROR for one in quick) and not self._is_outdated:
            self._send({**self._shown, **self._by_name(quick)})
        if not self._is_outdated:
            found = edited.rendered() if edited.texts else ()
        if self._is_outdated:
            self._is_stale = True  # whoever types is not waited for, and not told of what was there before
            return
        self._send({**{uri: [] for uri in edited.uris.values()}, **self._by_name(found)}, is_whole=True)

    def _by_name(self, found: tuple[Diagnostic, ...]) -> dict[str, list[Params]]:
        edited = self._edited
        files = by_file(found, edited.root, edited.text, edited.location)
        return {edited.uri_of(file): diagnostics for file, diagnostics in files.items()}

    def _send(self, shown: dict[str, list[Params]], *, is_whole: bool = False) -> None:
        """Send the findings of each file in which they changed, or of all; what has none any more is cleared."""
        for uri in sorted({*shown, *self._shown}):
            if is_whole or shown.get(uri, []) != self._shown.get(uri, []):
                note = {"uri": uri, "diagnostics": shown.get(uri, [])}
                wire.send(self._sent, {"method": "textDocument/publishDiagnostics", "params": note})
        self._shown = {uri: told for uri, told in shown.items() if told}

    def _hover(self, given: Params) -> Params | None:
        edited, file = self._edited, self._edited.file_of(given["textDocument"]["uri"])
        if file is None:
            return None
        told = answers.hover(edited.opened(), file, edited.text(file), given["position"], edited.href)
        return {"contents": {"kind": "markdown", "value": told}} if told else None

    def _definition(self, given: Params) -> list[Any]:
        edited, file = self._edited, self._edited.file_of(given["textDocument"]["uri"])
        if file is None:
            return []
        found = answers.definition(edited.opened(), file, edited.text(file), given["position"])
        return [edited.location(one) for one in found if (edited.root / one.file).is_file()]

    def _completion(self, given: Params) -> list[Any]:
        edited, file = self._edited, self._edited.file_of(given["textDocument"]["uri"])
        if file is None:
            return []
        return answers.completion(edited.opened(), file, edited.text(file), given["position"])


def _log(error: Exception) -> None:
    text = " ".join(str(error).split())
    sys.stderr.write(f"gitopsgen lsp: {type(error).__name__}: {text}\n")
    sys.stderr.flush()
