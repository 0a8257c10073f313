// The sites for which something was chosen in the popup, and the way back to what holds everywhere else.

import type { JSX } from 'preact';
import { RULE, type Choices, type SiteChoice } from '../sites/choices';
import { AI_SHAPE, ANSWERER, OPTIONS, SITE_CHOICES } from './messages';
import { Origin } from './parts';

interface Props {
  readonly choices: Choices;
  readonly reset: (origin: string) => void;
}

export function ChosenSites({ choices: { sites }, reset }: Props): JSX.Element {
  const chosen = Object.entries(sites).sort(([one], [other]) => (one < other ? -1 : 1));
  return (
    <ul class="sites chosen">
      {chosen.map(([origin, choice]) => (
        <li key={origin}>
          <div>
            <Origin origin={origin} />
            <p class="detail">{words(choice)}</p>
          </div>
          <button class="quiet" aria-label={OPTIONS.resetting(origin)} onClick={() => { reset(origin); }}>
            {OPTIONS.reset}
          </button>
        </li>
      ))}
    </ul>
  );
}

function words(choice: Partial<SiteChoice>): string {
  const { ai, answerer } = { ...RULE, ...choice };
  const said: string[] = [];
  if (answerer !== RULE.answerer) said.push(`${SITE_CHOICES.answerer}: ${ANSWERER[answerer].label}`);
  if (ai !== RULE.ai) said.push(`${SITE_CHOICES.ai}: ${AI_SHAPE[ai].label}`);
  return said.join(' · ');
}
