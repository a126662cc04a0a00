"""Emacs in a terminal of its own: keys through the terminal, answers through emacsclient."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .editor import Problem, eventually, libraries, needed, on_path, unpacked
from .terminal import Terminal

_ANSWER = """
(with-current-buffer (window-buffer (selected-window))
  (base64-encode-string (encode-coding-string (json-encode (progn %s)) 'utf-8) t))
"""
_PROBLEMS = """
(vconcat (mapcar (lambda (one)
  (let ((told (cdr (assoc 'eglot-lsp-diag (eglot--diag-data one))))
        (place (lambda (at) (save-excursion (goto-char at)
          (vector (1- (line-number-at-pos nil t)) (- (point) (line-beginning-position)))))))
    (vconcat (funcall place (flymake-diagnostic-beg one))
             (funcall place (flymake-diagnostic-end one))
             (vector (symbol-name (flymake-diagnostic-type one))
                     (plist-get told :code) (plist-get told :message)
                     (plist-get told :data)))))
  (flymake-diagnostics)))
"""
_HOVER = """
(let ((told (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                             (eglot--TextDocumentPositionParams))))
  (if told (eglot--hover-info (plist-get told :contents) (plist-get told :range)) ""))
"""
_ACTIONS = """
(jsonrpc-request (eglot--current-server-or-lose) :textDocument/codeAction
  (list :textDocument (eglot--TextDocumentIdentifier)
        :range (list :start (eglot--pos-to-lsp-position (line-beginning-position))
                     :end (eglot--pos-to-lsp-position (line-end-position)))
        :context (list :diagnostics (vconcat (delq nil (mapcar
          (lambda (one) (cdr (assoc 'eglot-lsp-diag (eglot--diag-data one))))
          (flymake-diagnostics (line-beginning-position) (line-end-position))))))))
"""
_SEVERITIES = {"eglot-error": "error", "eglot-warning": "warning", "eglot-note": "information"}


class Emacs:
    """One Emacs that loads the given file and nothing else of its user's."""

    name = "emacs"

    def __init__(self, root: Path, settings: Path, environment: Mapping[str, str]) -> None:
        self.root = root
        usr = unpacked("")
        inside = unpacked("bin/emacs-nox")
        binary = needed(
            inside or on_path("emacs-nox", "emacs"),
            "Emacs",
            "make test gets it, or apt install emacs-nox elpa-eglot",
        )
        self._client = needed(
            unpacked("bin/emacsclient.emacs") or on_path("emacsclient"),
            "emacsclient", "make test gets it, or apt install emacs-nox",
        )  # fmt: skip
        # A socket's path must be short, whatever the test's folder is called.
        self._folder = tempfile.TemporaryDirectory(prefix="em")
        self._socket = Path(self._folder.name) / "s"
        command = [str(binary)]
        self._environment = dict(environment) | {"LANG": "C.UTF-8"}
        if inside is not None and usr is not None:
            share = next((usr / "share" / "emacs").glob("[0-9]*"))
            programs = next((usr / "libexec" / "emacs" / share.name).iterdir())
            command.append(f"--dump-file={programs / 'emacs.pdmp'}")
            self._environment |= {
                "EMACSDATA": str(share / "etc"),
                "EMACSDOC": str(share / "etc"),
                "EMACSPATH": str(programs),
                "EMACSLOADPATH": str(share / "lisp"),
                "LD_LIBRARY_PATH": libraries(),
            }
            packages = sorted((usr / "share/emacs/site-lisp/elpa-src").iterdir())
            command += [f"--directory={package}" for package in packages]
        before = f"""(progn
          (setenv "LD_LIBRARY_PATH" nil)
          (setq native-comp-deferred-compilation nil server-name "s" make-backup-files nil
                auto-save-default nil create-lockfiles nil revert-without-query '(".*")
                server-socket-dir "{self._folder.name}" inhibit-startup-screen t))"""
        command += [
            "-Q",
            "-nw",
            "--eval",
            before,
            "--load",
            str(settings),
            "--funcall",
            "server-start",
        ]
        self._terminal = Terminal(command, root, self._environment)
        eventually(lambda: self._socket.exists() or self._ended(), "Emacs is up")

    def _ended(self) -> bool:
        ended = self._terminal.process.poll() is not None
        assert not ended, f"Emacs ended early:\n{self._terminal.shown()}"
        return False

    def ask(self, lisp: str) -> object:
        """Evaluate Lisp in the buffer that is shown, and return what its JSON says."""
        done = subprocess.run(
            [str(self._client), "-s", str(self._socket), "--eval", _ANSWER % lisp],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr or done.stdout
        return json.loads(base64.b64decode(done.stdout.strip().strip('"')))

    def _press(self, keys: str) -> None:
        self._terminal.press(keys)
        self._taken()

    def _taken(self) -> None:
        # The terminal hands keys over in their order: what is asked after them comes later.
        eventually(lambda: self.ask("(if (input-pending-p) :json-false t)"), "all keys are taken")

    def open(self, path: str) -> None:
        self.ask(f"(progn (find-file {_string(str(self.root / path))}) t)")
        # What a person's next key does as well: hooks of the command loop run in this buffer.
        self._press("\x06\x02")
        eventually(lambda: self.ask("(if (eglot-managed-p) t :json-false)"), "eglot is attached")

    def go(self, line: int, column: int) -> None:
        self.ask(f"(progn (goto-char (point-min)) (forward-line {line}) (forward-char {column}) t)")

    def keys(self, text: str) -> None:
        self._press(text.replace("\n", "\r"))

    def paste(self, text: str) -> None:
        # In the terminal's brackets, which xterm.el turns into one insertion.
        self._terminal.paste(text)
        self._taken()

    def undo(self) -> None:
        self._press("\x1f")

    def redo(self) -> None:
        self._press("\x1b\x1f")

    def save(self) -> None:
        self._press("\x18\x13")

    def revert(self) -> None:
        self.ask("(progn (revert-buffer t t) t)")

    def text(self) -> str:
        return str(self.ask("(buffer-substring-no-properties (point-min) (point-max))"))

    def problems(self) -> list[Problem]:
        told = self.ask(_PROBLEMS)
        assert isinstance(told, list)
        found = [Problem(*one[:4], _SEVERITIES.get(one[4], one[4]), *one[5:]) for one in told]
        return sorted(found, key=lambda one: one.line)

    def hover(self, line: int, column: int) -> str:
        self.go(line, column)
        return str(self.ask(_HOVER))

    def fixes(self, line: int) -> list[str]:
        self.go(line, 0)
        titles = self.ask(f"(vconcat (mapcar (lambda (one) (plist-get one :title)) {_ACTIONS}))")
        assert isinstance(titles, list)
        return titles

    def take(self, line: int, title: str) -> None:
        self.go(line, 0)
        self.ask(f"""
          (let ((last-nonmenu-event ?\\r)
                (completing-read-function (lambda (_prompt choices &rest _)
                  (seq-find (lambda (one) (string-prefix-p {_string(title)} one))
                            (all-completions "" choices)))))
            (undo-boundary)  ; as the command loop sets one between two commands
            (call-interactively #'eglot-code-actions)
            (undo-boundary) t)""")

    def command(self, name: str, argument: object) -> object:
        return self.ask(f"""
          (let ((eglot-confirm-server-initiated-edits nil)
                (argument (json-parse-string {_string(json.dumps(argument))}
                                             :object-type 'plist)))
            (jsonrpc-request (eglot--current-server-or-lose) :workspace/executeCommand
              (list :command {_string(name)} :arguments (vector argument))))""")

    def close(self) -> None:
        try:
            self.ask(
                "(progn (setq kill-emacs-query-functions nil) (run-at-time 0 nil #'kill-emacs) t)"
            )
        finally:
            self._terminal.close()
            self._folder.cleanup()


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
