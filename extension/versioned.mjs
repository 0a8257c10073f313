/**
 * The manifest with the Host's version in it: the Host's package names the one version that both carry.
 *
 * @param {string} manifest text of manifest.json
 * @param {string} host text of the Host's __init__.py
 * @returns {string} text of the built manifest
 */
export function versioned(manifest, host) {
  const version = /^__version__ = "(\d+(?:\.\d+){0,3})"$/m.exec(host)?.[1];
  if (version === undefined) throw new Error('the Host names no version that a manifest may carry: one to four numbers');
  return `${JSON.stringify({ ...JSON.parse(manifest), version }, null, 2)}\n`;
}
