import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SERVER_SETTINGS, serverSettings } from '../src/serverSettings.js';

interface Property {
  default: unknown;
  scope?: string;
  description?: string;
  markdownDescription?: string;
}

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; category: string }[];
    configuration: { properties: Record<string, Property> }[];
  };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const properties = Object.fromEntries(
  manifest.contributes.configuration.flatMap((group) => Object.entries(group.properties)),
);

test('each setting has a default and a description', () => {
  for (const [name, property] of Object.entries(properties)) {
    assert.notEqual(property.default, undefined, name);
    assert.ok(property.description ?? property.markdownDescription, name);
  }
});

test('the server is told all of its settings and no other', () => {
  const told = serverSettings({
    get: <T>(name: string): T => properties[`redline.${name}`]?.default as T,
  });
  assert.deepEqual(Object.keys(told), [...SERVER_SETTINGS]);
  assert.ok(Object.values(told).every((value) => value !== undefined));
});

test('a workspace that is not trusted names no program and no index', () => {
  const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  assert.ok(restrictedConfigurations.includes('redline.server.path'));
  assert.equal(properties['redline.index']?.scope, 'machine');
});

test('each command stands under Redline in the palette', () => {
  for (const { command, category } of manifest.contributes.commands) {
    assert.match(command, /^redline\./);
    assert.equal(category, 'Redline');
  }
});
