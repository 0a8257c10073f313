// What the user chose for sites: the shape of their window.ai, and whose model answers where the browser has one too.
// It is about looks only; whether a site may use the model is the Host's to know.

/** `today`: the standard's classes and nothing older. */
export type AIShape = 'on' | 'today' | 'off';

/** `ask`: Windowsill's, and the question about the site's permission offers the browser's. */
export type Answerer = 'ours' | 'browsers' | 'ask';

export interface SiteChoice {
  readonly ai: AIShape;
  readonly answerer: Answerer;
}

export interface Choices {
  /** Whether the browser has a working model of its own. */
  readonly hasOwn: boolean;
  /** By origin, those that differ from the rule. */
  readonly sites: Readonly<Record<string, Partial<SiteChoice>>>;
}

/** What holds where nothing was chosen. */
export const RULE: SiteChoice = { ai: 'on', answerer: 'browsers' };

export const NO_CHOICES: Choices = { hasOwn: false, sites: {} };

/** What holds for an origin: the browser's own model answers where there is one and nobody said otherwise. */
export function choiceFor({ hasOwn, sites }: Choices, origin: string): SiteChoice {
  const { ai, answerer } = { ...RULE, ...sites[origin] };
  return { ai, answerer: hasOwn ? answerer : 'ours' };
}

export function withChoice(choices: Choices, origin: string, change: Partial<SiteChoice>): Choices {
  const { [origin]: before, ...others } = choices.sites;
  const { ai, answerer } = { ...RULE, ...before, ...change };
  const site = { ...(ai !== RULE.ai && { ai }), ...(answerer !== RULE.answerer && { answerer }) };
  return { ...choices, sites: Object.keys(site).length === 0 ? others : { ...others, [origin]: site } };
}
