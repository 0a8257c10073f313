// What the toolbar popup says about the site in the current tab.

import type { Activity, Grant, GrantState, StatusResult } from '../protocol';

export interface SiteView {
  readonly origin: string;
  /** null: the user has not answered for it. */
  readonly state: GrantState | null;
  /** The answer is this profile's, so the extension may forget it; one for all browsers is the command line's. */
  readonly revocable: boolean;
  /** There is an answer for all browsers, beside which no question comes. */
  readonly answeredEverywhere: boolean;
  readonly activity: Activity | null;
}

/** The origin that a tab's address speaks for, or null where no site does. */
export function originOf(url: string | undefined): string | null {
  if (url === undefined || !URL.canParse(url)) return null;
  const { origin, protocol } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? origin : null;
}

export function everywhere(grant: Grant): boolean {
  return grant.profile === '*';
}

export function siteView(origin: string, status: StatusResult): SiteView {
  const grants = status.grants.filter((grant) => grant.origin === origin);
  const own = grants.find((grant) => !everywhere(grant));
  return {
    origin,
    state: (own ?? grants[0])?.state ?? null,
    revocable: own !== undefined,
    answeredEverywhere: grants.some(everywhere),
    activity: status.activity.find((entry) => entry.origin === origin) ?? null,
  };
}
