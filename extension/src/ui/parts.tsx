// Pieces that more than one page shows.

import type { ComponentChildren, JSX } from 'preact';
import type { HostView } from './host_view';

/** An origin as the browser serializes it: whole, isolated from the text around it, the host standing out. */
export function Origin({ origin }: { readonly origin: string }): JSX.Element {
  const [scheme, host] = split(origin);
  return (
    <bdi class="origin" translate={false}>
      <span class="scheme">{scheme}</span>
      <strong>{host}</strong>
    </bdi>
  );
}

function split(origin: string): [scheme: string, host: string] {
  const end = origin.indexOf('://');
  return end < 0 ? ['', origin] : [origin.slice(0, end + 3), origin.slice(end + 3)];
}

export function Badge({ tone, children }: { readonly tone: string; readonly children: ComponentChildren }): JSX.Element {
  return <span class={`badge ${tone}`}>{children}</span>;
}

export function HostStatus({ view }: { readonly view: HostView }): JSX.Element {
  return (
    <div class="host-status" role="status">
      <span class={`dot ${view.tone}`} aria-hidden="true" />
      <div>
        <p class="title">{view.title}</p>
        <p class="detail">{view.detail}</p>
      </div>
    </div>
  );
}
