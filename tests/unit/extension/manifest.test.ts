import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { NATIVE_HOST_NAME } from '../../../extension/src/broker/native_port';
import { versioned } from '../../../extension/versioned.mjs';
import { text } from './support/repository';

interface Manifest {
  readonly version: string;
  readonly key: string;
  readonly permissions: readonly string[];
  readonly host_permissions: readonly string[];
  readonly icons: Readonly<Record<string, string>>;
  readonly content_scripts: readonly { readonly js: readonly string[]; readonly world?: string }[];
}

const source = text('extension/manifest.json');
const settings = text('host/windowsill/settings.py');
const built = (host: string): Manifest => JSON.parse(versioned(source, host)) as Manifest;
const manifest = built('__version__ = "1.2.3"\n');

it('the manifest carries the Host’s version', () => {
  expect(manifest.version).toBe('1.2.3');
  expect(source).not.toContain('"version"');
  expect(() => built(text('host/windowsill/__init__.py'))).not.toThrow();
});

it('a version that browsers refuse stops the build', () => {
  expect(() => built('__version__ = "1.2.3.dev1"\n')).toThrow('one to four numbers');
});

it('the key fixes the id that the Host expects', () => {
  const digest = createHash('sha256').update(Buffer.from(manifest.key, 'base64')).digest('hex').slice(0, 32);
  const id = digest.replace(/./g, (digit) => String.fromCharCode(97 + parseInt(digit, 16)));
  expect(settings).toContain(`EXTENSION_ID: Final = "${id}"`);
});

it('the extension calls the Host by the name that the Host is installed under', () => {
  expect(settings).toContain(`NATIVE_HOST_NAME: Final = "${NATIVE_HOST_NAME}"`);
});

it('the Relay listens before the Page speaks', () => {
  expect(manifest.content_scripts.map(({ js, world }) => [js, world])).toEqual([
    [['relay.js'], undefined],
    [['page.js'], 'MAIN'],
  ]);
});

it('no more is asked of the user than what is used', () => {
  expect(manifest.permissions).toEqual(['activeTab', 'nativeMessaging', 'scripting', 'storage']);
  // What content scripts on every site say to the user already; the browser runs no registered script without it.
  expect(manifest.host_permissions).toEqual(['<all_urls>']);
});

it('every icon exists', () => {
  for (const path of Object.values(manifest.icons)) {
    expect(existsSync(new URL(`../../../extension/${path}`, import.meta.url))).toBe(true);
  }
});
