/** The words and icons of the status bar. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { ServerState } from '../../src/context.js';
import type { DocumentState } from '../../src/protocol.js';
import { LINKED, look, offers } from '../../src/views/status.js';

const RUNNING: ServerState = { kind: 'running', words: 'runs', version: '1.2.0' };

function known(told: Partial<DocumentState> = {}): DocumentState {
  return {
    textDocument: { uri: 'file:///evals/graders/walk.py', version: 1 },
    state: 'clean',
    words: 'grader: clean',
    zones: ['grader'],
    counts: { error: 0, warning: 0, note: 0 },
    questions: 0,
    regions: [],
    ...told,
  };
}

function text(told: Partial<DocumentState>): string | undefined {
  return look(RUNNING, known(told))?.text;
}

test('each state has its icon, and the words of the server', () => {
  const counts = { error: 0, warning: 0, note: 0 };
  assert.equal(text({}), '$(shield) grader: clean');
  const words = 'grader: 1 finding';
  const findings = { state: 'findings', words } as const;
  assert.equal(text({ ...findings, counts: { ...counts, error: 1 } }), `$(error) ${words}`);
  assert.equal(text({ ...findings, counts: { ...counts, warning: 1 } }), `$(warning) ${words}`);
  assert.equal(text({ ...findings, counts: { ...counts, note: 1 } }), `$(info) ${words}`);
  assert.equal(
    text({ state: 'asking', words: '1 paste to explain' }),
    '$(question) 1 paste to explain',
  );
  assert.equal(text({ state: 'notJudged', words: 'not judged' }), '$(circle-slash) not judged');
});

test('a file that no zone protects shows nothing', () => {
  assert.equal(look(RUNNING, known({ state: 'outside', words: '' })), undefined);
  assert.equal(look(RUNNING, undefined), undefined);
});

test('the tooltip tells zones, counts, the reason and the version', () => {
  const counts = { error: 2, warning: 0, note: 1 };
  const zones = ['grader', 'task'];
  const told = known({ state: 'findings', counts, questions: 1, zones, reason: 'cut off' });
  const tooltip = look(RUNNING, told)?.tooltip ?? '';
  for (const part of ['Zones: grader, task', '2 errors, 1 note, 1 question', 'cut off']) {
    assert.ok(tooltip.includes(part), `${part} in ${tooltip}`);
  }
  assert.match(tooltip, /Server 1\\\.2\\\.0/);
});

test('names from a rule file make no link and no icon', () => {
  const told = known({ words: '[x](command:evil): $(flame)', zones: ['[y](command:evil)'] });
  const shown = look(RUNNING, told);
  assert.doesNotMatch(shown?.text.slice('$(shield) '.length) ?? '', /\$\(/);
  assert.doesNotMatch(shown?.tooltip ?? '', /[^\\]\]\(command:evil/);
});

test('a tooltip links to no command but those it may', () => {
  const states: ServerState[] = [
    RUNNING,
    { kind: 'missing', words: 'no server' },
    { kind: 'failed', words: 'it ended' },
    { kind: 'starting', words: 'starts' },
  ];
  const counts = { error: 1, warning: 0, note: 0 };
  for (const state of states) {
    const tooltip = look(state, known({ state: 'findings', counts }))?.tooltip ?? '';
    const linked = [...tooltip.matchAll(/\(command:([^)?]+)/g)].map((match) => match[1] ?? '');
    assert.ok(linked.length > 0);
    assert.deepEqual(
      linked.filter((command) => !LINKED.includes(command)),
      [],
    );
  }
});

test('a server that does not run is told of in every file, and offers what helps', () => {
  const missing: ServerState = { kind: 'missing', words: 'no server was found' };
  assert.equal(look(missing, undefined)?.text, '$(warning) Redline');
  assert.equal(look(missing, undefined)?.alarming, true);
  assert.equal(offers(missing, undefined)[0]?.command, 'redline.installServer');
  const failed: ServerState = { kind: 'failed', words: 'it ended' };
  assert.equal(offers(failed, undefined)[0]?.command, 'redline.restart');
  assert.equal(look({ kind: 'off', words: 'nothing to judge' }, undefined), undefined);
});

test('what is offered first is what the file needs', () => {
  const counts = { error: 1, warning: 0, note: 0 };
  const [first] = offers(RUNNING, known({ state: 'findings', counts }));
  assert.equal(first?.command, 'editor.action.marker.next');
  const outside = offers(RUNNING, known({ state: 'outside' })).map((offer) => offer.command);
  assert.ok(!outside.includes('redline.declare'));
});
