/** Hears of texts that are copied, pasted and dropped in this window; keeps their imprints alone. */
import * as vscode from 'vscode';
import { mimesOf, type Source } from './hint.js';
import { imprint } from './imprint.js';
import type { Copy, Offer } from './teller.js';

const PLAIN = 'text/plain';
/** Where the editor says from which document a text was copied. */
const EDITOR_DATA = 'application/vnd.code.additional-editor-data';
const OBSERVED = vscode.DocumentDropOrPasteEditKind.Empty.append('redline', 'observed');
/** A form that this extension adds to nothing: who copies only is not asked when it is pasted. */
const OWN = 'application/vnd.redline.copy';

/** Documents that the server is told of. */
const WATCHED: vscode.DocumentSelector = [
  { scheme: 'file' },
  { scheme: 'untitled' },
  { scheme: 'vscode-notebook-cell' },
];

export function watchCopies(heard: (copy: Copy) => void): vscode.Disposable {
  const provider: vscode.DocumentPasteEditProvider = {
    prepareDocumentPaste(document, ranges) {
      const held = imprint(ranges.map((range) => document.getText(range)).join('\n'));
      if (held !== undefined) heard({ held, source: { uri: document.uri.toString() } });
    },
  };
  // From any document: also from a chat's answer, where that is one.
  return vscode.languages.registerDocumentPasteEditProvider('*', provider, {
    providedPasteEditKinds: [OBSERVED],
    copyMimeTypes: [OWN],
  });
}

/** Hears of pastes before they happen. The editor waits for the answer, which is always none. */
export function watchPastes(heard: (offer: Offer) => void): vscode.Disposable {
  const provider: vscode.DocumentPasteEditProvider = {
    provideDocumentPasteEdits(document, _ranges, data) {
      void hear(document, data, heard);
      return undefined;
    },
  };
  return vscode.languages.registerDocumentPasteEditProvider(WATCHED, provider, {
    providedPasteEditKinds: [OBSERVED],
    pasteMimeTypes: [PLAIN],
  });
}

/** Hears of texts that are dragged in from elsewhere, in the same way. */
export function watchDrops(heard: (offer: Offer) => void): vscode.Disposable {
  const provider: vscode.DocumentDropEditProvider = {
    provideDocumentDropEdits(document, _position, data) {
      void hear(document, data, heard);
      return undefined;
    },
  };
  return vscode.languages.registerDocumentDropEditProvider(WATCHED, provider, {
    providedDropEditKinds: [OBSERVED],
    dropMimeTypes: [PLAIN],
  });
}

async function hear(
  document: vscode.TextDocument,
  data: vscode.DataTransfer,
  heard: (offer: Offer) => void,
): Promise<void> {
  const { uri, version } = document;
  const mimes = mimesOf([...data].map(([mime]) => mime));
  const [text, origin] = await Promise.all([
    data.get(PLAIN)?.asString(),
    data.get(EDITOR_DATA)?.asString(),
    // What cannot be read is not heard.
  ]).catch(() => []);
  const held = imprint(text ?? '');
  if (held === undefined) return;
  const source = sourceOf(origin);
  heard({ uri: uri.toString(), version, mimes, held, ...(source && { source }) });
}

function sourceOf(told: string | undefined): Source | undefined {
  if (told === undefined) return undefined;
  try {
    const { uri } = JSON.parse(told) as { uri: vscode.Uri };
    // The window knows files of a remote machine by another scheme than its extensions do.
    const known = uri.scheme === 'vscode-remote' ? { scheme: 'file', path: uri.path } : uri;
    return { uri: vscode.Uri.from(known).toString() };
  } catch {
    return undefined;
  }
}
