// The ask window's entry: shows the question that its address names, as long as the Broker knows it.

import { render } from 'preact';
import { AskView } from './ask_view';
import { BrokerLink } from './broker_link';

const number = Number(new URLSearchParams(location.search).get('ask'));

const link = new BrokerLink(
  ({ asks }) => {
    const ask = asks.find((open) => open.ask === number);
    if (ask === undefined) window.close();
    else render(<AskView ask={ask} decide={(decision) => { link.say({ type: 'decide', ask: number, decision }); }} />, document.body);
  },
  () => { window.close(); },
);

link.open();
