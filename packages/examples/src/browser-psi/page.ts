import { browserNetwork } from '@triad/net/browser';
import { intersect, job, ranks, readLines } from './intersect.js';

/** What is used of an element of `page.html`. */
interface Element {
  value: string;
  textContent: string;
  disabled: boolean;
  addEventListener(type: 'click', listener: () => void): void;
}

interface Page {
  readonly document: { getElementById(id: string): Element };
  readonly location: { readonly hash: string };
}

const { document, location } = globalThis as unknown as Page;
const [keys, button, state, common] = ['keys', 'find', 'state', 'common'].map((id) =>
  document.getElementById(id),
) as [Element, Element, Element, Element];

/** The other side's address follows the `#` of the page's own. */
const network = () =>
  browserNetwork({
    job,
    parties: 2,
    peers: { [ranks.node]: `ws://${location.hash.slice(1)}` },
    timeout: 10_000,
  });

const find = async (): Promise<void> => {
  const own = readLines(keys.value);
  button.disabled = true;
  common.textContent = '';
  state.textContent = `Looking for ${own.length} keys ...`;
  try {
    const { rows } = await intersect(network(), ranks.page, own);
    common.textContent = [...rows!]
      .map((row) => own[row]!)
      .sort()
      .join('\n');
    state.textContent = `${rows!.length} keys are common.`;
  } catch (error) {
    state.textContent = (error as Error).message;
  } finally {
    button.disabled = false;
  }
};

button.addEventListener('click', () => void find());
