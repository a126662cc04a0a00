/** Text that came from files and sessions, put into Markdown so that it stays text. */

export function escaped(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_{}[\]()#+\-.!|~<>&:@$^=]/g, (mark) => `\\${mark}`);
}

/** A link that runs a command of the editor, with its one argument. */
export function commandLink(words: string, command: string, argument?: unknown): string {
  const given = argument === undefined ? '' : `?${encodeURIComponent(JSON.stringify([argument]))}`;
  return `[${words}](command:${command}${given})`;
}
