// A list of tabs by the ARIA pattern: one of them is in the order of the Tab key, arrows, Home and End move among them,
// and the address names the one that is shown, so that a link leads to it.

import { make } from './dom.js';

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/** Fills `list` with a tab for each of `panels` (name to element, labelled here), and tells `shown` which name is shown. */
export function newTabs(list, panels, shown) {
  const names = [...panels.keys()];
  const tabs = new Map(names.map((name) => [name, newTab(name, panels.get(name))]));

  function show(name, { focus = false } = {}) {
    for (const [each, tab] of tabs) {
      const chosen = each === name;
      tab.setAttribute('aria-selected', chosen);
      tab.tabIndex = chosen ? 0 : -1;
      panels.get(each).hidden = !chosen;
    }
    if (focus) tabs.get(name).focus();
    tabs.get(name).scrollIntoView({ block: 'nearest', inline: 'nearest' });
    shown(name);
  }

  function choose(name, options) {
    history.replaceState(null, '', `#${name}`);
    show(name, options);
  }

  function fromAddress() {
    const named = location.hash.slice(1);
    show(tabs.has(named) ? named : names[0]);
  }

  for (const [name, tab] of tabs) tab.addEventListener('click', () => { choose(name); });
  list.addEventListener('keydown', (event) => {
    const next = reached(names, event);
    if (next === undefined) return;
    event.preventDefault();
    choose(next, { focus: true });
  });
  list.append(...tabs.values());
  addEventListener('hashchange', fromAddress);
  fromAddress();
}

function newTab(name, panel) {
  panel.setAttribute('role', 'tabpanel');
  panel.setAttribute('aria-labelledby', `tab-${name}`);
  return make('button', { 'aria-controls': panel.id, class: 'tab', id: `tab-${name}`, role: 'tab', type: 'button' }, name);
}

/** The name that the key leads to from the tab it was pressed on; undefined where it leads nowhere. */
function reached(names, { key, target }) {
  if (key === 'Home') return names[0];
  if (key === 'End') return names.at(-1);
  const step = STEPS[key];
  if (step === undefined) return undefined;
  const from = names.indexOf(target.id.slice('tab-'.length));
  return names.at((from + step) % names.length);
}
