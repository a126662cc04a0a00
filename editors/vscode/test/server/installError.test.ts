import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cause, wheelVersion } from '../../src/server/installError.js';

const SEEN: readonly (readonly [string, string, RegExp])[] = [
  [
    'Debian without python3-venv',
    'The virtual environment was not created successfully because ensurepip is not available.',
    /sudo apt install python3-venv/,
  ],
  [
    'no network',
    'WARNING: Retrying (Retry(total=4, connect=None, read=None, redirect=None, status=None)) ' +
      "after connection broken by 'NewConnectionError(': Failed to establish a new connection: " +
      "[Errno -3] Temporary failure in name resolution')': /simple/google-re2/\n" +
      'ERROR: Could not find a version that satisfies the requirement google-re2>=1.1',
    /could not reach its package index/,
  ],
  [
    'a proxy that signs by itself',
    "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
    /pip config set global\.cert/,
  ],
  ['a full disk', 'OSError: [Errno 28] No space left on device', /disk is full/],
  [
    'an index that lacks a package',
    'ERROR: No matching distribution found for tree-sitter<0.27,>=0.25',
    /does not hold all/,
  ],
];

for (const [name, printed, words] of SEEN) {
  test(`it says what to do about ${name}`, () => {
    assert.match(cause(printed.split('\n')), words);
  });
}

test('of anything else it repeats the last line', () => {
  assert.equal(cause(['Collecting numpy', 'ERROR: out of luck', '']), 'ERROR: out of luck');
  assert.equal(cause([]), 'The installer ended without a word.');
});

test("a wheel's name tells its version", () => {
  assert.equal(wheelVersion('redline_lint-0.1.0-py3-none-any.whl'), '0.1.0');
  assert.equal(wheelVersion('redline_lint-0.2.0rc1-py3-none-any.whl'), '0.2.0rc1');
  assert.equal(wheelVersion('numpy-2.0.0-py3-none-any.whl'), undefined);
});
