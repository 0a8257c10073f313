// The name by which `windowsill install --browser NAME` knows the browser that this is.

interface Brand {
  readonly brand: string;
}

/** Browsers built on Chromium list its brand as well, so the first match wins. */
const NAMES: readonly (readonly [brand: string, name: string])[] = [
  ['Microsoft Edge', 'edge'],
  ['Brave', 'brave'],
  ['Vivaldi', 'vivaldi'],
  ['Opera', 'opera'],
  ['Google Chrome', 'chrome'],
];

export function browserName(brands: readonly Brand[]): string {
  return NAMES.find(([brand]) => brands.some((entry) => entry.brand === brand))?.[1] ?? 'chromium';
}

export function thisBrowser(): string {
  return browserName(navigator.userAgentData?.brands ?? []);
}
