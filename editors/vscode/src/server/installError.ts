/** Why an installation failed, in words that say what to do. */

/** The installation cannot be done; the message is for a person. */
export class InstallError extends Error {}

const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /ensurepip is not available|No module named '?(venv|ensurepip|pip)\b/,
    "Python's venv module is missing. On Debian and Ubuntu run: sudo apt install python3-venv",
  ],
  [/No space left on device|Errno 28\b/, 'The disk is full.'],
  [
    /Failed to establish a new connection|Name or service not known|name resolution|getaddrinfo failed|timed out|Connection (refused|reset)|ProxyError|Network is unreachable/,
    'pip could not reach its package index. Check the network and the proxy, then try again.',
  ],
  [
    /CERTIFICATE_VERIFY_FAILED|SSLError/,
    "pip did not trust the package index's certificate. Tell pip of yours: pip config set global.cert FILE",
  ],
  [
    /Permission denied|Access is denied|Errno 13\b|WinError 5\b/,
    "The editor's storage folder cannot be written.",
  ],
  [
    /No matching distribution found for|Could not find a version that satisfies/,
    'The package index does not hold all that the server needs.',
  ],
];

/** The likely cause, from what venv or pip printed. */
export function cause(printed: readonly string[]): string {
  const text = printed.join('\n');
  for (const [sign, words] of CAUSES) if (sign.test(text)) return words;
  const last = printed.findLast((line) => line.trim() !== '');
  return last === undefined ? 'The installer ended without a word.' : last.trim();
}

/** The version in the name of a wheel of the server; undefined for any other file. */
export function wheelVersion(name: string): string | undefined {
  return /^redline_lint-([^-]+)-.+\.whl$/.exec(name)?.[1];
}
