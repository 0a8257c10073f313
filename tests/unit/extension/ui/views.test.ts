import { describe, expect, it } from 'vitest';
import type { HostProblem, UiState } from '../../../../extension/src/broker/ui_messages';
import type { StatusResult } from '../../../../extension/src/protocol';
import { browserName } from '../../../../extension/src/ui/browser_name';
import { hostView } from '../../../../extension/src/ui/host_view';
import { originOf, siteView } from '../../../../extension/src/ui/site_view';

const STATUS: StatusResult = {
  type: 'status',
  version: '1',
  model: 'Basil',
  problem: null,
  grants: [],
  activity: [],
  engine: null,
};

function state(change: Partial<UiState>): UiState {
  return { host: { state: 'closed' }, asks: [], status: null, ...change };
}

describe('the browser’s name', () => {
  it.each([
    [['Not A Brand', 'Chromium'], 'chromium'],
    [['Chromium', 'Google Chrome'], 'chrome'],
    [['Chromium', 'Microsoft Edge'], 'edge'],
    [['Chromium', 'Brave'], 'brave'],
    [[], 'chromium'],
  ])('is taken from the brands %j', (brands, name) => {
    expect(browserName(brands.map((brand) => ({ brand })))).toBe(name);
  });
});

describe('the view of the Host', () => {
  it('is busy until something is known', () => {
    expect(hostView(null, 'chromium').tone).toBe('busy');
    expect(hostView(state({ host: { state: 'open', version: '1' } }), 'chromium').tone).toBe('busy');
  });

  it('names the command to run in this very browser when the Host is missing', () => {
    const view = hostView(state({ host: { state: 'failed', problem: 'missing' } }), 'edge');
    expect(view).toMatchObject({ tone: 'bad', command: 'windowsill install --browser edge' });
  });

  it.each<[HostProblem, string | null]>([
    ['forbidden', 'windowsill install --browser chromium'],
    ['update-host', 'windowsill install --browser chromium'],
    ['exited', 'windowsill doctor'],
    ['silent', 'windowsill doctor'],
    ['garbled', 'windowsill doctor'],
    ['update-extension', null],
  ])('says what to do when it is %s', (problem, command) => {
    expect(hostView(state({ host: { state: 'failed', problem } }), 'chromium').command).toBe(command);
  });

  it('is good while a Host with a usable model works or rests', () => {
    expect(hostView(state({ status: STATUS }), 'chromium').tone).toBe('good');
    expect(hostView(state({ status: STATUS, host: { state: 'open', version: '1' } }), 'chromium').tone).toBe('good');
  });

  it('repeats the Host’s own words about an unusable model', () => {
    const view = hostView(state({ status: { ...STATUS, problem: 'The file is cut off.' } }), 'chromium');
    expect(view).toMatchObject({ tone: 'bad', detail: 'The file is cut off.', command: 'windowsill doctor' });
  });
});

describe('the site of a tab', () => {
  it.each([
    ['https://a.test/path?query', 'https://a.test'],
    ['http://localhost:8000/', 'http://localhost:8000'],
    ['chrome://settings/', null],
    ['file:///home/me/page.html', null],
    ['not an address', null],
    [undefined, null],
  ])('of %s is %s', (url, origin) => {
    expect(originOf(url)).toBe(origin);
  });

  const grant = { profile: 'mine', origin: 'https://a.test', state: 'block', since: 0 } as const;
  const general = { ...grant, profile: '*', state: 'allow' } as const;

  it('has no answer without a grant', () => {
    expect(siteView('https://b.test', { ...STATUS, grants: [grant] })).toMatchObject({ state: null, revocable: false });
  });

  it('shows this profile’s answer before the general one', () => {
    const view = siteView('https://a.test', { ...STATUS, grants: [general, grant] });
    expect(view).toMatchObject({ state: 'block', revocable: true });
  });

  it('cannot forget a general answer', () => {
    expect(siteView('https://a.test', { ...STATUS, grants: [general] })).toMatchObject({ state: 'allow', revocable: false });
  });

  it('shows its own activity only', () => {
    const mine = { origin: 'https://a.test', sessions: 1, requests: 0, running: 0, waiting: 0, tokensPerSecond: 0 };
    const other = { ...mine, origin: 'https://b.test', sessions: 2, requests: 1 };
    expect(siteView('https://a.test', { ...STATUS, activity: [other, mine] }).activity).toEqual(mine);
  });
});
