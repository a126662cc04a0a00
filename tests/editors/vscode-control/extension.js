// Answers a test's questions about what the workbench holds, one JSON object a line over a local
// socket: {"ask": name, ...}. The sockets lie in the folder that REDLINE_TEST_CONTROL names, each
// called as what its window has open. Keys, pastes and menus go through the workbench itself.
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const vscode = require('vscode');

const severities = ['error', 'warning', 'information', 'hint'];

const plain = range => [
  range.start.line,
  range.start.character,
  range.end.line,
  range.end.character,
];

function documentOf(file) {
  const uri = vscode.Uri.file(file).toString();
  return vscode.workspace.textDocuments.find(one => one.uri.toString() === uri);
}

function editorOf(file) {
  const uri = vscode.Uri.file(file).toString();
  return vscode.window.visibleTextEditors.find(one => one.document.uri.toString() === uri);
}

function hoverText(hover) {
  return hover.contents.map(one => (typeof one === 'string' ? one : one.value)).join('\n\n');
}

function problem(one) {
  return {
    range: plain(one.range),
    severity: severities[one.severity],
    code: String(typeof one.code === 'object' ? one.code.value : one.code),
    source: one.source,
    message: one.message,
    data: one.data ?? null,
  };
}

function tab(one, group) {
  const { input } = one;
  const name = uri => (uri === undefined ? undefined : uri.toString());
  return {
    label: one.label,
    column: group.viewColumn,
    active: one.isActive && group.isActive,
    uri: name(input?.uri),
    original: name(input?.original),
    modified: name(input?.modified),
    view: input?.viewType,
  };
}

let suggested;

const answers = {
  // An extension that did not start says why when it is asked to again.
  async state() {
    const redline = vscode.extensions.getExtension('redline.redline');
    await redline?.activate();
    return {
      version: vscode.version,
      trusted: vscode.workspace.isTrusted,
      redline: redline && { active: redline.isActive, version: redline.packageJSON.version },
    };
  },
  async open({ path: file }) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document, { preview: false });
    return document.languageId;
  },
  // With whatever editor the workbench has for it, as from the explorer.
  async show({ path: file }) {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  },
  async select({ path: file, range }) {
    const editor = editorOf(file);
    const chosen = new vscode.Range(...range);
    editor.selection = new vscode.Selection(chosen.start, chosen.end);
    editor.revealRange(chosen);
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    return plain(editor.selection);
  },
  caret() {
    const editor = vscode.window.activeTextEditor;
    return editor && [editor.document.uri.fsPath, ...plain(editor.selection)];
  },
  text({ path: file }) {
    return documentOf(file)?.getText();
  },
  dirty({ path: file }) {
    return documentOf(file)?.isDirty === true;
  },
  // Of all documents on which something is found, where no path is given.
  problems({ path: file }) {
    if (file !== undefined) {
      return vscode.languages.getDiagnostics(vscode.Uri.file(file)).map(problem);
    }
    return vscode.languages
      .getDiagnostics()
      .flatMap(([uri, found]) => found.map(one => ({ uri: uri.toString(), ...problem(one) })));
  },
  async hover({ path: file, line, character }) {
    const place = new vscode.Position(line, character);
    const found = await vscode.commands.executeCommand(
      'vscode.executeHoverProvider',
      vscode.Uri.file(file),
      place,
    );
    return found.map(hoverText).join('\n\n');
  },
  async fixes({ path: file, range }) {
    const found = await vscode.commands.executeCommand(
      'vscode.executeCodeActionProvider',
      vscode.Uri.file(file),
      new vscode.Range(...range),
    );
    return found.map(one => one.title);
  },
  async lenses({ path: file }) {
    const found = await vscode.commands.executeCommand(
      'vscode.executeCodeLensProvider',
      vscode.Uri.file(file),
      100,
    );
    return found.map(one => (one.command ? one.command.title : ''));
  },
  async command({ id, rest }) {
    return await vscode.commands.executeCommand(id, ...(rest ?? []));
  },
  async set({ key, value }) {
    const scope = vscode.ConfigurationTarget.Global;
    await vscode.workspace.getConfiguration().update(key, value ?? undefined, scope);
  },
  tabs() {
    return vscode.window.tabGroups.all.flatMap(group => group.tabs.map(one => tab(one, group)));
  },
  // The text of a document that somebody's content provider gives.
  async read({ uri }) {
    return (await vscode.workspace.openTextDocument(vscode.Uri.parse(uri))).getText();
  },
  // Ghost text behind the beginning of its first line, as another extension's assistant offers it.
  suggest({ path: file, text }) {
    suggested?.dispose();
    suggested = vscode.languages.registerInlineCompletionItemProvider(
      { scheme: 'file' },
      {
        provideInlineCompletionItems(document, place) {
          const typed = new vscode.Range(place.with(undefined, 0), place);
          const begun = document.uri.fsPath === file && text.startsWith(document.getText(typed));
          return begun ? [new vscode.InlineCompletionItem(text, typed)] : [];
        },
      },
    );
  },
  // All editors, unsaved text and notifications go, as if nobody had been here.
  async clear() {
    suggested?.dispose();
    for (const document of vscode.workspace.textDocuments.filter(one => one.isDirty)) {
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('notifications.clearAll');
  },
};

async function answered(line) {
  try {
    const question = JSON.parse(line);
    return JSON.stringify({ result: (await answers[question.ask](question)) ?? null });
  } catch (error) {
    return JSON.stringify({ error: String((error && error.stack) || error) });
  }
}

function listen(place) {
  // What a window before its reload has left.
  fs.rmSync(place, { force: true });
  const server = net.createServer(socket => {
    let kept = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', async piece => {
      kept += piece;
      for (let end = kept.indexOf('\n'); end >= 0; end = kept.indexOf('\n')) {
        const line = kept.slice(0, end);
        kept = kept.slice(end + 1);
        socket.write(`${await answered(line)}\n`);
      }
    });
  });
  server.listen(place);
  return server;
}

function activate(context) {
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  const open = workspaceFile ?? workspaceFolders?.[0]?.uri;
  const name = open === undefined ? 'nothing' : path.basename(open.fsPath);
  const control = listen(path.join(process.env.REDLINE_TEST_CONTROL, name));
  context.subscriptions.push({ dispose: () => control.close() });
}

module.exports = { activate };
