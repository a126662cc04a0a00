/** Shows the server's questions: a list has room for answers that are sentences. */
import * as vscode from 'vscode';
import type {
  CancellationToken,
  MessageActionItem,
  ShowMessageRequestParams,
} from 'vscode-languageclient/node';

/** The chosen answer, or null where the person went away. A server asks only who has asked it. */
export async function ask(
  { message, actions }: ShowMessageRequestParams,
  token: CancellationToken,
): Promise<MessageActionItem | null> {
  const items = (actions ?? []).map((action) => ({ label: action.title, action }));
  const chosen = await vscode.window.showQuickPick(items, { title: message }, token);
  return chosen?.action ?? null;
}
