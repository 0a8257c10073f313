// The ask window's entry: shows the question that its address names, as long as the Broker knows it. Where the user wants to
// choose between Windowsill's model and the browser's own, the answer is that choice too.

import { render } from 'preact';
import type { Ask, Decision } from '../protocol';
import { choiceFor } from '../sites/choices';
import { choose, readChoices } from '../sites/site_choices';
import { AskView } from './ask_view';
import { BrokerLink } from './broker_link';

const number = Number(new URLSearchParams(location.search).get('ask'));
const choices = await readChoices();

function draw(ask: Ask): void {
  const { origin } = ask;
  const isChoice = !ask.incognito && choiceFor(choices, origin).answerer === 'ask';
  const decide = (decision: Decision): void => { link.say({ type: 'decide', ask: number, decision }); };
  render(
    <AskView
      ask={ask}
      decide={(decision) => {
        if (isChoice && decision === 'allow') void choose(origin, { answerer: 'ours' }).then(() => { decide(decision); });
        else decide(decision);
      }}
      useBrowsers={isChoice ? () => choose(origin, { answerer: 'browsers' }) : null}
    />,
    document.body,
  );
}

const link = new BrokerLink(
  ({ asks }) => {
    const ask = asks.find((open) => open.ask === number);
    if (ask === undefined) window.close();
    else draw(ask);
  },
  () => { window.close(); },
);

link.open();
