/** Marks the lines that an assistant wrote: a border at their left and in the overview ruler. */
import * as vscode from 'vscode';

import type { Context } from '../context.js';
import type { Strength } from '../protocol.js';
import type { Documents } from './documents.js';
import { bands, STRENGTHS } from './regions.js';

const SETTING = 'decorations';
/** Colour alone tells nothing to some. */
const STYLES: Readonly<Record<Strength, string>> = {
  recorded: 'solid',
  matched: 'solid',
  declared: 'double',
  suspected: 'dotted',
};

export function registerDecorations(context: Context, documents: Documents): vscode.Disposable {
  const types = new Map(STRENGTHS.map((strength) => [strength, typeOf(strength)]));

  function draw(editor: vscode.TextEditor): void {
    const shown = context.settings.get<boolean>(SETTING);
    const regions = shown ? documents.state(editor.document)?.regions : undefined;
    const marked = bands(regions ?? []);
    for (const [strength, type] of types) {
      const ranges = (marked.get(strength) ?? []).map(
        ([first, last]) => new vscode.Range(first, 0, last, Number.MAX_SAFE_INTEGER),
      );
      editor.setDecorations(
        type,
        ranges.map((range) => editor.document.validateRange(range)),
      );
    }
  }

  function drawAll(uri?: string): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (uri === undefined || editor.document.uri.toString() === uri) draw(editor);
    }
  }

  drawAll();
  return vscode.Disposable.from(
    ...types.values(),
    documents.onSaid(drawAll),
    vscode.window.onDidChangeVisibleTextEditors(() => {
      drawAll();
    }),
    context.settings.onChange([SETTING], drawAll),
  );
}

function typeOf(strength: Strength): vscode.TextEditorDecorationType {
  const colour = new vscode.ThemeColor(`redline.${strength}`);
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderColor: colour,
    borderStyle: STYLES[strength],
    borderWidth: `0 0 0 ${STYLES[strength] === 'double' ? 4 : 2}px`,
    overviewRulerColor: colour,
    // Left are the marks of version control, right those of problems.
    overviewRulerLane: vscode.OverviewRulerLane.Center,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}
