// Bundles the extension into dist/, or with --tests its tests into build/test/, one file each.
import { copyFile, glob, mkdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

process.chdir(new URL('..', import.meta.url).pathname);

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  logLevel: 'warning',
};

if (process.argv.includes('--tests')) {
  await rm('build/test', { recursive: true, force: true });
  const entryPoints = await Array.fromAsync(glob('test/**/*.test.ts'));
  await build({
    ...common,
    entryPoints,
    outbase: 'test',
    outdir: 'build/test',
    sourcemap: 'inline',
  });
} else {
  await build({
    ...common,
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
    minify: process.argv.includes('--minify'),
  });
  await mkdir('schemas', { recursive: true });
  await copyFile('../../docs/policy.schema.json', 'schemas/policy.schema.json');
}
