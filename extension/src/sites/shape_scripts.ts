// Which sites get which of the scripts that change a page's shape. Those without a choice get none, and pay nothing.

import type { SiteShape } from '../site_shape';
import { choiceFor, type Choices } from './choices';

export interface ShapeScript {
  readonly id: SiteShape;
  readonly matches: string[];
  readonly excludeMatches: string[];
}

export function shapeScripts(choices: Choices): ShapeScript[] {
  const origins = Object.keys(choices.sites);
  const where = (ai: string): string[] => origins.filter((origin) => choiceFor(choices, origin).ai === ai).map(pattern);
  const ours = origins.filter((origin) => choiceFor(choices, origin).answerer !== 'browsers').map(pattern);
  const scripts: ShapeScript[] = [
    { id: 'ai-today', matches: where('today'), excludeMatches: [] },
    { id: 'ai-off', matches: where('off'), excludeMatches: [] },
    { id: 'browsers-own', matches: choices.hasOwn ? ['<all_urls>'] : [], excludeMatches: ours },
  ];
  return scripts.filter(({ matches }) => matches.length > 0);
}

function pattern(origin: string): string {
  return `${origin}/*`;
}
