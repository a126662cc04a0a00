/** Plays edits that a real workbench made. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { suite, test } from 'node:test';
import type { Change } from '../../src/origin/edit.js';
import { imprint } from '../../src/origin/imprint.js';
import { Teller } from '../../src/origin/teller.js';

const RECORDED = resolve('../../../shared/data/edit-streams/vscode-main.events.jsonl');

interface Line {
  kind: string;
  name: string;
  t: number;
  uri: string;
  v: number;
  reason?: 1 | 2;
  detailed?: unknown;
  changes: { r: [number, number, number, number]; len: number; text: string; tl: number }[];
  mimes: string[];
  got: Record<string, string>;
}

/** What each scene is, keys apart: with detailed reasons, and without where that differs. */
const SCENES: Record<string, [string[], string[]?]> = {
  typing: [[]],
  typing_newline: [[]],
  typing_fast: [[]],
  paste_plain: [['paste']],
  paste_html: [['paste']],
  paste_short: [['paste']],
  copy_paste_inside: [['paste']],
  cut_paste_move: [['paste']],
  copy_paste_other_file: [['paste']],
  alt_move_line: [['command'], []],
  undo_paste: [['paste', 'undo', 'redo']],
  undo_typing: [['undo', 'undo']],
  ghost_ext: [['inline_completion'], ['unknown']],
  ghost_ext_word: [['inline_completion'], []],
  ghost_typed_through: [[]],
  suggest_accept: [['completion'], ['unknown']],
  snippet_accept: [['completion'], ['unknown']],
  quickfix: [['code_action'], []],
  format: [['format'], []],
  indent_tab: [['command'], ['unknown']],
  comment_toggle: [['command'], []],
  server_apply_edit: [['apply_edit'], ['unknown']],
  ext_apply_edit: [['apply_edit'], ['unknown']],
  editor_edit: [['program'], ['unknown']],
  external_clean: [['reload'], ['unknown']],
  replace_all: [['command'], ['unknown']],
  multi_cursor_paste: [['paste']],
};

function played(trusts: boolean): Map<string, string[]> {
  const teller = new Teller();
  const found = new Map<string, string[]>();
  let scene: string[] = [];
  let pasted = '';
  for (const text of readFileSync(RECORDED, 'utf8').trim().split('\n')) {
    const line = JSON.parse(text) as Line;
    if (line.kind === 'MARK') {
      const [step, name] = line.name.split(' ');
      if (step === 'BEGIN' && name !== undefined) found.set(name, (scene = []));
      if (step === 'END') scene = [];
    } else if (line.kind === 'provideDocumentPasteEdits') {
      pasted = line.got['text/plain'] ?? '';
      const held = imprint(pasted);
      if (held)
        teller.offered({ uri: line.uri, version: line.v, mimes: line.mimes, held }, line.t * 1_000);
    } else if (line.kind === 'change' && line.changes.length > 0) {
      const changes = line.changes.map(({ r, len, text, tl }): Change => {
        // The record holds the beginning of a long text.
        const whole = text.length < tl && pasted.startsWith(text) ? pasted : text.padEnd(tl, 'x');
        const [line, character, endLine, endCharacter] = r;
        const end = { line: endLine, character: endCharacter };
        return { range: { start: { line, character }, end }, rangeLength: len, text: whole };
      });
      const { uri, v: version, detailed } = line;
      const reason = line.reason && ({ reason: line.reason === 1 ? 'undo' : 'redo' } as const);
      const edit = { uri, version, changes, detailed, ...reason };
      const { kind } = teller.tell(edit, line.t * 1_000, trusts);
      if (kind !== 'type') scene.push(kind);
    }
  }
  return found;
}

suite('recorded edits', { skip: !existsSync(RECORDED) && `${RECORDED} is not there` }, () => {
  for (const trusts of [true, false]) {
    test(trusts ? 'with detailed reasons' : 'without detailed reasons', () => {
      const found = played(trusts);
      for (const [scene, [detailed, stable = detailed]] of Object.entries(SCENES)) {
        assert.deepEqual(found.get(scene), trusts ? detailed : stable, scene);
      }
    });
  }
});
