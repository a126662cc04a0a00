// Starts one language server over stdio and answers a test's questions about what the workbench
// shows. Both are named in the environment: REDLINE_TEST_SERVER holds the server's command as a
// JSON list, REDLINE_TEST_CONTROL the path of the local socket on which questions come in, one
// JSON object a line: {"ask": name, ...}. Keys, pastes and menus go through the workbench itself.
const net = require('node:net');
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;
let failure = null;

const plain = range => [
  range.start.line, range.start.character, range.end.line, range.end.character,
];
const severities = ['error', 'warning', 'information', 'hint'];

function editorOf(uri) {
  return vscode.window.visibleTextEditors.find(one => one.document.uri.toString() === uri.toString());
}

function hoverText(hover) {
  return hover.contents.map(one => (typeof one === 'string' ? one : one.value)).join('\n\n');
}

const answers = {
  async state() {
    return { running: !!client && client.isRunning(), failure, version: vscode.version };
  },
  async open({ path }) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    await vscode.window.showTextDocument(document, { preview: false });
    return document.languageId;
  },
  async select({ path, range }) {
    const editor = editorOf(vscode.Uri.file(path));
    const chosen = new vscode.Range(...range);
    editor.selection = new vscode.Selection(chosen.start, chosen.end);
    editor.revealRange(chosen);
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    return plain(editor.selection);
  },
  async text({ path }) {
    const uri = vscode.Uri.file(path).toString();
    const found = vscode.workspace.textDocuments.find(one => one.uri.toString() === uri);
    return found ? found.getText() : null;
  },
  async dirty({ path }) {
    const uri = vscode.Uri.file(path).toString();
    return vscode.workspace.textDocuments.some(one => one.uri.toString() === uri && one.isDirty);
  },
  async problems({ path }) {
    return vscode.languages.getDiagnostics(vscode.Uri.file(path)).map(one => ({
      range: plain(one.range),
      severity: severities[one.severity],
      code: String(typeof one.code === 'object' ? one.code.value : one.code),
      source: one.source,
      message: one.message,
      data: one.data ?? null,
    }));
  },
  async hover({ path, line, character }) {
    const found = await vscode.commands.executeCommand(
      'vscode.executeHoverProvider', vscode.Uri.file(path), new vscode.Position(line, character));
    return found.map(hoverText).join('\n\n');
  },
  async fixes({ path, range }) {
    const found = await vscode.commands.executeCommand(
      'vscode.executeCodeActionProvider', vscode.Uri.file(path), new vscode.Range(...range));
    return found.map(one => one.title);
  },
  async lenses({ path }) {
    const found = await vscode.commands.executeCommand(
      'vscode.executeCodeLensProvider', vscode.Uri.file(path), 100);
    return found.map(one => (one.command ? one.command.title : ''));
  },
  async command({ id, rest }) {
    await vscode.commands.executeCommand(id, ...(rest || []));
    return null;
  },
  // A command of the server, run where the workbench would run it from a lens or a menu.
  async serverCommand({ id, rest }) {
    return await client.sendRequest('workspace/executeCommand', { command: id, arguments: rest || [] });
  },
};

function listen(path) {
  const server = net.createServer(socket => {
    let kept = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', async piece => {
      kept += piece;
      for (let end = kept.indexOf('\n'); end >= 0; end = kept.indexOf('\n')) {
        const question = JSON.parse(kept.slice(0, end));
        kept = kept.slice(end + 1);
        let answer;
        try {
          answer = { result: await answers[question.ask](question) };
        } catch (error) {
          answer = { error: String((error && error.stack) || error) };
        }
        socket.write(`${JSON.stringify(answer)}\n`);
      }
    });
  });
  server.listen(path);
  return server;
}

async function start() {
  const [command, ...args] = JSON.parse(process.env.REDLINE_TEST_SERVER);
  // Without a transport the client speaks over stdio and adds no argument of its own.
  client = new LanguageClient('redline', 'Redline', { command, args }, {
    documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher('**/*') },
  });
  await client.start();
}

async function activate(context) {
  // First of all the socket: it tells why the client did not start.
  const control = listen(process.env.REDLINE_TEST_CONTROL);
  context.subscriptions.push({ dispose: () => control.close() });
  try {
    await start();
  } catch (error) {
    failure = String((error && error.stack) || error);
  }
}

async function deactivate() {
  if (client) await client.stop();
}

module.exports = { activate, deactivate };
