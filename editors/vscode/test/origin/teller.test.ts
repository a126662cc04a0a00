import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Change, Edit, Span } from '../../src/origin/edit.js';
import { imprint } from '../../src/origin/imprint.js';
import { isOpen, Teller, type Copy, type Offer } from '../../src/origin/teller.js';

const GRADER = 'file:///maze/graders/way.py';
const SOLVER = 'file:///maze/solver.py';
const BLOCK = 'def shortest(maze):\n    queue = [maze.start]\n    return walk(queue)\n';

function at(line: number, character: number): Span {
  return { start: { line, character }, end: { line, character } };
}

function put(text: string, range: Span = at(4, 0), rangeLength = 0): Change {
  return { text, range, rangeLength };
}

function edit(change: Change | readonly Change[], more: Partial<Edit> = {}): Edit {
  const changes = 'text' in change ? [change] : change;
  return { uri: GRADER, version: 7, changes, carets: [at(4, 0)], ...more };
}

function held(text: string) {
  const found = imprint(text);
  assert(found);
  return found;
}

function offer(text: string, more: Partial<Offer> = {}): Offer {
  return { uri: GRADER, version: 6, mimes: ['text/plain'], held: held(text), ...more };
}

function copy(text: string, uri = SOLVER): Copy {
  return { source: { uri }, held: held(text) };
}

/** What is told of one edit, without trust in detailed reasons. */
function told(one: Edit, before: (teller: Teller) => void = () => undefined) {
  const teller = new Teller();
  before(teller);
  return teller.tell(one, 1_000, false);
}

suite('an edit by its shape', () => {
  test('a letter at the caret is typed', () => {
    assert.deepEqual(told(edit(put('x'))), {
      textDocument: { uri: GRADER, version: 7 },
      kind: 'type',
      via: 'shape',
      ins: 1,
      del: 0,
      n: 1,
    });
  });

  for (const [name, text] of [
    ['a bracket with its closing one', '()'],
    ['a line end with its indentation', '\n        '],
    ['a line end between brackets', '\n        \n    '],
    ['a deletion', ''],
  ] as const) {
    test(`${name} is typed`, () => {
      assert.equal(told(edit(put(text, at(4, 0), 1))).kind, 'type');
    });
  }

  test('the same letter at several carets is typed', () => {
    const carets = [at(4, 0), at(9, 0)];
    assert.equal(told(edit([put('x', at(9, 0)), put('x')], { carets })).kind, 'type');
  });

  test('a word that grows before the caret is a completion', () => {
    const range = { start: { line: 4, character: 2 }, end: { line: 4, character: 5 } };
    const grown = edit(put('shortest_way', range, 3), { carets: [at(4, 5)] });
    assert.equal(told(grown).kind, 'completion');
  });

  test('text over a selection is no completion', () => {
    const range = { start: { line: 4, character: 2 }, end: { line: 4, character: 5 } };
    assert.equal(told(edit(put('shortest_way', range, 3), { carets: [range] })).kind, 'unknown');
  });

  test('text away from every caret is by a program', () => {
    assert.equal(told(edit(put(BLOCK, at(40, 0)))).kind, 'program');
  });

  test('an edit of a document that nobody sees is by a program, however small', () => {
    assert.equal(told(edit(put('x'), { carets: [] })).kind, 'program');
  });

  test('a block at the caret is unknown, and may yet be known', () => {
    const block = edit(put(BLOCK));
    const hint = told(block);
    assert.equal(hint.kind, 'unknown');
    assert(isOpen(hint, block));
  });

  test('a cell without an editor that can be asked is no program', () => {
    const change = put(BLOCK);
    assert.equal(told({ uri: GRADER, version: 7, changes: [change] }).kind, 'unknown');
  });

  test('a key is followed although the selection comes late', () => {
    const teller = new Teller();
    const keys = [put('\n    ', at(4, 0)), put('"""Rate.', at(5, 4))];
    const kinds = keys.map(
      (change, key) => teller.tell(edit(change, { version: 7 + key }), key, false).kind,
    );
    assert.deepEqual(kinds, ['type', 'unknown']);
  });
});

suite('undo and redo', () => {
  for (const reason of ['undo', 'redo'] as const) {
    test(`${reason} is what the event says, whatever was heard before`, () => {
      const hint = told(edit(put(BLOCK), { reason }), (teller) => {
        teller.offered(offer(BLOCK), 990);
      });
      assert.equal(hint.kind, reason);
      assert.equal(hint.via, 'reason');
    });
  }
});

suite('a paste', () => {
  test('is what a provider was offered', () => {
    const hint = told(edit(put(BLOCK)), (teller) => {
      const mimes = ['text/plain', 'text/html'];
      teller.offered(offer(BLOCK, { mimes, source: { uri: SOLVER } }), 990);
    });
    assert.equal(hint.kind, 'paste');
    assert.equal(hint.via, 'provider');
    assert.deepEqual(hint.paste, {
      mimes: ['text/plain', 'text/html'],
      exact: true,
      source: { uri: SOLVER },
    });
  });

  test('that does not say where it is from may still be what was copied in this window', () => {
    const hint = told(edit(put(BLOCK)), (teller) => {
      teller.copied(copy(BLOCK));
      teller.offered(offer(BLOCK), 990);
    });
    assert.deepEqual(hint.paste?.source, { uri: SOLVER });
  });

  test('may be indented anew', () => {
    const hint = told(edit(put(BLOCK.replaceAll('\n', '\n    '))), (teller) => {
      teller.offered(offer(BLOCK), 990);
    });
    assert.equal(hint.paste?.exact, false);
  });

  test('has the line ends of the document', () => {
    const hint = told(edit(put(BLOCK)), (teller) => {
      teller.offered(offer(BLOCK.replaceAll('\n', '\r\n')), 990);
    });
    assert.equal(hint.paste?.exact, true);
  });

  test('goes to several carets as a whole, or a line to each', () => {
    const carets = [at(4, 0), at(9, 0)];
    const whole = edit([put(BLOCK, at(9, 0)), put(BLOCK)], { carets });
    const spread = edit([put('second = 2', at(9, 0)), put('first = 1')], { carets });
    const heard = (text: string) => (teller: Teller) => {
      teller.offered(offer(text), 990);
    };
    assert.equal(told(whole, heard(BLOCK)).paste?.exact, true);
    assert.equal(told(spread, heard('first = 1\nsecond = 2')).paste?.exact, true);
  });

  test('is not another text, nor one of another document', () => {
    const offered = (one: Offer) =>
      told(edit(put(BLOCK)), (teller) => {
        teller.offered(one, 990);
      }).kind;
    assert.equal(offered(offer('something else altogether')), 'unknown');
    assert.equal(offered(offer(BLOCK, { uri: SOLVER })), 'unknown');
    assert.equal(offered(offer(BLOCK, { version: 2 })), 'unknown');
  });

  test('is not what was offered long ago', () => {
    const teller = new Teller();
    teller.offered(offer(BLOCK), 0);
    assert.equal(teller.tell(edit(put(BLOCK)), 60_000, false).kind, 'unknown');
  });

  test('comes in once for each offer', () => {
    const teller = new Teller();
    teller.offered(offer(BLOCK), 0);
    const version = 8;
    assert.equal(teller.tell(edit(put(BLOCK)), 10, false).kind, 'paste');
    assert.equal(teller.tell(edit(put(BLOCK), { version }), 20, false).kind, 'unknown');
  });

  test('of what was copied in this window is known by where that was, each time', () => {
    const teller = new Teller();
    teller.copied(copy(BLOCK));
    for (const version of [7, 8]) {
      const hint = teller.tell(edit(put(BLOCK), { version }), 1_000_000, false);
      assert.equal(hint.kind, 'paste');
      assert.equal(hint.via, 'copy');
      assert.deepEqual(hint.paste, { mimes: [], exact: true, source: { uri: SOLVER } });
    }
  });

  test('is not what a program puts in elsewhere, nor a key', () => {
    const copied = (one: Edit, text: string) =>
      told(one, (teller) => {
        teller.copied(copy(text));
      }).kind;
    assert.equal(copied(edit(put(BLOCK, at(40, 0))), BLOCK), 'program');
    assert.equal(copied(edit(put('x')), 'x'), 'type');
  });
});

suite('an accepted completion', () => {
  function accepted(one: Edit, now: number) {
    const teller = new Teller();
    teller.accepting(GRADER, 0);
    return teller.tell(one, now, false);
  }

  test('is the edit behind its command', () => {
    const hint = accepted(edit(put(BLOCK)), 30);
    assert.equal(hint.kind, 'inline_completion');
    assert.equal(hint.via, 'command');
  });

  test('is no edit of another document, nor one much later', () => {
    assert.equal(accepted(edit(put(BLOCK), { uri: SOLVER }), 30).kind, 'unknown');
    assert.equal(accepted(edit(put(BLOCK)), 30_000).kind, 'unknown');
  });
});

suite('a detailed reason', () => {
  function reason(source: string, metadata: object = {}, change = put(BLOCK)) {
    const detailed = { source, metadata: { source, ...metadata } };
    return new Teller().tell(edit(change, { detailed }), 0, true);
  }

  for (const [kind, source, metadata] of [
    ['type', 'cursor', { kind: 'type', detailedSource: 'keyboard' }],
    ['type', 'cursor', { kind: 'compositionType' }],
    ['paste', 'cursor', { kind: 'paste' }],
    ['move', 'cursor', { kind: 'executeCommand', detailedSource: 'editor.contrib.dragAndDrop' }],
    ['command', 'cursor', { kind: 'executeCommand', detailedSource: 'replaceAll' }],
    ['inline_completion', 'inlineCompletionPartialAccept', { type: 'word' }],
    ['completion', 'suggest', {}],
    ['snippet', 'snippet', {}],
    ['code_action', 'codeAction', { $kind: 'quickfix' }],
    ['command', 'rename', {}],
    ['apply_edit', 'Chat.applyEdits', {}],
    ['undo', 'Chat.undoEdits', {}],
    ['apply_edit', 'inlineChat.applyEdits', {}],
    ['reload', 'reloadFromDisk', {}],
    ['format', 'unknown', { name: 'formatEditsCommand' }],
    ['program', 'unknown', { name: 'MainThreadTextEditor' }],
    ['apply_edit', 'unknown', {}],
    ['unknown', 'somethingNewer', {}],
  ] as const) {
    test(`${source} ${JSON.stringify(metadata)} is ${kind}`, () => {
      const hint = reason(source, metadata);
      assert.equal(hint.kind, kind);
      assert.equal(hint.detailed?.source, source);
    });
  }

  test('names the extension and the model, and nothing else', () => {
    const hint = reason('Chat.applyEdits', {
      $modelId: 'copilot/gpt-4.1',
      $extensionId: 'github.copilot-chat',
      $$sessionId: 'a session',
      $$requestId: 'a request',
    });
    assert.deepEqual(hint.detailed, {
      source: 'Chat.applyEdits',
      extensionId: 'github.copilot-chat',
      modelId: 'copilot/gpt-4.1',
    });
  });

  test('is joined by what was heard of the paste', () => {
    const teller = new Teller();
    teller.offered(offer(BLOCK, { source: { uri: SOLVER } }), 0);
    const detailed = { source: 'cursor', metadata: { kind: 'paste' } };
    const hint = teller.tell(edit(put(BLOCK), { detailed }), 10, true);
    assert.equal(hint.via, 'detailed-reason');
    assert.equal(hint.paste?.source?.uri, SOLVER);
  });

  test('is not looked at where the setting is off', () => {
    const detailed = { source: 'reloadFromDisk', metadata: {} };
    const hint = new Teller().tell(edit(put(BLOCK), { detailed }), 0, false);
    assert.equal(hint.kind, 'unknown');
    assert.equal(hint.detailed, undefined);
  });

  for (const detailed of [null, 'paste', [], {}, { source: 7 }, { source: 'x'.repeat(300) }]) {
    test(`${JSON.stringify(detailed).slice(0, 30)} is none`, () => {
      assert.equal(new Teller().tell(edit(put('x'), { detailed }), 0, true).via, 'shape');
    });
  }
});
