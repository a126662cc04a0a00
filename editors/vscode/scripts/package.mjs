// Builds what users install: redline-<version>.vsix with the client, the schemas and the server.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const windows = process.platform === 'win32';

function run(command, ...args) {
  execFileSync(command, args, { stdio: 'inherit' });
}

/** The first Python that has pip; the variable PYTHON names another one. */
function python() {
  const named = process.env.PYTHON;
  const names = named ? [named] : windows ? ['python', 'py'] : ['python3', 'python'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = named ? [named] : names.flatMap((name) => folders.map((one) => join(one, name)));
  for (const path of paths) {
    try {
      execFileSync(path, ['-m', 'pip', '--version'], { stdio: 'ignore' });
      return path;
    } catch {
      // The next one may have it.
    }
  }
  throw new Error('No Python with pip was found; name one with the variable PYTHON.');
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const vsix = `redline-${version}.vsix`;
for (const old of ['bundled', 'dist', vsix]) rmSync(old, { recursive: true, force: true });

run(process.execPath, 'scripts/build.mjs', '--minify');
run(
  ...[python(), '-m', 'pip', 'wheel', '--quiet', '--disable-pip-version-check'],
  ...['--no-deps', '--wheel-dir', 'bundled', '../..'],
);
run(
  ...[process.execPath, 'node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies'],
  // The pictures of the README are in the package.
  ...['--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsix],
);
