// The switches of one site in the popup: the shape of its window.ai, and whose model answers it.

import type { JSX } from 'preact';
import type { AIShape, Answerer, SiteChoice } from '../sites/choices';
import { AI_SHAPE, ANSWERER, SITE_CHOICES } from './messages';

export interface SiteChoicesProps {
  readonly choice: SiteChoice;
  /** The browser has a model of its own. */
  readonly hasOwn: boolean;
  /** The site's question was answered on the command line, and will not come. */
  readonly isAnswered: boolean;
  readonly isStale: boolean;
  readonly choose: (change: Partial<SiteChoice>) => void;
  readonly reload: () => void;
}

const AI_SHAPES: readonly AIShape[] = ['on', 'today', 'off'];
const ANSWERERS: readonly Answerer[] = ['ours', 'browsers', 'ask'];

export function SiteChoices({ choice, hasOwn, isAnswered, isStale, choose, reload }: SiteChoicesProps): JSX.Element {
  return (
    <div class="choices">
      {hasOwn && (
        <Switch
          title={SITE_CHOICES.answerer}
          name="answerer"
          values={ANSWERERS}
          positions={isAnswered ? { ...ANSWERER, ask: { ...ANSWERER.ask, detail: SITE_CHOICES.answered } } : ANSWERER}
          value={choice.answerer}
          choose={(answerer) => { choose({ answerer }); }}
        />
      )}
      <Switch
        title={SITE_CHOICES.ai}
        name="ai"
        values={AI_SHAPES}
        positions={AI_SHAPE}
        value={choice.ai}
        choose={(ai) => { choose({ ai }); }}
      />
      {isStale && (
        <div class="row changed" role="status">
          <span>{SITE_CHOICES.changed}</span>
          <button class="quiet" id="reload" onClick={reload}>{SITE_CHOICES.reload}</button>
        </div>
      )}
    </div>
  );
}

interface SwitchProps<T extends string> {
  readonly title: string;
  readonly name: string;
  readonly values: readonly T[];
  readonly positions: Readonly<Record<T, { readonly label: string; readonly detail: string }>>;
  readonly value: T;
  readonly choose: (value: T) => void;
}

function Switch<T extends string>({ title, name, values, positions, value, choose }: SwitchProps<T>): JSX.Element {
  return (
    <fieldset class="switch" aria-describedby={`${name}-detail`}>
      <legend>{title}</legend>
      <div class="positions">
        {values.map((position) => (
          <label key={position}>
            <input
              type="radio"
              name={name}
              value={position}
              checked={position === value}
              onChange={() => { choose(position); }}
            />
            <span>{positions[position].label}</span>
          </label>
        ))}
      </div>
      <p class="detail" id={`${name}-detail`}>{positions[value].detail}</p>
    </fieldset>
  );
}
